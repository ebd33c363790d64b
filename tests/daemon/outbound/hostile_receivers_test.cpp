// Receivers that mean harm: each costs its own request, at most until its timeout, and what is kept
// of an answer stays small.
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>

#include "tests/daemon/outbound/client_fixture.hpp"
#include "tests/daemon/outbound/receiver.hpp"

namespace creditd::daemon {
namespace {

using namespace testing;  // NOLINT: of these tests

constexpr Duration timeout{800'000};
constexpr std::string_view too_late = "there was no whole answer in time";
constexpr std::string_view too_long = "the answer's headers are too long";
const std::string head = "HTTP/1.1 200 OK\r\n";

class HostileReceivers : public ::testing::Test {
protected:
    HttpResult result_of(Receiver::Script script) {
        const Receiver receiver(std::move(script));
        const auto begin = std::chrono::steady_clock::now();
        HttpResult result = get(client_, receiver.url(), timeout);
        EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(10));
        EXPECT_LE(result.body.size(), 4096u);
        return result;
    }
    std::string error_of(Receiver::Script script) {
        HttpResult result = result_of(std::move(script));
        EXPECT_EQ(result.status, 0);
        EXPECT_EQ(result.body, "");
        return result.error;
    }
    /// Says `text` to whoever asks, and closes.
    static Receiver::Script once(std::string text) {
        return [text = std::move(text)](int fd) {
            std::string buffer;
            read_request(fd, buffer);
            say(fd, text);
        };
    }
    /// `first`, then `text` every 20 ms.
    static Receiver::Script dripping(std::string first, std::string text) {
        return [first = std::move(first), text = std::move(text)](int fd) {
            std::string buffer;
            read_request(fd, buffer);
            for (bool is_there = say(fd, first); is_there; is_there = say(fd, text)) {
                std::this_thread::sleep_for(std::chrono::milliseconds(20));
            }
        };
    }

    /// Listens, and says nothing.
    static void silent(int fd) {
        std::string buffer;
        while (!read_request(fd, buffer).empty()) {
        }
    }

    HttpClient client_{local_options()};
};

TEST_F(HostileReceivers, HeadersWithoutEnd) {
    EXPECT_EQ(error_of(Receiver::saying_for_ever(head, "X-A: aaaaaaaaaaaaaaaaaaaa\r\n")), too_long);
    EXPECT_EQ(error_of(Receiver::saying_for_ever(head, "a:\r\n")), too_long);
    EXPECT_NE(error_of(Receiver::saying_for_ever(head + "X-A: ", "aaaaaaaaaaaaaaaaaaaa")), "");
    EXPECT_NE(error_of(Receiver::saying_for_ever("HTTP/1.1 200 ", "OKOKOKOKOKOKOKOK")), "");
    EXPECT_EQ(error_of(dripping(head, "X")), too_late);
    EXPECT_EQ(error_of(dripping(head, "X: y\r\n")), too_late);
}

TEST_F(HostileReceivers, InterimAnswersWithoutEnd) {
    EXPECT_EQ(error_of(Receiver::saying_for_ever("", "HTTP/1.1 100 Continue\r\n\r\n")), too_long);
    EXPECT_EQ(error_of(Receiver::saying_for_ever("", "HTTP/1.1 103 Early\r\nLink: </a>\r\n\r\n")),
              too_long);
    EXPECT_EQ(error_of(dripping("", "HTTP/1.1 102 Processing\r\n\r\n")), too_late);
    EXPECT_EQ(error_of(once("HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\nabc")),
              "the answer has no final status");
    const HttpResult result =
        result_of(once("HTTP/1.1 100 Continue\r\nRetry-After: 5\r\n\r\n" + ok_answer("at last")));
    EXPECT_EQ(result.status, 200);
    EXPECT_EQ(result.body, "at last");
    EXPECT_EQ(result.retry_after, std::nullopt);
}

TEST_F(HostileReceivers, ABodyWithoutEnd) {
    for (const std::string lengths :
         {"", "Content-Length: 9223372036854775807\r\n", "Content-Length: 1000000000\r\n"}) {
        const HttpResult result =
            result_of(Receiver::saying_for_ever(head + lengths + "\r\n", std::string(1000, 'x')));
        EXPECT_EQ(result.status, 200) << result.error;
        EXPECT_TRUE(result.is_cut);
        EXPECT_EQ(result.body, std::string(4096, 'x'));
    }
    const HttpResult chunks = result_of(Receiver::saying_for_ever(
        head + "Transfer-Encoding: chunked\r\n\r\n", "1;" + std::string(50, 'e') + "\r\nx\r\n"));
    EXPECT_EQ(chunks.body, std::string(4096, 'x'));
    EXPECT_EQ(error_of(Receiver::saying_for_ever(head + "Transfer-Encoding: chunked\r\n\r\n0\r\n",
                                                 "X-Trailer: a\r\n")),
              too_long);
    EXPECT_NE(error_of(Receiver::saying_for_ever(head + "Transfer-Encoding: chunked\r\n\r\n", "0")),
              "");
    const HttpResult zipped = result_of(once(head + "Content-Encoding: gzip\r\nContent-Length: 4"
                                                    "\r\n\r\n\x1f\x8b\x08zzz"));
    EXPECT_EQ(zipped.body, "\x1f\x8b\x08z");  // as it came: nothing is unpacked
}

TEST_F(HostileReceivers, AByteNowAndThen) {
    EXPECT_EQ(error_of(dripping(head + "Content-Length: 1000000\r\n\r\n", "x")), too_late);
    EXPECT_EQ(error_of(dripping(head + "\r\n", "x")), too_late);
    EXPECT_EQ(error_of(dripping("HTTP/1.1 200 ", "x")), too_late);
}

TEST_F(HostileReceivers, Silence) {
    EXPECT_EQ(error_of(silent), too_late);
    // Nor is the request ever read, which is larger than what sockets hold.
    const Receiver deaf([](int) { std::this_thread::sleep_for(std::chrono::milliseconds(1'500)); });
    const HttpResult result =
        call(client_, {.url = deaf.url(), .body = std::string(32 << 20, 'x'), .timeout = timeout});
    EXPECT_EQ(result.error, too_late);
}

TEST_F(HostileReceivers, AnEndTooEarly) {
    EXPECT_EQ(error_of([](int) {}).substr(0, 14), "the connection");
    EXPECT_EQ(error_of(once("")), "the connection was closed without an answer");
    EXPECT_NE(error_of(once("HTTP/1.1 200")), "");
    EXPECT_NE(error_of(once(head + "X-A: b")), "");
    EXPECT_EQ(error_of(once(head + "Content-Length: 10\r\n\r\nabc")), "the answer ended too early");
    EXPECT_NE(error_of(once(head + "Transfer-Encoding: chunked\r\n\r\n5\r\nab")), "");
    const Receiver gone([](int) {});
    EXPECT_EQ(get(client_, "http://127.0.0.2:" + std::to_string(gone.port()) + "/").error,
              "no connection could be made");
}

TEST_F(HostileReceivers, Garbage) {
    for (const std::string text :
         {"garbage\r\n\r\n", "\x16\x03\x01\x02", "SSH-2.0-OpenSSH_9.2\r\n", "220 mail ESMTP\r\n",
          "HTTP/9.9 200 OK\r\n\r\n", "HTTP/2 200\r\n\r\n", "HTTP/1.1 OK\r\n\r\n",
          "HTTP/1.1 999999 OK\r\n\r\n", "HTTP/1.1 -20 OK\r\n\r\n", "<html></html>",
          "ICY 200 OK\r\n\r\n", "\r\n\r\n\r\n", "HTTP/1.1 0 OK\r\n\r\n",
          "HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\nabc",
          "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n"}) {
        EXPECT_NE(error_of(once(text)), "") << text;
    }
}

TEST_F(HostileReceivers, RedirectsAreAnswers) {
    for (const int status : {301, 302, 303, 307, 308}) {
        Receiver elsewhere(Receiver::answering(ok_answer()));
        Receiver receiver(Receiver::answering(
            "HTTP/1.1 " + std::to_string(status) + " Moved\r\nContent-Length: 0\r\nLocation: " +
            elsewhere.url() + "\r\nRefresh: 0; url=" + elsewhere.url() + "\r\n\r\n"));
        EXPECT_EQ(get(client_, receiver.url()).status, status);
        EXPECT_EQ(receiver.accepted(), 1u);
        EXPECT_EQ(elsewhere.accepted(), 0u);
    }
}

TEST_F(HostileReceivers, NothingIsKeptForTheNextRequest) {
    std::mutex mutex;
    std::string seen;
    Receiver receiver([&](int fd) {
        std::string buffer;
        for (std::string request = read_request(fd, buffer); !request.empty();
             request = read_request(fd, buffer)) {
            const std::lock_guard lock(mutex);
            seen += request;
            say(fd, ok_answer("",
                              "Set-Cookie: a=b\r\nAlt-Svc: h2=\":1\"\r\n"
                              "Strict-Transport-Security: max-age=9999\r\n"));
        }
    });
    for (int i = 0; i < 3; ++i) EXPECT_EQ(get(client_, receiver.url()).status, 200);
    Receiver asking(
        Receiver::answering("HTTP/1.1 401 No\r\nContent-Length: 0\r\n"
                            "WWW-Authenticate: Negotiate, NTLM, Basic\r\n\r\n"));
    EXPECT_EQ(get(client_, asking.url()).status, 401);
    EXPECT_EQ(asking.accepted(), 1u);
    const std::lock_guard lock(mutex);
    EXPECT_EQ(seen.find("ookie"), std::string::npos);
}

TEST_F(HostileReceivers, RetryAfterOfAThousandYears) {
    for (const std::string value :
         {"99999999999", "9999999999999999999999999999", "Fri, 31 Dec 9999 23:59:59 GMT"}) {
        const HttpResult result = result_of(once(
            "HTTP/1.1 429 Too Many\r\nContent-Length: 0\r\nRetry-After: " + value + "\r\n\r\n"));
        EXPECT_EQ(result.status, 429);
        EXPECT_EQ(result.retry_after, Duration::days(365));
    }
}

/// A few hundred of them take nothing from others, who would else wait for a minute.
TEST_F(HostileReceivers, HundredsAtOnceHoldUpNobodyElse) {
    const Receiver listener(silent);
    const Receiver quick(Receiver::answering(ok_answer()));
    std::atomic<int> ended = 0;
    HttpClient client(local_options());
    for (int i = 0; i < 200; ++i) {
        client.send({.url = listener.url(), .timeout = Duration::seconds(60)},
                    [&](const HttpResult&) { ++ended; });
    }
    for (int i = 0; i < 100; ++i) EXPECT_EQ(get(client, quick.url()).status, 200);
    EXPECT_EQ(ended, 0);
}

}  // namespace
}  // namespace creditd::daemon
