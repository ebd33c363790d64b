#include "daemon/outbound/http_client.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <future>
#include <mutex>
#include <set>
#include <thread>

#include "tests/daemon/outbound/client_fixture.hpp"
#include "tests/daemon/outbound/receiver.hpp"

namespace creditd::daemon {
namespace {

using namespace testing;  // NOLINT: of these tests

/// Answers with the request it got.
void echo(int fd) {
    std::string buffer;
    for (std::string request = read_request(fd, buffer); !request.empty();
         request = read_request(fd, buffer)) {
        if (!say(fd, ok_answer(request))) return;
    }
}

class HttpClientTest : public ::testing::Test {
protected:
    HttpClient client_{local_options()};
};

TEST_F(HttpClientTest, SendsWhatItWasGivenAndNothingElse) {
    Receiver receiver(echo);
    const HttpResult result = call(
        client_, {.url = receiver.url("/hooks?a=b"),
                  .headers = {"webhook-id: msg_1", "X-Empty:", "Content-Type: application/json"},
                  .body = R"({"a":1})"});
    EXPECT_EQ(result.status, 200);
    EXPECT_EQ(result.error, "");
    EXPECT_EQ(result.body,
              "POST /hooks?a=b HTTP/1.1\r\nHost: 127.0.0.1:" + std::to_string(receiver.port()) +
                  "\r\nUser-Agent: creditd/" CREDITD_VERSION
                  "\r\nAccept: */*\r\nwebhook-id: msg_1\r\nX-Empty:\r\n"
                  "Content-Type: application/json\r\nContent-Length: 7\r\n\r\n"
                  R"({"a":1})");
    EXPECT_GT(result.took, Duration{});
    EXPECT_EQ(result.retry_after, std::nullopt);
}

TEST_F(HttpClientTest, EveryMethodOnTheSameHandle) {
    Receiver receiver(echo);
    for (int round = 0; round < 2; ++round) {
        for (const std::string method : {"POST", "GET", "PUT", "DELETE", "PATCH", "GET", "POST"}) {
            const std::string body = method == "GET" || method == "DELETE" ? "" : "body";
            const HttpResult result =
                call(client_, {.method = method, .url = receiver.url(), .body = body});
            EXPECT_EQ(result.status, 200) << result.error;
            EXPECT_TRUE(result.body.starts_with(method + " / HTTP/1.1\r\n")) << result.body;
            EXPECT_TRUE(result.body.ends_with("\r\n\r\n" + body)) << result.body;
            EXPECT_EQ(result.body.find("Content-Type"), std::string::npos) << result.body;
            EXPECT_EQ(result.body.find("Content-Length: 4") == std::string::npos, body.empty());
        }
    }
    EXPECT_EQ(receiver.accepted(), 1u);
    const HttpResult empty = call(client_, {.method = "PUT", .url = receiver.url()});
    EXPECT_NE(empty.body.find("Content-Length: 0\r\n"), std::string::npos) << empty.body;
    const HttpResult large =
        call(client_,
             {.url = receiver.url(), .body = std::string(3 << 20, 'x'), .body_bytes_max = 4 << 20});
    EXPECT_GT(large.body.size(), 3u << 20);
    EXPECT_EQ(large.body.find("Expect"), std::string::npos);
}

TEST_F(HttpClientTest, HeadHasNoBody) {
    Receiver receiver(Receiver::answering("HTTP/1.1 204 None\r\nContent-Length: 5\r\n\r\n"));
    EXPECT_EQ(call(client_, {.method = "HEAD", .url = receiver.url()}).status, 204);
    EXPECT_EQ(call(client_, {.method = "HEAD", .url = receiver.url()}).status, 204);
    EXPECT_EQ(receiver.accepted(), 1u);
}

TEST_F(HttpClientTest, KeepsConnectionsForTheSameHost) {
    Receiver receiver(Receiver::answering(ok_answer()));
    for (int i = 0; i < 50; ++i) EXPECT_EQ(get(client_, receiver.url()).status, 200);
    EXPECT_EQ(receiver.accepted(), 1u);
}

TEST_F(HttpClientTest, AKeptConnectionThatWasClosedIsNoError) {
    Receiver receiver([](int fd) {
        std::string buffer;
        read_request(fd, buffer);
        say(fd, ok_answer());  // and closes, though it did not say so
    });
    for (int i = 0; i < 20; ++i) {
        EXPECT_EQ(get(client_, receiver.url()).status, 200);
        // Where it closes in the very moment of the next request, that one is lost.
        std::this_thread::sleep_for(std::chrono::milliseconds(50));
    }
    EXPECT_EQ(receiver.accepted(), 20u);
}

TEST_F(HttpClientTest, StatusRetryAfterAndBodyComeThrough) {
    for (const int status : {200, 201, 204, 301, 400, 410, 429, 500, 503, 599}) {
        Receiver receiver(Receiver::answering("HTTP/1.1 " + std::to_string(status) +
                                              " X\r\nretry-after: 120\r\nContent-Length: 0\r\n"
                                              "Location: /elsewhere\r\n\r\n"));
        const HttpResult result = get(client_, receiver.url());
        EXPECT_EQ(result.status, status);
        EXPECT_EQ(result.retry_after, Duration::seconds(120));
        EXPECT_EQ(receiver.accepted(), 1u);
    }
    Receiver chunked(Receiver::answering(
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n4\r\ndefg\r\n0\r\n\r\n"));
    EXPECT_EQ(get(client_, chunked.url()).body, "abcdefg");
    Receiver until_closed([](int fd) {
        std::string buffer;
        read_request(fd, buffer);
        say(fd, "HTTP/1.0 200 OK\r\n\r\nall of it");
    });
    EXPECT_EQ(get(client_, until_closed.url()).body, "all of it");
}

TEST_F(HttpClientTest, ABodyOfExactlyTheLimitIsNotCut) {
    for (const std::size_t bytes : {4095, 4096, 4097, 100'000}) {
        Receiver receiver(Receiver::answering(ok_answer(std::string(bytes, 'x'))));
        const HttpResult result = get(client_, receiver.url());
        EXPECT_EQ(result.status, 200);
        EXPECT_EQ(result.body, std::string(std::min<std::size_t>(bytes, 4096), 'x'));
        EXPECT_EQ(result.is_cut, bytes > 4096);
        const HttpResult larger =
            call(client_, {.method = "GET", .url = receiver.url(), .body_bytes_max = 200'000});
        EXPECT_EQ(larger.body.size(), bytes);
        EXPECT_FALSE(larger.is_cut);
    }
}

TEST_F(HttpClientTest, RefusesWhatTheCallerDidWrong) {
    Receiver receiver(Receiver::answering(ok_answer()));
    const auto error_of = [this](HttpRequest request) {
        const HttpResult result = call(client_, std::move(request));
        EXPECT_EQ(result.status, 0);
        return result.error;
    };
    EXPECT_EQ(error_of({.method = "TRACE", .url = receiver.url()}),
              "the method 'TRACE' is not one that is sent");
    EXPECT_EQ(error_of({.method = "GET / HTTP/1.1\r\nX:", .url = receiver.url()}).substr(0, 10),
              "the method");
    EXPECT_EQ(error_of({.url = "http://u:p@127.0.0.1/"}), "the URL must hold no name or password");
    EXPECT_EQ(error_of({.url = receiver.url(), .headers = {"Host: a"}}),
              "the header 'Host' must not be Host, which is said without it");
    EXPECT_EQ(error_of({.url = receiver.url(), .headers = {"X: a\r\nY: b"}}).substr(0, 14),
              "the header 'X'");
    HttpClient::Options options = local_options();
    options.https_only = true;
    HttpClient strict(std::move(options));
    EXPECT_EQ(get(strict, receiver.url()).error, "the URL must begin with https://");
    EXPECT_EQ(receiver.accepted(), 0u);
}

TEST_F(HttpClientTest, ManyThreadsAndCallbacksThatSendAgain) {
    Receiver receiver(echo);
    std::atomic<int> answered = 0;
    std::promise<void> all;
    const std::string url = receiver.url("/n");
    const auto count = [&](const HttpResult& result) {
        EXPECT_EQ(result.status, 200) << result.error;
        if (++answered == 800) all.set_value();
    };
    std::vector<std::thread> threads;
    for (int t = 0; t < 4; ++t) {
        threads.emplace_back([&] {
            for (int i = 0; i < 100; ++i) {
                client_.send({.url = url}, [&](const HttpResult& first) {
                    count(first);
                    client_.send({.url = url}, count);
                });
            }
        });
    }
    for (std::thread& thread : threads) thread.join();
    EXPECT_EQ(all.get_future().wait_for(std::chrono::seconds(30)), std::future_status::ready);
    EXPECT_LE(receiver.accepted(), 256u);
}

TEST_F(HttpClientTest, NoMoreAtOnceThanItMay) {
    std::atomic<int> now = 0;
    std::atomic<int> most = 0;
    Receiver receiver([&](int fd) {
        std::string buffer;
        while (!read_request(fd, buffer).empty()) {
            int seen = most;
            const int here = ++now;
            while (seen < here && !most.compare_exchange_weak(seen, here)) {
            }
            std::this_thread::sleep_for(std::chrono::milliseconds(100));
            --now;
            if (!say(fd, ok_answer())) return;
        }
    });
    HttpClient::Options options = local_options();
    options.connections_max = 3;
    HttpClient client(std::move(options));
    std::atomic<int> answered = 0;
    std::promise<void> all;
    for (int i = 0; i < 60; ++i) {
        // Less than all of them take, more than one does: waiting for a turn does not count.
        client.send({.url = receiver.url(), .timeout = Duration::seconds(1)},
                    [&](const HttpResult& result) {
                        EXPECT_EQ(result.status, 200) << result.error;
                        if (++answered == 60) all.set_value();
                    });
    }
    EXPECT_EQ(all.get_future().wait_for(std::chrono::seconds(30)), std::future_status::ready);
    EXPECT_EQ(most, 3);
    EXPECT_LE(receiver.accepted(), 3u);
}

TEST(HttpClientEnd, NothingIsCalledAfterwards) {
    Receiver silent([](int fd) {
        std::string buffer;
        while (!read_request(fd, buffer).empty()) {
        }
    });
    for (int round = 0; round < 20; ++round) {
        std::atomic<int> called = 0;
        {
            HttpClient::Options options = local_options();
            options.connections_max = 8;
            HttpClient client(std::move(options));
            for (int i = 0; i < 20; ++i) {
                client.send({.url = silent.url()}, [&](const HttpResult&) { ++called; });
            }
            if (round % 2 == 0) std::this_thread::sleep_for(std::chrono::milliseconds(5));
        }
        EXPECT_EQ(called, 0);
    }
}

}  // namespace
}  // namespace creditd::daemon
