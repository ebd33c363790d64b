// The calendar of UTC, against the standard library's.
#include <gtest/gtest.h>

#include <chrono>
#include <random>

#include "core/command.hpp"
#include "tests/core/subscription_asks.hpp"

namespace creditd::tests {
namespace {

Timestamp after(Timestamp anchor, Interval interval, std::uint32_t count) {
    return utc_calendar().after(anchor, interval, count, "UTC");
}

Timestamp by_the_standard_library(Timestamp anchor, Interval interval, std::uint32_t count) {
    using namespace std::chrono;
    const sys_time<microseconds> moment{microseconds(anchor.value)};
    const auto day = floor<days>(moment);
    const year_month_day date(day);
    const auto month = date.year() / date.month() +
                       months(static_cast<int>(count) * (interval == Interval::year ? 12 : 1));
    const year_month_day_last last(month.year(), month_day_last(month.month()));
    const sys_days later = sys_days(month / std::min(date.day(), last.day()));
    return Timestamp{(later + (moment - day)).time_since_epoch().count()};
}

TEST(UtcCalendar, ClampsToTheMonthsLastDay) {
    const Timestamp anchor = midnight(2023, 1, 31) + Duration::seconds(3'723);
    const auto at = [](Timestamp day) { return day + Duration::seconds(3'723); };
    EXPECT_EQ(after(anchor, Interval::month, 1), at(midnight(2023, 2, 28)));
    EXPECT_EQ(after(anchor, Interval::month, 2), at(midnight(2023, 3, 31)));
    EXPECT_EQ(after(anchor, Interval::month, 3), at(midnight(2023, 4, 30)));
    EXPECT_EQ(after(anchor, Interval::month, 13), at(midnight(2024, 2, 29)));
}

TEST(UtcCalendar, KnowsLeapYears) {
    const Timestamp leap_day = midnight(2096, 2, 29);
    EXPECT_EQ(after(leap_day, Interval::year, 1), midnight(2097, 2, 28));
    EXPECT_EQ(after(leap_day, Interval::year, 4), midnight(2100, 2, 28));
    EXPECT_EQ(after(leap_day, Interval::year, 8), midnight(2104, 2, 29));
    EXPECT_EQ(after(leap_day, Interval::year, 304), midnight(2400, 2, 29));
}

TEST(UtcCalendar, AgreesWithTheStandardLibrary) {
    std::mt19937_64 random(1);
    // 400 years to either side of 1970.
    std::uniform_int_distribution<std::int64_t> moments(-12'622'780'800'000'000,
                                                        12'622'780'800'000'000);
    for (int i = 0; i < 20'000; ++i) {
        const Timestamp anchor{moments(random)};
        const auto interval = random() % 2 == 0 ? Interval::month : Interval::year;
        const auto count = static_cast<std::uint32_t>(1 + random() % 1'000);
        ASSERT_EQ(after(anchor, interval, count), by_the_standard_library(anchor, interval, count))
            << anchor.value << " + " << count;
        ASSERT_LT(after(anchor, interval, count), after(anchor, interval, count + 1));
        ASSERT_LT(anchor, after(anchor, interval, 1));
    }
}

}  // namespace
}  // namespace creditd::tests
