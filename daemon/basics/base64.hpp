// Base64 (RFC 4648), strictly: one spelling per byte string, no line breaks. The URL form has no
// padding and serves cursors; the standard form serves Basic credentials. Any thread.
#pragma once

#include <string>
#include <string_view>

namespace creditd::daemon {

void append_base64url(std::string& out, std::string_view bytes);

/// Appends the bytes; false (and `out` unspecified) unless `text` is the one spelling of them.
bool decode_base64url(std::string_view text, std::string& out);
/// Padding may be left out; everything else as above.
bool decode_base64(std::string_view text, std::string& out);

}  // namespace creditd::daemon
