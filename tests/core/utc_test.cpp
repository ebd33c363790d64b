// Days and months of UTC and of places east and west of it, to the microsecond.
#include "core/utc.hpp"

#include <gtest/gtest.h>

#include <chrono>

#include "tests/core/subscription_asks.hpp"

namespace creditd::tests {
namespace {

Timestamp before(Timestamp time, Duration length = Duration{1}) {
    return Timestamp{time.value - length.value};
}
Duration hours_of(std::int64_t count) { return Duration{one_hour.value * count}; }

TEST(UtcDays, BeginAtMidnight) {
    const Timestamp day = midnight(2024, 3, 1);
    EXPECT_EQ(begin_of_day(day), day);
    EXPECT_EQ(begin_of_day(day + hours_of(23)), day);
    EXPECT_EQ(begin_of_day(before(midnight(2024, 3, 2))), day);
    EXPECT_EQ(begin_of_day(before(day)), midnight(2024, 2, 29));
}

TEST(UtcDays, BeginEarlierInTheEastAndLaterInTheWest) {
    const Timestamp noon = midnight(2024, 3, 1) + hours_of(12);
    EXPECT_EQ(begin_of_day(noon, 7), before(midnight(2024, 3, 1), hours_of(7)));
    EXPECT_EQ(begin_of_day(noon, -5), midnight(2024, 3, 1) + hours_of(5));
    // Noon of UTC is the next day in the far east, and its first moment in the far west.
    EXPECT_EQ(begin_of_day(noon, 12), noon);
    EXPECT_EQ(begin_of_day(noon, 14), before(midnight(2024, 3, 2), hours_of(14)));
    EXPECT_EQ(begin_of_day(noon, -12), noon);
    EXPECT_EQ(begin_of_day(before(noon), -12), before(noon, hours_of(24)));
}

TEST(UtcDays, GoOnBeforeTheEpoch) {
    EXPECT_EQ(day_of(Timestamp{}), 0);
    EXPECT_EQ(day_of(before(Timestamp{})), -1);
    EXPECT_EQ(day_of(before(Timestamp{}, hours_of(24))), -1);
    EXPECT_EQ(day_of(before(Timestamp{}, hours_of(25))), -2);
    EXPECT_EQ(begin_of_day(before(Timestamp{})), midnight(1969, 12, 31));
    EXPECT_EQ(begin_of_month(before(Timestamp{})), midnight(1969, 12, 1));
    EXPECT_EQ(begin_of_next_month(before(Timestamp{})), Timestamp{});
}

TEST(UtcMonths, BeginOnTheirFirstDay) {
    const Timestamp leap = midnight(2024, 2, 29) + hours_of(13);
    EXPECT_EQ(begin_of_month(leap), midnight(2024, 2, 1));
    EXPECT_EQ(begin_of_next_month(leap), midnight(2024, 3, 1));
    EXPECT_EQ(begin_of_month(midnight(2024, 3, 1)), midnight(2024, 3, 1));
    EXPECT_EQ(begin_of_month(before(midnight(2024, 3, 1))), midnight(2024, 2, 1));
    EXPECT_EQ(begin_of_next_month(midnight(2023, 12, 31)), midnight(2024, 1, 1));
    EXPECT_EQ(begin_of_next_month(midnight(2024, 1, 1)), midnight(2024, 2, 1));
}

TEST(UtcMonths, FollowTheOffset) {
    const Timestamp last_evening = midnight(2024, 2, 29) + hours_of(20);
    EXPECT_EQ(begin_of_month(last_evening, 4), before(midnight(2024, 3, 1), hours_of(4)));
    EXPECT_EQ(begin_of_month(last_evening, 3), before(midnight(2024, 2, 1), hours_of(3)));
    EXPECT_EQ(begin_of_next_month(last_evening, 4), before(midnight(2024, 4, 1), hours_of(4)));
    const Timestamp first_morning = midnight(2024, 3, 1) + hours_of(3);
    EXPECT_EQ(begin_of_month(first_morning, -3), midnight(2024, 3, 1) + hours_of(3));
    EXPECT_EQ(begin_of_month(first_morning, -4), midnight(2024, 2, 1) + hours_of(4));
}

// Each day of eight hundred years, among them leap years and centuries without.
TEST(UtcMonths, AgreeWithTheStandardLibrary) {
    const std::int64_t end = day_of(midnight(2400, 1, 1));
    for (std::int64_t day = day_of(midnight(1600, 1, 1)); day < end; ++day) {
        const std::chrono::year_month_day date{std::chrono::sys_days(std::chrono::days(day))};
        const std::chrono::sys_days first = date.year() / date.month() / 1;
        const std::int64_t month = month_of_day(day);
        ASSERT_EQ(first_day_of_month(month), first.time_since_epoch().count()) << "day " << day;
        ASSERT_LT(day, first_day_of_month(month + 1)) << "day " << day;
    }
}

}  // namespace
}  // namespace creditd::tests
