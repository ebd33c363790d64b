// The leaves of JSON (RFC 8259): numbers, strings, literals, as pure functions over bytes.
// Nesting and duplicate keys are json_tape's. Strings have passed simdjson's first stage, so they
// are valid UTF-8, closed, and free of raw control characters. Any thread.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace creditd {

/// Is the whole of `token` a JSON number: -?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)? ?
bool is_json_number(std::string_view token);

constexpr bool is_json_space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

/// The first `"` or `\` in [at, end), or `end`. Eight bytes a step.
inline const char* find_quote_or_backslash(const char* at, const char* end) {
    static_assert(std::endian::native == std::endian::little);
    constexpr std::uint64_t ones = 0x0101010101010101;
    constexpr std::uint64_t highs = 0x8080808080808080;
    const auto zero_bytes = [](std::uint64_t word) { return (word - ones) & ~word & highs; };
    for (; end - at >= 8; at += 8) {
        std::uint64_t word = 0;
        std::memcpy(&word, at, sizeof word);
        const std::uint64_t hits =
            zero_bytes(word ^ (ones * '"')) | zero_bytes(word ^ (ones * '\\'));
        if (hits != 0) return at + std::countr_zero(hits) / 8;
    }
    while (at != end && *at != '"' && *at != '\\') ++at;
    return at;
}

/// A string's content after its escapes are resolved; `fault` is null when it went well.
struct UnescapedString {
    const char* source_end = nullptr;  // the closing quote, or where the fault is
    std::size_t bytes = 0;             // written to `out`
    const char* fault = nullptr;
};

/// Resolves the string that starts at `at` (behind its opening quote) into `out`, which must have
/// room for as many bytes as the source. Refuses unknown escapes, lone surrogates and U+0000.
UnescapedString unescape_string(const char* at, const char* end, char* out);

}  // namespace creditd
