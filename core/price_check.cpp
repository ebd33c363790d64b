#include <algorithm>

#include "core/price.hpp"

namespace creditd {
namespace {

std::string at(const char* list, std::size_t index, const char* field) {
    return std::string(list) + "/" + std::to_string(index) + "/" + field;
}

std::optional<RuleError> check_per(const std::vector<PerUnit>& rules) {
    for (std::size_t i = 0; i < rules.size(); ++i) {
        const PerUnit& rule = rules[i];
        if (!rule.credits.is_positive())
            return RuleError{at("per", i, "credits"), "must be above 0"};
        if (rule.unit.empty()) return RuleError{at("per", i, "unit"), "is missing"};
        if (rule.step.value <= 0) return RuleError{at("per", i, "step"), "must be above 0"};
        if (rule.times == rule.unit)
            return RuleError{at("per", i, "times"), "must be another unit"};
    }
    return std::nullopt;
}

std::optional<RuleError> check_tiers(const std::vector<TieredUnit>& rules) {
    for (std::size_t i = 0; i < rules.size(); ++i) {
        if (rules[i].unit.empty()) return RuleError{at("tiers", i, "unit"), "is missing"};
        if (rules[i].tiers.empty()) return RuleError{at("tiers", i, "tiers"), "must not be empty"};
        Measure last{};
        for (std::size_t j = 0; j < rules[i].tiers.size(); ++j) {
            const Tier& tier = rules[i].tiers[j];
            const bool is_open = tier.up_to.value == 0;
            if (is_open ? j + 1 != rules[i].tiers.size() : tier.up_to <= last) {
                return RuleError{at("tiers", i, "tiers"),
                                 "must rise, and only the last may do without up_to"};
            }
            last = tier.up_to;
        }
    }
    return std::nullopt;
}

std::optional<RuleError> check_surcharge(const Surcharge& surcharge, std::string field) {
    const bool is_none = surcharge.millionths == 0 && surcharge.credits.is_zero();
    if (is_none) return RuleError{std::move(field), "adds nothing: give percent or credits"};
    const bool is_sound = surcharge.millionths >= -millionths_of_one &&
                          surcharge.millionths <= surcharge_millionths_max;
    if (!is_sound) return RuleError{std::move(field), "percent must lie between -100 and 100000"};
    return std::nullopt;
}

std::optional<RuleError> check_surcharges(const PriceRules& rules) {
    for (std::size_t i = 0; i < rules.options.size(); ++i) {
        const std::string& name = rules.options[i].name;
        const auto is_same = [&](const PriceOption& other) { return other.name == name; };
        if (name.empty() || std::ranges::count_if(rules.options, is_same) > 1) {
            return RuleError{"options", "must have names that differ"};
        }
        if (auto bad = check_surcharge(rules.options[i].surcharge, "options/" + name)) return bad;
    }
    for (std::size_t i = 0; i < rules.conditions.size(); ++i) {
        if (rules.conditions[i].unit.empty()) {
            return RuleError{at("conditions", i, "unit"), "is missing"};
        }
        auto bad = check_surcharge(rules.conditions[i].surcharge, at("conditions", i, "percent"));
        if (bad) return bad;
    }
    return std::nullopt;
}

}  // namespace

std::optional<RuleError> check_rules(Credits flat, const PriceRules& rules) {
    const bool has_base = flat.is_positive() || !rules.per.empty() || !rules.tiers.empty();
    if (!has_base) return RuleError{"", "must have a flat price, a price per unit, or tiers"};
    if (auto bad = check_per(rules.per)) return bad;
    if (auto bad = check_tiers(rules.tiers)) return bad;
    if (auto bad = check_surcharges(rules)) return bad;
    if (rules.minimum && rules.maximum && *rules.maximum < *rules.minimum) {
        return RuleError{"maximum", "must not be below minimum"};
    }
    return std::nullopt;
}

}  // namespace creditd
