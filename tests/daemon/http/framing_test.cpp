// Raw bytes in, exact number of answers out: nobody may be fooled about where a request ends.
#include "tests/daemon/http/echo_service.hpp"
#include "tests/daemon/http/framing_cases.hpp"
#include "tests/daemon/http/raw_client.hpp"

#include <gtest/gtest.h>

#include <optional>
#include <string_view>

namespace creditd::daemon::http::testing {

namespace {

using namespace std::chrono_literals;

std::vector<unsigned> statuses_in(std::string stream) {
    std::vector<unsigned> statuses;
    while (const auto answer = take_answer(stream)) statuses.push_back(answer->status);
    EXPECT_EQ(stream, "") << "bytes after the last answer";
    return statuses;
}

/// Ends what the case left open and returns every byte that the server said.
std::string outcome(RawClient& client, const FramingCase& expected) {
    switch (expected.after) {
        case After::open:
            // In step: this request and no other is the next one, and it is the last.
            client.send("GET /probe HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
            break;
        case After::waiting: client.shut_write(); break;
        case After::closed: break;
    }
    EXPECT_TRUE(client.read_to_end()) << "the server did not close";
    return client.leftovers();
}

void run(const std::vector<FramingCase>& cases) {
    EchoServer echo;
    for (const FramingCase& expected : cases) {
        SCOPED_TRACE(expected.name);
        RawClient client(echo.server.port());
        client.send(expected.bytes);
        const std::string stream = outcome(client, expected);
        auto statuses = expected.statuses;
        if (expected.after == After::open) {
            statuses.push_back(200);
            EXPECT_NE(stream.find("GET /probe\n"), std::string::npos);
        }
        EXPECT_EQ(statuses_in(stream), statuses) << stream;
        EXPECT_EQ(stream.find("evil"), std::string::npos);
    }
    EXPECT_EQ(echo.server.totals().exceptions, 0U);
}

TEST(Framing, Plain) { run(plain_cases); }
TEST(Framing, Pipelining) { run(pipelining_cases); }
TEST(Framing, TransferEncodingIsRefused) { run(transfer_encoding_cases); }
TEST(Framing, ContentLengthIsOneLineOfDigits) { run(content_length_cases); }
TEST(Framing, HostIsThereOnce) { run(host_cases); }
TEST(Framing, Headers) { run(header_cases); }
TEST(Framing, RequestLine) { run(request_line_cases); }
TEST(Framing, Sizes) { run(size_cases); }
TEST(Framing, UnfinishedRequestsAreNotAnswered) { run(unfinished_cases); }

/// The same tables, one byte per segment: no verdict may depend on where the reads cut.
TEST(Framing, ByteByByteChangesNothing) {
    EchoServer echo;
    for (const auto* cases : {&transfer_encoding_cases, &host_cases, &header_cases,
                              &request_line_cases, &pipelining_cases}) {
        for (const FramingCase& expected : *cases) {
            if (expected.bytes.size() > 300) continue;
            SCOPED_TRACE(expected.name);
            RawClient client(echo.server.port());
            for (const char& byte : expected.bytes) {
                if (!client.send(std::string_view(&byte, 1))) break;
            }
            const std::string stream = outcome(client, expected);
            auto statuses = expected.statuses;
            if (expected.after == After::open) statuses.push_back(200);
            EXPECT_EQ(statuses_in(stream), statuses) << stream;
        }
    }
}

TEST(Framing, ARequestCutAnywhereIsNeverAnswered) {
    EchoServer echo;
    const std::string request =
        "POST /v1/x HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer k\r\n"
        "Content-Length: 12\r\n\r\n{\"amount\":1}";
    for (std::size_t cut = 0; cut < request.size(); ++cut) {
        SCOPED_TRACE(cut);
        RawClient client(echo.server.port());
        client.send(std::string_view(request).substr(0, cut));
        if (cut % 2 == 0) {
            client.shut_write();
            EXPECT_TRUE(client.read_to_end());
            EXPECT_EQ(client.leftovers(), "");
        } else {
            client.reset();
        }
    }
    RawClient client(echo.server.port());
    client.send(request);
    EXPECT_EQ(client.read_answer().value().body, "POST /v1/x\n{\"amount\":1}");
    EXPECT_EQ(echo.server.totals().responses_by_class[2], 1U);
}

TEST(Framing, TargetsArriveAsSent) {
    EchoServer echo;
    RawClient client(echo.server.port());
    for (const std::string target :
         {"/%2e%2e/%00/..%2f", "//etc//passwd", "http://evil/%41?a=%zz", "/a?b?c#d", "*"}) {
        client.send("GET " + target + " HTTP/1.1\r\nHost: a\r\n\r\n");
        const auto answer = client.read_answer();
        ASSERT_TRUE(answer);
        EXPECT_EQ(answer->body, "GET " + target + "\n");
    }
}

}  // namespace

}  // namespace creditd::daemon::http::testing
