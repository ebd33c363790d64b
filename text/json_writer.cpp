#include "text/json_writer.hpp"

#include <array>
#include <bit>
#include <cstring>

#include "text/utf8.hpp"

namespace creditd {
namespace {

constexpr bool needs_escape(char c) {
    return static_cast<unsigned char>(c) < 0x20 || c == '"' || c == '\\';
}

/// Length of the prefix that can be copied as it is. Eight bytes a step.
std::size_t plain_prefix(std::string_view text) {
    constexpr std::uint64_t ones = 0x0101010101010101;
    constexpr std::uint64_t highs = 0x8080808080808080;
    const auto zero_bytes = [](std::uint64_t word) { return (word - ones) & ~word & highs; };
    std::size_t i = 0;
    for (; i + 8 <= text.size(); i += 8) {
        std::uint64_t word = 0;
        std::memcpy(&word, text.data() + i, sizeof word);
        const std::uint64_t controls = (word - ones * 0x20) & ~word & highs;
        const std::uint64_t hits =
            controls | zero_bytes(word ^ (ones * '"')) | zero_bytes(word ^ (ones * '\\'));
        // The lowest hit is exact; those above it may come from its borrow.
        if (hits != 0) return i + static_cast<std::size_t>(std::countr_zero(hits)) / 8;
    }
    while (i < text.size() && !needs_escape(text[i])) ++i;
    return i;
}

void append_hex_escape(std::string& out, unsigned unit) {
    constexpr std::string_view hex = "0123456789abcdef";
    out += "\\u";
    for (unsigned shift = 16; shift != 0;) {
        shift -= 4;
        out += hex[(unit >> shift) & 15];
    }
}

void append_escape(std::string& out, char c) {
    switch (c) {
        case '"': out += "\\\""; return;
        case '\\': out += "\\\\"; return;
        case '\n': out += "\\n"; return;
        case '\r': out += "\\r"; return;
        case '\t': out += "\\t"; return;
        default: append_hex_escape(out, static_cast<unsigned char>(c));
    }
}

/// One UTF-8 sequence at the head of `text`; returns its bytes.
std::size_t append_lossy_sequence(std::string& out, std::string_view text) {
    const std::size_t bytes = utf8_sequence_bytes(text);
    if (bytes == 0) {
        out += "\xef\xbf\xbd";
        return 1;
    }
    const std::string_view sequence = text.substr(0, bytes);
    if (sequence == "\x7f") out += "\\u007f";
    else if (sequence == "\xe2\x80\xa8") out += "\\u2028";
    else if (sequence == "\xe2\x80\xa9") out += "\\u2029";
    else if (sequence.size() == 2 && sequence[0] == '\xc2' && sequence[1] < '\xa0')
        append_hex_escape(out, static_cast<unsigned char>(sequence[1]));
    else if (needs_escape(sequence[0])) append_escape(out, sequence[0]);
    else out += sequence;
    return bytes;
}

constexpr bool is_plain_ascii(char c) {
    return static_cast<unsigned char>(c) < 0x7f && !needs_escape(c);
}

}  // namespace

void append_json_string(std::string& out, std::string_view text) {
    out += '"';
    for (;;) {
        const std::size_t plain = plain_prefix(text);
        out += text.substr(0, plain);
        if (plain == text.size()) break;
        append_escape(out, text[plain]);
        text.remove_prefix(plain + 1);
    }
    out += '"';
}

void append_json_string_lossy(std::string& out, std::string_view text) {
    out += '"';
    while (!text.empty()) {
        std::size_t plain = 0;
        while (plain < text.size() && is_plain_ascii(text[plain])) ++plain;
        out += text.substr(0, plain);
        text.remove_prefix(plain);
        if (!text.empty()) text.remove_prefix(append_lossy_sequence(out, text));
    }
    out += '"';
}

}  // namespace creditd
