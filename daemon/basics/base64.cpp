#include "daemon/basics/base64.hpp"

#include <cstdint>

namespace creditd::daemon {
namespace {

constexpr std::string_view url_letters =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

constexpr int value_of(char c, bool url) {
    if (c >= 'A' && c <= 'Z') return c - 'A';
    if (c >= 'a' && c <= 'z') return c - 'a' + 26;
    if (c >= '0' && c <= '9') return c - '0' + 52;
    if (c == (url ? '-' : '+')) return 62;
    if (c == (url ? '_' : '/')) return 63;
    return -1;
}

bool decode(std::string_view text, std::string& out, bool url) {
    if (text.size() % 4 == 1) return false;
    std::uint32_t bits = 0;
    unsigned count = 0;
    for (const char c : text) {
        const int value = value_of(c, url);
        if (value < 0) return false;
        bits = (bits << 6) | static_cast<std::uint32_t>(value);
        count += 6;
        if (count < 8) continue;
        count -= 8;
        out += static_cast<char>((bits >> count) & 0xff);
    }
    const std::uint32_t leftover = bits & ((1u << count) - 1);
    return leftover == 0;  // else a second spelling of the same bytes
}

}  // namespace

void append_base64url(std::string& out, std::string_view bytes) {
    std::uint32_t bits = 0;
    unsigned count = 0;
    for (const char c : bytes) {
        bits = (bits << 8) | static_cast<unsigned char>(c);
        for (count += 8; count >= 6;) {
            count -= 6;
            out += url_letters[(bits >> count) & 63];
        }
    }
    if (count != 0) out += url_letters[(bits << (6 - count)) & 63];
}

bool decode_base64url(std::string_view text, std::string& out) { return decode(text, out, true); }

bool decode_base64(std::string_view text, std::string& out) {
    const std::size_t end = text.find('=');
    if (end != std::string_view::npos) {
        const bool padded = text.size() % 4 == 0 && text.size() - end <= 2 &&
                            text.find_first_not_of('=', end) == std::string_view::npos;
        if (!padded) return false;
        text = text.substr(0, end);
    }
    return decode(text, out, false);
}

}  // namespace creditd::daemon
