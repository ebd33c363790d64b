#include "text/utf8.hpp"

#include "core/assert.hpp"

namespace creditd {
namespace {

constexpr std::uint8_t byte_at(std::string_view text, std::size_t i) {
    return static_cast<std::uint8_t>(text[i]);
}

constexpr bool is_continuation(std::uint8_t byte) { return (byte & 0xc0) == 0x80; }

/// Smallest and largest second byte that may follow `lead` (RFC 3629, section 4).
struct SecondByte {
    std::uint8_t low = 0x80;
    std::uint8_t high = 0xbf;
};

constexpr SecondByte second_byte_of(std::uint8_t lead) {
    switch (lead) {
        case 0xe0: return {0xa0, 0xbf};
        case 0xed: return {0x80, 0x9f};
        case 0xf0: return {0x90, 0xbf};
        case 0xf4: return {0x80, 0x8f};
        default: return {};
    }
}

constexpr std::size_t bytes_of_lead(std::uint8_t lead) {
    if (lead < 0x80) return 1;
    if (lead >= 0xc2 && lead <= 0xdf) return 2;
    if (lead >= 0xe0 && lead <= 0xef) return 3;
    if (lead >= 0xf0 && lead <= 0xf4) return 4;
    return 0;
}

}  // namespace

std::size_t utf8_sequence_bytes(std::string_view text) {
    const std::uint8_t lead = byte_at(text, 0);
    const std::size_t bytes = bytes_of_lead(lead);
    if (bytes <= 1) return bytes;
    if (text.size() < bytes) return 0;
    const SecondByte second = second_byte_of(lead);
    if (byte_at(text, 1) < second.low || byte_at(text, 1) > second.high) return 0;
    for (std::size_t i = 2; i < bytes; ++i) {
        if (!is_continuation(byte_at(text, i))) return 0;
    }
    return bytes;
}

bool is_valid_utf8(std::string_view text) {
    while (!text.empty()) {
        const std::size_t bytes = utf8_sequence_bytes(text);
        if (bytes == 0) return false;
        text.remove_prefix(bytes);
    }
    return true;
}

std::size_t encode_utf8(char32_t code_point, char* out) {
    const auto put = [out](std::size_t i, char32_t bits) { out[i] = static_cast<char>(bits); };
    const auto tail = [code_point](unsigned shift) {
        return 0x80 | ((code_point >> shift) & 0x3f);
    };
    CREDITD_ASSERT(code_point <= 0x10ffff && (code_point < 0xd800 || code_point > 0xdfff));
    if (code_point < 0x80) {
        put(0, code_point);
        return 1;
    }
    if (code_point < 0x800) {
        put(0, 0xc0 | (code_point >> 6));
        put(1, tail(0));
        return 2;
    }
    if (code_point < 0x10000) {
        put(0, 0xe0 | (code_point >> 12));
        put(1, tail(6));
        put(2, tail(0));
        return 3;
    }
    put(0, 0xf0 | (code_point >> 18));
    put(1, tail(12));
    put(2, tail(6));
    put(3, tail(0));
    return 4;
}

}  // namespace creditd
