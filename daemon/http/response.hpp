// The answer's head and its rendering into one contiguous buffer, body included.
// Content-Length is always there, Connection only when it says something. No socket, no Asio.
// Pure functions and views; any thread.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace creditd::daemon::http {

struct ResponseHead {
    unsigned status = 200;
    std::string_view content_type = "application/json";  // empty: no such header
    /// Further headers, each line ended by CRLF, e.g. "Retry-After: 5\r\n". Rendered as is.
    std::string_view header_lines = {};
    /// Close the connection after this answer.
    bool close = false;
};

struct Response {
    ResponseHead head;
    std::string_view body;
};

/// "OK" for 200; "Unknown" for what has no name here.
std::string_view reason_phrase(unsigned status);

/// 1xx, 204 and 304 answers have no body.
constexpr bool has_body(unsigned status) { return status >= 200 && status != 204 && status != 304; }

/// Where a head that render_head() wrote lies in its buffer.
struct HeadPlace {
    std::size_t length_digits = 0;  // offset of the blanks that the body's length will fill
    std::size_t body = 0;           // offset of the first byte after the head
};

/// Appends status line and headers, with blanks in place of the length, which is not yet known.
HeadPlace render_head(std::string& out, const ResponseHead& head, bool close);

/// Appends the head of an answer whose end is the end of the connection.
void render_stream_head(std::string& out, const ResponseHead& head);

/// Fills in the length of everything that was appended after `place.body`. For HEAD requests and
/// statuses without a body it removes the body.
void complete_head(std::string& out, const HeadPlace& place, unsigned status, bool head_request);

}  // namespace creditd::daemon::http
