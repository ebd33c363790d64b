#include "schemas/text_bytes.hpp"

#include <cstring>

namespace creditd::schemas {
namespace {

constexpr std::uint8_t not_a_digit = 0xff;

constexpr std::array<std::uint8_t, 256> make_digit_values() {
    std::array<std::uint8_t, 256> values{};
    values.fill(not_a_digit);
    for (unsigned i = 0; i < 10; ++i) values['0' + i] = static_cast<std::uint8_t>(i);
    for (unsigned i = 0; i < 6; ++i) values['a' + i] = static_cast<std::uint8_t>(10 + i);
    return values;
}
constexpr std::array<std::uint8_t, 256> digit_values = make_digit_values();

/// Both digits of every byte, one after the other.
constexpr std::array<char, 512> make_digit_pairs() {
    std::array<char, 512> pairs{};
    constexpr std::string_view digits = "0123456789abcdef";
    for (std::size_t i = 0; i < 256; ++i) {
        pairs[2 * i] = digits[i >> 4];
        pairs[2 * i + 1] = digits[i & 15];
    }
    return pairs;
}
constexpr std::array<char, 512> digit_pairs = make_digit_pairs();

/// Where the two digits of each byte stand in a UUID.
constexpr std::array<std::uint8_t, 16> uuid_places{0,  2,  4,  6,  9,  11, 14, 16,
                                                   19, 21, 24, 26, 28, 30, 32, 34};
constexpr std::size_t uuid_size = 36;
constexpr std::size_t hex16_size = 32;

/// One byte; anything above 255 if a character is no digit.
unsigned parse_pair(const char* text) {
    const unsigned high = digit_values[static_cast<std::uint8_t>(text[0])];
    const unsigned low = digit_values[static_cast<std::uint8_t>(text[1])];
    return (high << 4) | low | ((low & 0xf0) << 4);
}

void format_pair(std::uint8_t byte, char* out) {
    std::memcpy(out, &digit_pairs[std::size_t{2} * byte], 2);
}

bool has_uuid_shape(std::string_view text) {
    return text.size() == uuid_size && text[8] == '-' && text[13] == '-' && text[18] == '-' &&
           text[23] == '-';
}

}  // namespace

std::optional<SixteenBytes> parse_uuid(std::string_view text) {
    if (!has_uuid_shape(text)) return std::nullopt;
    SixteenBytes bytes{};
    unsigned seen = 0;
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        const unsigned byte = parse_pair(text.data() + uuid_places[i]);
        seen |= byte;
        bytes[i] = static_cast<std::uint8_t>(byte);
    }
    return seen > 0xff ? std::nullopt : std::optional(bytes);
}

void format_uuid(const std::uint8_t* bytes, std::string& out) {
    char text[uuid_size];
    text[8] = text[13] = text[18] = text[23] = '-';
    for (std::size_t i = 0; i < uuid_places.size(); ++i) {
        format_pair(bytes[i], text + uuid_places[i]);
    }
    out.assign(text, uuid_size);
}

std::optional<SixteenBytes> parse_hex16(std::string_view text) {
    if (text.size() != hex16_size) return std::nullopt;
    SixteenBytes bytes{};
    unsigned seen = 0;
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        const unsigned byte = parse_pair(text.data() + 2 * i);
        seen |= byte;
        bytes[i] = static_cast<std::uint8_t>(byte);
    }
    return seen > 0xff ? std::nullopt : std::optional(bytes);
}

void format_hex16(const std::uint8_t* bytes, std::string& out) {
    char text[hex16_size];
    for (std::size_t i = 0; i < hex16_size / 2; ++i) format_pair(bytes[i], text + 2 * i);
    out.assign(text, hex16_size);
}

}  // namespace creditd::schemas
