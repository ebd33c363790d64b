// What stands in the headers that creditd reads, as pure functions without Beast: keys, bearer
// tokens, trace ids, media types. Nothing here knows a route or keeps state (except the counter
// behind `append_request_id`). Any thread.
#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace creditd::daemon {

// --- Idempotency-Key -----------------------------------------------------------------------------
enum class IdempotencyKeyFault : std::uint8_t {
    missing,    // no header, empty, or ""
    malformed,  // longer than 255, other than visible ASCII, or a broken quoted string
};
std::string_view sentence_of(IdempotencyKeyFault fault);

/// The key itself: `k` and `"k"` (an RFC 8941 string, with its escapes `\"` and `\\`) are one key.
/// The view points into `header`, or into `scratch` where escapes were resolved.
std::expected<std::string_view, IdempotencyKeyFault> normalize_idempotency_key(
    std::string_view header, std::string& scratch);

// --- Authorization -------------------------------------------------------------------------------
enum class AuthorizationFault : std::uint8_t { missing, unknown_scheme, malformed };

/// The API key in `Bearer <key>` or in `Basic base64(<key>:)`; a Basic password is ignored. The
/// view points into `header` or `scratch`. The key is not yet known to be a valid one.
std::expected<std::string_view, AuthorizationFault> api_key_of(std::string_view header,
                                                               std::string& scratch);

// --- tracing -------------------------------------------------------------------------------------
/// The first 55 bytes of a valid W3C `traceparent` (version, trace id, parent id, flags), or
/// nothing. Versions above 00 may carry more, which is dropped.
std::optional<std::string_view> valid_traceparent(std::string_view header);

/// The client's request id when it is 1 to 128 of `A-Z a-z 0-9 . _ : / + = @ -`, else nothing.
std::optional<std::string_view> valid_request_id(std::string_view header);

/// Appends a new request id, `req_` and 24 hexadecimal digits: unique, not secret.
void append_request_id(std::string& out);

// --- media types ---------------------------------------------------------------------------------
/// Is a Content-Type `wanted` (lower case), in UTF-8 if it names a charset? Other parameters pass.
bool is_content_type(std::string_view header, std::string_view wanted);

/// Which of `offered` (lower case) an Accept header likes most; the first offered among equals, and
/// when the header is empty. Nothing when it takes none of them.
std::optional<std::size_t> negotiate(std::string_view accept,
                                     std::span<const std::string_view> offered);

// --- small things --------------------------------------------------------------------------------
bool equal_ignoring_case(std::string_view a, std::string_view b);
/// Without spaces and tabs at both ends.
std::string_view trimmed(std::string_view text);

}  // namespace creditd::daemon
