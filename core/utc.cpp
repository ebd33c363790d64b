#include "core/utc.hpp"

namespace creditd {
namespace {

constexpr std::int64_t microseconds_a_day = Duration::days(1).value;
/// From 1 March of the year 0 to 1 January 1970.
constexpr std::int64_t days_before_epoch = 719'468;

constexpr std::int64_t floor_divide(std::int64_t a, std::int64_t b) {
    return a / b - (a % b < 0 ? 1 : 0);
}

/// Months are counted from March of the year 0: years begin in March, so that the leap day is the
/// last of its year and no month after it in the same year moves.
constexpr std::int64_t first_day(std::int64_t month) {
    const std::int64_t year = floor_divide(month, 12);
    const std::int64_t leap_days =
        floor_divide(year, 4) - floor_divide(year, 100) + floor_divide(year, 400);
    // 31, 30, 31, 30, 31 days: every five months from March on have 153.
    const std::int64_t days_of_months = ((month - year * 12) * 153 + 2) / 5;
    return 365 * year + leap_days + days_of_months - days_before_epoch;
}
static_assert(first_day(10 + 12 * 1969) == 0);              // 1 January 1970
static_assert(first_day(12 * 2000) == 11'017);              // 1 March 2000, a leap year
static_assert(first_day(12 * 1900) == -25'508);             // 1 March 1900, none
static_assert(first_day(12 * -400) + 719'468 == -146'097);  // before the year 0

constexpr std::int64_t month_number(std::int64_t day) {
    // Months last 30.436875 days on average: the guess is at most one away.
    std::int64_t month = floor_divide((day + days_before_epoch) * 4'800, 146'097);
    while (first_day(month) > day) --month;
    while (first_day(month + 1) <= day) ++month;
    return month;
}

Duration shift_of(std::int8_t utc_offset) { return Duration{one_hour.value * utc_offset}; }

Timestamp begin_of(std::int64_t local_day, std::int8_t utc_offset) {
    return Timestamp{local_day * microseconds_a_day - shift_of(utc_offset).value};
}

std::int64_t month_at(Timestamp moment, std::int8_t utc_offset) {
    return month_number(day_of(moment + shift_of(utc_offset)));
}

}  // namespace

std::int64_t day_of(Timestamp moment) { return floor_divide(moment.value, microseconds_a_day); }

std::int64_t month_of_day(std::int64_t day) { return month_number(day); }

std::int64_t first_day_of_month(std::int64_t month) { return first_day(month); }

Timestamp begin_of_day(Timestamp moment, std::int8_t utc_offset) {
    return begin_of(day_of(moment + shift_of(utc_offset)), utc_offset);
}

Timestamp begin_of_month(Timestamp moment, std::int8_t utc_offset) {
    return begin_of(first_day(month_at(moment, utc_offset)), utc_offset);
}

Timestamp begin_of_next_month(Timestamp moment, std::int8_t utc_offset) {
    return begin_of(first_day(month_at(moment, utc_offset) + 1), utc_offset);
}

}  // namespace creditd
