// When a message is tried again: the schedule of Standard Webhooks 1.0, some 75 hours in all.
// Pure.
#pragma once

#include <algorithm>
#include <array>
#include <optional>

#include "core/types.hpp"

namespace creditd::daemon {

/// Before the second attempt, the third, and so on.
inline constexpr std::array<Duration, 9> retry_delays{
    Duration::seconds(5),          Duration::seconds(5 * 60),     Duration::seconds(30 * 60),
    Duration::seconds(2 * 3'600),  Duration::seconds(5 * 3'600),  Duration::seconds(10 * 3'600),
    Duration::seconds(14 * 3'600), Duration::seconds(20 * 3'600), Duration::seconds(24 * 3'600)};
/// However long the receiver asks to be left alone.
inline constexpr Duration pause_max = Duration::days(1);

/// After `attempts` (≥ 1) that failed; nothing: there is no further one. Spread by a fifth either
/// way, so that what failed together does not come back together: `spread` is in [0, 1). Never
/// sooner than the receiver asks.
inline std::optional<Duration> retry_delay(unsigned attempts, double spread,
                                           std::optional<Duration> retry_after) {
    if (attempts == 0 || attempts > retry_delays.size()) return std::nullopt;
    const auto planned = static_cast<double>(retry_delays[attempts - 1].value);
    const Duration delay{static_cast<std::int64_t>(planned * (0.8 + 0.4 * spread))};
    return std::max(delay, std::min(retry_after.value_or(Duration{}), pause_max));
}

}  // namespace creditd::daemon
