#include "tests/properties/random_catalog.hpp"

#include <algorithm>
#include <set>

#include "core/price.hpp"

namespace creditd::tests {
namespace {

const std::vector<std::string> unit_names{"gb", "months", "seconds", "tokens_in", "tokens_out"};
const std::vector<std::string> option_names{"4k", "fast", "hd"};

Measure random_measure(Random& random) {
    // Whole steps, just above and just below them, and anything else.
    const std::int64_t whole = random.between(0, 40) * Measure::one;
    switch (random.below(4)) {
        case 0: return Measure{whole};
        case 1: return Measure{whole + 1};
        case 2: return Measure{std::max<std::int64_t>(0, whole - 1)};
        default: return Measure{random.magnitude(9)};
    }
}

Surcharge random_surcharge(Random& random) {
    Surcharge surcharge;
    if (random.one_in(2)) surcharge.millionths = random.between(-12, 40) * 100'000 / 3;
    if (surcharge.millionths < -millionths_of_one) surcharge.millionths = -millionths_of_one;
    if (surcharge.millionths == 0 || random.one_in(3)) surcharge.credits = random.amount(500);
    return surcharge;
}

TieredUnit random_tiers(Random& random) {
    TieredUnit tiers{random.any_of(unit_names), {}};
    Measure up_to{};
    for (std::uint64_t i = 0; i <= random.below(3); ++i) {
        up_to.value += random.between(1, 12) * Measure::one / 2;
        tiers.tiers.push_back({up_to, Credits{random.between(0, 900)}});
    }
    if (random.one_in(2)) tiers.tiers.back().up_to = {};
    return tiers;
}

FlatAndRules draw_rules(Random& random) {
    FlatAndRules result;
    if (random.one_in(2)) result.flat = random.amount(2'000);
    PriceRules& rules = result.rules;
    if (random.one_in(4)) return result;
    for (std::uint64_t i = random.below(3); i > 0; --i)
        rules.per.push_back(random_per_unit(random));
    if (random.one_in(3)) rules.tiers.push_back(random_tiers(random));
    for (const std::string& name : option_names) {
        if (random.one_in(3)) rules.options.push_back({name, random_surcharge(random)});
    }
    if (random.one_in(3)) {
        rules.conditions.push_back(
            {random.any_of(unit_names), random_measure(random), random_surcharge(random)});
    }
    if (random.one_in(4)) rules.minimum = random.amount(3'000);
    if (random.one_in(4)) rules.maximum = random.amount(9'000);
    return result;
}

Duration random_days(Random& random, std::int64_t most) {
    return random.one_in(2) ? Duration{} : Duration::days(random.between(1, most));
}

}  // namespace

PerUnit random_per_unit(Random& random) {
    PerUnit rule;
    rule.credits = random.amount(random.one_in(2) ? 7 : 5'000);
    rule.unit = random.any_of(unit_names);
    // A third of something, millions of tokens, or a few seconds.
    const std::int64_t steps[] = {333'333, 1'000'000 * Measure::one,
                                  random.between(1, 60) * 500'000};
    rule.step.value = steps[random.below(3)];
    rule.rounding = static_cast<StepRounding>(random.below(4));
    if (random.one_in(4)) rule.times = random.any_of(unit_names);
    if (rule.times == rule.unit) rule.times.clear();
    return rule;
}

FlatAndRules random_rules(Random& random) {
    FlatAndRules result = draw_rules(random);
    while (check_rules(result.flat, result.rules)) result = draw_rules(random);
    return result;
}

Use random_use(Random& random, const PriceRules& rules) {
    std::set<std::string> units;
    for (const PerUnit& rule : rules.per) {
        units.insert(rule.unit);
        if (!rule.times.empty()) units.insert(rule.times);
    }
    for (const TieredUnit& rule : rules.tiers) units.insert(rule.unit);
    for (const PriceCondition& rule : rules.conditions) units.insert(rule.unit);
    if (random.one_in(40)) units.insert(random.any_of(unit_names));
    if (random.one_in(40) && !units.empty()) units.erase(units.begin());
    Use use;
    for (const std::string& unit : units) use.units.push_back({unit, random_measure(random)});
    for (const PriceOption& option : rules.options) {
        if (random.one_in(2)) use.options.push_back(option.name);
    }
    if (random.one_in(60)) use.options.emplace_back("zz");
    std::ranges::sort(use.options);
    if (random.one_in(3)) use.quantity = random.between(1, 9);
    return use;
}

std::vector<std::string> random_limit(Random& random, const std::vector<std::string>& features) {
    if (!random.one_in(3)) return {};
    std::set<std::string> limit;
    for (std::uint64_t i = 0; i <= random.below(2); ++i) limit.insert(random.any_of(features));
    return {limit.begin(), limit.end()};
}

Package random_package(Random& random, std::string id) {
    Package package;
    package.id = std::move(id);
    package.active = !random.one_in(8);
    package.credits = random.amount(60'000);
    if (random.one_in(2)) package.bonus = random.amount(4'000);
    package.price = {random.between(0, 3) * 250, Currency::of("EUR")};
    package.expires_in = random_days(random, 60);
    package.bonus_expires_in = random_days(random, 20);
    return package;
}

Plan random_plan(Random& random, std::string id, const std::vector<std::string>& features) {
    Plan plan;
    plan.id = std::move(id);
    plan.active = !random.one_in(8);
    plan.unlimited = random.one_in(6);
    plan.credits = Credits{random.between(0, 3) * 9'000};
    if (random.one_in(3)) {
        plan.prices = {{Interval::month, {900, Currency::of("EUR")}},
                       {Interval::year, {9'000, Currency::of("EUR")}}};
    }
    plan.rollover = static_cast<Rollover>(random.below(3));
    if (plan.rollover == Rollover::capped) plan.rollover_max = random.amount(4'000);
    plan.on_change = static_cast<Leftover>(random.below(2));
    plan.on_end = static_cast<Leftover>(random.below(2));
    if (random.one_in(3)) plan.priority = static_cast<std::uint16_t>(random.between(40, 60));
    plan.features = random_limit(random, features);
    plan.trial_days = static_cast<std::uint16_t>(random.below(3) * 5);
    plan.grace_days = static_cast<std::uint16_t>(random.below(3) * 3);
    if (random.one_in(3)) plan.alerts = {20, 50};
    return plan;
}

Promotion random_promotion(Random& random, std::string code, Timestamp now,
                           const std::vector<std::string>& features) {
    Promotion promotion;
    promotion.code = std::move(code);
    promotion.active = !random.one_in(8);
    promotion.credits = random.amount(3'000);
    if (random.one_in(3)) promotion.starts_at = now + Duration::days(random.between(0, 9));
    if (random.one_in(3)) promotion.ends_at = now + Duration::days(random.between(10, 90));
    promotion.redemptions_max = random.below(3) * 4;
    promotion.per_account_max = static_cast<std::uint32_t>(random.between(1, 3));
    promotion.expires_in = random_days(random, 30);
    if (random.one_in(2)) promotion.priority = static_cast<std::uint16_t>(random.between(40, 60));
    promotion.features = random_limit(random, features);
    return promotion;
}

CatalogSettings random_settings(Random& random, const std::vector<std::string>& plans) {
    CatalogSettings settings;
    if (random.one_in(2)) settings.signup_credits = random.amount(500);
    settings.signup_expires_in = random_days(random, 30);
    if (random.one_in(3)) settings.signup_plan = random.any_of(plans);
    if (random.one_in(2)) {
        settings.custom = {Credits{100}, Credits{9'000}, {100, Currency::of("EUR")}, Credits{100}};
    }
    settings.referral = {Credits{random.between(0, 2) * 400}, Credits{random.between(0, 2) * 300},
                         random_days(random, 30)};
    settings.claw_back = random.one_in(3) ? ClawBack::write_off : ClawBack::debt;
    return settings;
}

}  // namespace creditd::tests
