#include "daemon/http/response.hpp"

#include "core/assert.hpp"

#include <charconv>
#include <iterator>

namespace creditd::daemon::http {

namespace {

/// Room for 999 999 999 bytes; blanks before the digits are optional white space (RFC 9110 5.5).
constexpr std::string_view length_blanks = "         ";

void append_status_line(std::string& out, unsigned status) {
    if (status == 200) {
        out.append("HTTP/1.1 200 OK\r\n");
        return;
    }
    CREDITD_ASSERT(status >= 100 && status <= 999);
    char digits[3];
    std::to_chars(std::begin(digits), std::end(digits), status);
    out.append("HTTP/1.1 ").append(digits, 3).append(" ");
    out.append(reason_phrase(status)).append("\r\n");
}

}  // namespace

std::string_view reason_phrase(unsigned status) {
    switch (status) {
        case 100: return "Continue";
        case 200: return "OK";
        case 201: return "Created";
        case 202: return "Accepted";
        case 204: return "No Content";
        case 206: return "Partial Content";
        case 207: return "Multi-Status";
        case 301: return "Moved Permanently";
        case 302: return "Found";
        case 303: return "See Other";
        case 304: return "Not Modified";
        case 307: return "Temporary Redirect";
        case 308: return "Permanent Redirect";
        case 400: return "Bad Request";
        case 401: return "Unauthorized";
        case 402: return "Payment Required";
        case 403: return "Forbidden";
        case 404: return "Not Found";
        case 405: return "Method Not Allowed";
        case 406: return "Not Acceptable";
        case 408: return "Request Timeout";
        case 409: return "Conflict";
        case 410: return "Gone";
        case 411: return "Length Required";
        case 412: return "Precondition Failed";
        case 413: return "Content Too Large";
        case 414: return "URI Too Long";
        case 415: return "Unsupported Media Type";
        case 416: return "Range Not Satisfiable";
        case 422: return "Unprocessable Content";
        case 429: return "Too Many Requests";
        case 431: return "Request Header Fields Too Large";
        case 500: return "Internal Server Error";
        case 501: return "Not Implemented";
        case 503: return "Service Unavailable";
        case 505: return "HTTP Version Not Supported";
        default: return "Unknown";
    }
}

HeadPlace render_head(std::string& out, const ResponseHead& head, bool close) {
    HeadPlace place;
    append_status_line(out, head.status);
    if (!head.content_type.empty()) {
        out.append("Content-Type: ").append(head.content_type).append("\r\n");
    }
    out.append(head.header_lines);
    if (close) out.append("Connection: close\r\n");
    if (has_body(head.status)) {
        out.append("Content-Length: ");
        place.length_digits = out.size();
        out.append(length_blanks).append("\r\n\r\n");
    } else {
        out.append("\r\n");
    }
    place.body = out.size();
    return place;
}

void render_stream_head(std::string& out, const ResponseHead& head) {
    append_status_line(out, head.status);
    out.append("Content-Type: ").append(head.content_type).append("\r\n");
    out.append(head.header_lines).append("Connection: close\r\n\r\n");
}

void complete_head(std::string& out, const HeadPlace& place, unsigned status, bool head_request) {
    CREDITD_ASSERT(place.body <= out.size());
    const std::size_t body_bytes = out.size() - place.body;
    if (!has_body(status)) {
        out.resize(place.body);
        return;
    }
    char digits[20];
    const auto end = std::to_chars(std::begin(digits), std::end(digits), body_bytes).ptr;
    const auto digits_count = static_cast<std::size_t>(end - digits);
    CREDITD_ASSERT(digits_count <= length_blanks.size());
    out.replace(place.length_digits + length_blanks.size() - digits_count, digits_count, digits,
                digits_count);
    if (head_request) out.resize(place.body);
}

}  // namespace creditd::daemon::http
