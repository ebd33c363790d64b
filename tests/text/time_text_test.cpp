#include "text/time_text.hpp"

#include <gtest/gtest.h>

#include <ctime>

namespace creditd {
namespace {

struct TimeCase {
    std::string_view text;
    std::int64_t us;
};

constexpr std::int64_t second = 1'000'000;

// Seconds are those of `date -u -d ... +%s`.
constexpr TimeCase good[] = {
    {"1970-01-01T00:00:00Z", 0},
    {"1970-01-01T00:00:00.000001Z", 1},
    {"1970-01-01T00:00:00.1Z", 100'000},
    {"1970-01-01T00:00:00.12Z", 120'000},
    {"1970-01-01T00:00:00.123Z", 123'000},
    {"1970-01-01T00:00:00.123456Z", 123'456},
    {"1970-01-01t00:00:01z", second},
    {"1970-01-01T00:00:00+00:00", 0},
    {"1970-01-01T00:00:00-00:00", 0},
    {"1970-01-01T01:00:00+01:00", 0},
    {"1969-12-31T19:00:00-05:00", 0},
    {"1970-01-01T05:45:00+05:45", 0},
    {"1970-01-01T23:59:00+23:59", 0},
    {"1972-02-29T00:00:00Z", 68'169'600 * second},
    {"1999-12-31T23:59:59Z", 946'684'799 * second},
    {"2000-01-01T00:00:00Z", 946'684'800 * second},
    {"2000-02-29T12:00:00Z", 951'825'600 * second},
    {"2000-03-01T00:00:00Z", 951'868'800 * second},
    {"2004-02-29T23:59:59.999999Z", 1'078'099'199 * second + 999'999},
    {"2023-03-01T00:00:00Z", 1'677'628'800 * second},
    {"2024-02-29T00:00:00Z", 1'709'164'800 * second},
    {"2024-12-31T23:59:59Z", 1'735'689'599 * second},
    {"2026-11-20T22:00:00.123456Z", 1'795'212'000 * second + 123'456},
    {"2038-01-19T03:14:08Z", 2'147'483'648 * second},
    {"2100-02-28T00:00:00Z", 4'107'456'000 * second},
    {"2100-03-01T00:00:00Z", 4'107'542'400 * second},
    {"2400-02-29T00:00:00Z", 13'574'563'200 * second},
    {"9999-12-31T23:59:59.999999Z", 253'402'300'799 * second + 999'999},
};

constexpr std::string_view bad[] = {
    "",
    "2024",
    "2024-01-01",
    "2024-01-01T00:00:00",
    "2024-01-01 00:00:00Z",
    "2024-01-01T00:00Z",
    "2024-01-01T24:00:00Z",
    "2024-01-01T00:60:00Z",
    "2024-01-01T00:00:60Z",
    "2016-12-31T23:59:60Z",
    "2023-02-29T00:00:00Z",
    "1900-02-29T00:00:00Z",
    "2100-02-29T00:00:00Z",
    "2024-02-30T00:00:00Z",
    "2024-04-31T00:00:00Z",
    "2024-00-01T00:00:00Z",
    "2024-13-01T00:00:00Z",
    "2024-01-00T00:00:00Z",
    "2024-01-32T00:00:00Z",
    "2024-01-01T00:00:00.Z",
    "2024-01-01T00:00:00.1234567Z",
    "2024-01-01T00:00:00,5Z",
    "2024-01-01T00:00:00ZZ",
    "2024-01-01T00:00:00+0000",
    "2024-01-01T00:00:00+24:00",
    "2024-01-01T00:00:00+00:60",
    "2024-01-01T00:00:00+00",
    "2024-01-01T00:00:00 Z",
    " 2024-01-01T00:00:00Z",
    "24-01-01T00:00:00Z",
    "+2024-01-01T00:00:00Z",
    "-2024-01-01T00:00:00Z",
    "2024-1-1T00:00:00Z",
    "2024/01/01T00:00:00Z",
    "1969-12-31T23:59:59Z",
    "1970-01-01T00:00:00+00:01",
    "9999-12-31T23:59:59-00:01",
    "0000-01-01T00:00:00Z",
    "10000-01-01T00:00:00Z",
    "2024-01-01T0x:00:00Z",
    "20240101T000000Z",
    "now",
};

std::string text_of(Timestamp t) {
    std::string out;
    append_timestamp(out, t);
    return out;
}

std::string duration_text(std::int64_t seconds) {
    std::string out;
    append_duration(out, Duration::seconds(seconds));
    return out;
}

TEST(TimeText, ReadsTheTable) {
    for (const TimeCase& c : good) {
        const auto parsed = parse_timestamp(c.text);
        ASSERT_TRUE(parsed.has_value()) << c.text;
        EXPECT_EQ(parsed->value, c.us) << c.text;
    }
}

TEST(TimeText, RefusesTheRest) {
    for (const std::string_view text : bad) EXPECT_FALSE(parse_timestamp(text)) << text;
}

TEST(TimeText, AgreesWithTheSystemOnEveryDay) {
    for (std::int64_t day = 0; day <= 2'932'896; ++day) {
        const Timestamp t{(day * 86'400 + (day * 7919) % 86'400) * second + day % second};
        const std::string text = text_of(t);
        ASSERT_EQ(parse_timestamp(text), t) << text;
        if (day % 97 != 0) continue;
        const std::time_t seconds = t.value / second;
        std::tm parts{};
        gmtime_r(&seconds, &parts);
        char expected[32];
        std::strftime(expected, sizeof expected, "%Y-%m-%dT%H:%M:%S", &parts);
        ASSERT_EQ(text.substr(0, 19), expected);
    }
}

TEST(TimeText, WritesMicroseconds) {
    EXPECT_EQ(text_of(Timestamp{0}), "1970-01-01T00:00:00.000000Z");
    EXPECT_EQ(text_of(timestamp_text_max), "9999-12-31T23:59:59.999999Z");
    EXPECT_EQ(text_of(*parse_timestamp("2024-02-29T01:02:03.004005+00:30")),
              "2024-02-29T00:32:03.004005Z");
}

TEST(TimeText, ReadsDurations) {
    EXPECT_EQ(parse_duration("90s"), Duration::seconds(90));
    EXPECT_EQ(parse_duration("15m"), Duration::seconds(900));
    EXPECT_EQ(parse_duration("24h"), Duration::days(1));
    EXPECT_EQ(parse_duration("36500d"), Duration::days(36'500));
    for (const std::string_view text :
         {"", "s", "0s", "01s", "-1s", "+1s", "1", "1w", "1 s", "1S", "1.5h", "1h30m", "36501d",
          "9999999999d", "99999999999999999999s", " 1s", "1s "}) {
        EXPECT_FALSE(parse_duration(text)) << text;
    }
}

TEST(TimeText, WritesDurations) {
    EXPECT_EQ(duration_text(0), "0s");
    EXPECT_EQ(duration_text(90), "90s");
    EXPECT_EQ(duration_text(120), "2m");
    EXPECT_EQ(duration_text(7200), "2h");
    EXPECT_EQ(duration_text(30 * 86'400), "30d");
}

}  // namespace
}  // namespace creditd
