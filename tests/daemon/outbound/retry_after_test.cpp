#include "daemon/outbound/retry_after.hpp"

#include <gtest/gtest.h>

#include "text/time_text.hpp"

namespace creditd::daemon {
namespace {

constexpr std::string_view now_text = "2026-11-20T22:00:00.500000Z";

std::optional<Duration> parsed(std::string_view text) {
    return parse_retry_after(text, *parse_timestamp(now_text));
}

TEST(RetryAfter, IsSecondsOrADate) {
    EXPECT_EQ(parsed("0"), Duration{});
    EXPECT_EQ(parsed(" 120\t"), Duration::seconds(120));
    EXPECT_EQ(parsed("Fri, 20 Nov 2026 22:01:00 GMT"), Duration::seconds(60));
    EXPECT_EQ(parsed("Friday, 20-Nov-26 22:01:00 GMT"), Duration::seconds(60));
    EXPECT_EQ(parsed("Fri Nov 20 22:01:00 2026"), Duration::seconds(60));
    EXPECT_EQ(parsed("Fri, 20 Nov 2026 21:00:00 GMT"), Duration{});  // over
}

TEST(RetryAfter, NoneIsLongerThanAYear) {
    EXPECT_EQ(parsed("31536001"), retry_after_max);
    EXPECT_EQ(parsed("99999999999999999999999999999999999"), retry_after_max);
    EXPECT_EQ(parsed("9223372036854775807"), retry_after_max);
    EXPECT_EQ(parsed("Fri, 31 Dec 9999 23:59:59 GMT"), retry_after_max);
}

TEST(RetryAfter, WhatIsNeitherIsNothing) {
    for (const char* const text :
         {"", " ", "-1", "+1", "1.5", "1e3", "soon", "120s", "0x10", "1 2", "Fri, 20 Nov",
          "Fri, 20 Foo 2026 22:01:00 GMT", "2026-11-20T22:01:00Zxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"}) {
        EXPECT_EQ(parsed(text), std::nullopt) << text;
    }
}

}  // namespace
}  // namespace creditd::daemon
