// Prices at their bounds: which rules a catalog may have, how they are told in words, and which
// refusal names what does not fit. Besides price_test.cpp, which has the arithmetic.
#include <gtest/gtest.h>

#include "core/price.hpp"

namespace creditd {
namespace {

constexpr Measure units(std::int64_t count) { return Measure{count * Measure::one}; }

/// What check_rules says against them; empty: nothing.
std::string fault_of(const PriceRules& rules, Credits flat = Credits{1}) {
    const auto fault = check_rules(flat, rules);
    return fault ? fault->field + ": " + fault->detail : "";
}
PriceRules one_rule(PerUnit rule) {
    PriceRules rules;
    rules.per = {std::move(rule)};
    return rules;
}
PerUnit each(std::int64_t credits, Measure step = units(1),
             StepRounding rounding = StepRounding::exact) {
    return {Credits{credits}, "s", step, rounding, ""};
}
PriceRules one_list(std::vector<Tier> tiers, std::string unit = "s") {
    PriceRules rules;
    rules.tiers = {{std::move(unit), std::move(tiers)}};
    return rules;
}
PriceRules one_option(Surcharge surcharge, std::string name = "hd") {
    PriceRules rules;
    rules.options = {{std::move(name), surcharge}};
    return rules;
}
PriceRules one_condition(Surcharge surcharge, std::string unit = "s") {
    PriceRules rules;
    rules.conditions = {{std::move(unit), units(5), surcharge}};
    return rules;
}

constexpr std::string_view must_rise = ": must rise, and only the last may do without up_to";
constexpr std::string_view too_far = "percent must lie between -100 and 100000";

TEST(PriceCheck, NeedsSomethingToPrice) {
    EXPECT_EQ(fault_of({}, Credits{}), ": must have a flat price, a price per unit, or tiers");
    EXPECT_EQ(fault_of({}, Credits{1}), "");
    EXPECT_EQ(fault_of(one_rule(each(1)), Credits{}), "");
    EXPECT_EQ(fault_of(one_list({{Measure{}, Credits{1}}}), Credits{}), "");
    EXPECT_NE(fault_of(one_option({1, {}}), Credits{}), "");
    EXPECT_NE(fault_of(one_condition({1, {}}), Credits{}), "");
}

TEST(PriceCheck, KnowsWhatAUnitCosts) {
    const PerUnit good{Credits{1}, "s", Measure{1}, StepRounding::nearest, "gb"};
    EXPECT_EQ(fault_of(one_rule(good)), "");
    const auto spoiled = [&](const std::function<void(PerUnit&)>& spoil) {
        PriceRules rules = one_rule(good);
        rules.per.push_back(good);
        spoil(rules.per.back());
        return fault_of(rules);
    };
    EXPECT_EQ(spoiled([](PerUnit&) {}), "");
    EXPECT_EQ(spoiled([](PerUnit& r) { r.credits = Credits{}; }), "per/1/credits: must be above 0");
    EXPECT_EQ(spoiled([](PerUnit& r) { r.credits = Credits{-1}; }),
              "per/1/credits: must be above 0");
    EXPECT_EQ(spoiled([](PerUnit& r) { r.unit.clear(); }), "per/1/unit: is missing");
    EXPECT_EQ(spoiled([](PerUnit& r) { r.step = Measure{}; }), "per/1/step: must be above 0");
    EXPECT_EQ(spoiled([](PerUnit& r) { r.step = Measure{-1}; }), "per/1/step: must be above 0");
    EXPECT_EQ(spoiled([](PerUnit& r) { r.times = "s"; }), "per/1/times: must be another unit");
}

TEST(PriceCheck, KnowsTiersThatRise) {
    EXPECT_EQ(fault_of(one_list({{units(1), Credits{1}}, {units(2), Credits{2}}})), "");
    EXPECT_EQ(fault_of(one_list({{units(1), Credits{1}}, {Measure{}, Credits{2}}})), "");
    // What more costs may be less.
    EXPECT_EQ(fault_of(one_list({{units(1), Credits{9}}, {units(2), Credits{}}})), "");
    EXPECT_EQ(fault_of(one_list({{units(1), Credits{1}}}, "")), "tiers/0/unit: is missing");
    EXPECT_EQ(fault_of(one_list({})), "tiers/0/tiers: must not be empty");
    const std::string fault = "tiers/0/tiers" + std::string(must_rise);
    EXPECT_EQ(fault_of(one_list({{units(2), Credits{1}}, {units(2), Credits{2}}})), fault);
    EXPECT_EQ(fault_of(one_list({{units(2), Credits{1}}, {Measure{1'999'999}, Credits{2}}})),
              fault);
    EXPECT_EQ(fault_of(one_list({{units(2), Credits{1}}, {Measure{2'000'001}, Credits{2}}})), "");
    EXPECT_EQ(fault_of(one_list({{Measure{}, Credits{1}}, {units(2), Credits{2}}})), fault);
    EXPECT_EQ(fault_of(one_list({{Measure{}, Credits{1}}, {Measure{}, Credits{2}}})), fault);
    EXPECT_EQ(fault_of(one_list({{Measure{-1}, Credits{1}}})), fault);
    PriceRules two = one_list({{units(1), Credits{1}}});
    two.tiers.push_back({"gb", {}});
    EXPECT_EQ(fault_of(two), "tiers/1/tiers: must not be empty");
}

TEST(PriceCheck, KnowsSurchargesAtTheirBounds) {
    const std::string in_option = "options/hd: " + std::string(too_far);
    const std::string in_condition = "conditions/0/percent: " + std::string(too_far);
    for (const std::int64_t sound :
         {-millionths_of_one, std::int64_t{-1}, std::int64_t{1}, surcharge_millionths_max}) {
        EXPECT_EQ(fault_of(one_option({sound, {}})), "") << sound;
        EXPECT_EQ(fault_of(one_condition({sound, {}})), "") << sound;
    }
    for (const std::int64_t wild : {-millionths_of_one - 1, surcharge_millionths_max + 1}) {
        EXPECT_EQ(fault_of(one_option({wild, {}})), in_option) << wild;
        EXPECT_EQ(fault_of(one_condition({wild, {}})), in_condition) << wild;
        EXPECT_EQ(fault_of(one_option({wild, Credits{1}})), in_option) << wild;
    }
    EXPECT_EQ(fault_of(one_option({0, Credits{1}})), "");
    EXPECT_EQ(fault_of(one_condition({0, Credits{1}})), "");
    EXPECT_EQ(fault_of(one_condition({})),
              "conditions/0/percent: adds nothing: give percent or credits");
    EXPECT_EQ(fault_of(one_condition({1, {}}, "")), "conditions/0/unit: is missing");
}

TEST(PriceCheck, KnowsOptionsByNamesThatDiffer) {
    EXPECT_EQ(fault_of(one_option({1, {}}, "")), "options: must have names that differ");
    PriceRules rules = one_option({1, {}});
    rules.options.push_back({"4k", {2, {}}});
    EXPECT_EQ(fault_of(rules), "");
    rules.options.push_back({"4k", {3, {}}});
    EXPECT_EQ(fault_of(rules), "options: must have names that differ");
    rules.options = {{"4k", {1, {}}}, {"hd", {}}};
    EXPECT_EQ(fault_of(rules), "options/hd: adds nothing: give percent or credits");
}

TEST(PriceCheck, KnowsBoundsThatMeet) {
    const auto bounded = [](std::optional<Credits> minimum, std::optional<Credits> maximum) {
        PriceRules rules;
        rules.minimum = minimum;
        rules.maximum = maximum;
        return fault_of(rules);
    };
    EXPECT_EQ(bounded(Credits{5}, {}), "");
    EXPECT_EQ(bounded({}, Credits{5}), "");
    EXPECT_EQ(bounded(Credits{5}, Credits{5}), "");
    EXPECT_EQ(bounded(Credits{5}, Credits{4}), "maximum: must not be below minimum");
}

// --- words ---------------------------------------------------------------------------------------
TEST(PriceWords, TellEveryRounding) {
    const auto told = [](PerUnit rule) { return describe({}, one_rule(std::move(rule)), 0); };
    EXPECT_EQ(told(each(3)), "3 per s");
    EXPECT_EQ(told(each(3, units(15))), "3 per 15 s");
    EXPECT_EQ(told(each(3, units(15), StepRounding::up)), "3 per 15 s, rounded up");
    EXPECT_EQ(told(each(3, units(15), StepRounding::down)), "3 per 15 s, rounded down");
    EXPECT_EQ(told(each(3, units(15), StepRounding::nearest)),
              "3 per 15 s, rounded to the nearest");
    EXPECT_EQ(told({Credits{3}, "gb", Measure{500'000}, StepRounding::exact, "months"}),
              "3 per 0.5 gb and months");
}

TEST(PriceWords, TellSurchargesAndDiscounts) {
    const auto told = [](Surcharge surcharge) {
        return describe(Credits{10}, one_option(surcharge), 1);
    };
    EXPECT_EQ(told({500'000, {}}), "1; hd: +50 %");
    EXPECT_EQ(told({-125'000, {}}), "1; hd: -12.5 %");
    EXPECT_EQ(told({0, Credits{25}}), "1; hd: +2.5");
    EXPECT_EQ(told({0, Credits{-25}}), "1; hd: -2.5");
    EXPECT_EQ(told({500'000, Credits{25}}), "1; hd: +50 % and 2.5");
    EXPECT_EQ(describe({}, one_condition({0, Credits{5}}), 0), "above 5 s: +5");
}

TEST(PriceWords, TellTiersAndBounds) {
    PriceRules rules = one_list({{units(5), Credits{25}}, {Measure{10'500'000}, Credits{50}}});
    rules.tiers.push_back({"gb", {{Measure{}, Credits{7}}}});
    EXPECT_EQ(describe({}, rules, 0), "25 up to 5, 50 up to 10.5 s; 7 above gb");
    PriceRules bounds;
    bounds.maximum = Credits{9};
    EXPECT_EQ(describe(Credits{2}, bounds, 0), "2; at most 9");
    bounds.minimum = Credits{3};
    EXPECT_EQ(describe(Credits{2}, bounds, 0), "2; at least 3; at most 9");
    EXPECT_EQ(describe({}, {}, 0), "");
}

// --- what does not fit ---------------------------------------------------------------------------
ComputedPrice priced_at(const PriceRules& rules, const std::vector<MeasuredUnit>& measured,
                        const std::vector<std::string>& options = {}) {
    return compute_price(Credits{100}, rules, {1, measured, options});
}
void expect_fault(const ComputedPrice& price, std::string_view unit, UnitFault fault) {
    EXPECT_EQ(price.refusal, RefusalCode::units_invalid);
    EXPECT_EQ(price.name, unit);
    EXPECT_EQ(price.fault, fault);
    EXPECT_TRUE(price.lines.empty());
}

TEST(PriceFaults, NameTheUnitThatIsMissing) {
    expect_fault(priced_at(one_rule(each(1)), {}), "s", UnitFault::missing);
    expect_fault(priced_at(one_list({{Measure{}, Credits{1}}}), {}), "s", UnitFault::missing);
    expect_fault(priced_at(one_condition({1, {}}), {}), "s", UnitFault::missing);
    const PriceRules product =
        one_rule({Credits{1}, "gb", units(1), StepRounding::exact, "months"});
    expect_fault(priced_at(product, {{"gb", units(1)}}), "months", UnitFault::missing);
    expect_fault(priced_at(product, {{"months", units(1)}}), "gb", UnitFault::missing);
}

TEST(PriceFaults, NameTheUnitThatIsUnknownOrBeyond) {
    const PriceRules tiers = one_list({{units(5), Credits{1}}});
    expect_fault(priced_at(tiers, {{"gb", units(1)}, {"s", units(1)}}), "gb", UnitFault::unknown);
    expect_fault(priced_at(tiers, {{"s", Measure{5'000'001}}}), "s", UnitFault::beyond);
    EXPECT_EQ(priced_at(tiers, {{"s", units(5)}}).amount, Credits{101});
    // The second unit of a product is one that it knows.
    const PriceRules product =
        one_rule({Credits{1}, "gb", units(1), StepRounding::exact, "months"});
    EXPECT_EQ(priced_at(product, {{"gb", units(2)}, {"months", units(3)}}).amount, Credits{106});
}

TEST(PriceFaults, NameTheOptionThatIsUnknown) {
    const ComputedPrice price = priced_at(one_option({1, {}}), {}, {"4k"});
    EXPECT_EQ(price.refusal, RefusalCode::option_unknown);
    EXPECT_EQ(price.name, "4k");
    EXPECT_EQ(price.fault, UnitFault::none);
}

// 100 credits, all of them off, and no more than all.
TEST(PriceFaults, AreNoneWhereAPriceFallsToNothing) {
    const ComputedPrice free = priced_at(one_option({-millionths_of_one, {}}), {}, {"hd"});
    EXPECT_EQ(free.refusal, RefusalCode::none);
    EXPECT_EQ(free.amount, Credits{});
    PriceRules twice_off = one_option({-millionths_of_one, {}});
    twice_off.options.push_back({"sale", {-500'000, {}}});
    const ComputedPrice price = priced_at(twice_off, {}, {"hd", "sale"});
    EXPECT_EQ(price.refusal, RefusalCode::none);
    EXPECT_EQ(price.amount, Credits{});
    Credits sum{};
    for (const PriceLine& line : price.lines) sum += line.amount;
    EXPECT_EQ(sum, price.amount);
}

TEST(PriceFaults, AreOfTheRangeWhereASurchargeLeavesIt) {
    constexpr Credits most{limits::credits_minor_max};
    const auto with_hd = [](Credits flat, Surcharge surcharge) {
        static const std::vector<std::string> hd{"hd"};
        return compute_price(flat, one_option(surcharge), {1, {}, hd});
    };
    EXPECT_EQ(with_hd(most - Credits{5}, {0, Credits{5}}).amount, most);
    EXPECT_EQ(with_hd(most, {0, Credits{1}}).refusal, RefusalCode::balance_range);
    EXPECT_EQ(with_hd(most, {1'000'001, {}}).refusal, RefusalCode::balance_range);
    EXPECT_EQ(with_hd(Credits{1'000}, {1'000, most}).refusal, RefusalCode::balance_range);
    EXPECT_EQ(with_hd(most, {-1'000'000, most}).amount, most);
}

}  // namespace
}  // namespace creditd
