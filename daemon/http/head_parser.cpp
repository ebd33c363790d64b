#include "daemon/http/head_parser.hpp"

#include "daemon/http/ascii.hpp"

#include <boost/beast/http/basic_parser.hpp>

#include <algorithm>
#include <charconv>
#include <cstring>
#include <optional>

namespace creditd::daemon::http {

namespace beast_http = boost::beast::http;

namespace {

using boost::beast::error_code;
using BeastView = boost::beast::string_view;

std::string_view view(BeastView text) { return {text.data(), text.size()}; }

Method method_of(beast_http::verb verb) {
    switch (verb) {
        case beast_http::verb::get: return Method::get;
        case beast_http::verb::head: return Method::head;
        case beast_http::verb::post: return Method::post;
        case beast_http::verb::put: return Method::put;
        case beast_http::verb::patch: return Method::patch;
        case beast_http::verb::delete_: return Method::delete_;
        case beast_http::verb::options: return Method::options;
        default: return Method::other;
    }
}

std::optional<Header> known_header(std::string_view name) {
    const auto is = [name](std::string_view other) { return equals_ignoring_case(name, other); };
    switch (name.size()) {
        case 4:
            if (is("host")) return Header::host;
            break;
        case 6:
            if (is("accept")) return Header::accept;
            if (is("cookie")) return Header::cookie;
            break;
        case 8:
            if (is("if-match")) return Header::if_match;
            break;
        case 10:
            if (is("user-agent")) return Header::user_agent;
            break;
        case 11:
            if (is("traceparent")) return Header::traceparent;
            break;
        case 12:
            if (is("content-type")) return Header::content_type;
            if (is("x-request-id")) return Header::x_request_id;
            break;
        case 13:
            if (is("authorization")) return Header::authorization;
            if (is("last-event-id")) return Header::last_event_id;
            if (is("if-none-match")) return Header::if_none_match;
            break;
        case 15:
            if (is("idempotency-key")) return Header::idempotency_key;
            if (is("accept-encoding")) return Header::accept_encoding;
            if (is("x-forwarded-for")) return Header::x_forwarded_for;
            break;
        case 16:
            if (is("stripe-signature")) return Header::stripe_signature;
            break;
        default: break;
    }
    return std::nullopt;
}

/// What may stand in Host (RFC 3986 host and port), so that it can be compared and logged safely.
bool is_host(std::string_view text) {
    constexpr std::string_view punctuation = "-._~!$&'()*+;=:[]%";
    return !text.empty() && std::ranges::all_of(text, [&](char c) {
        const char lower = ascii_lower(c);
        return (lower >= 'a' && lower <= 'z') || (c >= '0' && c <= '9') ||
               punctuation.find(c) != std::string_view::npos;
    });
}

/// Beast's parser for the syntax of start line and fields; the framing rules are ours.
class Parser final : public beast_http::basic_parser<true> {
public:
    Parser(const Options& options, Request& request) : options_(options), request_(request) {
        body_limit(boost::none);  // the route's limit is applied by the session
        header_limit(static_cast<std::uint32_t>(options.head_bytes_max) + 1);
    }

    std::expected<void, WireError> parse(std::string_view head) {
        error_code ec;
        put(boost::asio::const_buffer(head.data(), head.size()), ec);
        if (refused_) return std::unexpected(*refused_);
        if (ec || !is_header_done()) return std::unexpected(translate(ec, head));
        if (http_1_1_ && hosts_ == 0) return std::unexpected(WireError::malformed);
        request_.keep_alive = http_1_1_ && keep_alive();
        request_.expects_continue = http_1_1_ && request_.expects_continue;
        return {};
    }

private:
    static WireError translate(error_code ec, std::string_view head) {
        if (ec == beast_http::error::bad_transfer_encoding) return WireError::length_required;
        if (ec != beast_http::error::bad_version) return WireError::malformed;
        // A version that is well-formed but not ours is told apart from garbage.
        const std::string_view line = head.substr(0, head.find("\r\n"));
        const std::string_view version = line.substr(std::min(line.size(), line.rfind(' ') + 1));
        const auto digit = [](char c) { return c >= '0' && c <= '9'; };
        const bool well_formed = version.size() == 8 && version.starts_with("HTTP/") &&
                                 digit(version[5]) && version[6] == '.' && digit(version[7]) &&
                                 !version.starts_with("HTTP/1.0") && version != "HTTP/1.1";
        return well_formed ? WireError::version_unsupported : WireError::malformed;
    }

    void refuse(WireError error, error_code& ec) {
        refused_ = error;
        ec = beast_http::error::bad_value;
    }

    void on_request_impl(beast_http::verb verb, BeastView method, BeastView target, int version,
                         error_code& ec) override {
        request_.method = method_of(verb);
        request_.method_name = view(method);
        request_.target = view(target);
        http_1_1_ = version == 11;
        if (target.size() > options_.target_bytes_max) {
            return refuse(WireError::target_too_long, ec);
        }
        const bool printable =
            std::ranges::all_of(target, [](char c) { return c > 32 && c < 127; });
        if (!printable) refuse(WireError::malformed, ec);
    }

