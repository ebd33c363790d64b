// One request on its way, and the answer as far as it has come: what libcurl is told, and what it
// is allowed. Handles are used again for later requests, which is much cheaper than new ones.
// Only the client's thread.
#pragma once

#include <curl/curl.h>

#include <cstddef>
#include <expected>
#include <memory>
#include <string>
#include <string_view>

#include "daemon/outbound/http_client.hpp"
#include "daemon/outbound/url_rules.hpp"

namespace creditd::daemon {

/// Of all header lines of an answer together, interim answers and trailers too.
inline constexpr std::size_t answer_header_bytes_max = 16 * 1024;

class Transfer {
public:
    /// `options` outlive the transfer.
    explicit Transfer(const HttpClient::Options& options);

    /// Makes ready for this request. The error is what the caller did wrong.
    std::expected<void, std::string> begin(HttpRequest request, HttpClient::Done done);
    /// What came of it; `code` is libcurl's CURLcode. Ready for the next `begin`.
    HttpResult finish(int code);
    HttpClient::Done take_done() { return std::move(done_); }
    CURL* handle() const { return handle_.get(); }

private:
    struct FreeHandle {
        void operator()(CURL* handle) const;
    };
    struct FreeList {
        void operator()(curl_slist* list) const;
    };

    void set_what_never_changes();
    std::expected<void, std::string> set_headers();
    void set_method();
    bool is_answered(int code) const;
    std::string error_of(int code) const;
    int open_socket(const curl_sockaddr& address);
    bool take_header(std::string_view line);
    bool take_body(std::string_view bytes);

    template <class Option, class Value>
    void set(Option option, Value value);

    // libcurl's callbacks
    static std::size_t on_header(char* data, std::size_t size, std::size_t count, void* self);
    static std::size_t on_body(char* data, std::size_t size, std::size_t count, void* self);

    const HttpClient::Options& options_;
    std::unique_ptr<CURL, FreeHandle> handle_;
    HttpRequest request_;
    HttpClient::Done done_;
    ParsedUrl url_;
    std::unique_ptr<curl_slist, FreeList> headers_;
    std::string body_;
    std::string retry_after_;
    std::size_t body_bytes_max_ = 0;
    std::size_t header_bytes_ = 0;
    bool has_forbidden_address_ = false;
    bool is_http_1_ = false;       // so says the status line
    bool has_whole_head_ = false;  // the empty line has come
    bool has_long_headers_ = false;
    bool is_cut_ = false;
};

}  // namespace creditd::daemon
