#include <array>

#include "core/measure_text.hpp"
#include "core/price.hpp"

namespace creditd {
namespace {

std::string credits_text(Credits credits, unsigned decimals) {
    std::string text;
    append_decimal(text, credits.value, decimals);
    return text;
}

std::string describe(const PerUnit& rule, unsigned decimals) {
    static constexpr std::array<std::string_view, 4> roundings{"", ", rounded up", ", rounded down",
                                                               ", rounded to the nearest"};
    std::string text = credits_text(rule.credits, decimals) + " per ";
    if (rule.step.value != Measure::one) text += text_of(rule.step) + " ";
    text += rule.unit;
    if (!rule.times.empty()) text += " and " + rule.times;
    return text.append(roundings[static_cast<std::size_t>(rule.rounding)]);
}

std::string describe(const TieredUnit& rule, unsigned decimals) {
    std::string text;
    for (const Tier& tier : rule.tiers) {
        if (!text.empty()) text += ", ";
        text += credits_text(tier.credits, decimals);
        text += tier.up_to.value == 0 ? " above" : " up to " + text_of(tier.up_to);
    }
    return text + " " + rule.unit;
}

std::string describe(const Surcharge& surcharge, unsigned decimals) {
    std::string text;
    if (surcharge.millionths != 0) {
        append_decimal(text, surcharge.millionths, 4);
        text += " %";
    }
    if (!surcharge.credits.is_zero()) {
        if (!text.empty()) text += " and ";
        text += credits_text(surcharge.credits, decimals);
    }
    return text.starts_with('-') ? text : "+" + text;
}

}  // namespace

std::string describe(Credits flat, const PriceRules& rules, unsigned decimals) {
    std::string text;
    const auto add = [&text](const std::string& part) {
        if (!text.empty()) text += "; ";
        text += part;
    };
    if (!flat.is_zero()) add(credits_text(flat, decimals));
    for (const PerUnit& rule : rules.per) add(describe(rule, decimals));
    for (const TieredUnit& rule : rules.tiers) add(describe(rule, decimals));
    for (const PriceOption& rule : rules.options) {
        add(rule.name + ": " + describe(rule.surcharge, decimals));
    }
    for (const PriceCondition& rule : rules.conditions) {
        add("above " + text_of(rule.above) + " " + rule.unit + ": " +
            describe(rule.surcharge, decimals));
    }
    if (rules.minimum) add("at least " + credits_text(*rules.minimum, decimals));
    if (rules.maximum) add("at most " + credits_text(*rules.maximum, decimals));
    return text;
}

}  // namespace creditd