    void on_field_impl(beast_http::field field, BeastView name, BeastView text,
                       error_code& ec) override {
        const std::string_view value = view(text);
        if (++fields_ > options_.headers_max) return refuse(WireError::head_too_large, ec);
        if (field == beast_http::field::transfer_encoding) {
            return refuse(WireError::length_required, ec);
        }
        if (field == beast_http::field::content_length) return on_content_length(value, ec);
        if (field == beast_http::field::expect) {
            request_.expects_continue = equals_ignoring_case(value, "100-continue");
            return;
        }
        if (const auto known = known_header(view(name))) on_known(*known, value, ec);
    }

    void on_known(Header header, std::string_view value, error_code& ec) {
        if (header == Header::host && (++hosts_ > 1 || !is_host(value))) {
            return refuse(WireError::malformed, ec);
        }
        std::string_view& slot = request_.headers[static_cast<std::size_t>(header)];
        if (slot.data() == nullptr) {
            slot = value;
        } else if (is_single_valued(header)) {
            refuse(WireError::malformed, ec);
        }
    }

    /// One line of digits only: no sign, no list, no second line, even an equal one.
    void on_content_length(std::string_view value, error_code& ec) {
        const char* end = value.data() + value.size();
        const bool digits = !value.empty() &&
                            std::ranges::all_of(value, [](char c) { return c >= '0' && c <= '9'; });
        const auto parsed = std::from_chars(value.data(), end, request_.content_length);
        if (lengths_++ > 0 || !digits || parsed.ec != std::errc{} || parsed.ptr != end) {
            refuse(WireError::malformed, ec);
        }
    }

    void on_header_impl(error_code&) override {}
    void on_body_init_impl(const boost::optional<std::uint64_t>&, error_code&) override {}
    void on_finish_impl(error_code&) override {}
    void on_response_impl(int, BeastView, int, error_code&) override {}
    // Never called: no body byte is ever put into this parser.
    std::size_t on_body_impl(BeastView, error_code& ec) override { return unreachable(ec); }
    void on_chunk_header_impl(std::uint64_t, BeastView, error_code& ec) override {
        unreachable(ec);
    }
    std::size_t on_chunk_body_impl(std::uint64_t, BeastView, error_code& ec) override {
        return unreachable(ec);
    }
    std::size_t unreachable(error_code& ec) {
        refuse(WireError::malformed, ec);
        return 0;
    }

    const Options& options_;
    Request& request_;
    std::optional<WireError> refused_;
    std::size_t fields_ = 0;
    unsigned hosts_ = 0;
    unsigned lengths_ = 0;
    bool http_1_1_ = false;
};

/// Path and query of an origin-form or absolute-form target, undecoded.
void split_target(Request& request) {
    std::string_view rest = request.target;
    if (const std::size_t scheme = rest.find("://");
        !rest.starts_with('/') && scheme != std::string_view::npos) {
        rest.remove_prefix(scheme + 3);
        const std::size_t path = rest.find_first_of("/?");
        rest = path == std::string_view::npos ? "/" : rest.substr(path);
    }
    const std::size_t question = rest.find('?');
    request.path = rest.substr(0, question);
    if (request.path.empty()) request.path = "/";
    request.query = question == std::string_view::npos ? "" : rest.substr(question + 1);
}

}  // namespace

std::expected<std::size_t, WireError> HeadScanner::scan(std::string_view bytes,
                                                        const Options& options) {
    const std::size_t limit = std::min(bytes.size(), options.head_bytes_max);
    // Other protocols, TLS for one, are turned away at their first byte.
    if (limit > 0 && (ascii_lower(bytes[0]) < 'a' || ascii_lower(bytes[0]) > 'z')) {
        return std::unexpected(WireError::malformed);
    }
    while (scanned_ < limit) {
        const void* found = std::memchr(bytes.data() + scanned_, '\n', limit - scanned_);
        if (found == nullptr) {
            scanned_ = limit;
            break;
        }
        const auto at = static_cast<std::size_t>(static_cast<const char*>(found) - bytes.data());
        if (at == line_start_ || bytes[at - 1] != '\r') {
            return std::unexpected(WireError::malformed);
        }
        if (at - 1 == line_start_) return at + 1;
        const char first = bytes[line_start_];
        if (lines_ > 0 && (first == ' ' || first == '\t')) {
            return std::unexpected(WireError::malformed);
        }
        ++lines_;
        scanned_ = line_start_ = at + 1;
    }
    if (scanned_ >= options.head_bytes_max) return std::unexpected(too_large(bytes));
    return 0;
}

WireError HeadScanner::too_large(std::string_view bytes) const {
    if (lines_ > 0) return WireError::head_too_large;
    // Still in the request line: whatever is long there is the target, if it is one at all.
    const std::size_t method_end = bytes.substr(0, 32).find(' ');
    return method_end == std::string_view::npos ? WireError::malformed : WireError::target_too_long;
}

std::expected<void, WireError> parse_head(std::string_view head, const Options& options,
                                          Request& request) {
    const std::string_view address = request.remote_address;
    request = {};
    request.remote_address = address;
    Parser parser(options, request);
    if (const auto parsed = parser.parse(head); !parsed) return parsed;
    const std::size_t line_end = head.find("\r\n") + 2;
    request.header_lines = head.substr(line_end, head.size() - line_end - 2);
    split_target(request);
    return {};
}

}  // namespace creditd::daemon::http
