// Answers that go on: what is sent arrives at once, and the end is told on both sides.
#include <gtest/gtest.h>

#include <atomic>
#include <thread>
#include <utility>

#include "daemon/http/server.hpp"
#include "tests/daemon/http/raw_client.hpp"

namespace creditd::daemon::http::testing {
namespace {

using namespace std::chrono_literals;

/// Answers /stream with a stream that is fed from the test, everything else at once.
class StreamService final : public Service {
public:
    HeadVerdict on_head(Exchange&) override { return {}; }
    void on_request(Exchange& exchange) override {
        if (exchange.request().path != "/stream") {
            exchange.respond({{.status = 200}, "{}"});
            return;
        }
        exchange_ = &exchange;
        exchange.begin_stream({200, "text/event-stream", "X-Test: 1\r\n", true}, [this] {
            ++gone;
            end();
        });
        is_open = true;
    }
    /// On the io thread.
    bool send(const std::string& text) { return is_open && exchange_->send(text); }
    void end() {
        if (is_open.exchange(false)) exchange_->finish();
    }

    std::atomic<int> gone{0};
    std::atomic<bool> is_open{false};

private:
    Exchange* exchange_ = nullptr;
};

class Streams : public ::testing::Test {
protected:
    Streams() {
        Options options;
        options.port = 0;
        options.stream_unsent_bytes_max = 256 * 1024;
        server_ = std::make_unique<Server>(options, service_);
        EXPECT_TRUE(server_->start());
    }
    ~Streams() override { server_->drain(2s); }

    RawClient open() {
        RawClient peer(server_->port());
        peer.send("GET /stream HTTP/1.1\r\nHost: a\r\n\r\n");
        wait_for([this] { return service_.is_open.load(); });
        return peer;
    }
    /// Runs on the io thread, and waits for it.
    template <class Task>
    void on_io(Task task) {
        std::atomic<bool> is_done{false};
        server_->io_thread(0).post([&] {
            task();
            is_done = true;
        });
        wait_for([&] { return is_done.load(); });
    }
    template <class Condition>
    static void wait_for(Condition condition) {
        const auto end = std::chrono::steady_clock::now() + 5s;
        while (!condition() && std::chrono::steady_clock::now() < end) {
            std::this_thread::sleep_for(1ms);
        }
        ASSERT_TRUE(condition());
    }

    StreamService service_;
    std::unique_ptr<Server> server_;
};

TEST_F(Streams, SendAtOnceWithoutALength) {
    RawClient peer = open();
    on_io([this] { EXPECT_TRUE(service_.send("data: 1\n\n")); });
    EXPECT_FALSE(peer.read_to_end(100ms));
    EXPECT_TRUE(
        peer.leftovers().starts_with("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n"
                                     "X-Test: 1\r\nConnection: close\r\n\r\n"));
    EXPECT_TRUE(peer.leftovers().ends_with("\r\n\r\ndata: 1\n\n"));
    EXPECT_EQ(peer.leftovers().find("Content-Length"), std::string::npos);
    on_io([this] { service_.end(); });
    EXPECT_TRUE(peer.read_to_end());
    EXPECT_EQ(service_.gone, 0);
}

TEST_F(Streams, TellThatThePeerHasLeft) {
    {
        const RawClient peer = open();
    }
    wait_for([this] { return service_.gone == 1; });
    EXPECT_FALSE(service_.is_open);
    wait_for([this] { return server_->totals().connections_open == 0; });
}

TEST_F(Streams, TellOfAReset) {
    RawClient peer = open();
    on_io([this] { service_.send(std::string(1000, 'x')); });
    peer.reset();
    wait_for([this] { return service_.gone == 1; });
}

TEST_F(Streams, DropWhatThePeerSays) {
    RawClient peer = open();
    peer.send("GET /other HTTP/1.1\r\nHost: a\r\n\r\n");
    on_io([this] { EXPECT_TRUE(service_.send("data: 1\n\n")); });
    EXPECT_FALSE(peer.read_to_end(100ms));
    EXPECT_EQ(peer.leftovers().find("{}"), std::string::npos);
    EXPECT_TRUE(service_.is_open);
}

TEST_F(Streams, CutAReaderWhoDoesNotRead) {
    const RawClient peer = open();
    const std::string piece(64 * 1024, 'x');
    bool is_read = true;
    for (int i = 0; i < 1'000 && is_read; ++i) {
        on_io([&] { is_read = service_.send(piece); });
    }
    EXPECT_FALSE(is_read);
    EXPECT_EQ(service_.gone, 1);
}

TEST_F(Streams, EndWhenTheServerDrains) {
    RawClient peer = open();
    EXPECT_EQ(server_->drain(2s), 0U);
    EXPECT_EQ(service_.gone, 1);
    EXPECT_TRUE(peer.read_to_end());
}

}  // namespace
}  // namespace creditd::daemon::http::testing
