// A service that says back what it was asked, with a few paths for the odd cases:
//   /small    a body limit of 10 bytes          /refuse  answered 401 before the body is read
//   /later    answered from another thread      /throw, /throw-head  throw
//   /big/N    N kilobytes of body               /close   answered with Connection: close
//   /never    answered only by answer_held()    everything else: "METHOD target\nbody"
#pragma once

#include "daemon/http/server.hpp"

#include <atomic>
#include <charconv>
#include <chrono>
#include <mutex>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace creditd::daemon::http::testing {

struct EchoState : UserState {
    unsigned requests = 0;
    std::string answer;
};

class EchoService final : public Service {
public:
    HeadVerdict on_head(Exchange& exchange) override {
        const auto path = exchange.request().path;
        if (path == "/throw-head") throw std::runtime_error("thrown by on_head");
        if (path == "/refuse") {
            exchange.respond({{.status = 401, .content_type = "text/plain"}, "no"});
            return HeadVerdict::answered();
        }
        if (path == "/small") return HeadVerdict::accept(10);
        return HeadVerdict::accept(path == "/bulk" ? std::size_t{4} << 20 : std::size_t{64} << 10);
    }

    void on_request(Exchange& exchange) override {
        const Request& request = exchange.request();
        auto& state = exchange.user_state<EchoState>();
        ++state.requests;
        state.answer = std::string(request.method_name) + " " + std::string(request.target) + "\n" +
                       std::string(request.body);
        const auto answer = [&exchange, &state](bool close = false) {
            exchange.respond({{.content_type = "text/plain", .close = close}, state.answer});
        };
        if (request.path == "/throw") throw std::runtime_error("thrown by on_request");
        if (request.path == "/close") return answer(true);
        if (request.path == "/nothing") return exchange.respond({{.status = 204}, "dropped"});
        if (request.path == "/ip") return exchange.respond({{}, request.remote_address});
        if (request.path.starts_with("/big/")) return answer_big(exchange);
        if (request.path == "/later") {
            const std::lock_guard lock(mutex_);
            threads_.emplace_back([&exchange, answer] {
                std::this_thread::sleep_for(std::chrono::milliseconds(5));
                exchange.io_thread().post([answer] { answer(); });
            });
            return;
        }
        if (request.path == "/never") {
            const std::lock_guard lock(mutex_);
            held_.push_back(&exchange);
            return;
        }
        answer();
    }

    void on_idle(IoThread&) override { ++idles; }
    void on_exception(std::string_view what) noexcept override {
        const std::lock_guard lock(mutex_);
        last_exception_ = what;
    }

    std::size_t held() const {
        const std::lock_guard lock(mutex_);
        return held_.size();
    }
    void answer_held() {
        const std::lock_guard lock(mutex_);
        for (Exchange* exchange : held_) {
            exchange->io_thread().post([exchange] { exchange->respond({{}, "\"at last\""}); });
        }
        held_.clear();
    }
    /// Nobody may post to a server that is being destroyed.
    void join_threads() {
        std::vector<std::jthread> joined;
        const std::lock_guard lock(mutex_);
        joined.swap(threads_);
    }
    std::string last_exception() const {
        const std::lock_guard lock(mutex_);
        return last_exception_;
    }

    std::atomic<unsigned> idles{0};

private:
    static void answer_big(Exchange& exchange) {
        const auto digits = exchange.request().path.substr(5);
        std::size_t kilobytes = 0;
        std::from_chars(digits.data(), digits.data() + digits.size(), kilobytes);
        exchange.begin({.content_type = "text/plain"}).append(kilobytes * 1024, 'b');
        exchange.finish();
    }

    mutable std::mutex mutex_;
    std::vector<Exchange*> held_;
    std::vector<std::jthread> threads_;
    std::string last_exception_;
};

/// An echo server on a free port; quick() has deadlines short enough to be waited for.
class EchoServer {
public:
    explicit EchoServer(Options options = {}) : server(with_port(std::move(options)), service) {
        const auto started = server.start();
        if (!started) throw std::runtime_error(started.error());
    }

    ~EchoServer() { service.join_threads(); }

    static Options quick() {
        Options options;
        options.head_timeout = std::chrono::milliseconds(800);
        options.request_timeout = std::chrono::milliseconds(1400);
        options.idle_timeout = std::chrono::milliseconds(1700);
        options.write_timeout = std::chrono::milliseconds(800);
        options.linger_timeout = std::chrono::milliseconds(500);
        options.sweep_interval = std::chrono::milliseconds(50);
        return options;
    }

    EchoService service;
    Server server;

private:
    static Options with_port(Options options) {
        options.port = 0;
        return options;
    }
};

}  // namespace creditd::daemon::http::testing
