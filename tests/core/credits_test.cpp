// Amounts: exact, checked, and read from nothing but plain decimals.
#include "core/credits.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace creditd {
namespace {

constexpr std::int64_t most = limits::credits_minor_max;

struct Token {
    std::string_view text;
    unsigned decimals;
    std::optional<std::int64_t> minor;  // else refused, with `error`
    AmountError error = AmountError::malformed;
};

constexpr auto malformed = AmountError::malformed;
constexpr auto precision = AmountError::precision;
constexpr auto range = AmountError::range;

const Token tokens[] = {
    {"1", 6, 1'000'000},
    {"12", 6, 12'000'000},
    {"0.5", 6, 500'000},
    {"2.50", 6, 2'500'000},
    {"0.000001", 6, 1},
    {"1.000000", 6, 1'000'000},
    {"999999999.999999", 6, most},
    {"999999999999999", 0, most},
    {"9999999999999.99", 2, most},
    {"7", 0, 7},
    {"0.1", 1, 1},
    {"100", 2, 10'000},
    {"1000000000", 6, {}, range},
    {"999999999999999.9", 1, {}, range},
    {"1000000000000000", 0, {}, range},
    {"99999999999999999999999999", 0, {}, range},
    {"9223372036854775807", 0, {}, range},
    {"9223372036854775808", 0, {}, range},
    {"18446744073709551617", 0, {}, range},
    {"9007199254740993", 0, {}, range},
    {"0", 6, {}, range},
    {"0.0", 6, {}, range},
    {"0.000000", 6, {}, range},
    {"-1", 6, {}, range},
    {"-0", 6, {}, range},
    {"-0.5", 6, {}, range},
    {"0.0000001", 6, {}, precision},
    {"1.0000000", 6, {}, precision},
    {"0.5", 0, {}, precision},
    {"1.23", 1, {}, precision},
    {"", 6, {}, malformed},
    {"-", 6, {}, malformed},
    {".5", 6, {}, malformed},
    {"5.", 6, {}, malformed},
    {"01", 6, {}, malformed},
    {"00", 6, {}, malformed},
    {"+1", 6, {}, malformed},
    {"1e2", 6, {}, malformed},
    {"1E400", 6, {}, malformed},
    {"0x10", 6, {}, malformed},
    {" 1", 6, {}, malformed},
    {"1 ", 6, {}, malformed},
    {"1,5", 6, {}, malformed},
    {"1.2.3", 6, {}, malformed},
    {"--1", 6, {}, malformed},
    {"NaN", 6, {}, malformed},
    {"Infinity", 6, {}, malformed},
    {"1_000", 6, {}, malformed},
    {"\xd9\xa1", 6, {}, malformed},
    {std::string_view("1\0", 2), 6, {}, malformed},
};

TEST(ParseAmount, ReadsPlainDecimalsExactlyAndNothingElse) {
    for (const Token& token : tokens) {
        SCOPED_TRACE("'" + std::string(token.text) + "' with " + std::to_string(token.decimals));
        const ParsedAmount parsed = parse_amount(token.text, token.decimals);
        ASSERT_EQ(parsed.credits.has_value(), token.minor.has_value());
        if (token.minor) {
            EXPECT_EQ(parsed.credits->value, *token.minor);
        } else {
            EXPECT_EQ(parsed.error, token.error);
        }
    }
}

std::string decimal(std::int64_t minor, unsigned decimals) {
    std::string text;
    append_decimal(text, minor, decimals);
    return text;
}

std::string wide_decimal(WideCredits minor, unsigned decimals) {
    std::string text;
    append_decimal_wide(text, minor, decimals);
    return text;
}

TEST(AppendDecimal, WritesTheShortestExactForm) {
    EXPECT_EQ(decimal(2'500'000, 6), "2.5");
    EXPECT_EQ(decimal(100'000'000, 6), "100");
    EXPECT_EQ(decimal(-1, 6), "-0.000001");
    EXPECT_EQ(decimal(0, 6), "0");
    EXPECT_EQ(decimal(0, 0), "0");
    EXPECT_EQ(decimal(10, 0), "10");
    EXPECT_EQ(decimal(10, 1), "1");
    EXPECT_EQ(decimal(105, 2), "1.05");
    EXPECT_EQ(decimal(-150, 2), "-1.5");
    EXPECT_EQ(decimal(most, 6), "999999999.999999");
    EXPECT_EQ(decimal(-most, 0), "-999999999999999");
    EXPECT_EQ(decimal(INT64_MIN, 6), "-9223372036854.775808");
    EXPECT_EQ(decimal(INT64_MAX, 0), "9223372036854775807");
}

TEST(AppendDecimal, AppendsToWhatIsThere) {
    std::string text = "amount=";
    append_decimal(text, 15, 1);
    EXPECT_EQ(text, "amount=1.5");
}

TEST(AppendDecimal, WritesWideTotals) {
    const WideCredits wide = static_cast<WideCredits>(INT64_MAX) * 4 + 3;
    EXPECT_EQ(wide_decimal(wide, 0), "36893488147419103231");
    EXPECT_EQ(wide_decimal(wide, 6), "36893488147419.103231");
    EXPECT_EQ(wide_decimal(-wide, 6), "-36893488147419.103231");
    for (const std::int64_t minor : {INT64_MIN, INT64_MIN / 2, INT64_MIN / 2 - 1, INT64_MAX / 2,
                                     INT64_MAX / 2 + 1, INT64_MAX, std::int64_t{0}}) {
        EXPECT_EQ(wide_decimal(minor, 6), decimal(minor, 6));
    }
}

TEST(Amounts, AreReadBackAsTheyWereWritten) {
    for (unsigned decimals = 0; decimals <= limits::decimals_max; ++decimals) {
        for (std::int64_t minor = 1; minor <= most / 7; minor = minor * 7 + 3) {
            const ParsedAmount parsed = parse_amount(decimal(minor, decimals), decimals);
            ASSERT_TRUE(parsed.credits);
            EXPECT_EQ(parsed.credits->value, minor);
        }
    }
}

TEST(CheckedArithmetic, StaysInRangeForAllPairsOfBoundaries) {
    const std::vector<std::int64_t> edges{0,        1,    2,         most / 2,
                                          most - 1, most, INT64_MAX, INT64_MAX - 1};
    std::vector<std::int64_t> values;
    for (const std::int64_t edge : edges) {
        values.push_back(edge);
        values.push_back(-edge);
    }
    values.push_back(INT64_MIN);
    for (const std::int64_t a : values) {
        for (const std::int64_t b : values) {
            const WideCredits sum = static_cast<WideCredits>(a) + b;
            const WideCredits product = static_cast<WideCredits>(a) * b;
            const auto in_range = [](WideCredits v) { return v >= -most && v <= most; };
            const auto added = checked_add(Credits{a}, Credits{b});
            const auto multiplied = checked_multiply(Credits{a}, b);
            ASSERT_EQ(added.has_value(), in_range(sum)) << a << " + " << b;
            ASSERT_EQ(multiplied.has_value(), in_range(product)) << a << " × " << b;
            EXPECT_TRUE(!added || added->value == sum);
            EXPECT_TRUE(!multiplied || multiplied->value == product);
        }
    }
}

TEST(Arithmetic, ThatOverflowsStopsTheProcess) {
    EXPECT_DEATH(static_cast<void>(Credits{INT64_MAX} + Credits{1}), "assertion failed");
    EXPECT_DEATH(static_cast<void>(Credits{INT64_MIN} - Credits{1}), "assertion failed");
    EXPECT_DEATH(static_cast<void>(-Credits{INT64_MIN}), "assertion failed");
    EXPECT_EQ(Credits{5} - Credits{7}, Credits{-2});
}

TEST(Credits, KnowTheirRange) {
    EXPECT_TRUE(Credits{most}.in_range());
    EXPECT_TRUE(Credits{-most}.in_range());
    EXPECT_FALSE(Credits{most + 1}.in_range());
    EXPECT_FALSE(Credits{-most - 1}.in_range());
    EXPECT_FALSE(Credits{0}.is_positive());
    EXPECT_TRUE(Credits{0}.is_zero());
    EXPECT_FALSE(Credits{-1}.is_positive());
}

}  // namespace
}  // namespace creditd
