// The auditor's prices, worked out by hand where they meet the range of amounts.
#include "tests/sim/auditor/price.hpp"

#include <gtest/gtest.h>

#include "tests/sim/auditor/book.hpp"

namespace creditd::sim::audit {
namespace {

constexpr std::int64_t credit = 1'000'000;

/// `flat`, and half of it less for `cheap`, twice as much for `dear`.
FeatureTerms terms(std::int64_t flat) {
    FeatureTerms terms;
    terms.flat = flat;
    terms.options["cheap"] = {-credit / 2, 0};
    terms.options["dear"] = {credit, 0};
    return terms;
}

TEST(AuditedPrice, AddsUp) {
    const Price price = price_of(terms(4 * credit), {3, {}, {"cheap", "dear"}});
    EXPECT_EQ(price.refusal, "");
    EXPECT_EQ(price.lines, (std::vector<std::int64_t>{12 * credit, -6 * credit, 12 * credit}));
    EXPECT_EQ(price.amount, 18 * credit);
}

TEST(AuditedPrice, EachLineStaysInRange) {
    FeatureTerms capped = terms(amount_limit / 2);
    capped.maximum = credit;
    EXPECT_EQ(price_of(capped, {1, {}, {}}).amount, credit);
    // The total would be small, but neither its first line nor its last is an amount any more.
    EXPECT_EQ(price_of(capped, {2, {}, {}}).refusal, "balance_range");
    capped.flat = amount_limit;
    EXPECT_EQ(price_of(capped, {1, {}, {}}).refusal, "balance_range");
}

TEST(AuditedPrice, SoDoesWhatTheyComeToOnTheWay) {
    FeatureTerms way = terms(amount_limit / 2);
    way.conditions.push_back({"seconds", 0, {-credit / 2, 0}});
    const std::map<std::string, std::int64_t> seconds{{"seconds", credit}};
    EXPECT_EQ(price_of(way, {1, seconds, {"dear"}}).refusal, "balance_range");
    EXPECT_EQ(price_of(way, {1, seconds, {"cheap"}}).amount, 0);
}

TEST(AuditedPrice, TheRangeEndsJustBelowItsLimit) {
    EXPECT_EQ(price_of(terms(amount_limit - 1), {1, {}, {}}).amount, amount_limit - 1);
    EXPECT_EQ(price_of(terms(amount_limit), {1, {}, {}}).refusal, "balance_range");
    EXPECT_EQ(price_of(terms(amount_limit / 4), {3, {}, {}}).amount, amount_limit / 4 * 3);
    EXPECT_EQ(price_of(terms(amount_limit / 4), {4, {}, {}}).refusal, "balance_range");
}

}  // namespace
}  // namespace creditd::sim::audit
