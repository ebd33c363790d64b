// The generator itself: connections, epoll loop, clock, what is counted. Closed loop: each
// connection always has `depth` requests in flight. Open loop: request i is due at start + i/rate,
// and its latency counts from then, whether or not a connection was free (no coordinated omission).
// Everything here belongs to the one thread that calls run().
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "bench/histogram.hpp"
#include "bench/load_options.hpp"
#include "bench/load_request.hpp"
#include "bench/load_response.hpp"

namespace creditd::bench {

struct LoadResult {
    std::uint64_t requests = 0;           // answered within the measured part
    std::uint64_t operations = 0;         // those that succeeded
    std::uint64_t operations_failed = 0;  // items of batches
    std::uint64_t connection_errors = 0;
    std::uint64_t unanswered = 0;  // open loop: due, but not answered at the end
    std::map<unsigned, std::uint64_t> by_status;
    std::string first_failure;  // body of the first status ≥ 300
    double seconds = 0;
    Histogram latency_ns;
};

class LoadEngine {
public:
    explicit LoadEngine(const LoadOptions& options);
    ~LoadEngine();
    LoadEngine(const LoadEngine&) = delete;
    LoadEngine& operator=(const LoadEngine&) = delete;

    /// Runs to the end of the time or of the requests. Empty string on success, else the reason.
    [[nodiscard]] std::string run();
    [[nodiscard]] const LoadResult& result() const noexcept { return result_; }

private:
    struct Connection {
        int fd = -1;
        bool waits_for_room = false;  // EPOLLOUT is armed
        std::size_t sent = 0;         // of `out`
        std::string out;
        std::deque<std::uint64_t> started_ns;  // one for each request in flight
        ItemCounter items;
        ResponseScanner scanner;
        explicit Connection(ItemCounter* counter) : scanner{counter} {}
    };

    [[nodiscard]] bool connect(Connection& connection);
    void reconnect(Connection& connection);
    void receive(Connection& connection);
    void answered(Connection& connection, unsigned status);
    void count_operations(Connection& connection, unsigned status);
    void enqueue(Connection& connection, std::uint64_t started_ns);
    void flush(Connection& connection);
    void refill(Connection& connection);
    void issue_due();
    [[nodiscard]] bool finished() const;
    [[nodiscard]] std::uint64_t wait_ns() const;
    void poll();

    const LoadOptions options_;
    const bool open_loop_;
    const bool counts_items_;
    RequestMaker maker_;
    LoadResult result_;
    std::vector<std::unique_ptr<Connection>> connections_;
    std::deque<Connection*> idle_;  // open loop: with room for one more request
    std::vector<char> buffer_;
    int epoll_ = -1;
    std::uint64_t now_ns_ = 0;
    std::uint64_t start_ns_ = 0;
    std::uint64_t measure_ns_ = 0;  // from here
    std::uint64_t end_ns_ = 0;      // to here
    std::uint64_t issued_ = 0;      // open loop: requests whose time has come and that were sent
    std::uint64_t in_flight_ = 0;
    std::string failure_;
};

}  // namespace creditd::bench
