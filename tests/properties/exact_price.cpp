#include "tests/properties/exact_price.hpp"

#include <algorithm>
#include <numeric>
#include <set>

namespace creditd::tests {
namespace {

constexpr Wide one = 1'000'000;

Wide gcd_of(Wide a, Wide b) {
    if (a < 0) a = -a;
    while (b != 0) {
        const Wide rest = a % b;
        a = b;
        b = rest;
    }
    return a;
}

class Pricing {
public:
    Pricing(Credits flat, const PriceRules& rules, const Use& use)
        : flat_(flat), rules_(rules), use_(use) {}

    std::optional<ExactPrice> run() {
        if (!names_are_known()) return std::nullopt;
        add_base();
        const Rational base(result_.amount);
        for (const PriceOption& option : rules_.options) {
            if (std::ranges::count(use_.options, option.name) == 0) continue;
            add_surcharge("option " + option.name, base, option.surcharge);
        }
        for (const PriceCondition& condition : rules_.conditions) {
            if (measure(condition.unit) <= condition.above) continue;
            std::string above;
            append_decimal(above, condition.above.value, 6);
            add_surcharge(condition.unit + " above " + above, base, condition.surcharge);
        }
        const std::int64_t least = rules_.minimum ? rules_.minimum->value : 0;
        if (result_.amount < least) add("minimum", Rational(least - result_.amount));
        if (rules_.maximum && rules_.maximum->value < result_.amount) {
            add("maximum", Rational(rules_.maximum->value - result_.amount));
        }
        return is_priced_ ? std::optional(std::move(result_)) : std::nullopt;
    }

private:
    /// Exactly the units that the rules ask for, and only options that they have.
    bool names_are_known() const {
        std::set<std::string> asked;
        for (const PerUnit& rule : rules_.per) {
            asked.insert(rule.unit);
            if (!rule.times.empty()) asked.insert(rule.times);
        }
        for (const TieredUnit& rule : rules_.tiers) asked.insert(rule.unit);
        for (const PriceCondition& rule : rules_.conditions) asked.insert(rule.unit);
        std::set<std::string> given;
        for (const MeasuredUnit& unit : use_.units) given.insert(unit.unit);
        std::set<std::string> offered;
        for (const PriceOption& option : rules_.options) offered.insert(option.name);
        return asked == given && std::ranges::all_of(use_.options, [&](const std::string& option) {
                   return offered.contains(option);
               });
    }
    Measure measure(const std::string& unit) const {
        return std::ranges::find(use_.units, unit, &MeasuredUnit::unit)->measure;
    }

    void add(std::string rule, const Rational& part, std::int64_t whole = 0) {
        const std::int64_t amount = static_cast<std::int64_t>(part.nearest()) + whole;
        result_.lines.push_back({std::move(rule), part + Rational(whole), amount});
        result_.amount += amount;
    }
    void add_base() {
        if (!flat_.is_zero()) add("flat", Rational(flat_.value));
        for (const PerUnit& rule : rules_.per) {
            Rational exact = steps_of(rule, measure(rule.unit)) * Rational(rule.credits.value);
            if (!rule.times.empty()) exact = exact * Rational(measure(rule.times).value, one);
            add("per " + rule.unit + (rule.times.empty() ? "" : " and " + rule.times), exact);
        }
        for (const TieredUnit& rule : rules_.tiers) add_tier(rule);
    }
    void add_tier(const TieredUnit& rule) {
        for (const Tier& tier : rule.tiers) {
            const bool reaches = tier.up_to == Measure{} || measure(rule.unit) <= tier.up_to;
            if (!reaches) continue;
            add("tier of " + rule.unit, Rational(tier.credits.value));
            return;
        }
        is_priced_ = false;
    }
    void add_surcharge(std::string rule, const Rational& base, const Surcharge& surcharge) {
        // The part in percent is what is rounded: a half of a discount rounds up, whatever is
        // added.
        const Rational share = base * Rational(surcharge.millionths, one);
        add(std::move(rule), share, surcharge.credits.value);
    }

    Credits flat_;
    const PriceRules& rules_;
    const Use& use_;
    ExactPrice result_;
    bool is_priced_ = true;
};

}  // namespace

Rational::Rational(Wide numerator, Wide denominator)
    : numerator_(numerator), denominator_(denominator) {
    CREDITD_ASSERT(denominator > 0);
    const Wide common = gcd_of(numerator, denominator);
    numerator_ /= common;
    denominator_ /= common;
}

Wide Rational::floor() const {
    const Wide whole = numerator_ / denominator_;
    return numerator_ % denominator_ < 0 ? whole - 1 : whole;
}

Wide Rational::nearest() const {
    const Rational half(1, 2);
    return numerator_ < 0 ? (*this - half).ceil() : (*this + half).floor();
}

Rational Rational::operator+(const Rational& other) const {
    return {numerator_ * other.denominator_ + other.numerator_ * denominator_,
            denominator_ * other.denominator_};
}

Rational Rational::operator-(const Rational& other) const {
    return *this + Rational(-other.numerator_, other.denominator_);
}

Rational Rational::operator*(const Rational& other) const {
    return {numerator_ * other.numerator_, denominator_ * other.denominator_};
}

Rational steps_of(const PerUnit& rule, Measure measure) {
    const Rational steps(measure.value, rule.step.value);
    switch (rule.rounding) {
        case StepRounding::exact: return steps;
        case StepRounding::up: return steps.ceil();
        case StepRounding::down: return steps.floor();
        case StepRounding::nearest: return steps.nearest();
    }
    assertion_failed("a rounding of the enum", __FILE__, __LINE__);
}

std::optional<ExactPrice> exact_price(Credits flat, const PriceRules& rules, const Use& use) {
    return Pricing(flat, rules, use).run();
}

}  // namespace creditd::tests
