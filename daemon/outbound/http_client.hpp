// Calls that creditd makes over HTTP/1.1: webhooks out, keys of an issuer, payment providers. It is
// no way into somebody's network: every address is judged when a socket for it is about to be
// opened, no redirect is followed, no proxy, cookie or password is used, and no answer can be
// longer or later than its limits. One thread does all of it, with connections that are kept for
// the next request to the same host. What is sent, and whether it is sent again, is the caller's
// business.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/types.hpp"
#include "daemon/outbound/address_rules.hpp"

namespace creditd::daemon {

struct HttpRequest {
    std::string method = "POST";  // or GET, HEAD, PUT, PATCH, DELETE
    std::string url;
    std::vector<std::string> headers{};  // "Name: value"; check_header says which
    std::string body{};
    /// For the whole of it, from the name's resolution to the last byte of the answer.
    Duration timeout = Duration::seconds(15);
    std::size_t body_bytes_max = 0;  // of the answer; 0: as in the client's options
};

/// Either a whole answer, or `status` 0 and an `error`.
struct HttpResult {
    int status = 0;
    std::string body{};                     // its first bytes, as many as the limit says
    bool is_cut = false;                    // the body was longer
    std::optional<Duration> retry_after{};  // a length from now, 0 to a year
    /// A sentence, for whoever named the URL: it says nothing of what a name resolves to.
    std::string error{};
    Duration took{};

    bool is_success() const { return status >= 200 && status < 300; }
    /// Whoever was asked wants to be left alone for a while.
    bool is_throttled() const {
        return status == 429 || status == 502 || status == 503 || status == 504;
    }
};

class HttpClient {
public:
    struct Options {
        Subnets allowed{};  // callable though not public
        bool https_only = true;
        std::size_t connections_max = 256;  // requests at once; others wait for their turn
        std::size_t body_bytes_max = 4096;
        std::string ca_file{};       // PEM of the trusted roots; empty: the system's
        bool in_background = false;  // nobody waits for the answers
    };
    using Done = std::function<void(HttpResult)>;

    explicit HttpClient(Options options);
    /// Ends what is in flight. No callback comes any more: those of requests without a result are
    /// never called.
    ~HttpClient();
    HttpClient(const HttpClient&) = delete;
    HttpClient& operator=(const HttpClient&) = delete;

    /// Any thread. `done` is called once, on the client's own thread, which it must not hold up for
    /// long; it may send again. A request whose connection was closed before any answer may be sent
    /// twice when that was a kept connection: requests must bear that.
    void send(HttpRequest request, Done done);

private:
    class Loop;
    std::unique_ptr<Loop> loop_;
};

}  // namespace creditd::daemon
