// The walk from simdjson's positions of structure to the tape: grammar, depth, duplicate keys.
// Private to json_tape.cpp; one walk per body, on the thread of its JsonDocument.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "core/limits.hpp"
#include "text/json_keys.hpp"
#include "text/json_tape.hpp"

namespace creditd {

/// What outlives a walk: the tape and the bytes of strings that had escapes.
struct JsonWalkerMemory {
    std::unique_ptr<JsonNode[]> nodes;
    std::size_t nodes_capacity = 0;
    std::unique_ptr<char[]> strings;
    std::size_t strings_capacity = 0;
    DuplicateKeyFinder keys;
};

class JsonWalker {
public:
    JsonWalker(std::string_view body, std::span<const std::uint32_t> positions,
               JsonWalkerMemory& memory);

    /// Fills the tape; false when the body is not acceptable.
    bool run();
    FieldError take_error() { return std::move(error_); }

private:
    /// An open container: its node, its closing character, and a filter of its keys so far.
    struct Frame {
        std::uint32_t node = 0;
        std::uint32_t count = 0;
        std::uint64_t keys_seen = 0;
        char close = 0;
    };
    struct Text {
        const char* data = nullptr;
        std::size_t bytes = 0;
    };

    bool step();
    bool member();
    bool value(Text key);
    bool open(Text key, JsonKind kind, char close);
    bool close();
    bool number(Text key);
    bool literal(Text key);
    bool string(Text& out);
    bool string_with_escapes(const char* content, Text& out);
    bool end_string(const char* behind_quote);
    bool check_key(Frame& frame, Text key);
    bool check_all_keys(const Frame& frame);

    JsonNode& push(Text key, Text text, JsonKind kind);
    std::string_view scalar_token() const;
    const char* behind_current() const;
    bool fail(const char* at, std::string_view detail);
    bool fail_here(std::string_view detail);
    std::string path() const;

    const char* begin_;
    const char* end_;
    const std::uint32_t* at_;
    const std::uint32_t* last_;
    JsonWalkerMemory& memory_;
    JsonNode* nodes_ = nullptr;
    std::uint32_t node_count_ = 0;
    char* strings_at_ = nullptr;
    std::size_t depth_ = 0;
    std::array<Frame, limits::json_depth_max> frames_{};
    FieldError error_;
};

}  // namespace creditd
