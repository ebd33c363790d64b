// The head of a request: it is found in the same place however its bytes arrive, and whatever is
// parsed from it lies within it. Then what stands in the head is read as the service reads it:
// route, query, key, credentials, media types.
#include <array>
#include <string>

#include "daemon/api/routes.hpp"
#include "daemon/basics/http_text.hpp"
#include "daemon/basics/query_text.hpp"
#include "daemon/http/head_parser.hpp"
#include "tests/fuzz/support.hpp"

using namespace creditd::daemon;
using creditd::tests::require;

namespace {

using Scanned = std::expected<std::size_t, http::WireError>;

/// As the session does: from time to time, with all that has come so far.
Scanned scan_in_pieces(std::string_view bytes, std::size_t step, const http::Options& options) {
    http::HeadScanner scanner;
    for (std::size_t end = step; end < bytes.size(); end += step) {
        const Scanned found = scanner.scan(bytes.substr(0, end), options);
        if (!found || *found != 0) return found;
    }
    return scanner.scan(bytes, options);
}

void require_within(std::string_view part, std::string_view whole) {
    if (part.empty()) return;
    require(part.data() >= whole.data() && part.data() + part.size() <= whole.data() + whole.size(),
            "what was parsed lies within the head");
}

void read_route(const http::Request& request) {
    const RouteMatch match = match_route(request.method, request.path);
    require(match.route == nullptr || match.path_exists, "a route has a path");
    require(match.route != nullptr || match.path_exists == !match.allowed.empty(),
            "405 names the methods that fit");
    const auto parameters = QueryParameters::parse(request.query);
    if (!parameters) {
        require(!parameters.error().detail.empty(), "a refused query has a reason");
        return;
    }
    for (const auto& [name, value] : parameters->list()) {
        std::string encoded;
        append_percent_encoded(encoded, value);
        require(percent_decoded(encoded, true) == value, "what was encoded can be decoded");
        static_cast<void>(decode_cursor(value, 'A'));
        require(!name.empty(), "a parameter has a name");
    }
}

void read_headers(const http::Request& request) {
    std::string scratch;
    const auto key =
        normalize_idempotency_key(request.header(http::Header::idempotency_key), scratch);
    require(!key || (!key->empty() && key->size() <= 255), "a key has 1 to 255 characters");
    std::string other;
    const auto api_key = api_key_of(request.header(http::Header::authorization), other);
    require(!api_key || !api_key->empty(), "credentials are not empty");
    const auto id = valid_request_id(request.header(http::Header::x_request_id));
    require(!id || id->find_first_of("\r\n") == std::string_view::npos, "an id has one line");
    valid_traceparent(request.header(http::Header::traceparent));
    is_content_type(request.header(http::Header::content_type), "application/json");
    static constexpr std::array<std::string_view, 2> offered{"application/json", "text/csv"};
    const auto chosen = negotiate(request.header(http::Header::accept), offered);
    require(!chosen || *chosen < offered.size(), "what is chosen was offered");
    request.find_header("x-unknown");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view bytes(reinterpret_cast<const char*>(data), size);
    const http::Options options;
    const Scanned whole = http::HeadScanner().scan(bytes, options);
    for (const std::size_t step : {std::size_t{1}, std::size_t{7}}) {
        const Scanned pieces = scan_in_pieces(bytes, step, options);
        require(pieces == whole, "a head is found in the same place however it arrives");
    }
    if (!whole || *whole == 0) return 0;
    const std::string_view head = bytes.substr(0, *whole);
    http::Request request;
    if (!http::parse_head(head, options, request)) return 0;
    for (const std::string_view part :
         {request.method_name, request.target, request.header_lines}) {
        require_within(part, head);
    }
    for (const std::string_view value : request.headers) require_within(value, head);
    require(request.target.size() <= options.target_bytes_max, "a target has its bound");
    require(!request.path.empty(), "a request has a path");
    read_route(request);
    read_headers(request);
    return 0;
}
