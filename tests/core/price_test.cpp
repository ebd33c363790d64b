// Prices: the five hand-built systems' rules, the exact arithmetic, and what has no price.
#include "core/price.hpp"

#include <gtest/gtest.h>

#include <random>

namespace creditd {
namespace {

constexpr Credits credits(std::int64_t whole) { return Credits{whole * 1'000'000}; }
constexpr Measure measure(double number) {
    return Measure{static_cast<std::int64_t>(number * 1'000'000)};
}

struct Use {
    std::vector<MeasuredUnit> units{};
    std::vector<std::string> options{};
    std::int64_t quantity = 1;
};

ComputedPrice price_of(Credits flat, const PriceRules& rules, const Use& use) {
    return compute_price(flat, rules, {use.quantity, use.units, use.options});
}
Credits amount_of(Credits flat, const PriceRules& rules, const Use& use) {
    const ComputedPrice price = price_of(flat, rules, use);
    EXPECT_EQ(price.refusal, RefusalCode::none);
    return price.amount;
}
RefusalCode refusal_of(Credits flat, const PriceRules& rules, const Use& use) {
    const ComputedPrice price = price_of(flat, rules, use);
    EXPECT_TRUE(price.lines.empty());
    return price.refusal;
}

PriceRules per(PerUnit rule) {
    PriceRules rules;
    rules.per.push_back(std::move(rule));
    return rules;
}
PerUnit per_seconds(Credits each, double step, StepRounding rounding) {
    return {each, "seconds", measure(step), rounding, {}};
}
Use seconds(double number) { return {.units = {{"seconds", measure(number)}}}; }

TEST(Price, IsFlatWithoutRules) {
    const ComputedPrice price = price_of(credits(5), {}, {.quantity = 3});
    EXPECT_EQ(price.amount, credits(15));
    EXPECT_EQ(price.lines, (std::vector<PriceLine>{{"flat", credits(15)}}));
}

TEST(Price, CountsStartedSteps) {
    const PriceRules audio = per(per_seconds(credits(1), 15, StepRounding::up));
    EXPECT_EQ(amount_of({}, audio, seconds(0)), credits(0));
    EXPECT_EQ(amount_of({}, audio, seconds(0.000001)), credits(1));
    EXPECT_EQ(amount_of({}, audio, seconds(15)), credits(1));
    EXPECT_EQ(amount_of({}, audio, seconds(15.000001)), credits(2));
    const PriceRules lipsync = per(per_seconds(credits(20), 10, StepRounding::up));
    EXPECT_EQ(amount_of({}, lipsync, seconds(31)), credits(80));
}

TEST(Price, RoundsStepsAsItSays) {
    const auto rounded = [](StepRounding rounding, double length) {
        return amount_of({}, per(per_seconds(credits(1), 10, rounding)), seconds(length));
    };
    EXPECT_EQ(rounded(StepRounding::down, 19.9), credits(1));
    EXPECT_EQ(rounded(StepRounding::nearest, 14.9), credits(1));
    EXPECT_EQ(rounded(StepRounding::nearest, 15), credits(2));
    EXPECT_EQ(rounded(StepRounding::exact, 15), Credits{1'500'000});
}

TEST(Price, KeepsFractionsExactToTheSmallestPart) {
    const PriceRules audio = per(per_seconds(Credits{500'000}, 30, StepRounding::exact));
    EXPECT_EQ(amount_of({}, audio, seconds(45)), Credits{750'000});
    // A third, and halves away from zero.
    EXPECT_EQ(amount_of({}, per(per_seconds(Credits{1}, 3, StepRounding::exact)), seconds(1)),
              Credits{0});
    EXPECT_EQ(amount_of({}, per(per_seconds(Credits{1}, 2, StepRounding::exact)), seconds(1)),
              Credits{1});
}

TEST(Price, MultipliesTwoUnits) {
    const PriceRules storage =
        per({Credits{10'000}, "gb", Measure{Measure::one}, StepRounding::exact, "months"});
    EXPECT_EQ(amount_of({}, storage, {.units = {{"gb", measure(2.5)}, {"months", measure(3)}}}),
              Credits{75'000});
    EXPECT_EQ(refusal_of({}, storage, {.units = {{"gb", measure(2.5)}}}),
              RefusalCode::units_invalid);
}

TEST(Price, TakesTheFirstTierThatReaches) {
    PriceRules video;
    video.tiers.push_back({"seconds", {{measure(5), credits(25)}, {measure(10), credits(50)}}});
    EXPECT_EQ(amount_of({}, video, seconds(0)), credits(25));
    EXPECT_EQ(amount_of({}, video, seconds(5)), credits(25));
    EXPECT_EQ(amount_of({}, video, seconds(5.000001)), credits(50));
    EXPECT_EQ(refusal_of({}, video, seconds(10.1)), RefusalCode::units_invalid);
    video.tiers.front().tiers.push_back({Measure{}, credits(90)});
    EXPECT_EQ(amount_of({}, video, seconds(1'000'000)), credits(90));
}

TEST(Price, AddsOptionsToTheBase) {
    PriceRules image;
    image.options = {{"4k", {1'000'000, {}}}, {"hd", {500'000, {}}}, {"logo", {0, credits(2)}}};
    EXPECT_EQ(amount_of(credits(1), image, {.options = {"hd"}}), Credits{1'500'000});
    // Both are parts of the base, not of each other.
    const ComputedPrice both = price_of(credits(1), image, {.options = {"4k", "hd", "logo"}});
    EXPECT_EQ(both.amount, Credits{4'500'000});
    EXPECT_EQ(both.lines, (std::vector<PriceLine>{{"flat", credits(1)},
                                                  {"option 4k", credits(1)},
                                                  {"option hd", Credits{500'000}},
                                                  {"option logo", credits(2)}}));
    EXPECT_EQ(refusal_of(credits(1), image, {.options = {"8k"}}), RefusalCode::option_unknown);
}

TEST(Price, KnowsConditions) {
    PriceRules video;
    video.conditions.push_back({"seconds", measure(5), {1'000'000, {}}});
    EXPECT_EQ(amount_of(credits(5), video, seconds(5)), credits(5));
    const ComputedPrice longer = price_of(credits(5), video, seconds(5.5));
    EXPECT_EQ(longer.amount, credits(10));
    EXPECT_EQ(longer.lines.back(), (PriceLine{"seconds above 5", credits(5)}));
}

TEST(Price, PricesTokensByDirection) {
    PriceRules tokens;
    tokens.per = {{credits(3), "input_tokens", measure(1'000'000), StepRounding::exact, {}},
                  {credits(15), "output_tokens", measure(1'000'000), StepRounding::exact, {}}};
    const Use use{.units = {{"input_tokens", measure(1200)}, {"output_tokens", measure(800)}}};
    EXPECT_EQ(amount_of({}, tokens, use), Credits{3'600 + 12'000});
}

TEST(Price, StaysWithinItsBounds) {
    PriceRules rules = per(per_seconds(credits(1), 1, StepRounding::up));
    rules.minimum = credits(3);
    rules.maximum = credits(10);
    const ComputedPrice low = price_of({}, rules, seconds(1));
    EXPECT_EQ(low.amount, credits(3));
    EXPECT_EQ(low.lines.back(), (PriceLine{"minimum", credits(2)}));
    const ComputedPrice high = price_of({}, rules, seconds(60));
    EXPECT_EQ(high.amount, credits(10));
    EXPECT_EQ(high.lines.back(), (PriceLine{"maximum", -credits(50)}));
}

TEST(Price, NeverFallsBelowZero) {
    PriceRules rules;
    rules.options = {{"free", {-1'000'000, {}}}, {"half", {-500'000, {}}}};
    EXPECT_EQ(amount_of(credits(4), rules, {.options = {"half"}}), credits(2));
    EXPECT_EQ(amount_of(credits(4), rules, {.options = {"free", "half"}}), credits(0));
}

TEST(Price, RefusesUnitsThatNoRuleAsksFor) {
    EXPECT_EQ(refusal_of(credits(5), {}, seconds(1)), RefusalCode::units_invalid);
    const PriceRules rules = per(per_seconds(credits(1), 15, StepRounding::up));
    EXPECT_EQ(refusal_of({}, rules, {}), RefusalCode::units_invalid);
    EXPECT_EQ(refusal_of({}, rules, {.units = {{"minutes", measure(1)}}}),
              RefusalCode::units_invalid);
}

TEST(Price, SaysFirstWhatIsWrongWithTheUnits) {
    const PriceRules audio = per(per_seconds(credits(1), 15, StepRounding::up));
    const Use unknown{.options = {"8k"}};
    EXPECT_EQ(refusal_of({}, audio, unknown), RefusalCode::units_invalid);
    PriceRules video;
    video.tiers.push_back({"seconds", {{measure(5), credits(25)}}});
    const Use long_and_unknown{.units = {{"seconds", measure(6)}}, .options = {"8k"}};
    EXPECT_EQ(refusal_of({}, video, long_and_unknown), RefusalCode::units_invalid);
}

TEST(Price, RefusesWhatLeavesTheRange) {
    constexpr Credits most{limits::credits_minor_max};
    EXPECT_EQ(refusal_of(most, {}, {.quantity = 2}), RefusalCode::balance_range);
    const PriceRules rules = per(per_seconds(most, 0.000001, StepRounding::exact));
    EXPECT_EQ(refusal_of({}, rules, seconds(2)), RefusalCode::balance_range);
    const PriceRules product = per({most, "a", Measure{1}, StepRounding::exact, "b"});
    const Measure large{limits::credits_minor_max};
    EXPECT_EQ(refusal_of({}, product, {.units = {{"a", large}, {"b", large}}}),
              RefusalCode::balance_range);
    PriceRules twice;
    twice.options = {{"more", {surcharge_millionths_max, {}}}};
    EXPECT_EQ(refusal_of(most, twice, {.options = {"more"}}), RefusalCode::balance_range);
}

// Lines are shown, so each of them is an amount: a maximum does not help.
TEST(Price, RefusesALineOutOfRangeWhateverThePrice) {
    constexpr Credits half{limits::credits_minor_max / 2 + 1};
    PriceRules capped;
    capped.maximum = credits(7);
    EXPECT_EQ(price_of(half, capped, {.quantity = 1}).amount, credits(7));
    EXPECT_EQ(refusal_of(half, capped, {.quantity = 2}), RefusalCode::balance_range);
}

TEST(Price, LinesAlwaysAddUp) {
    std::mt19937_64 random(7);  // NOLINT(cert-msc51-cpp,cert-msc32-c): the same every time
    const auto below = [&](std::int64_t n) {
        return static_cast<std::int64_t>(random() % static_cast<std::uint64_t>(n));
    };
    for (int i = 0; i < 20'000; ++i) {
        PriceRules rules;
        rules.per.push_back({Credits{1 + below(5'000'000)}, "u", Measure{1 + below(90'000'000)},
                             static_cast<StepRounding>(below(4)), below(2) != 0 ? "v" : ""});
        rules.options.push_back({"o", {below(3'000'000) - 1'000'000, Credits{below(100)}}});
        rules.conditions.push_back({"u", Measure{below(50'000'000)}, {below(2'000'000), {}}});
        if (below(2) != 0) rules.minimum = Credits{below(1'000'000)};
        if (below(2) != 0) rules.maximum = Credits{1'000'000 + below(9'000'000)};
        Use use{.units = {{"u", Measure{below(100'000'000)}}}, .quantity = 1 + below(20)};
        if (!rules.per.front().times.empty()) use.units.push_back({"v", Measure{below(9'000'000)}});
        if (below(2) != 0) use.options.emplace_back("o");
        const ComputedPrice price = price_of(Credits{below(1'000'000)}, rules, use);
        ASSERT_EQ(price.refusal, RefusalCode::none);
        Credits sum{};
        for (const PriceLine& line : price.lines) sum += line.amount;
        ASSERT_EQ(sum, price.amount);
        ASSERT_GE(price.amount, Credits{});
        ASSERT_EQ(price.amount.value % use.quantity, 0);
        const Credits one{price.amount.value / use.quantity};
        ASSERT_GE(one, rules.minimum.value_or(Credits{}));
        ASSERT_LE(one, rules.maximum.value_or(one));
    }
}

// What is rounded is at most half of the smallest part of a credit away from what is exact.
TEST(Price, RoundingMakesNoCredit) {
    __extension__ using Wide = __int128;
    std::mt19937_64 random(11);  // NOLINT(cert-msc51-cpp,cert-msc32-c): the same every time
    const auto below = [&](std::int64_t n) {
        return static_cast<std::int64_t>(random() % static_cast<std::uint64_t>(n));
    };
    for (int i = 0; i < 20'000; ++i) {
        PriceRules rules;
        rules.per.push_back({Credits{1 + below(5'000'000)}, "u", Measure{1 + below(90'000'000)},
                             StepRounding::exact, ""});
        const Measure measure{below(100'000'000)};
        const ComputedPrice price = price_of(Credits{}, rules, {.units = {{"u", measure}}});
        ASSERT_EQ(price.refusal, RefusalCode::none);
        const PerUnit& rule = rules.per.front();
        const Wide exact = Wide{rule.credits.value} * measure.value;
        const Wide error = Wide{price.amount.value} * rule.step.value - exact;
        ASSERT_LE(error < 0 ? -error * 2 : error * 2, Wide{rule.step.value});
    }
}

// --- the rules themselves ------------------------------------------------------------------------
std::string field_of(Credits flat, const PriceRules& rules) {
    const auto bad = check_rules(flat, rules);
    return bad ? bad->field + ": " + bad->detail : "";
}

TEST(PriceRules, NameWhatIsWrongWithThem) {
    EXPECT_EQ(field_of(credits(1), {}), "");
    EXPECT_EQ(field_of({}, {}), ": must have a flat price, a price per unit, or tiers");
    EXPECT_EQ(field_of({}, per(per_seconds({}, 1, StepRounding::up))),
              "per/0/credits: must be above 0");
    EXPECT_EQ(field_of({}, per(per_seconds(credits(1), 0, StepRounding::up))),
              "per/0/step: must be above 0");
    EXPECT_EQ(field_of({}, per({credits(1), "", measure(1), StepRounding::up, "x"})),
              "per/0/unit: is missing");
    EXPECT_EQ(field_of({}, per({credits(1), "x", measure(1), StepRounding::up, "x"})),
              "per/0/times: must be another unit");
    PriceRules tiers;
    tiers.tiers = {{"s", {{measure(5), credits(1)}, {measure(5), credits(2)}}}};
    EXPECT_EQ(field_of({}, tiers),
              "tiers/0/tiers: must rise, and only the last may do without up_to");
    tiers.tiers = {{"s", {{Measure{}, credits(1)}, {measure(5), credits(2)}}}};
    EXPECT_NE(field_of({}, tiers), "");
    tiers.tiers = {{"s", {}}};
    EXPECT_EQ(field_of({}, tiers), "tiers/0/tiers: must not be empty");
    PriceRules options;
    options.options = {{"hd", {}}};
    EXPECT_EQ(field_of(credits(1), options), "options/hd: adds nothing: give percent or credits");
    options.options = {{"hd", {-1'000'001, {}}}};
    EXPECT_EQ(field_of(credits(1), options),
              "options/hd: percent must lie between -100 and 100000");
    options.options = {{"hd", {1, {}}}, {"hd", {2, {}}}};
    EXPECT_EQ(field_of(credits(1), options), "options: must have names that differ");
    PriceRules bounds;
    bounds.minimum = credits(2);
    bounds.maximum = credits(1);
    EXPECT_EQ(field_of(credits(1), bounds), "maximum: must not be below minimum");
}

TEST(PriceRules, AreToldInWords) {
    PriceRules rules = per(per_seconds(credits(1), 15, StepRounding::up));
    rules.options = {{"hd", {500'000, {}}}, {"logo", {0, credits(2)}}, {"slow", {-250'000, {}}}};
    rules.conditions = {{"seconds", measure(60), {1'000'000, {}}}};
    rules.minimum = credits(3);
    EXPECT_EQ(describe({}, rules, 6),
              "1 per 15 seconds, rounded up; hd: +50 %; logo: +2; slow: -25 %; "
              "above 60 seconds: +100 %; at least 3");
    PriceRules video;
    video.tiers = {{"seconds", {{measure(5), credits(25)}, {Measure{}, credits(50)}}}};
    EXPECT_EQ(describe({}, video, 6), "25 up to 5, 50 above seconds");
    EXPECT_EQ(describe(Credits{2'500'000}, {}, 6), "2.5");
}

}  // namespace
}  // namespace creditd
