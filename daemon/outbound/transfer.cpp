#include "daemon/outbound/transfer.hpp"

#include <sys/socket.h>

#include <algorithm>
#include <tuple>

#include "core/assert.hpp"
#include "daemon/basics/http_text.hpp"
#include "daemon/basics/wall_clock.hpp"
#include "daemon/outbound/retry_after.hpp"

namespace creditd::daemon {
namespace {

constexpr std::string_view methods[] = {"POST", "GET", "HEAD", "PUT", "PATCH", "DELETE"};
constexpr std::int64_t us_per_ms = 1'000;
constexpr int final_status_min = 200;
constexpr std::string_view ended_early = "the answer ended too early";
constexpr std::string_view no_http = "what came is not an answer of HTTP/1.1";

}  // namespace

void Transfer::FreeHandle::operator()(CURL* handle) const { ::curl_easy_cleanup(handle); }
void Transfer::FreeList::operator()(curl_slist* list) const { ::curl_slist_free_all(list); }

/// An option that libcurl refuses is one that it was built without: then nothing may be called.
template <class Option, class Value>
void Transfer::set(Option option, Value value) {
    CREDITD_ASSERT(::curl_easy_setopt(handle_.get(), option, value) == CURLE_OK);
}

Transfer::Transfer(const HttpClient::Options& options)
    : options_(options), handle_(::curl_easy_init()) {
    CREDITD_ASSERT(handle_ != nullptr);
    set_what_never_changes();
}

void Transfer::set_what_never_changes() {
    // What it may talk to.
    set(CURLOPT_PROTOCOLS_STR, options_.https_only ? "https" : "http,https");
    set(CURLOPT_FOLLOWLOCATION, 0L);
    set(CURLOPT_PROXY, "");  // not the environment's either
    set(CURLOPT_NETRC, static_cast<long>(CURL_NETRC_IGNORED));
    set(CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
    set(CURLOPT_HTTP09_ALLOWED, 0L);
    set(CURLOPT_OPENSOCKETDATA, this);
    set(
        CURLOPT_OPENSOCKETFUNCTION,
        +[](void* self, curlsocktype purpose, curl_sockaddr* address) -> curl_socket_t {
            if (purpose != CURLSOCKTYPE_IPCXN) return CURL_SOCKET_BAD;
            return static_cast<Transfer*>(self)->open_socket(*address);
        });
    // Whom it believes.
    set(CURLOPT_SSL_VERIFYPEER, 1L);
    set(CURLOPT_SSL_VERIFYHOST, 2L);
    set(CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
    if (!options_.ca_file.empty()) {
        set(CURLOPT_CAINFO, options_.ca_file.c_str());
        set(CURLOPT_CAPATH, static_cast<const char*>(nullptr));
    }
    // What it takes.
    set(CURLOPT_HEADERFUNCTION, &Transfer::on_header);
    set(CURLOPT_HEADERDATA, this);
    set(CURLOPT_WRITEFUNCTION, &Transfer::on_body);
    set(CURLOPT_WRITEDATA, this);
    // How.
    set(CURLOPT_TCP_NODELAY, 1L);
    set(CURLOPT_NOSIGNAL, 1L);
    // Or a request that ends while its name is being resolved waits for the resolver, and all
    // others with it.
    set(CURLOPT_QUICK_EXIT, 1L);
    set(CURLOPT_USERAGENT, "creditd/" CREDITD_VERSION);
    set(CURLOPT_PRIVATE, this);
}

std::expected<void, std::string> Transfer::begin(HttpRequest request, HttpClient::Done done) {
    request_ = std::move(request);
    done_ = std::move(done);
    body_.clear();
    retry_after_.clear();
    header_bytes_ = 0;
    has_forbidden_address_ = has_long_headers_ = is_cut_ = false;
    is_http_1_ = has_whole_head_ = false;
    body_bytes_max_ =
        request_.body_bytes_max == 0 ? options_.body_bytes_max : request_.body_bytes_max;
    if (std::ranges::find(methods, request_.method) == std::ranges::end(methods)) {
        return std::unexpected("the method '" + request_.method + "' is not one that is sent");
    }
    auto url = parse_url(request_.url, options_.https_only, options_.allowed);
    if (!url) return std::unexpected("the URL " + url.error());
    if (auto headers = set_headers(); !headers) return headers;
    url_ = std::move(*url);
    set(CURLOPT_CURLU, url_.get());
    set_method();
    set(CURLOPT_TIMEOUT_MS,
        static_cast<long>(std::max<std::int64_t>(1, request_.timeout.value / us_per_ms)));
    return {};
}

/// What libcurl would add by itself for a POST is left out, unless the caller says it.
std::expected<void, std::string> Transfer::set_headers() {
    headers_.reset();
    const auto append = [this](const char* line) {
        curl_slist* const longer = ::curl_slist_append(headers_.get(), line);
        CREDITD_ASSERT(longer != nullptr);
        std::ignore = headers_.release();  // it is the head of the longer one
        headers_.reset(longer);
    };
    append("Expect:");
    bool has_type = false;
    for (std::string line : request_.headers) {
        if (auto checked = check_header(line); !checked) {
            return std::unexpected("the header '" + line.substr(0, line.find(':')) + "' " +
                                   checked.error());
        }
        const std::size_t colon = line.find(':');
        has_type |= equal_ignoring_case(line.substr(0, colon), "Content-Type");
        // `Name:` would tell libcurl to leave the header out; this is how it spells an empty one.
        if (trimmed(line.substr(colon + 1)).empty()) line = line.substr(0, colon) + ';';
        append(line.c_str());
    }
    if (!has_type) append("Content-Type:");
    set(CURLOPT_HTTPHEADER, headers_.get());
    return {};
}

void Transfer::set_method() {
    const std::string& method = request_.method;
    set(CURLOPT_NOBODY, method == "HEAD" ? 1L : 0L);
    const bool has_body =
        !request_.body.empty() || method == "POST" || method == "PUT" || method == "PATCH";
    if (method != "HEAD" && !has_body) set(CURLOPT_HTTPGET, 1L);
    if (method != "HEAD" && has_body) {
        set(CURLOPT_POST, 1L);
        set(CURLOPT_POSTFIELDS, request_.body.data());
        set(CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request_.body.size()));
    }
    set(CURLOPT_CUSTOMREQUEST, method == "HEAD" ? nullptr : method.c_str());
}

/// The one place through which a connection can begin. The address is the very one that libcurl
/// connects this socket to: whatever a name resolved to before, or will, makes no difference.
int Transfer::open_socket(const curl_sockaddr& address) {
    const auto ip = ip_address_of(address.addr);
    if (!ip || is_forbidden(*ip, options_.allowed)) {
        has_forbidden_address_ = true;
        return CURL_SOCKET_BAD;
    }
    return ::socket(address.family, address.socktype | SOCK_CLOEXEC, address.protocol);
}

std::size_t Transfer::on_header(char* data, std::size_t size, std::size_t count, void* self) {
    const std::size_t bytes = size * count;
    return static_cast<Transfer*>(self)->take_header({data, bytes}) ? bytes : 0;
}

std::size_t Transfer::on_body(char* data, std::size_t size, std::size_t count, void* self) {
    const std::size_t bytes = size * count;
    return static_cast<Transfer*>(self)->take_body({data, bytes}) ? bytes : 0;
}

bool Transfer::take_header(std::string_view line) {
    header_bytes_ += line.size();
    has_long_headers_ = header_bytes_ > answer_header_bytes_max;
    if (has_long_headers_) return false;
    constexpr std::string_view retry_after = "Retry-After:";
    if (line.starts_with("HTTP/")) {  // what came before was interim
        retry_after_.clear();
        is_http_1_ = line.starts_with("HTTP/1.");
        has_whole_head_ = false;
    }
    has_whole_head_ |= line == "\r\n" || line == "\n";
    if (equal_ignoring_case(line.substr(0, retry_after.size()), retry_after)) {
        line.remove_prefix(retry_after.size());
        retry_after_ = line.substr(0, line.find_last_not_of("\r\n") + 1);
    }
    return true;
}

bool Transfer::take_body(std::string_view bytes) {
    const std::size_t room = body_bytes_max_ - body_.size();
    body_ += bytes.substr(0, room);
    is_cut_ = bytes.size() > room;
    return !is_cut_;
}

/// A body that was long enough is as good as one that ended.
bool Transfer::is_answered(int code) const {
    return code == CURLE_OK || (code == CURLE_WRITE_ERROR && is_cut_);
}

HttpResult Transfer::finish(int code) {
    HttpResult result;
    curl_off_t took = 0;
    ::curl_easy_getinfo(handle_.get(), CURLINFO_TOTAL_TIME_T, &took);
    result.took = Duration{took};
    long status = 0;
    ::curl_easy_getinfo(handle_.get(), CURLINFO_RESPONSE_CODE, &status);
    if (!is_answered(code)) {
        result.error = error_of(code);
    } else if (!is_http_1_) {
        result.error = no_http;
    } else if (!has_whole_head_) {
        result.error = ended_early;
    } else if (status < final_status_min) {
        result.error = "the answer has no final status";
    } else {
        result.status = static_cast<int>(status);
        result.body = std::move(body_);
        result.is_cut = is_cut_;
        result.retry_after = parse_retry_after(retry_after_, wall_clock_now());
    }
    request_ = {};
    url_.reset();
    set(CURLOPT_CURLU, static_cast<CURLU*>(nullptr));
    return result;
}

std::string Transfer::error_of(int code) const {
    if (has_forbidden_address_ && code == CURLE_COULDNT_CONNECT) {
        return "the host's name leads to " + std::string(forbidden_address_words) +
               ", which may not be called";
    }
    if (has_long_headers_) return "the answer's headers are too long";
    switch (code) {
        case CURLE_COULDNT_RESOLVE_HOST: return "the host's name could not be resolved";
        case CURLE_COULDNT_CONNECT: return "no connection could be made";
        case CURLE_OPERATION_TIMEDOUT: return "there was no whole answer in time";
        case CURLE_GOT_NOTHING: return "the connection was closed without an answer";
        case CURLE_SEND_ERROR:
        case CURLE_RECV_ERROR: return "the connection broke before the answer was whole";
        case CURLE_PARTIAL_FILE: return std::string(ended_early);
        case CURLE_UNSUPPORTED_PROTOCOL:
        case CURLE_WEIRD_SERVER_REPLY: return std::string(no_http);
        case CURLE_PEER_FAILED_VERIFICATION:
            return "the certificate is not one that is trusted for this host";
        case CURLE_SSL_CONNECT_ERROR: return "TLS could not be agreed on";
        default: return std::string("it failed: ") + ::curl_easy_strerror(CURLcode(code));
    }
}

}  // namespace creditd::daemon
