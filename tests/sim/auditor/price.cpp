#include "tests/sim/auditor/price.hpp"

#include <set>

#include "tests/sim/auditor/book.hpp"

namespace creditd::sim::audit {

namespace {

constexpr std::int64_t one = 1'000'000;

/// Halves away from zero.
Wide divided(Wide value, Wide by) {
    const Wide twice = value < 0 ? -2 * value : 2 * value;
    const Wide rounded = (twice + by) / (2 * by);
    return value < 0 ? -rounded : rounded;
}

/// What is asked for by name in the rules.
std::set<std::string> units_of(const FeatureTerms& terms) {
    std::set<std::string> names;
    for (const PerRule& rule : terms.per) {
        names.insert(rule.unit);
        if (!rule.times.empty()) names.insert(rule.times);
    }
    for (const TieredRule& rule : terms.tiers) names.insert(rule.unit);
    for (const ConditionRule& rule : terms.conditions) names.insert(rule.unit);
    return names;
}

Wide line_of(const PerRule& rule, const Use& use) {
    const Wide measure = use.units.at(rule.unit);
    const Wide times = rule.times.empty() ? one : use.units.at(rule.times);
    if (rule.round == "exact") {
        return divided(rule.credits * measure * times, Wide(rule.step) * one);
    }
    Wide steps = measure / rule.step;
    const Wide rest = measure % rule.step;
    if (rule.round == "up" && rest > 0) ++steps;
    if (rule.round == "nearest" && 2 * rest >= rule.step) ++steps;
    return divided(rule.credits * steps * times, one);
}

const TierRule* tier_of(const TieredRule& rule, std::int64_t measure) {
    for (const TierRule& tier : rule.tiers) {
        if (!tier.up_to || measure <= *tier.up_to) return &tier;
    }
    return nullptr;
}

/// The lines of one; each is rounded for itself. Each of them is an amount, and so is what they
/// come to, line by line: none may leave the range, not even where a later line brings it back.
class Sum {
public:
    void add(Wide line) {
        total_ += line;
        if (line != 0) lines_.push_back(line);
        is_in_range_ = is_in_range_ && is_amount(line) && is_amount(total_);
    }
    void add(const Added& added, Wide base) {
        add(divided(base * added.millionths, one) + added.credits);
    }
    Wide total() const { return total_; }

    Price times(std::int64_t quantity) const {
        Sum all;
        if (is_in_range_) {
            for (const Wide line : lines_) all.add(line * quantity);
        }
        if (!is_in_range_ || !all.is_in_range_) return {"balance_range", 0, {}};
        Price price;
        for (const Wide line : all.lines_) price.lines.push_back(static_cast<std::int64_t>(line));
        price.amount = static_cast<std::int64_t>(all.total_);
        return price;
    }

private:
    static bool is_amount(Wide value) { return -amount_limit < value && value < amount_limit; }

    Wide total_ = 0;
    std::vector<Wide> lines_;
    bool is_in_range_ = true;
};

/// Flat, per unit and by tier; nothing: a measure is above the last tier.
bool add_base(Sum& sum, const FeatureTerms& terms, const Use& use) {
    sum.add(terms.flat);
    for (const PerRule& rule : terms.per) sum.add(line_of(rule, use));
    for (const TieredRule& rule : terms.tiers) {
        const TierRule* const tier = tier_of(rule, use.units.at(rule.unit));
        if (tier == nullptr) return false;
        sum.add(tier->credits);
    }
    return true;
}

}  // namespace

Price price_of(const FeatureTerms& terms, const Use& use) {
    std::set<std::string> given;
    for (const auto& [name, measure] : use.units) given.insert(name);
    if (given != units_of(terms)) return {"units_invalid", 0, {}};
    Sum sum;
    if (!add_base(sum, terms, use)) return {"units_invalid", 0, {}};
    const Wide base = sum.total();
    for (const std::string& name : std::set<std::string>(use.options.begin(), use.options.end())) {
        const auto option = terms.options.find(name);
        if (option == terms.options.end()) return {"option_unknown", 0, {}};
        sum.add(option->second, base);
    }
    for (const ConditionRule& rule : terms.conditions) {
        if (use.units.at(rule.unit) > rule.above) sum.add(rule.added, base);
    }
    const Wide least = terms.minimum.value_or(0);
    if (sum.total() < least) sum.add(least - sum.total());
    if (terms.maximum && sum.total() > *terms.maximum) sum.add(*terms.maximum - sum.total());
    return sum.times(use.quantity);
}

}  // namespace creditd::sim::audit
