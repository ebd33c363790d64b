// The header Retry-After (RFC 9110, 10.2.3) of a receiver, who may write anything into it.
// A pure function; any thread.
#pragma once

#include <optional>
#include <string_view>

#include "core/types.hpp"

namespace creditd::daemon {

/// No receiver can ask to be left alone for longer than this.
inline constexpr Duration retry_after_max = Duration::days(365);

/// Seconds, or a date of HTTP, as a length from `now`: 0 to `retry_after_max`. Nothing where it is
/// neither.
std::optional<Duration> parse_retry_after(std::string_view text, Timestamp now);

}  // namespace creditd::daemon
