// The server as a whole: start, limits, several io threads, the graceful end.
#include "daemon/http/server.hpp"

#include "tests/daemon/http/echo_service.hpp"
#include "tests/daemon/http/raw_client.hpp"

#include <gtest/gtest.h>

#include <deque>
#include <future>

namespace creditd::daemon::http::testing {

namespace {

using namespace std::chrono_literals;

const std::string get = "GET /x HTTP/1.1\r\nHost: a\r\n\r\n";
const std::string get_later = "GET /later HTTP/1.1\r\nHost: a\r\n\r\n";
const std::string get_never = "GET /never HTTP/1.1\r\nHost: a\r\n\r\n";

TEST(Server, SaysWhyItCannotStart) {
    EchoServer first;
    EchoService service;
    Options options;
    options.port = first.server.port();
    Server second(options, service);
    const auto started = second.start();
    ASSERT_FALSE(started);
    EXPECT_NE(started.error().find("cannot bind 127.0.0.1"), std::string::npos) << started.error();
    options.host = "localhost";
    Server third(options, service);
    EXPECT_EQ(third.start().error(), "not an IPv4 or IPv6 address: localhost");
}

TEST(Server, SeveralIoThreadsShareTheConnections) {
    Options options;
    options.io_threads = 3;
    EchoServer echo(options);
    std::deque<RawClient> clients;
    for (int i = 0; i < 30; ++i) clients.emplace_back(echo.server.port());
    for (int round = 0; round < 20; ++round) {
        for (auto& client : clients) client.send(round % 2 == 0 ? get : get_later);
        for (auto& client : clients) ASSERT_TRUE(client.read_answer());
    }
    EXPECT_EQ(echo.server.totals().requests, 600U);
    EXPECT_EQ(echo.server.totals().connections_open, 30U);
    EXPECT_EQ(echo.server.io_thread(2).index(), 2U);
}

TEST(Server, PostedTasksRunOnTheirThreadAndMayThrow) {
    EchoServer echo;
    std::promise<std::thread::id> first;
    std::promise<std::thread::id> second;
    IoThread& thread = echo.server.io_thread(0);
    thread.post([&] { first.set_value(std::this_thread::get_id()); });
    thread.post([] { throw std::runtime_error("thrown by a task"); });
    thread.post([&] { second.set_value(std::this_thread::get_id()); });
    EXPECT_EQ(first.get_future().get(), second.get_future().get());
    EXPECT_EQ(echo.service.last_exception(), "thrown by a task");
    EXPECT_EQ(echo.server.totals().exceptions, 1U);
}

TEST(Server, RefusesMoreConnectionsThanItsLimit) {
    Options options;
    options.connections_max = 2;
    EchoServer echo(options);
    RawClient first(echo.server.port());
    {
        RawClient second(echo.server.port());
        RawClient third(echo.server.port());
        EXPECT_TRUE(third.read_to_end());
        second.send(get);
        EXPECT_TRUE(second.read_answer());
    }
    while (echo.server.totals().connections_open > 1) std::this_thread::sleep_for(1ms);
    RawClient fourth(echo.server.port());
    fourth.send(get);
    EXPECT_TRUE(fourth.read_answer());
    EXPECT_EQ(echo.server.totals().connections_refused, 1U);
}

TEST(Server, RefusesMoreConnectionsPerAddressThanItsLimit) {
    Options options;
    options.connections_per_ip_max = 1;
    EchoServer echo(options);
    RawClient first(echo.server.port());
    RawClient second(echo.server.port());
    EXPECT_TRUE(second.read_to_end());
    first.send(get);
    EXPECT_TRUE(first.read_answer());
}

TEST(Server, BodiesInFlightHaveABudget) {
    Options options;
    options.inflight_bytes_max = 150'000;
    EchoServer echo(options);
    const std::string head = "POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 65536\r\n\r\n";
    RawClient first(echo.server.port());
    first.send(head + std::string(60'000, 'b'));
    while (echo.server.totals().buffered_bytes < 60'000) std::this_thread::sleep_for(1ms);
    RawClient second(echo.server.port());
    RawClient third(echo.server.port());
    second.send(head + std::string(60'000, 'b'));
    while (echo.server.totals().buffered_bytes < 120'000) std::this_thread::sleep_for(1ms);
    third.send(head + std::string(60'000, 'b'));
    const auto refused = third.read_answer();
    ASSERT_TRUE(refused);
    EXPECT_EQ(refused->status, 503U);
    EXPECT_TRUE(refused->has_header("Retry-After: 5"));
    EXPECT_TRUE(third.read_to_end());
    first.send(std::string(5'536, 'b'));
    EXPECT_EQ(first.read_answer().value().status, 200U);
    // A small request needs no budget.
    RawClient fourth(echo.server.port());
    fourth.send(get);
    EXPECT_EQ(fourth.read_answer().value().status, 200U);
}

TEST(Server, DrainAnswersWhatIsInFlightAndClosesTheRest) {
    EchoServer echo;
    RawClient busy(echo.server.port());
    RawClient idle(echo.server.port());
    RawClient sending(echo.server.port());
    idle.send(get);
    EXPECT_TRUE(idle.read_answer());
    busy.send(get_never);
    sending.send("POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhel");
    while (echo.service.held() == 0) std::this_thread::sleep_for(1ms);
    auto drained = std::async(std::launch::async, [&] { return echo.server.drain(5s); });
    EXPECT_TRUE(idle.read_to_end());
    sending.send("lo");
    EXPECT_TRUE(sending.read_answer().value().has_header("Connection: close"));
    echo.service.answer_held();
    EXPECT_TRUE(busy.read_answer().value().has_header("Connection: close"));
    EXPECT_TRUE(busy.read_to_end());
    EXPECT_TRUE(sending.read_to_end());
    EXPECT_EQ(drained.get(), 0U);
    EXPECT_FALSE(RawClient(echo.server.port()).connected());
}

TEST(Server, DrainCutsWhatDoesNotEnd) {
    EchoServer echo;
    RawClient busy(echo.server.port());
    busy.send(get_never);
    while (echo.service.held() == 0) std::this_thread::sleep_for(1ms);
    EXPECT_EQ(echo.server.drain(50ms), 1U);
    EXPECT_TRUE(busy.read_to_end());
    EXPECT_EQ(busy.leftovers(), "");
}

TEST(Server, EndsWithoutDrainToo) {
    RawClient* late = nullptr;
    {
        EchoServer echo;
        late = new RawClient(echo.server.port());
        late->send(get);
        EXPECT_TRUE(late->read_answer());
    }
    EXPECT_TRUE(late->read_to_end());
    delete late;
}

TEST(Server, ManyThreadsOfClientsAtOnce) {
    Options options;
    options.io_threads = 2;
    EchoServer echo(options);
    std::vector<std::jthread> threads;
    threads.reserve(8);
    std::atomic<int> answers = 0;
    for (int t = 0; t < 8; ++t) {
        threads.emplace_back([&] {
            for (int i = 0; i < 20; ++i) {
                RawClient client(echo.server.port());
                client.send(get + get_later + get);
                for (int k = 0; k < 3; ++k) answers += client.read_answer().has_value() ? 1 : 0;
                if (i % 3 == 0) client.reset();
            }
        });
    }
    threads.clear();
    EXPECT_EQ(answers.load(), 8 * 20 * 3);
    EXPECT_EQ(echo.server.totals().exceptions, 0U);
}

}  // namespace

}  // namespace creditd::daemon::http::testing
