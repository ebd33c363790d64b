#include "text/json_scan.hpp"

#include "text/utf8.hpp"

namespace creditd {
namespace {

constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }

const char* skip_digits(const char* at, const char* end) {
    while (at != end && is_digit(*at)) ++at;
    return at;
}

constexpr int hex_digit(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

/// The four hex digits at `at`, or -1.
int hex_unit(const char* at, const char* end) {
    if (end - at < 4) return -1;
    int unit = 0;
    for (int i = 0; i < 4; ++i) {
        const int digit = hex_digit(at[i]);
        if (digit < 0) return -1;
        unit = unit * 16 + digit;
    }
    return unit;
}

constexpr bool is_high_surrogate(int unit) { return unit >= 0xd800 && unit <= 0xdbff; }
constexpr bool is_low_surrogate(int unit) { return unit >= 0xdc00 && unit <= 0xdfff; }

/// One `\u` escape, or a surrogate pair of them; `at` stands behind the `u`.
struct CodePoint {
    char32_t value = 0;
    const char* end = nullptr;
    const char* fault = nullptr;
};

CodePoint read_code_point(const char* at, const char* end) {
    const int first = hex_unit(at, end);
    if (first < 0) return {0, at, "a \\u escape needs four hexadecimal digits"};
    if (first == 0) return {0, at, "U+0000 is not allowed in a string"};
    if (is_low_surrogate(first)) return {0, at, "a lone surrogate is not allowed in a string"};
    at += 4;
    if (!is_high_surrogate(first)) return {static_cast<char32_t>(first), at, nullptr};
    const bool escaped = end - at >= 2 && at[0] == '\\' && at[1] == 'u';
    const int second = escaped ? hex_unit(at + 2, end) : -1;
    if (!is_low_surrogate(second)) return {0, at, "a lone surrogate is not allowed in a string"};
    const int value = 0x10000 + ((first - 0xd800) << 10) + (second - 0xdc00);
    return {static_cast<char32_t>(value), at + 6, nullptr};
}

constexpr char simple_escape(char c) {
    switch (c) {
        case '"': return '"';
        case '\\': return '\\';
        case '/': return '/';
        case 'b': return '\b';
        case 'f': return '\f';
        case 'n': return '\n';
        case 'r': return '\r';
        case 't': return '\t';
        default: return 0;
    }
}

}  // namespace

bool is_json_number(std::string_view token) {
    const char* at = token.data();
    const char* const end = at + token.size();
    if (at != end && *at == '-') ++at;
    if (at == end || !is_digit(*at)) return false;
    at = *at == '0' ? at + 1 : skip_digits(at, end);
    if (at != end && *at == '.') {
        const char* const fraction = at + 1;
        at = skip_digits(fraction, end);
        if (at == fraction) return false;
    }
    if (at != end && (*at == 'e' || *at == 'E')) {
        ++at;
        if (at != end && (*at == '+' || *at == '-')) ++at;
        const char* const exponent = at;
        at = skip_digits(exponent, end);
        if (at == exponent) return false;
    }
    return at == end;
}

UnescapedString unescape_string(const char* at, const char* end, char* out) {
    char* const begin = out;
    for (;;) {
        const char* const stop = find_quote_or_backslash(at, end);
        std::memmove(out, at, static_cast<std::size_t>(stop - at));
        out += stop - at;
        const auto bytes = static_cast<std::size_t>(out - begin);
        if (stop == end) return {stop, bytes, "a string has no end"};
        if (*stop == '"') return {stop, bytes, nullptr};
        if (end - stop < 2) return {stop, bytes, "a string has no end"};
        if (stop[1] == 'u') {
            const CodePoint point = read_code_point(stop + 2, end);
            if (point.fault != nullptr) return {stop, bytes, point.fault};
            out += encode_utf8(point.value, out);
            at = point.end;
            continue;
        }
        const char simple = simple_escape(stop[1]);
        if (simple == 0) return {stop, bytes, "a string holds an unknown escape"};
        *out++ = simple;
        at = stop + 2;
    }
}

}  // namespace creditd
