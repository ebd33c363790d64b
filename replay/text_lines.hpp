// Small text files of lines `name value` that end with a line `crc32c`: the head file, the manifest
// of an archive. Their readers make the text again from what they read and compare, so that one
// content has one spelling. Pure functions, any thread.
#pragma once

#include <charconv>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace creditd::replay {

/// Takes a line off the front of `rest`, without its end.
std::string_view take_line(std::string_view& rest);

/// Takes the line `name value` off the front of `rest`; empty when the next line is another.
std::string_view take_line(std::string_view& rest, std::string_view name);

/// False unless `text` is exactly the hexadecimal digits of so many bytes.
bool parse_hex(std::string_view text, std::span<std::uint8_t> bytes);

template <class Number>
bool parse_number(std::string_view text, Number& number) {
    const char* end = text.data() + text.size();
    const auto parsed = std::from_chars(text.data(), end, number);
    return parsed.ec == std::errc{} && parsed.ptr == end;
}

/// The last line: of all the lines above.
std::string checksum_line(std::string_view lines);

}  // namespace creditd::replay
