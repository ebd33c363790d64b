// Strict JSON for requests: a body becomes a flat tape of nodes, reused from request to request.
// simdjson's first stage (SIMD) validates UTF-8 and finds the structure; the walk over it is our
// own, because simdjson On-Demand is lazy and its DOM loses number tokens: every byte is consumed,
// numbers stay the tokens they were, keys of one object differ, depth is bounded.
// What fields mean is json_reader's. One JsonDocument per thread; it never locks.
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <memory>
#include <string>
#include <string_view>

#include "core/limits.hpp"
#include "text/field_error.hpp"

namespace creditd {

/// Structural characters and scalars of one body: bounds the memory of a tape (32 bytes for two).
inline constexpr std::size_t json_structurals_max = 1024 * 1024;

enum class JsonKind : std::uint8_t { null, boolean, number, string, array, object };

/// `a`/`an` and the name of the kind, for messages: "an object".
std::string_view name_of(JsonKind kind);

/// One value. Children of a container follow it directly; `next` is the first node behind them.
struct JsonNode {
    const char* key = nullptr;  // null in arrays and at the root
    const char* text = nullptr;
    std::uint32_t key_bytes = 0;
    std::uint32_t text_bytes = 0;
    std::uint32_t next = 0;
    std::uint32_t count_and_kind = 0;  // count of children × 8 + kind
};
static_assert(sizeof(JsonNode) == 32);

/// A value of the tape. Valid until its JsonDocument parses again, and while the body's bytes live.
class JsonValue {
public:
    class Iterator;

    JsonValue(const JsonNode* nodes, std::uint32_t index) : nodes_(nodes), index_(index) {}

    JsonKind kind() const { return static_cast<JsonKind>(node().count_and_kind & 7); }
    bool is_object() const { return kind() == JsonKind::object; }
    bool is_array() const { return kind() == JsonKind::array; }
    bool is_null() const { return kind() == JsonKind::null; }

    /// A string's content (unescaped); a number's or literal's token; a container's raw slice.
    std::string_view text() const { return {node().text, node().text_bytes}; }
    /// The key under which an object holds this value; empty elsewhere.
    std::string_view key() const { return {node().key, node().key_bytes}; }
    /// Children of a container.
    std::size_t size() const { return node().count_and_kind >> 3; }

    Iterator begin() const;
    Iterator end() const;

    /// Where this value stands, e.g. `#/operations/3/amount`. Walks from the root: for errors only.
    std::string pointer() const;

private:
    const JsonNode& node() const { return nodes_[index_]; }

    const JsonNode* nodes_;
    std::uint32_t index_;
};

class JsonValue::Iterator {
public:
    Iterator(const JsonNode* nodes, std::uint32_t index) : nodes_(nodes), index_(index) {}
    JsonValue operator*() const { return {nodes_, index_}; }
    Iterator& operator++() {
        index_ = nodes_[index_].next;
        return *this;
    }
    bool operator==(const Iterator& other) const { return index_ == other.index_; }

private:
    const JsonNode* nodes_;
    std::uint32_t index_;
};

inline JsonValue::Iterator JsonValue::begin() const { return {nodes_, index_ + 1}; }
inline JsonValue::Iterator JsonValue::end() const { return {nodes_, node().next}; }

class JsonDocument {
public:
    JsonDocument();
    ~JsonDocument();
    JsonDocument(const JsonDocument&) = delete;
    JsonDocument& operator=(const JsonDocument&) = delete;

    /// Parses a whole body. `body` needs no padding behind it and is not changed; the values point
    /// into it. Allocates nothing once it has seen a body as large.
    std::expected<JsonValue, FieldError> parse(std::string_view body);

    /// Gives back what a body larger than `limits::http_body_bytes_max` made it allocate.
    void shrink();

private:
    struct Buffers;
    std::unique_ptr<Buffers> buffers_;
};

/// How much a canonical copy may take.
struct JsonCopyLimits {
    std::size_t bytes_max = limits::metadata_bytes_max;
    std::size_t depth_max = limits::metadata_depth_max;  // a flat object has depth 1
    bool sorted_keys = false;  // in byte order, so that equal objects give equal text
};

/// Appends `value` without whitespace and with one spelling for every string; numbers stay as they
/// were. Returns null, or what was exceeded ("is larger than ..."), and then appends nothing.
const char* append_canonical(std::string& out, JsonValue value, JsonCopyLimits limits = {});

}  // namespace creditd
