#include "text/json_walker.hpp"

#include <algorithm>

#include "core/assert.hpp"
#include "core/canary.hpp"
#include "text/json_scan.hpp"

namespace creditd {
namespace {

/// Objects up to this size compare a new key with its sisters; larger ones are hashed at the end.
constexpr std::uint32_t small_object_keys = 16;

/// One of 64 bits for a key: equal keys share it, different keys rarely do.
std::uint64_t filter_bit(const char* key, std::size_t bytes) {
    if (bytes == 0) return 1;
    const std::size_t first = static_cast<unsigned char>(key[0]);
    const std::size_t last = static_cast<unsigned char>(key[bytes - 1]);
    return std::uint64_t{1} << ((bytes * 7 + first * 5 + last * 11) & 63);
}

}  // namespace

JsonWalker::JsonWalker(std::string_view body, std::span<const std::uint32_t> positions,
                       JsonWalkerMemory& memory)
    : begin_(body.data()),
      end_(body.data() + body.size()),
      at_(positions.data()),
      last_(positions.data() + positions.size()),
      memory_(memory) {
    // Every value but the first child has a comma before it and every container a closing
    // character, so there are at most (positions + 1) / 2 values, plus the unclosed containers.
    const std::size_t nodes_max = positions.size() / 2 + limits::json_depth_max + 2;
    if (memory_.nodes_capacity < nodes_max) {
        memory_.nodes_capacity = std::max<std::size_t>(nodes_max + nodes_max / 2, 256);
        memory_.nodes = std::make_unique_for_overwrite<JsonNode[]>(memory_.nodes_capacity);
    }
    nodes_ = memory_.nodes.get();
}

bool JsonWalker::run() {
    if (!value({})) return false;
    while (depth_ != 0) {
        if (!step()) return false;
    }
    return at_ == last_ || fail_here("something follows the value");
}

/// One member, element or closing character of the innermost container.
bool JsonWalker::step() {
    Frame& frame = frames_[depth_ - 1];
    const bool in_object = frame.close == '}';
    if (at_ == last_) return fail(end_, in_object ? "an object has no end" : "an array has no end");
    const char c = begin_[*at_];
    if (c == frame.close) return close();
    if (frame.count != 0) {
        if (c != ',') return fail_here(in_object ? "expected ',' or '}'" : "expected ',' or ']'");
        if (++at_ == last_) return fail(end_, "the body ends after a ','");
    }
    ++frame.count;
    return in_object ? member() : value({});
}

bool JsonWalker::member() {
    Frame& frame = frames_[depth_ - 1];
    if (begin_[*at_] != '"') return fail_here("expected a key in double quotes");
    Text key;
    if (!string(key) || !check_key(frame, key)) return false;
    if (at_ == last_ || begin_[*at_] != ':') return fail_here("expected ':' after a key");
    if (++at_ == last_) return fail(end_, "the body ends after a ':'");
    return value(key);
}

bool JsonWalker::value(Text key) {
    if (at_ == last_) return fail(end_, "expected a value");
    switch (begin_[*at_]) {
        case '{': return open(key, JsonKind::object, '}');
        case '[': return open(key, JsonKind::array, ']');
        case '"': {
            Text text;
            if (!string(text)) return false;
            push(key, text, JsonKind::string);
            return true;
        }
        case 't':
        case 'f':
        case 'n': return literal(key);
        default: return number(key);
    }
}

bool JsonWalker::open(Text key, JsonKind kind, char closing) {
    if (depth_ == frames_.size()) return fail_here("nested deeper than 16 levels");
    static_assert(limits::json_depth_max == 16, "the sentence above says so");
    frames_[depth_++] = {node_count_, 0, 0, closing};
    push(key, {begin_ + *at_, 0}, kind);
    ++at_;
    return true;
}

bool JsonWalker::close() {
    const Frame& frame = frames_[depth_ - 1];
    if (frame.close == '}' && frame.count > small_object_keys && !check_all_keys(frame)) {
        return false;
    }
    JsonNode& node = nodes_[frame.node];
    node.next = node_count_;
    node.count_and_kind |= frame.count << 3;
    node.text_bytes = static_cast<std::uint32_t>(begin_ + *at_ + 1 - node.text);
    --depth_;
    ++at_;
    return true;
}

bool JsonWalker::number(Text key) {
    const std::string_view token = scalar_token();
    if (!is_json_number(token)) return fail_here("expected a value");
    push(key, {token.data(), token.size()}, JsonKind::number);
    ++at_;
    return true;
}

bool JsonWalker::literal(Text key) {
    const std::string_view token = scalar_token();
    const bool is_boolean = token == "true" || token == "false";
    if (!is_boolean && token != "null") return fail_here("expected a value");
    push(key, {token.data(), token.size()}, is_boolean ? JsonKind::boolean : JsonKind::null);
    ++at_;
    return true;
}

/// Reads the string at the current position and moves behind it.
bool JsonWalker::string(Text& out) {
    const char* const content = begin_ + *at_ + 1;
    const char* const stop = find_quote_or_backslash(content, end_);
    if (stop != end_ && *stop == '\\') return string_with_escapes(content, out);
    if (stop == end_) return fail_here("a string has no end");
    out = {content, static_cast<std::size_t>(stop - content)};
    return end_string(stop + 1);
}

bool JsonWalker::string_with_escapes(const char* content, Text& out) {
    const auto body_bytes = static_cast<std::size_t>(end_ - begin_);
    if (strings_at_ == nullptr) {
        if (memory_.strings_capacity < body_bytes) {
            memory_.strings = std::make_unique_for_overwrite<char[]>(body_bytes);
            memory_.strings_capacity = body_bytes;
        }
        strings_at_ = memory_.strings.get();
    }
    const UnescapedString result = unescape_string(content, end_, strings_at_);
    if (result.fault != nullptr) return fail(result.source_end, result.fault);
    out = {strings_at_, result.bytes};
    strings_at_ += result.bytes;
    return end_string(result.source_end + 1);
}

/// Moves on from a string whose closing quote stands before `behind_quote`.
bool JsonWalker::end_string(const char* behind_quote) {
    const char* const next = behind_current();
    for (const char* at = behind_quote; at != next; ++at) {
        const bool stray = at > next || !is_json_space(*at);
        if (stray) return fail(behind_quote, "something follows a string");
    }
    ++at_;
    return true;
}

bool JsonWalker::check_key(Frame& frame, Text key) {
    if (canary(Canary::duplicate_field)) return true;
    const std::uint64_t bit = filter_bit(key.data, key.bytes);
    const bool maybe_seen = (frame.keys_seen & bit) != 0;
    frame.keys_seen |= bit;
    if (!maybe_seen || frame.count > small_object_keys) return true;
    const std::string_view text(key.data, key.bytes);
    for (std::uint32_t i = frame.node + 1; i < node_count_; i = nodes_[i].next) {
        if (std::string_view(nodes_[i].key, nodes_[i].key_bytes) != text) continue;
        error_.pointer = path();
        append_pointer_token(error_.pointer, text);
        error_.detail = "the key occurs twice";
        return false;
    }
    return true;
}

bool JsonWalker::check_all_keys(const Frame& frame) {
    memory_.keys.begin(frame.count);
    for (std::uint32_t i = frame.node + 1; i < node_count_; i = nodes_[i].next) {
        const std::string_view key(nodes_[i].key, nodes_[i].key_bytes);
        if (!memory_.keys.add(key)) continue;
        error_.pointer = path();
        append_pointer_token(error_.pointer, key);
        error_.detail = "the key occurs twice";
        return false;
    }
    return true;
}

JsonNode& JsonWalker::push(Text key, Text text, JsonKind kind) {
    CREDITD_ASSERT(node_count_ < memory_.nodes_capacity);
    JsonNode& node = nodes_[node_count_++];
    node.key = key.data;
    node.text = text.data;
    node.key_bytes = static_cast<std::uint32_t>(key.bytes);
    node.text_bytes = static_cast<std::uint32_t>(text.bytes);
    node.next = node_count_;
    node.count_and_kind = static_cast<std::uint32_t>(kind);
    return node;
}

/// Where the next structural character stands, or the end.
const char* JsonWalker::behind_current() const { return at_ + 1 == last_ ? end_ : begin_ + at_[1]; }

std::string_view JsonWalker::scalar_token() const {
    const char* const from = begin_ + *at_;
    const char* to = behind_current();
    while (to != from && is_json_space(to[-1])) --to;
    return {from, static_cast<std::size_t>(to - from)};
}

bool JsonWalker::fail_here(std::string_view detail) {
    return fail(at_ == last_ ? end_ : begin_ + *at_, detail);
}

bool JsonWalker::fail(const char* at, std::string_view detail) {
    error_.pointer = path();
    error_.detail = std::string(detail) + " (byte " + std::to_string(at - begin_) + ")";
    return false;
}

/// The innermost open container.
std::string JsonWalker::path() const {
    std::string result = "#";
    for (std::size_t i = 1; i < depth_; ++i) {
        const JsonNode& node = nodes_[frames_[i].node];
        const bool in_array = node.key == nullptr;
        append_pointer_token(result,
                             in_array ? std::string_view(std::to_string(frames_[i - 1].count - 1))
                                      : std::string_view(node.key, node.key_bytes));
    }
    return result;
}

}  // namespace creditd
