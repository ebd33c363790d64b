// UTF-8, strictly (RFC 3629: no overlong forms, no surrogates, nothing above U+10FFFF).
// For short texts that did not come through the JSON parser: query strings, log values.
// Pure functions, any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace creditd {

/// Bytes of the valid sequence that `text` (not empty) begins with, or 0.
std::size_t utf8_sequence_bytes(std::string_view text);

bool is_valid_utf8(std::string_view text);

/// Appends `code_point`, which must be a Unicode scalar value; returns the bytes written to `out`.
std::size_t encode_utf8(char32_t code_point, char* out);

}  // namespace creditd
