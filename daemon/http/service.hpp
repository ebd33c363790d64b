// What the application implements to be served: two calls per request, and the answers to requests
// that break the protocol. Called on io threads; no call may block. No Asio.
// A handler that throws loses its connection: the exchange is abandoned and must not be answered.
#pragma once

#include "daemon/http/exchange.hpp"

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace creditd::daemon::http {

/// A request that the layer itself refuses. Each is answered once and ends its connection.
enum class WireError : std::uint8_t {
    malformed,            // 400: framing, version syntax, header syntax, Host
    length_required,      // 411: any Transfer-Encoding
    body_too_large,       // 413: more than the route accepts
    target_too_long,      // 414
    head_too_large,       // 431: bytes or number of header lines
    version_unsupported,  // 505
    overloaded,           // 503: all bodies in flight together are too large
};

unsigned status_of(WireError error);
/// The problem's code in snake_case, e.g. "invalid_request".
std::string_view code_of(WireError error);
std::string_view sentence_of(WireError error);

/// What becomes of a request whose head was read.
struct HeadVerdict {
    std::size_t body_bytes_max = 0;

    /// Read the body, if it is not larger than this; otherwise 413.
    static HeadVerdict accept(std::size_t body_bytes) { return {body_bytes}; }
    /// The handler has answered already; the body is skipped unseen.
    static HeadVerdict answered() { return {0}; }
};

class Service {
public:
    virtual ~Service() = default;

    /// The head is here, the body may not be: authenticate, route, limit. Either accept, or answer
    /// now through the exchange. Views taken here do not outlive this call: a body that arrives
    /// later moves the buffer.
    virtual HeadVerdict on_head(Exchange& exchange) = 0;

    /// The whole request is here. Answer now, or later on the same io thread.
    virtual void on_request(Exchange& exchange) = 0;

    /// This io thread has handled everything that was ready: hand over what on_request gathered.
    virtual void on_idle(IoThread&) {}

    /// Answer at once. The request holds what could be read, maybe nothing. The default is a small
    /// application/problem+json; the connection is closed afterwards in any case.
    virtual void on_wire_error(WireError error, Exchange& exchange);

    /// An exception reached an io thread's loop. It was counted and the loop goes on.
    virtual void on_exception(std::string_view what) noexcept;
};

}  // namespace creditd::daemon::http
