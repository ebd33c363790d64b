// How long a thread that only looks at the clock is kept from looking: what the machine itself adds
// to every stall that is measured on it. Prints the longest gap in 10 s, by the clock and in the
// thread's own processor time, which on a shared machine holds what others took unseen.
#include <ctime>

#include <algorithm>
#include <cstdint>
#include <cstdio>

namespace {

std::int64_t microseconds(clockid_t clock) {
    timespec now{};
    clock_gettime(clock, &now);
    return now.tv_sec * 1'000'000 + now.tv_nsec / 1'000;
}

}  // namespace

int main() {
    constexpr std::int64_t duration_us = 10'000'000;
    const std::int64_t end = microseconds(CLOCK_MONOTONIC) + duration_us;
    std::int64_t last = microseconds(CLOCK_MONOTONIC);
    std::int64_t last_cpu = microseconds(CLOCK_THREAD_CPUTIME_ID);
    std::int64_t gap = 0;
    std::int64_t cpu_gap = 0;
    while (last < end) {
        const std::int64_t now = microseconds(CLOCK_MONOTONIC);
        const std::int64_t cpu = microseconds(CLOCK_THREAD_CPUTIME_ID);
        gap = std::max(gap, now - last);
        cpu_gap = std::max(cpu_gap, cpu - last_cpu);
        last = now;
        last_cpu = cpu;
    }
    std::printf("{\"gap_us\":%lld,\"cpu_gap_us\":%lld}\n", static_cast<long long>(gap),
                static_cast<long long>(cpu_gap));
    return 0;
}
