// What a call out costs: POSTs of 1 KB to one fast receiver in this process, at a rate and as fast
// as it goes, alone and beside receivers that say nothing. Prints requests/s and the processor time
// of the client's thread.
//   bench_outbound [SECONDS]
#include <time.h>

#include <array>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <future>
#include <string>
#include <thread>

#include "daemon/http/server.hpp"
#include "daemon/outbound/http_client.hpp"

namespace creditd::daemon {
namespace {

using Clock = std::chrono::steady_clock;

constexpr int rate = 3'000;
constexpr unsigned at_once = 64;
constexpr unsigned silent_receivers = 190;  // of the 256 that the client carries at once

/// Answers at once, but for /silent, which it never answers.
class Receiver final : public http::Service {
public:
    http::HeadVerdict on_head(http::Exchange&) override {
        return http::HeadVerdict::accept(std::size_t{64} << 10);
    }
    void on_request(http::Exchange& exchange) override {
        if (exchange.request().path != "/silent") exchange.respond({{}, "{}"});
    }
};

double thread_seconds() {
    timespec now{};
    ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) / 1e9;
}

/// The client's thread writes, the main one reads when all has ended.
class Measured {
public:
    explicit Measured(std::uint16_t port) : url_("http://127.0.0.1:" + std::to_string(port)) {
        HttpClient::Options options;
        options.allowed = *Subnets::parse("127.0.0.0/8");
        options.https_only = false;
        client_ = std::make_unique<HttpClient>(std::move(options));
    }

    void hold(unsigned count) {
        for (unsigned i = 0; i < count; ++i) {
            client_->send(request("/silent"), [](const HttpResult&) {});
        }
        time_of_thread();
    }

    void at_rate(double seconds) {
        const double before = time_of_thread();
        const auto begin = Clock::now();
        int sent = 0;
        while (sent < static_cast<int>(seconds * rate)) {
            const std::chrono::duration<double> passed = Clock::now() - begin;
            for (; sent < static_cast<int>(passed.count() * rate); ++sent) {
                client_->send(request("/"), [this](const HttpResult& result) { count(result); });
            }
            std::this_thread::sleep_for(std::chrono::milliseconds(1));
        }
        while (answered_ + failed_ < sent)
            std::this_thread::sleep_for(std::chrono::milliseconds(1));
        report("at a rate", begin, before);
    }

    void as_fast_as_it_goes(double seconds) {
        const double before = time_of_thread();
        const auto begin = Clock::now();
        end_ = begin +
               std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(seconds));
        running_ = at_once;
        for (unsigned i = 0; i < at_once; ++i) send_again();
        while (running_ > 0) std::this_thread::sleep_for(std::chrono::milliseconds(1));
        report("at once 64", begin, before);
    }

private:
    HttpRequest request(const char* path) const {
        return {.url = url_ + path,
                .headers = {"Content-Type: application/json", "webhook-id: msg_1",
                            "webhook-timestamp: 1614265330", "webhook-signature: v1,g0hM9SsE"},
                .body = std::string(1024, 'x')};
    }
    void count(const HttpResult& result) { ++(result.status == 200 ? answered_ : failed_); }
    void send_again() {
        client_->send(request("/"), [this](const HttpResult& result) {
            count(result);
            if (Clock::now() < end_) send_again();
            else --running_;
        });
    }
    /// Asked on the thread itself, by a request that is refused at once.
    double time_of_thread() {
        std::promise<double> seconds;
        client_->send({}, [&seconds](const HttpResult&) { seconds.set_value(thread_seconds()); });
        return seconds.get_future().get();
    }
    void report(const char* name, Clock::time_point begin, double cpu_before) {
        const std::chrono::duration<double> passed = Clock::now() - begin;
        const double cpu = time_of_thread() - cpu_before;
        std::printf("  %-10s %8.0f requests/s, %3.0f %% of a core, %5.1f us a request, %d failed\n",
                    name, answered_ / passed.count(), 100 * cpu / passed.count(),
                    1e6 * cpu / answered_, failed_.load());
        answered_ = failed_ = 0;
    }

    std::string url_;
    std::atomic<int> answered_{0};
    std::atomic<int> failed_{0};
    std::atomic<unsigned> running_{0};
    Clock::time_point end_;
    std::unique_ptr<HttpClient> client_;  // the last one: it calls back
};

int run(double seconds) {
    Receiver receiver;
    http::Options options;
    options.port = 0;
    http::Server server(options, receiver);
    if (const auto started = server.start(); !started) {
        std::fprintf(stderr, "%s\n", started.error().c_str());
        return 1;
    }
    for (const unsigned silent : {0U, silent_receivers}) {
        std::printf("beside %u receivers that say nothing\n", silent);
        Measured measured(server.port());
        measured.hold(silent);
        measured.at_rate(seconds);
        measured.as_fast_as_it_goes(seconds);
    }
    return 0;
}

}  // namespace
}  // namespace creditd::daemon

int main(int argc, char** argv) { return creditd::daemon::run(argc > 1 ? std::atof(argv[1]) : 3); }
