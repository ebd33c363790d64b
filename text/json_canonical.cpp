#include <algorithm>
#include <vector>

#include "text/json_tape.hpp"
#include "text/json_writer.hpp"

namespace creditd {
namespace {

/// Recursion is bounded by `limits::json_depth_max`, which every tape obeys.
class CanonicalCopy {
public:
    CanonicalCopy(std::string& out, const JsonCopyLimits& copy_limits)
        : out_(out), writer_(out), limits_(copy_limits), begin_(out.size()) {}

    const char* run(JsonValue value) {
        copy(value, 1);
        if (fault_ == nullptr && is_too_large()) fault_ = "is too large";
        if (fault_ != nullptr) out_.resize(begin_);
        return fault_;
    }

private:
    bool is_too_large() const { return out_.size() - begin_ > limits_.bytes_max; }

    void copy(JsonValue value, std::size_t depth) {
        switch (value.kind()) {
            case JsonKind::object:
            case JsonKind::array: return copy_container(value, depth);
            case JsonKind::string: return writer_.text(value.text());
            default: return writer_.raw(value.text());
        }
    }

    void copy_container(JsonValue value, std::size_t depth) {
        if (depth > limits_.depth_max) {
            fault_ = "is nested too deeply";
            return;
        }
        value.is_object() ? writer_.begin_object() : writer_.begin_array();
        if (value.is_object() && limits_.sorted_keys) copy_sorted(value, depth);
        else
            for (const JsonValue child : value) copy_child(value, child, depth);
        value.is_object() ? writer_.end_object() : writer_.end_array();
    }

    void copy_sorted(JsonValue object, std::size_t depth) {
        std::vector<JsonValue> members;
        members.reserve(object.size());
        for (const JsonValue child : object) members.push_back(child);
        std::ranges::sort(members, {}, &JsonValue::key);
        for (const JsonValue child : members) copy_child(object, child, depth);
    }

    void copy_child(JsonValue parent, JsonValue child, std::size_t depth) {
        if (fault_ == nullptr && is_too_large()) fault_ = "is too large";
        if (fault_ != nullptr) return;
        if (parent.is_object()) writer_.foreign_key(child.key());
        copy(child, depth + 1);
    }

    std::string& out_;
    JsonWriter writer_;
    const JsonCopyLimits& limits_;
    std::size_t begin_;
    const char* fault_ = nullptr;
};

}  // namespace

const char* append_canonical(std::string& out, JsonValue value, JsonCopyLimits copy_limits) {
    return CanonicalCopy(out, copy_limits).run(value);
}

}  // namespace creditd
