// Texts that are hexadecimal numbers in disguise, kept as their 16 bytes: UUIDs (most keys) and
// W3C trace ids. Exact both ways or not at all: what is not in the canonical spelling stays text.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace creditd::schemas {

using SixteenBytes = std::array<std::uint8_t, 16>;

/// `text` as a UUID of 36 characters, lower case; nothing if it is anything else.
std::optional<SixteenBytes> parse_uuid(std::string_view text);
void format_uuid(const std::uint8_t* bytes, std::string& out);

/// `text` as 32 hexadecimal digits, lower case; nothing if it is anything else.
std::optional<SixteenBytes> parse_hex16(std::string_view text);
void format_hex16(const std::uint8_t* bytes, std::string& out);

}  // namespace creditd::schemas
