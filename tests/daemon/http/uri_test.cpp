#include "daemon/http/uri.hpp"

#include <gtest/gtest.h>

namespace creditd::daemon::http {

namespace {

TEST(PercentDecode, DecodesEscapes) {
    EXPECT_EQ(percent_decode("user%3A42"), "user:42");
    EXPECT_EQ(percent_decode("%2e%2E%2f"), "../");
    EXPECT_EQ(percent_decode("%c3%A9"), "\xc3\xa9");
    EXPECT_EQ(percent_decode("a+b"), "a+b");
    EXPECT_EQ(percent_decode(""), "");
    EXPECT_EQ(percent_decode("%2541"), "%41") << "once, not twice";
}

TEST(PercentDecode, RefusesBadEscapesAndNul) {
    for (const char* text : {"%", "%4", "a%", "a%4", "%zz", "%4g", "%g4", "%-1", "% 1", "%00"}) {
        EXPECT_EQ(percent_decode(text), std::nullopt) << text;
        EXPECT_EQ(query_decode(text), std::nullopt) << text;
    }
    EXPECT_EQ(percent_decode(std::string_view("a\0b", 3)), std::nullopt);
}

TEST(QueryDecode, PlusIsABlank) { EXPECT_EQ(query_decode("a+b%2B"), "a b+"); }

TEST(TakeParameter, WalksAQuery) {
    std::string_view query = "limit=20&&cursor=a%3D=b&verbose&=x&";
    const auto next = [&query] {
        const auto parameter = take_parameter(query);
        return parameter ? std::string(parameter->name) + "|" + std::string(parameter->value)
                         : "end";
    };
    EXPECT_EQ(next(), "limit|20");
    EXPECT_EQ(next(), "cursor|a%3D=b");
    EXPECT_EQ(next(), "verbose|");
    EXPECT_EQ(next(), "|x");
    EXPECT_EQ(next(), "end");
    EXPECT_EQ(next(), "end");
}

}  // namespace

}  // namespace creditd::daemon::http
