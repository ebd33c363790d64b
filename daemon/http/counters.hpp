// What one io thread counts. Written by that thread alone, read by any (metrics).
// Names are those of the metrics; the Server sums them over its threads.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>

namespace creditd::daemon::http {

/// A number with one writer and many readers: no locked instruction on the hot path.
class Counter {
public:
    void add(std::uint64_t n = 1) {
        value_.store(value_.load(std::memory_order_relaxed) + n, std::memory_order_relaxed);
    }
    std::uint64_t value() const { return value_.load(std::memory_order_relaxed); }

private:
    std::atomic<std::uint64_t> value_{0};
};

struct Counters {
    Counter connections_opened;
    Counter connections_refused;  // over connections_max or connections_per_ip_max
    Counter accept_pauses;        // file descriptors ran out
    Counter requests;             // heads that were well-formed
    Counter wire_errors;
    Counter timeouts_read;   // head, body or idle
    Counter timeouts_write;  // slow readers
    Counter exceptions;
    Counter bytes_received;
    Counter bytes_sent;
    std::array<Counter, 6> responses_by_class;  // [2] = 2xx …
};

}  // namespace creditd::daemon::http
