// What an io thread hands to the ledger thread and gets back: one operation, its events, and where
// to complete it. The stages are received → decided → durable → published.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <vector>

#include "core/execute.hpp"
#include "core/warm.hpp"
#include "daemon/engine/clock.hpp"
#include "daemon/http/exchange.hpp"

namespace creditd::daemon {

/// Why no write is decided at the moment; reads go on.
enum class Unavailable : std::uint8_t {
    none,
    overloaded,
    disk_full,
    clock_suspect,
    recovering,
    ledger_suspect
};

/// The longest single piece of work of the ledger thread: one command, or one step of something in
/// the background. By the clock, and by the processor time in it: on a busy machine the difference
/// is what other threads took. The ledger thread only, but for reading the maxima.
class StallMeter {
public:
    explicit StallMeter(const Clock& clock) : clock_(clock) {}
    void start() {
        before_ = clock_.monotonic();
        before_cpu_ = clock_.thread_cpu();
    }
    /// What happened since the last lap belongs to no piece.
    void resume() { before_ = clock_.monotonic(); }
    /// A piece ends here, and the next one begins.
    void lap() {
        const Duration now = clock_.monotonic();
        const std::int64_t piece_us = now.value - before_.value;
        before_ = now;
        if (piece_us > max_cpu_us()) look_closer(piece_us);
    }
    std::int64_t max_us() const { return max_us_.load(std::memory_order_relaxed); }
    std::int64_t max_cpu_us() const { return max_cpu_us_.load(std::memory_order_relaxed); }

private:
    // Processor time costs a system call, so it is read only for pieces that may be the longest. It
    // counts from the last start, which is at most a few pieces away: never too little.
    void look_closer(std::int64_t piece_us) {
        const Duration cpu = clock_.thread_cpu();
        const std::int64_t cpu_us = std::min(piece_us, cpu.value - before_cpu_.value);
        before_cpu_ = cpu;
        max_us_.store(std::max(max_us(), piece_us), std::memory_order_relaxed);
        max_cpu_us_.store(std::max(max_cpu_us(), cpu_us), std::memory_order_relaxed);
    }

    const Clock& clock_;
    Duration before_{};
    Duration before_cpu_{};
    std::atomic<std::int64_t> max_us_{0};
    std::atomic<std::int64_t> max_cpu_us_{0};
};

/// What the ledger thread offers to an operation. One that runs several commands laps after each.
struct LedgerTurn {
    State& state;
    Timestamp now{};
    const Policy& policy;
    Unavailable writes = Unavailable::none;
    StallMeter* stall = nullptr;
};

class Operation {
public:
    Operation() = default;
    Operation(const Operation&) = delete;
    Operation& operator=(const Operation&) = delete;
    virtual ~Operation() = default;

    /// On the ledger thread, once for each step before `execute`: asks memory for what it will
    /// need.
    virtual void warm(const State& state, WarmStep step) const {
        static_cast<void>(state);
        static_cast<void>(step);
    }
    /// On the ledger thread: decides and applies, leaving its events in `events`; or reads.
    virtual void execute(const LedgerTurn& turn) = 0;
    /// On the io thread `home`, once everything that execute saw or made is durable.
    virtual void complete() = 0;
    /// One block for all its events, as an atomic batch needs.
    virtual bool is_one_block() const { return false; }
    /// Does it ask for a change? Decides what is shed when the queue is full.
    virtual bool is_write() const { return true; }

    std::vector<DecidedEvent> events;
    http::IoThread* home = nullptr;
    std::int64_t received_us = 0;  // monotonic; for the age of the queue
};

}  // namespace creditd::daemon
