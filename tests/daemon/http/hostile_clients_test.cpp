// A thousand clients that mean harm, and a machine that runs out of file descriptors.
#include "tests/daemon/http/echo_service.hpp"
#include "tests/daemon/http/raw_client.hpp"

#include <gtest/gtest.h>

#include <cstdio>
#include <deque>
#include <fstream>

#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

namespace creditd::daemon::http::testing {

namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

constexpr std::size_t hostile_clients = 1000;

std::size_t resident_bytes() {
    std::size_t pages = 0;
    std::size_t resident_pages = 0;
    std::ifstream("/proc/self/statm") >> pages >> resident_pages;
    return resident_pages * static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
}

double cpu_seconds() {
    rusage usage{};
    ::getrusage(RUSAGE_SELF, &usage);
    const auto seconds = [](const timeval& t) {
        return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) / 1e6;
    };
    return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

void set_descriptor_limit(rlim_t soft) {
    rlimit limit{};
    ::getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = std::min(soft, limit.rlim_max);
    ::setrlimit(RLIMIT_NOFILE, &limit);
}

std::string hostile_bytes(std::size_t kind) {
    switch (kind % 6) {
        case 0: return "GET / HTTP/1.1\r\nHost: a\r\nX: " + std::string(8000, 'x');  // unfinished
        case 1:
            return "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 65536\r\n\r\n" +
                   std::string(1000, 'b');
        case 2:
            return "POST /small HTTP/1.1\r\nHost: a\r\nContent-Length: 99999\r\n\r\n" +
                   std::string(20'000, 'b');
        case 3:
            return "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5;" +
                   std::string(20'000, 'e');
        case 4: return "GET / HTTP/1.1\r\nHost: a\r\n" + std::string(20'000, 'h');
        default: return "GET /" + std::string(20'000, 'p');
    }
}

TEST(HostileClients, AThousandOfThemCostLittleMemory) {
    set_descriptor_limit(4096);
    Options options;  // the real deadlines: all of them are held at once
    EchoServer echo(options);
    std::deque<RawClient> clients;
    for (std::size_t i = 0; i < hostile_clients; ++i) clients.emplace_back(echo.server.port());
    while (echo.server.totals().connections_open < hostile_clients)
        std::this_thread::sleep_for(1ms);
    const std::size_t before = resident_bytes();
    for (std::size_t i = 0; i < hostile_clients; ++i) clients[i].send(hostile_bytes(i));
    std::this_thread::sleep_for(500ms);
    const std::size_t after = resident_bytes();
    const std::size_t grown = after > before ? after - before : 0;
    std::printf("1000 hostile clients: resident memory grew by %zu KiB\n", grown / 1024);
    // Sanitizers keep freed memory aside, so the figure means something without them only.
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
    EXPECT_LE(grown, std::size_t{20} << 20);
#endif
    RawClient honest(echo.server.port());
    honest.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    EXPECT_TRUE(honest.read_answer());
}

TEST(HostileClients, SlowlorisIsGoneAfterTheDeadline) {
    set_descriptor_limit(4096);
    EchoServer echo(EchoServer::quick());
    std::deque<RawClient> clients;
    for (std::size_t i = 0; i < hostile_clients; ++i) {
        clients.emplace_back(echo.server.port());
        clients.back().send("GET / HTTP/1.1\r\nHost: a\r\n");
    }
    const auto start = Clock::now();
    while (echo.server.totals().connections_open > 0 && Clock::now() - start < 10s) {
        for (auto& client : clients) client.send("X-a: b\r\n");
        std::this_thread::sleep_for(100ms);
    }
    EXPECT_EQ(echo.server.totals().connections_open, 0U);
    EXPECT_LE(Clock::now() - start, 8s);
}

/// In the child: 64 descriptors, a server on the inherited pipe's other end. Never returns.
[[noreturn]] void serve_with_few_descriptors(int port_pipe, int stop_pipe) {
    set_descriptor_limit(64);
    EchoService service;
    Options options;
    options.port = 0;
    Server server(options, service);
    if (!server.start()) ::_exit(1);
    const std::uint16_t port = server.port();
    [[maybe_unused]] auto written = ::write(port_pipe, &port, sizeof port);
    double report[2] = {};
    char byte = 0;
    while (::read(stop_pipe, &byte, 1) == 1) {
        report[0] = cpu_seconds();
        report[1] = static_cast<double>(server.totals().accept_pauses);
        written = ::write(port_pipe, report, sizeof report);
    }
    ::_exit(0);
}

class FewDescriptors : public ::testing::Test {
protected:
    void SetUp() override {
        set_descriptor_limit(4096);
        ASSERT_EQ(::pipe(from_child_), 0);
        ASSERT_EQ(::pipe(to_child_), 0);
        child_ = ::fork();
        if (child_ == 0) {
            ::close(to_child_[1]);
            serve_with_few_descriptors(from_child_[1], to_child_[0]);
        }
        ASSERT_EQ(::read(from_child_[0], &port_, sizeof port_), sizeof port_);
    }
    void TearDown() override {
        ::close(to_child_[1]);
        ::waitpid(child_, nullptr, 0);
    }
    struct Report {
        double cpu_seconds;
        double accept_pauses;
    };
    Report report() {
        Report got{};
        EXPECT_EQ(::write(to_child_[1], "?", 1), 1);
        EXPECT_EQ(::read(from_child_[0], &got, sizeof got), sizeof got);
        return got;
    }

    int from_child_[2] = {};
    int to_child_[2] = {};
    pid_t child_ = -1;
    std::uint16_t port_ = 0;
};

TEST_F(FewDescriptors, AcceptsAgainAfterTheirReleaseWithoutSpinning) {
    std::deque<RawClient> clients;
    for (int i = 0; i < 500; ++i) clients.emplace_back(port_);
    std::this_thread::sleep_for(200ms);
    const Report before = report();
    std::this_thread::sleep_for(1000ms);
    const Report during = report();
    EXPECT_GT(during.accept_pauses, before.accept_pauses) << "it did run out";
    EXPECT_LE(during.cpu_seconds - before.cpu_seconds, 0.2) << "of one second";
    clients.clear();
    const auto start = Clock::now();
    RawClient honest(port_);
    honest.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    EXPECT_TRUE(honest.read_answer());
    EXPECT_LE(Clock::now() - start, 1s);
}

}  // namespace

}  // namespace creditd::daemon::http::testing
