// Moments and lengths of time as text: RFC 3339 in UTC with microseconds, and `<n>(s|m|h|d)`.
// Integer arithmetic only; no locale, no time zone database, no clock.
// Pure functions, any thread.
#pragma once

#include <cstddef>
#include <expected>
#include <optional>
#include <string>
#include <string_view>

#include "core/types.hpp"

namespace creditd {

/// `2026-11-20T22:00:00.123456Z`
inline constexpr std::size_t timestamp_text_bytes = 27;

/// The last moment that RFC 3339 can spell: 9999-12-31T23:59:59.999999Z.
inline constexpr Timestamp timestamp_text_max{253'402'300'799'999'999};

/// Reads an RFC 3339 date-time from 1970 to 9999: up to 6 digits of a second, `Z` or any offset
/// (converted to UTC), letters in either case. No leap seconds. Nothing where it is not one.
std::optional<Timestamp> parse_timestamp(std::string_view text);

/// Writes exactly `timestamp_text_bytes`. `t` must lie between 1970 and `timestamp_text_max`.
void write_timestamp(char* out, Timestamp t);
void append_timestamp(std::string& out, Timestamp t);

/// Reads `<n>(s|m|h|d)`: at least 1, at most 36 500 days, no sign, no leading zero.
std::optional<Duration> parse_duration(std::string_view text);

/// The shortest form with a whole number: `90s`, `2m`, `1d`. Whole seconds only.
void append_duration(std::string& out, Duration length);

}  // namespace creditd
