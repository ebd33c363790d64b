// One connection from its first byte to its last, over a real socket.
#include "tests/daemon/http/echo_service.hpp"
#include "tests/daemon/http/raw_client.hpp"

#include <gtest/gtest.h>

namespace creditd::daemon::http::testing {

namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

std::string get(const std::string& target, const std::string& lines = {}) {
    return "GET " + target + " HTTP/1.1\r\nHost: a\r\n" + lines + "\r\n";
}

std::string post(const std::string& target, const std::string& body) {
    return "POST " + target +
           " HTTP/1.1\r\nHost: a\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" +
           body;
}

class SessionDeadlines : public ::testing::Test {
protected:
    RawClient client() const { return RawClient(echo_.server.port()); }
    EchoServer echo_{EchoServer::quick()};
};

class SessionTest : public ::testing::Test {
protected:
    RawClient client() const { return RawClient(echo_.server.port()); }
    EchoServer echo_;
};

TEST_F(SessionTest, ThreeRequestsInOneWriteAreAnsweredInOrder) {
    auto peer = client();
    peer.send(get("/1") + post("/2", "two") + get("/3"));
    EXPECT_EQ(peer.read_answer().value().body, "GET /1\n");
    EXPECT_EQ(peer.read_answer().value().body, "POST /2\ntwo");
    EXPECT_EQ(peer.read_answer().value().body, "GET /3\n");
}

TEST_F(SessionTest, OrderHoldsWhenTheFirstIsAnsweredLater) {
    auto peer = client();
    peer.send(get("/later") + get("/2") + get("/later") + get("/4"));
    for (const char* body : {"GET /later\n", "GET /2\n", "GET /later\n", "GET /4\n"}) {
        EXPECT_EQ(peer.read_answer().value().body, body);
    }
}

TEST_F(SessionTest, ThousandsOfPipelinedRequests) {
    auto peer = client();
    std::thread writer([&peer] {
        for (int i = 0; i < 5000; ++i) peer.send(post("/" + std::to_string(i), "b"));
    });
    for (int i = 0; i < 5000; ++i) {
        ASSERT_EQ(peer.read_answer().value().body, "POST /" + std::to_string(i) + "\nb");
    }
    writer.join();
}

TEST_F(SessionTest, BodiesOfEverySizeArriveWhole) {
    auto peer = client();
    for (const std::size_t bytes : {0U, 1U, 4000U, 4096U, 5000U, 65536U}) {
        const std::string body(bytes, 'b');
        peer.send(post("/x", body));
        ASSERT_EQ(peer.read_answer().value().body, "POST /x\n" + body);
    }
    std::string bulk;
    for (int i = 0; bulk.size() < 4'000'000; ++i) bulk += std::to_string(i);
    peer.send(post("/bulk", bulk) + get("/after"));
    EXPECT_EQ(peer.read_answer().value().body, "POST /bulk\n" + bulk);
    EXPECT_EQ(peer.read_answer().value().body, "GET /after\n");
    EXPECT_EQ(echo_.server.totals().buffered_bytes, 0U) << "large buffers are given back";
}

TEST_F(SessionTest, HeadIsAnsweredWithoutBody) {
    auto peer = client();
    peer.send("HEAD /x HTTP/1.1\r\nHost: a\r\n\r\n" + get("/y"));
    const auto answer = peer.read_answer(true);
    EXPECT_TRUE(answer.value().has_header("Content-Length:         8"));
    EXPECT_EQ(peer.read_answer().value().body, "GET /y\n");
}

TEST_F(SessionTest, NoContentHasNoBody) {
    auto peer = client();
    peer.send(get("/nothing") + get("/y"));
    EXPECT_EQ(peer.read_answer().value().status, 204U);
    EXPECT_EQ(peer.read_answer().value().body, "GET /y\n");
}

TEST_F(SessionTest, ContinueIsSentOnceTheHeadIsAccepted) {
    auto peer = client();
    peer.send("POST /x HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n");
    EXPECT_EQ(peer.read_answer().value().status, 100U);
    peer.send("hello");
    EXPECT_EQ(peer.read_answer().value().body, "POST /x\nhello");
}

TEST_F(SessionTest, ContinueIsNotSentWhenTheBodyIsHereOrRefused) {
    const std::string expecting =
        " HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: ";
    auto here = client();
    here.send("POST /x" + expecting + "5\r\n\r\nhello");
    EXPECT_EQ(here.read_answer().value().status, 200U);
    auto too_large = client();
    too_large.send("POST /small" + expecting + "11\r\n\r\n");
    EXPECT_EQ(too_large.read_answer().value().status, 413U);
    EXPECT_TRUE(too_large.read_to_end());
    auto refused = client();
    refused.send("POST /refuse" + expecting + "5\r\n\r\n");
    const auto answer = refused.read_answer();
    EXPECT_EQ(answer.value().status, 401U);
    EXPECT_TRUE(answer->has_header("Connection: close")) << "will the body come or not?";
    EXPECT_TRUE(refused.read_to_end());
}

TEST_F(SessionTest, ARefusedBodyIsSkippedAndTheConnectionKept) {
    auto peer = client();
    peer.send(post("/refuse", std::string(100, 'b')) + get("/1"));
    EXPECT_EQ(peer.read_answer().value().status, 401U);
    EXPECT_EQ(peer.read_answer().value().body, "GET /1\n");
    // The answer does not wait for the body.
    peer.send("POST /refuse HTTP/1.1\r\nHost: a\r\nContent-Length: 60000\r\n\r\n");
    EXPECT_EQ(peer.read_answer().value().status, 401U);
    peer.send(std::string(60000, 'b') + get("/2"));
    EXPECT_EQ(peer.read_answer().value().body, "GET /2\n");
}

TEST_F(SessionTest, ALargeRefusedBodyEndsTheConnection) {
    auto peer = client();
    peer.send("POST /refuse HTTP/1.1\r\nHost: a\r\nContent-Length: 70000\r\n\r\n");
    const auto answer = peer.read_answer();
    EXPECT_EQ(answer.value().status, 401U);
    EXPECT_TRUE(answer->has_header("Connection: close"));
    peer.send(std::string(70000, 'b') + get("/2"));
    EXPECT_TRUE(peer.read_to_end());
    EXPECT_EQ(peer.leftovers(), "");
}

TEST_F(SessionTest, TooLargeIsSentThenAMegabyteIsDrained) {
    auto peer = client();
    peer.send("POST /small HTTP/1.1\r\nHost: a\r\nContent-Length: 900000\r\n\r\n");
    EXPECT_TRUE(peer.send(std::string(900'000, 'b')));
    EXPECT_EQ(peer.read_answer().value().status, 413U) << "no reset has swallowed the answer";
    EXPECT_TRUE(peer.read_to_end());

    auto flood = client();
    flood.send("POST /small HTTP/1.1\r\nHost: a\r\nContent-Length: 900000000\r\n\r\n");
    std::size_t taken = 0;
    while (taken < 64U << 20 && flood.send(std::string(1 << 16, 'b'))) taken += 1 << 16;
    EXPECT_LT(taken, 64U << 20) << "the drain has an end";
}

TEST_F(SessionTest, TheServiceCanCloseAConnection) {
    auto peer = client();
    peer.send(get("/close") + get("/2"));
    EXPECT_TRUE(peer.read_answer().value().has_header("Connection: close"));
    EXPECT_TRUE(peer.read_to_end());
    EXPECT_EQ(peer.leftovers(), "");
}

TEST_F(SessionTest, AHalfClosedPeerStillGetsItsAnswers) {
    auto peer = client();
    peer.send(get("/1") + get("/later") + get("/3"));
    peer.shut_write();
    EXPECT_EQ(peer.read_answer().value().body, "GET /1\n");
    EXPECT_EQ(peer.read_answer().value().body, "GET /later\n");
    EXPECT_EQ(peer.read_answer().value().body, "GET /3\n");
    EXPECT_TRUE(peer.read_to_end());
}

TEST_F(SessionTest, APeerThatVanishesLeavesAnExchangeThatCanBeAnswered) {
    {
        auto peer = client();
        peer.send(get("/never"));
        while (echo_.service.held() == 0) std::this_thread::sleep_for(1ms);
        peer.reset();
    }
    while (echo_.server.totals().connections_open > 0) std::this_thread::sleep_for(1ms);
    echo_.service.answer_held();
    auto next = client();
    next.send(get("/1"));
    EXPECT_EQ(next.read_answer().value().status, 200U);
}

TEST_F(SessionTest, AThrowingHandlerLosesItsConnectionOnly) {
    auto other = client();
    other.send(get("/1"));
    EXPECT_TRUE(other.read_answer());
    for (const char* target : {"/throw", "/throw-head"}) {
        auto peer = client();
        peer.send(get(target));
        EXPECT_TRUE(peer.read_to_end());
        EXPECT_EQ(peer.leftovers(), "");
    }
    EXPECT_EQ(echo_.service.last_exception(), "thrown by on_head");
    EXPECT_EQ(echo_.server.totals().exceptions, 2U);
    other.send(get("/2"));
    EXPECT_TRUE(other.read_answer());
}

TEST_F(SessionTest, KnowsItsPeersAddress) {
    auto peer = client();
    peer.send(get("/ip"));
    EXPECT_EQ(peer.read_answer().value().body, "127.0.0.1");
}

TEST_F(SessionTest, UserStateStaysWithTheConnection) {
    auto peer = client();
    for (int i = 0; i < 3; ++i) {
        peer.send(get("/" + std::to_string(i)));
        EXPECT_TRUE(peer.read_answer());
    }
    EXPECT_GT(echo_.service.idles.load(), 0U);
    EXPECT_EQ(echo_.server.totals().requests, 3U);
    EXPECT_EQ(echo_.server.totals().responses_by_class[2], 3U);
}

TEST_F(SessionTest, LargeAnswersReachASlowReaderWhole) {
    RawClient peer(echo_.server.port(), 4096);
    peer.send(get("/big/2000") + get("/big/2000") + get("/end"));
    std::this_thread::sleep_for(200ms);
    EXPECT_EQ(peer.read_answer().value().body.size(), 2'048'000U);
    EXPECT_EQ(peer.read_answer().value().body.size(), 2'048'000U);
    EXPECT_EQ(peer.read_answer().value().body, "GET /end\n");
}

// --- deadlines -----------------------------------------------------------------------------------

/// Drips one byte every 50 ms until the server gives up, and says after how long it did.
std::chrono::milliseconds survived(RawClient& peer) {
    const auto start = Clock::now();
    while (Clock::now() - start < 6s) {
        peer.send("a");
        if (peer.read_to_end(50ms)) break;
    }
    return std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - start);
}

TEST_F(SessionDeadlines, ASlowHeadIsCutAtOneDeadline) {
    auto peer = client();
    peer.send("GET / HTTP/1.1\r\nHost: a\r\nX: ");
    const auto after = survived(peer);
    EXPECT_GE(after, 750ms);
    EXPECT_LE(after, 2800ms);
    EXPECT_EQ(peer.leftovers(), "");
}

TEST_F(SessionDeadlines, ASlowBodyIsCutAtOneDeadline) {
    auto peer = client();
    peer.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 60000\r\n\r\n");
    const auto after = survived(peer);
    EXPECT_GE(after, 1350ms);
    EXPECT_LE(after, 3400ms);
    EXPECT_EQ(peer.leftovers(), "");
}

TEST_F(SessionDeadlines, SilentConnectionsAreClosed) {
    auto silent = client();
    auto idle = client();
    idle.send(get("/1"));
    EXPECT_TRUE(idle.read_answer());
    const auto start = Clock::now();
    EXPECT_TRUE(silent.read_to_end());
    EXPECT_LE(Clock::now() - start, 1600ms) << "the head's deadline";
    EXPECT_TRUE(idle.read_to_end());
    EXPECT_GE(Clock::now() - start, 1600ms) << "the idle timeout";
    EXPECT_EQ(echo_.server.totals().timeouts_read, 2U);
}

TEST_F(SessionDeadlines, AReaderThatNeverReadsIsCut) {
    RawClient peer(echo_.server.port(), 4096);
    // Far more than socket buffers hold; the second request is not even begun.
    peer.send(get("/big/20000") + get("/big/20000"));
    const auto start = Clock::now();
    while (echo_.server.totals().timeouts_write == 0 && Clock::now() - start < 5s) {
        std::this_thread::sleep_for(10ms);
    }
    EXPECT_EQ(echo_.server.totals().timeouts_write, 1U);
    EXPECT_EQ(echo_.server.totals().responses_by_class[2], 1U);
}

TEST_F(SessionDeadlines, AnAnswerMayTakeItsTime) {
    auto peer = client();
    peer.send(get("/never"));
    std::this_thread::sleep_for(2000ms);  // longer than every read deadline
    echo_.service.answer_held();
    EXPECT_EQ(peer.read_answer().value().body, "\"at last\"");
}

}  // namespace

}  // namespace creditd::daemon::http::testing
