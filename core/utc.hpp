// Days and months of UTC, shifted by whole hours: pure arithmetic on the calendar, no zones and no
// clock. Zones are the daemon's, behind Calendar.
#pragma once

#include <cstdint>

#include "core/types.hpp"

namespace creditd {

inline constexpr Duration one_hour = Duration::seconds(3'600);

/// Days since 1 January 1970, also before it.
std::int64_t day_of(Timestamp moment);
/// Months are numbered from March of the year 0; any day has one.
std::int64_t month_of_day(std::int64_t day);
std::int64_t first_day_of_month(std::int64_t month);

/// When the day of `moment` began, where local time is `utc_offset` hours east of UTC.
Timestamp begin_of_day(Timestamp moment, std::int8_t utc_offset = 0);
Timestamp begin_of_month(Timestamp moment, std::int8_t utc_offset = 0);
Timestamp begin_of_next_month(Timestamp moment, std::int8_t utc_offset = 0);

}  // namespace creditd
