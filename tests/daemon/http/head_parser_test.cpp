#include "daemon/http/head_parser.hpp"

#include <gtest/gtest.h>

#include <random>
#include <string>

namespace creditd::daemon::http {

namespace {

Request parsed(std::string_view head) {
    Request request;
    const auto result = parse_head(head, Options{}, request);
    EXPECT_TRUE(result) << head;
    return request;
}

TEST(ParseHead, StoresWhatWasSent) {
    constexpr std::string_view head =
        "POST /v1/accounts/a%3Ab/deduct?dry=1&x HTTP/1.1\r\n"
        "Host: localhost:8080\r\n"
        "Authorization:  Bearer k \r\n"
        "IDEMPOTENCY-KEY: 42\r\n"
        "X-Rare: 7\r\n"
        "Expect: 100-Continue\r\n"
        "Content-Length: 12\r\n\r\n";
    const Request request = parsed(head);
    EXPECT_EQ(request.method, Method::post);
    EXPECT_EQ(request.method_name, "POST");
    EXPECT_EQ(request.target, "/v1/accounts/a%3Ab/deduct?dry=1&x");
    EXPECT_EQ(request.path, "/v1/accounts/a%3Ab/deduct");
    EXPECT_EQ(request.query, "dry=1&x");
    EXPECT_EQ(request.header(Header::host), "localhost:8080");
    EXPECT_EQ(request.header(Header::authorization), "Bearer k");
    EXPECT_EQ(request.header(Header::idempotency_key), "42");
    EXPECT_FALSE(request.has(Header::accept));
    EXPECT_EQ(request.find_header("x-rare"), "7");
    EXPECT_EQ(request.find_header("X-Rar").data(), nullptr);
    EXPECT_TRUE(request.expects_continue);
    EXPECT_TRUE(request.keep_alive);
    EXPECT_EQ(request.content_length, 12U);
    EXPECT_GE(request.target.data(), head.data());
    EXPECT_LE(request.target.data(), head.data() + head.size()) << "a view, not a copy";
}

TEST(ParseHead, KnowsItsHeaders) {
    const Request request = parsed(
        "GET / HTTP/1.1\r\nHost: a\r\nContent-Type: 1\r\nX-Request-Id: 2\r\ntraceparent: 3\r\n"
        "Last-Event-ID: 4\r\nStripe-Signature: 5\r\nIf-Match: 6\r\nIf-None-Match: 7\r\nAccept: "
        "8\r\n"
        "Accept-Encoding: 9\r\nCookie: 10\r\nUser-Agent: 11\r\nX-Forwarded-For: 12\r\n\r\n");
    EXPECT_EQ(request.header(Header::content_type), "1");
    EXPECT_EQ(request.header(Header::x_request_id), "2");
    EXPECT_EQ(request.header(Header::traceparent), "3");
    EXPECT_EQ(request.header(Header::last_event_id), "4");
    EXPECT_EQ(request.header(Header::stripe_signature), "5");
    EXPECT_EQ(request.header(Header::if_match), "6");
    EXPECT_EQ(request.header(Header::if_none_match), "7");
    EXPECT_EQ(request.header(Header::accept), "8");
    EXPECT_EQ(request.header(Header::accept_encoding), "9");
    EXPECT_EQ(request.header(Header::cookie), "10");
    EXPECT_EQ(request.header(Header::user_agent), "11");
    EXPECT_EQ(request.header(Header::x_forwarded_for), "12");
}

TEST(ParseHead, SplitsTargets) {
    const auto path_and_query = [](const std::string& target) {
        const std::string head = "GET " + target + " HTTP/1.1\r\nHost: a\r\n\r\n";
        const Request request = parsed(head);
        return std::string(request.path) + " ? " + std::string(request.query);
    };
    EXPECT_EQ(path_and_query("/"), "/ ? ");
    EXPECT_EQ(path_and_query("/a?"), "/a ? ");
    EXPECT_EQ(path_and_query("/a?b?c"), "/a ? b?c");
    EXPECT_EQ(path_and_query("?b"), "/ ? b");
    EXPECT_EQ(path_and_query("*"), "* ? ");
    EXPECT_EQ(path_and_query("http://host:1/a?b"), "/a ? b");
    EXPECT_EQ(path_and_query("http://host"), "/ ? ");
    EXPECT_EQ(path_and_query("http://host?b"), "/ ? b");
    EXPECT_EQ(path_and_query("/redirect?to=http://x/y"), "/redirect ? to=http://x/y");
    EXPECT_EQ(path_and_query("//host/a"), "//host/a ? ");
}

TEST(ParseHead, KeepAlive) {
    EXPECT_TRUE(parsed("GET / HTTP/1.1\r\nHost: a\r\n\r\n").keep_alive);
    EXPECT_FALSE(parsed("GET / HTTP/1.1\r\nHost: a\r\nConnection: x, CLOSE\r\n\r\n").keep_alive);
    EXPECT_FALSE(parsed("GET / HTTP/1.0\r\n\r\n").keep_alive);
    EXPECT_FALSE(parsed("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n").keep_alive);
}

/// One seed, one set of damaged heads: whatever is still accepted must be safe to log and compare.
TEST(ParseHead, DamagedHeadsAreRefusedOrHarmless) {
    const std::string sound =
        "POST /v1/x?y=z HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer k\r\n"
        "Content-Length: 12\r\nConnection: keep-alive\r\n\r\n";
    const std::string splinters("\r\n :,\0\t\x7f\xff%0", 11);
    std::mt19937 random(42);
    unsigned accepted = 0;
    for (int round = 0; round < 50'000; ++round) {
        std::string head = sound;
        for (auto damage = random() % 3 + 1; damage > 0; --damage) {
            const std::size_t at = random() % (head.size() - 4);
            const char splinter = splinters[random() % splinters.size()];
            if (random() % 2 == 0) head[at] = splinter;
            else head.insert(at, 1, splinter);
        }
        HeadScanner scanner;
        const auto end = scanner.scan(head, Options{});
        Request request;
        if (!end || *end == 0) continue;
        const std::string_view whole(head.data(), *end);
        if (!parse_head(whole, Options{}, request)) continue;
        ++accepted;
        ASSERT_FALSE(request.header(Header::host).empty()) << head;
        for (const std::string_view text : request.headers) {
            ASSERT_EQ(text.find_first_of(std::string_view("\r\n\0\x7f", 4)), text.npos) << head;
        }
    }
    EXPECT_GT(accepted, 1000U);
}

TEST(HeadScanner, FindsTheEndHoweverTheBytesCome) {
    const std::string bytes = "GET / HTTP/1.1\r\nHost: a\r\n\r\nbody";
    const std::size_t head = bytes.size() - 4;
    HeadScanner scanner;
    for (std::size_t some = 0; some < head; ++some) {
        ASSERT_EQ(scanner.scan(bytes.substr(0, some), Options{}), 0U) << some;
    }
    EXPECT_EQ(scanner.scan(bytes, Options{}), head);
    scanner.reset();
    EXPECT_EQ(scanner.scan(bytes, Options{}), head);
}

}  // namespace

}  // namespace creditd::daemon::http
