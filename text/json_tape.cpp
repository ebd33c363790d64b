#include "text/json_tape.hpp"

#include <simdjson.h>

#include <algorithm>
#include <array>
#include <vector>

#include "core/assert.hpp"
#include "text/json_keys.hpp"
#include "text/json_walker.hpp"

namespace creditd {
namespace {

std::string_view message_of(simdjson::error_code code) {
    switch (code) {
        case simdjson::EMPTY: return "the body is empty";
        case simdjson::UTF8_ERROR: return "the body is not valid UTF-8";
        case simdjson::UNCLOSED_STRING: return "a string has no end";
        case simdjson::UNESCAPED_CHARS: return "a string holds a raw control character";
        default: return "the body is not JSON";
    }
}

FieldError whole_body_error(std::string_view detail) { return {"#", std::string(detail)}; }

bool begins_with_byte_order_mark(std::string_view body) { return body.starts_with("\xef\xbb\xbf"); }

}  // namespace

/// Everything that is reused. simdjson's first stage writes the positions of structure.
struct JsonDocument::Buffers {
    std::unique_ptr<simdjson::internal::dom_parser_implementation> stage1;
    std::size_t stage1_bytes = 0;
    JsonWalkerMemory walker;

    bool reserve(std::size_t body_bytes);
};

bool JsonDocument::Buffers::reserve(std::size_t body_bytes) {
    if (stage1 != nullptr && stage1_bytes >= body_bytes) return true;
    const std::size_t bytes = std::max<std::size_t>(std::bit_ceil(body_bytes), 4096);
    stage1.reset();
    stage1_bytes = 0;
    const auto* const implementation = simdjson::get_active_implementation().operator->();
    const auto code = implementation->create_dom_parser_implementation(bytes, 1, stage1);
    if (code != simdjson::SUCCESS) return false;
    stage1_bytes = bytes;
    return true;
}

JsonDocument::JsonDocument() : buffers_(std::make_unique<Buffers>()) {}
JsonDocument::~JsonDocument() = default;

std::expected<JsonValue, FieldError> JsonDocument::parse(std::string_view body) {
    if (body.empty()) return std::unexpected(whole_body_error("the body is empty"));
    if (begins_with_byte_order_mark(body)) {
        return std::unexpected(whole_body_error("the body begins with a byte order mark"));
    }
    const bool fits = body.size() <= UINT32_MAX / 2 && buffers_->reserve(body.size());
    if (!fits) return std::unexpected(whole_body_error("the body is too large"));
    const auto& stage1 = buffers_->stage1;
    const auto code = stage1->stage1(reinterpret_cast<const std::uint8_t*>(body.data()),
                                     body.size(), simdjson::stage1_mode::regular);
    if (code != simdjson::SUCCESS) return std::unexpected(whole_body_error(message_of(code)));
    if (stage1->n_structural_indexes > json_structurals_max) {
        return std::unexpected(whole_body_error("the body holds too many values"));
    }
    const std::span positions(stage1->structural_indexes.get(), stage1->n_structural_indexes);
    JsonWalker walker(body, positions, buffers_->walker);
    if (!walker.run()) return std::unexpected(walker.take_error());
    return JsonValue{buffers_->walker.nodes.get(), 0};
}

void JsonDocument::shrink() {
    if (buffers_->stage1_bytes > limits::http_body_bytes_max) *buffers_ = Buffers{};
}

std::string_view name_of(JsonKind kind) {
    switch (kind) {
        case JsonKind::null: return "null";
        case JsonKind::boolean: return "a boolean";
        case JsonKind::number: return "a number";
        case JsonKind::string: return "a string";
        case JsonKind::array: return "an array";
        case JsonKind::object: return "an object";
    }
    CREDITD_ASSERT(false);
    return {};
}

std::string JsonValue::pointer() const {
    std::string result = "#";
    for (std::uint32_t at = 0; at != index_;) {
        const bool in_array = JsonValue(nodes_, at).is_array();
        std::uint32_t child = at + 1;
        std::size_t position = 0;
        for (; nodes_[child].next <= index_; child = nodes_[child].next) ++position;
        append_pointer_token(result, in_array ? std::string_view(std::to_string(position))
                                              : JsonValue(nodes_, child).key());
        at = child;
    }
    return result;
}

}  // namespace creditd
