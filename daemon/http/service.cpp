#include "daemon/http/service.hpp"

#include <cstdio>
#include <string>

namespace creditd::daemon::http {

unsigned status_of(WireError error) {
    switch (error) {
        case WireError::malformed: return 400;
        case WireError::length_required: return 411;
        case WireError::body_too_large: return 413;
        case WireError::target_too_long: return 414;
        case WireError::head_too_large: return 431;
        case WireError::version_unsupported: return 505;
        case WireError::overloaded: return 503;
    }
    return 400;
}

std::string_view code_of(WireError error) {
    switch (error) {
        case WireError::malformed: return "invalid_request";
        case WireError::length_required: return "length_required";
        case WireError::body_too_large: return "body_too_large";
        case WireError::target_too_long: return "target_too_long";
        case WireError::head_too_large: return "head_too_large";
        case WireError::version_unsupported: return "version_unsupported";
        case WireError::overloaded: return "overloaded";
    }
    return "invalid_request";
}

std::string_view sentence_of(WireError error) {
    switch (error) {
        case WireError::malformed: return "The request is not well-formed HTTP/1.1.";
        case WireError::length_required: return "Send a Content-Length, not a Transfer-Encoding.";
        case WireError::body_too_large: return "The body is larger than this route accepts.";
        case WireError::target_too_long: return "The request target is too long.";
        case WireError::head_too_large: return "The request head is too large.";
        case WireError::version_unsupported: return "Only HTTP/1.1 and HTTP/1.0 are spoken here.";
        case WireError::overloaded: return "Too many request bodies are in flight.";
    }
    return "";
}

void Service::on_wire_error(WireError error, Exchange& exchange) {
    const unsigned status = status_of(error);
    std::string& out = exchange.begin({
        .status = status,
        .content_type = "application/problem+json",
        .header_lines = status == 503 ? "Retry-After: 5\r\n" : "",
        .close = true,
    });
    out.append(R"({"type":"about:blank","title":")").append(reason_phrase(status));
    out.append(R"(","status":)").append(std::to_string(status));
    out.append(R"(,"code":")").append(code_of(error));
    out.append(R"(","detail":")").append(sentence_of(error)).append("\"}");
    exchange.finish();
}

void Service::on_exception(std::string_view what) noexcept {
    std::fprintf(stderr, "creditd: exception on an io thread: %.*s\n",
                 static_cast<int>(what.size()), what.data());
}

}  // namespace creditd::daemon::http
