// The seam to time, and the guard that keeps a bad clock from expiring everybody's credits.
// ClockGuard belongs to the ledger thread; `is_suspect` and `accept` may be called from any thread.
#pragma once

#include <atomic>
#include <cstdint>

#include "core/types.hpp"

namespace creditd::daemon {

class Clock {
public:
    virtual ~Clock() = default;
    virtual Timestamp wall() const = 0;
    /// Never set, never steps; only differences mean anything.
    virtual Duration monotonic() const = 0;
    /// Processor time of the calling thread; a clock that cannot tell says what passed.
    virtual Duration thread_cpu() const { return monotonic(); }
};

/// The machine's clocks.
class SystemClock final : public Clock {
public:
    Timestamp wall() const override;
    Duration monotonic() const override;
    Duration thread_cpu() const override;
};

/// Stands still until an administrator moves it on. Only ledgers that were made for tests run on
/// it.
class TestClock final : public Clock {
public:
    explicit TestClock(Timestamp start) : now_(start.value) {}
    Timestamp wall() const override { return Timestamp{now_.load()}; }
    Duration monotonic() const override { return system_.monotonic(); }
    Duration thread_cpu() const override { return system_.thread_cpu(); }
    /// False, and nothing is done, where that would be back in time.
    bool move_to(Timestamp now);

private:
    SystemClock system_;
    std::atomic<std::int64_t> now_;
};

class ClockGuard {
public:
    /// `last_event`: time of the newest event, or 0 for an empty ledger. A wall clock more than
    /// `start_ahead_max` beyond it, or one that departs from the monotonic clock by more than
    /// `jump_max` while running, is suspect until an administrator accepts it.
    ClockGuard(const Clock& clock, Timestamp last_event, Duration jump_max,
               Duration start_ahead_max = Duration::days(1));

    /// Reads the clock. The time is not before `last_event`'s successor, nor before any that was
    /// told: what a read has seen expire stays so, though the clock be set back. While the clock is
    /// suspect it stands still.
    Timestamp stamp(Timestamp last_event);

    bool is_suspect() const { return suspect_.load(std::memory_order_relaxed); }
    /// An administrator accepts the wall clock as it is now.
    void accept() { accepted_.store(true, std::memory_order_relaxed); }

private:
    void rebase();
    Duration departure() const;

    const Clock& clock_;
    Duration jump_max_;
    Timestamp wall_base_{};
    Duration monotonic_base_{};
    Timestamp latest_{};  // told so far
    std::atomic<bool> suspect_{false};
    std::atomic<bool> accepted_{false};
};

}  // namespace creditd::daemon
