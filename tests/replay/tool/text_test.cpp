// The tool's spellings.
#include "replay/tool/text.hpp"

#include <gtest/gtest.h>

#include "replay/progress_line.hpp"

namespace creditd::replay::tool {
namespace {

std::string csv(std::string_view text) {
    std::string out;
    append_csv_text(out, text);
    return out;
}

std::string json(std::string_view text) {
    std::string out;
    append_json_string(out, text);
    return out;
}

TEST(ToolText, MomentsGoBothWays) {
    EXPECT_EQ(time_text(Timestamp{0}), "1970-01-01T00:00:00.000000Z");
    EXPECT_EQ(time_text(Timestamp{1'700'000'000'000'001}), "2023-11-14T22:13:20.000001Z");
    EXPECT_EQ(time_text(Timestamp::never()), "never");
    EXPECT_EQ(parse_time("2023-11-14T22:13:20.000001Z"), Timestamp{1'700'000'000'000'001});
    EXPECT_EQ(parse_time("2023-11-14T22:13:20z"), Timestamp{1'700'000'000'000'000});
    EXPECT_EQ(parse_time("2023-11-14 22:13:20.5+00:00"), Timestamp{1'700'000'000'500'000});
    EXPECT_EQ(parse_time("1970-01-02"), Timestamp{86'400'000'000});
    EXPECT_EQ(parse_time("2024-02-29"), Timestamp{1'709'164'800'000'000});
}

TEST(ToolText, WhatIsNoMomentIsNothing) {
    for (const char* const text :
         {"", "yesterday", "2023-02-29", "2023-13-01", "1969-12-31", "2023-11-14T22:13:20",
          "2023-11-14T24:00:00Z", "2023-11-14T22:60:00Z", "2023-11-14T22:13:60Z",
          "2023-11-14T22:13:20.1234567Z", "2023-11-14T22:13:20.Z", "2023-11-14T22:13:20+02:00",
          "2023-11-14x", "23-11-14"}) {
        EXPECT_EQ(parse_time(text), std::nullopt) << text;
    }
}

TEST(ToolText, DigitsAloneAreAPosition) {
    EXPECT_EQ(parse_position("42")->seq, Seq{42});
    EXPECT_EQ(parse_position("1970-01-01")->time, Timestamp{0});
    EXPECT_FALSE(parse_position("42x"));
    EXPECT_FALSE(parse_position("-1"));
    EXPECT_FALSE(parse_position("99999999999999999999999"));
}

TEST(ToolText, CsvIsQuotedAndGuarded) {
    EXPECT_EQ(csv("plain"), "plain");
    EXPECT_EQ(csv(""), "");
    EXPECT_EQ(csv("a,b"), "\"a,b\"");
    EXPECT_EQ(csv("say \"hi\""), "\"say \"\"hi\"\"\"");
    EXPECT_EQ(csv("two\nlines"), "\"two\nlines\"");
    EXPECT_EQ(csv("=1+1"), "'=1+1");
    EXPECT_EQ(csv("@SUM(A1,B1)"), "\"'@SUM(A1,B1)\"");
    EXPECT_EQ(csv("-2"), "'-2");
    EXPECT_EQ(csv("+2"), "'+2");
    EXPECT_EQ(csv("\tx"), "'\tx");
}

TEST(ToolText, JsonIsEscaped) {
    EXPECT_EQ(json("a"), "\"a\"");
    EXPECT_EQ(json("\"\\\n\r\t"), "\"\\\"\\\\\\n\\r\\t\"");
    EXPECT_EQ(json(std::string_view("\x01\x1f", 2)), "\"\\u0001\\u001f\"");
    EXPECT_EQ(json("é"), "\"é\"");
}

TEST(ToolText, FiguresForPeople) {
    EXPECT_EQ(grouped(0), "0");
    EXPECT_EQ(grouped(999), "999");
    EXPECT_EQ(grouped(1'000), "1 000");
    EXPECT_EQ(grouped(12'345'678), "12 345 678");
    EXPECT_EQ(size_text(12), "12 bytes");
    EXPECT_EQ(size_text(1'500'000), "1.5 MB");
}

TEST(ProgressText, SaysHowFarHowFastAndHowLong) {
    EXPECT_EQ(progress_text({"journal", 0, 100}, 0), "journal: 0 %");
    EXPECT_EQ(progress_text({"journal", 2'000'000, 8'000'000}, 1.0),
              "journal: 25 %, 2.00 M events/s, 0:03 left");
    EXPECT_EQ(progress_text({"snapshot", 500'000'000, 1'000'000'000}, 5.0),
              "snapshot: 50 %, 100 MB/s, 0:05 left");
}

}  // namespace
}  // namespace creditd::replay::tool
