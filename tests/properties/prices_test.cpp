// Prices against exact fractions: lines add up, bounds hold, no rounding gives a credit away that
// its rule does not promise.
#include <gtest/gtest.h>

#include "core/price.hpp"
#include "tests/properties/random_catalog.hpp"
#include "tests/properties/seeds.hpp"

namespace creditd::tests {
namespace {

class Prices : public testing::TestWithParam<std::uint64_t> {
protected:
    static constexpr int rounds = 4'000;
    Random random_{GetParam()};
};

ComputedPrice price_of(Credits flat, const PriceRules& rules, const Use& use) {
    return compute_price(flat, rules, {use.quantity, use.units, use.options});
}

std::int64_t sum_of(const std::vector<PriceLine>& lines) {
    std::int64_t sum = 0;
    for (const PriceLine& line : lines) sum += line.amount.value;
    return sum;
}

/// A price that one rule makes alone.
std::int64_t price_of(const PerUnit& rule, Measure measure) {
    PriceRules rules;
    rules.per = {rule};
    const ComputedPrice price = price_of({}, rules, {1, {{rule.unit, measure}}, {}});
    EXPECT_EQ(price.refusal, RefusalCode::none);
    return price.amount.value;
}

PerUnit some_rule(Random& random) {
    PerUnit rule = random_per_unit(random);
    rule.times.clear();
    return rule;
}

TEST_P(Prices, AreTheSumOfExactLines) {
    int refused = 0;
    for (int i = 0; i < rounds; ++i) {
        const FlatAndRules one = random_rules(random_);
        const Use use = random_use(random_, one.rules);
        const ComputedPrice price = price_of(one.flat, one.rules, use);
        const auto exact = exact_price(one.flat, one.rules, use);
        ASSERT_EQ(price.refusal == RefusalCode::none, exact.has_value()) << "round " << i;
        if (!exact && ++refused > 0) continue;
        EXPECT_EQ(sum_of(price.lines), price.amount.value);
        EXPECT_EQ(price.amount.value, exact->amount * use.quantity);
        ASSERT_EQ(price.lines.size(), exact->lines.size());
        for (std::size_t line = 0; line < price.lines.size(); ++line) {
            EXPECT_EQ(price.lines[line].rule, exact->lines[line].rule);
            const Rational of_one(price.lines[line].amount.value, use.quantity);
            EXPECT_TRUE((of_one - exact->lines[line].exact).abs() <= Rational(1, 2));
        }
        ASSERT_FALSE(HasFailure()) << "seed " << GetParam() << ", round " << i;
    }
    EXPECT_GT(refused, rounds / 100);
}

TEST_P(Prices, StayWithinTheirBoundsAndAreNeverBelowNothing) {
    for (int i = 0; i < rounds; ++i) {
        const FlatAndRules one = random_rules(random_);
        const Use use = random_use(random_, one.rules);
        const ComputedPrice price = price_of(one.flat, one.rules, use);
        if (price.refusal != RefusalCode::none) continue;
        EXPECT_GE(price.amount.value, 0);
        const Credits least = one.rules.minimum.value_or(Credits{});
        const Credits most = one.rules.maximum.value_or(Credits{limits::credits_minor_max});
        EXPECT_GE(price.amount.value, least.value * use.quantity);
        EXPECT_LE(price.amount.value / use.quantity, most.value);
        Use single = use;
        single.quantity = 1;
        const ComputedPrice of_one = price_of(one.flat, one.rules, single);
        EXPECT_EQ(price.amount.value, of_one.amount.value * use.quantity);
        ASSERT_FALSE(HasFailure()) << "seed " << GetParam() << ", round " << i;
    }
}

TEST_P(Prices, OfStepsMissTheExactPriceByLessThanAStepAndOnTheStatedSide) {
    for (int i = 0; i < rounds; ++i) {
        const PerUnit rule = some_rule(random_);
        const Measure measure{random_.magnitude(9)};
        const Rational price(price_of(rule, measure));
        const Rational step(rule.credits.value);
        const Rational exact = Rational(measure.value, rule.step.value) * step;
        switch (rule.rounding) {
            case StepRounding::up: EXPECT_TRUE(exact <= price && price < exact + step); break;
            case StepRounding::down: EXPECT_TRUE(price <= exact && exact < price + step); break;
            case StepRounding::nearest:
                EXPECT_TRUE((price - exact).abs() <= step * Rational(1, 2));
                break;
            case StepRounding::exact: EXPECT_TRUE((price - exact).abs() <= Rational(1, 2)); break;
        }
        ASSERT_FALSE(HasFailure()) << "seed " << GetParam() << ", round " << i;
    }
}

TEST_P(Prices, OfAWholeAndOfItsPartsDifferAsTheRulePromises) {
    for (int i = 0; i < rounds; ++i) {
        const PerUnit rule = some_rule(random_);
        const Measure a{random_.magnitude(9)};
        const Measure b{random_.magnitude(9)};
        const std::int64_t whole = price_of(rule, Measure{a.value + b.value});
        const std::int64_t parts = price_of(rule, a) + price_of(rule, b);
        const std::int64_t step = rule.credits.value;
        EXPECT_LE(price_of(rule, a), whole) << "more never costs less";
        switch (rule.rounding) {
            case StepRounding::up:
                EXPECT_TRUE(whole <= parts && parts <= whole + step) << "parts are not cheaper";
                break;
            case StepRounding::down:
                EXPECT_TRUE(parts <= whole && whole <= parts + step) << "the whole is not cheaper";
                break;
            case StepRounding::nearest: EXPECT_LE(std::abs(whole - parts), step); break;
            case StepRounding::exact: EXPECT_LE(std::abs(whole - parts), 1); break;
        }
        ASSERT_FALSE(HasFailure()) << "seed " << GetParam() << ", round " << i;
    }
}

INSTANTIATE_TEST_SUITE_P(Random, Prices, some_seeds(30), name_of_seed);

}  // namespace
}  // namespace creditd::tests
