#include "daemon/engine/clock.hpp"

#include <time.h>

#include <algorithm>
#include <cstdlib>

#include "core/assert.hpp"
#include "core/canary.hpp"

namespace creditd::daemon {
namespace {

std::int64_t read_microseconds(clockid_t id) {
    timespec now{};
    const int failed = clock_gettime(id, &now);
    CREDITD_ASSERT(failed == 0);
    return static_cast<std::int64_t>(now.tv_sec) * 1'000'000 + now.tv_nsec / 1'000;
}

}  // namespace

Timestamp SystemClock::wall() const { return Timestamp{read_microseconds(CLOCK_REALTIME)}; }
Duration SystemClock::monotonic() const { return Duration{read_microseconds(CLOCK_BOOTTIME)}; }
Duration SystemClock::thread_cpu() const {
    return Duration{read_microseconds(CLOCK_THREAD_CPUTIME_ID)};
}

bool TestClock::move_to(Timestamp now) {
    std::int64_t before = now_.load();
    while (before <= now.value) {
        if (now_.compare_exchange_weak(before, now.value)) return true;
    }
    return false;
}

ClockGuard::ClockGuard(const Clock& clock, Timestamp last_event, Duration jump_max,
                       Duration start_ahead_max)
    : clock_(clock), jump_max_(jump_max) {
    rebase();
    const bool has_events = last_event.value != 0;
    if (has_events && wall_base_ - last_event > start_ahead_max) suspect_ = true;
}

void ClockGuard::rebase() {
    wall_base_ = clock_.wall();
    monotonic_base_ = clock_.monotonic();
}

Duration ClockGuard::departure() const {
    const Duration wall = clock_.wall() - wall_base_;
    const Duration steady{clock_.monotonic().value - monotonic_base_.value};
    return Duration{std::abs(wall.value - steady.value)};
}

Timestamp ClockGuard::stamp(Timestamp last_event) {
    if (accepted_.exchange(false, std::memory_order_relaxed)) {
        rebase();
        suspect_ = false;
    }
    if (departure() > jump_max_) suspect_ = true;
    if (is_suspect()) return std::max(latest_, last_event);
    if (canary(Canary::time_runs_back)) return clock_.wall();
    latest_ = std::max({latest_, clock_.wall(), last_event + Duration{1}});
    return latest_;
}

}  // namespace creditd::daemon
