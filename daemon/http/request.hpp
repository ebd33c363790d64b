// What one HTTP/1.1 request said: views into the session's buffer, nothing copied, nothing decoded.
// Not here: parsing (head_parser.hpp), percent-decoding (uri.hpp), the answer (exchange.hpp).
// Owned by its Exchange and read on its io thread. The views are valid until the answer is
// finished.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace creditd::daemon::http {

enum class Method : std::uint8_t { get, head, post, put, patch, delete_, options, other };

/// The headers that have a slot of their own. Every other header: Request::find_header.
enum class Header : std::uint8_t {
    host,
    authorization,
    content_type,
    idempotency_key,
    x_request_id,
    traceparent,
    last_event_id,
    stripe_signature,
    if_match,  // from here on: lists; the first line counts, others are ignored
    if_none_match,
    accept,
    accept_encoding,
    cookie,
    user_agent,
    x_forwarded_for,
};
inline constexpr std::size_t headers_known = 15;
/// These name one thing; two lines of one of them are refused as malformed.
constexpr bool is_single_valued(Header header) { return header < Header::if_match; }

/// Readable bytes after `body`, whatever they hold: simdjson parses in place without a copy.
inline constexpr std::size_t body_padding_bytes = 64;

struct Request {
    Method method = Method::other;
    bool keep_alive = false;          // HTTP/1.1 without "Connection: close"
    bool expects_continue = false;    // "Expect: 100-continue"
    std::string_view method_name;     // as sent
    std::string_view target;          // as sent: origin, absolute, authority or asterisk form
    std::string_view path;            // raw, without scheme, authority and query
    std::string_view query;           // raw, without '?'
    std::string_view header_lines;    // all header lines, as sent
    std::string_view body;            // whole in Service::on_request, empty in on_head
    std::string_view remote_address;  // text, without port
    std::uint64_t content_length = 0;
    std::array<std::string_view, headers_known> headers{};

    /// The value without surrounding blanks; its data() is null if the header is absent.
    std::string_view header(Header name) const { return headers[static_cast<std::size_t>(name)]; }
    bool has(Header name) const { return header(name).data() != nullptr; }
    bool is_head() const { return method == Method::head; }

    /// Walks the header lines: for rare headers. Case does not matter; the first match counts.
    std::string_view find_header(std::string_view name) const;
};

}  // namespace creditd::daemon::http
