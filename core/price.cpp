#include "core/price.hpp"

#include <algorithm>

#include "core/measure_text.hpp"

namespace creditd {
namespace {

__extension__ using Wide = __int128;

/// Exact until it leaves 128 bits: then there is no value.
struct Ratio {
    Wide numerator = 0;
    Wide denominator = 1;
};

std::optional<Wide> times(Wide a, Wide b) {
    Wide product = 0;
    if (__builtin_mul_overflow(a, b, &product)) return std::nullopt;
    return product;
}

/// Halves away from zero.
Wide rounded(Wide numerator, Wide denominator) {
    const Wide whole = numerator / denominator;
    const Wide rest = numerator % denominator;
    const Wide absolute = rest < 0 ? -rest : rest;
    if (absolute < denominator - absolute) return whole;
    return whole + (numerator < 0 ? -1 : 1);
}

std::optional<Credits> credits_of(Wide numerator, Wide denominator) {
    const Wide minor = rounded(numerator, denominator);
    if (minor > limits::credits_minor_max || minor < -limits::credits_minor_max) {
        return std::nullopt;
    }
    return Credits{static_cast<std::int64_t>(minor)};
}

/// How many steps a measure has: a fraction where it is `exact`.
Ratio steps_of(Measure measure, const PerUnit& rule) {
    const Wide value = measure.value;
    const Wide step = rule.step.value;
    switch (rule.rounding) {
        case StepRounding::exact: return {value, step};
        case StepRounding::up: return {(value + step - 1) / step, 1};
        case StepRounding::down: return {value / step, 1};
        case StepRounding::nearest: return {rounded(value, step), 1};
    }
    assertion_failed("a rounding of the enum", __FILE__, __LINE__);
}

/// Makes the lines of one; stops at the first refusal.
class Calculator {
public:
    Calculator(Credits flat, const PriceRules& rules, const UsageAsked& asked)
        : flat_(flat), rules_(rules), asked_(asked) {}

    ComputedPrice run() {
        check_names();
        add_base();
        base_ = sum_;
        add_surcharges();
        apply_bounds();
        multiply();
        if (is_refused()) {
            result_.lines.clear();
            return std::move(result_);
        }
        result_.amount = sum_;
        return std::move(result_);
    }

private:
    bool is_refused() const { return result_.refusal != RefusalCode::none; }
    /// Where several apply, the first in order of precedence holds.
    void refuse(RefusalCode code, const std::string& name = {}, UnitFault fault = {}) {
        if (is_refused() && code >= result_.refusal) return;
        result_.refusal = code;
        result_.name = name;
        result_.fault = fault;
    }
    void refuse_unit(const std::string& unit, UnitFault fault) {
        refuse(RefusalCode::units_invalid, unit, fault);
    }

    // --- names -----------------------------------------------------------------------------------
    bool asks_for(const std::string& unit) const {
        const auto is_it = [&](const auto& rule) { return rule.unit == unit; };
        return std::ranges::any_of(rules_.per, is_it) ||
               std::ranges::any_of(rules_.per, [&](const PerUnit& r) { return r.times == unit; }) ||
               std::ranges::any_of(rules_.tiers, is_it) ||
               std::ranges::any_of(rules_.conditions, is_it);
    }
    void check_names() {
        for (const MeasuredUnit& unit : asked_.units) {
            if (!asks_for(unit.unit)) refuse_unit(unit.unit, UnitFault::unknown);
        }
        for (const std::string& option : asked_.options) {
            const auto is_it = [&](const PriceOption& rule) { return rule.name == option; };
            if (std::ranges::none_of(rules_.options, is_it)) {
                refuse(RefusalCode::option_unknown, option);
            }
        }
    }
    std::optional<Measure> measure(const std::string& unit) {
        for (const MeasuredUnit& given : asked_.units) {
            if (given.unit == unit) return given.measure;
        }
        refuse_unit(unit, UnitFault::missing);
        return std::nullopt;
    }

    // --- lines -----------------------------------------------------------------------------------
    void add(std::string rule, std::optional<Credits> amount) {
        const auto sum = amount ? checked_add(sum_, *amount) : std::nullopt;
        if (!sum) {
            refuse(RefusalCode::balance_range);
            return;
        }
        sum_ = *sum;
        result_.lines.push_back({std::move(rule), *amount});
    }

    void add_base() {
        if (!flat_.is_zero()) add("flat", flat_);
        for (const PerUnit& rule : rules_.per) add_per(rule);
        for (const TieredUnit& rule : rules_.tiers) add_tier(rule);
    }
    void add_per(const PerUnit& rule) {
        const auto first = measure(rule.unit);
        const auto second =
            rule.times.empty() ? std::optional{Measure{Measure::one}} : measure(rule.times);
        if (!first || !second) return;
        const Ratio steps = steps_of(*first, rule);
        const auto product = times(steps.numerator, second->value);
        const auto numerator = product ? times(*product, rule.credits.value) : std::nullopt;
        const auto denominator = times(steps.denominator, Measure::one);
        std::string name = "per " + rule.unit;
        if (!rule.times.empty()) name += " and " + rule.times;
        add(std::move(name),
            numerator && denominator ? credits_of(*numerator, *denominator) : std::nullopt);
    }
    void add_tier(const TieredUnit& rule) {
        const auto measured = measure(rule.unit);
        if (!measured) return;
        for (const Tier& tier : rule.tiers) {
            if (tier.up_to.value != 0 && *measured > tier.up_to) continue;
            add("tier of " + rule.unit, tier.credits);
            return;
        }
        refuse_unit(rule.unit, UnitFault::beyond);
    }

    void add_surcharge(std::string rule, const Surcharge& surcharge) {
        const auto part = times(base_.value, surcharge.millionths);
        const auto share = part ? credits_of(*part, millionths_of_one) : std::nullopt;
        add(std::move(rule), share ? checked_add(*share, surcharge.credits) : std::nullopt);
    }
    void add_surcharges() {
        // In the order of the rules, so that the same request always has the same lines.
        for (const PriceOption& option : rules_.options) {
            if (std::ranges::find(asked_.options, option.name) == asked_.options.end()) continue;
            add_surcharge("option " + option.name, option.surcharge);
        }
        for (const PriceCondition& condition : rules_.conditions) {
            const auto measured = measure(condition.unit);
            if (!measured || *measured <= condition.above) continue;
            add_surcharge(condition.unit + " above " + text_of(condition.above),
                          condition.surcharge);
        }
    }

    void apply_bounds() {
        const Credits minimum = rules_.minimum.value_or(Credits{});
        if (sum_ < minimum) add("minimum", minimum - sum_);
        if (rules_.maximum && sum_ > *rules_.maximum) add("maximum", *rules_.maximum - sum_);
    }

    void multiply() {
        if (asked_.quantity == 1) return;
        Credits sum{};
        for (PriceLine& line : result_.lines) {
            const auto amount = checked_multiply(line.amount, asked_.quantity);
            const auto next = amount ? checked_add(sum, *amount) : std::nullopt;
            if (!next) {
                refuse(RefusalCode::balance_range);
                return;
            }
            line.amount = *amount;
            sum = *next;
        }
        sum_ = sum;
    }

    Credits flat_;
    const PriceRules& rules_;
    const UsageAsked& asked_;
    Credits base_{};
    Credits sum_{};
    ComputedPrice result_;
};

}  // namespace

ComputedPrice compute_price(Credits flat, const PriceRules& rules, const UsageAsked& asked) {
    CREDITD_ASSERT(asked.quantity > 0);
    return Calculator(flat, rules, asked).run();
}

}  // namespace creditd
