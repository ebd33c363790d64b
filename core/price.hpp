// What a feature costs: rules that people can read, and the exact arithmetic that makes lines of
// them. The price of one is its base (flat, per unit, by tier), then what options and conditions
// add to the base, then bounds; times the quantity. Pure: no catalog and no account in here.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/price_rules.hpp"
#include "core/refusal.hpp"

namespace creditd {

/// What was used, besides how often.
struct UsageAsked {
    std::int64_t quantity = 1;
    std::span<const MeasuredUnit> units;
    std::span<const std::string> options;
};

/// Why there is no price, or the price: its lines add up to `amount`.
struct ComputedPrice {
    RefusalCode refusal = RefusalCode::none;
    Credits amount{};
    std::vector<PriceLine> lines;
    std::string name{};  // of the unit or option that does not fit
    UnitFault fault{};
};

/// Refuses a unit that no rule asks for, one that is missing, or one above the last tier
/// (`units_invalid`), an unknown option (`option_unknown`), and what leaves the range of amounts
/// (`balance_range`). Each line is rounded to the smallest part of a credit, halves away from zero,
/// for one; the quantity multiplies what was rounded.
ComputedPrice compute_price(Credits flat, const PriceRules& rules, const UsageAsked& asked);

/// What is wrong with the rules themselves, as a sentence about `field`; nothing: they can be used.
struct RuleError {
    std::string field;
    std::string detail;
};
std::optional<RuleError> check_rules(Credits flat, const PriceRules& rules);

/// The rules in words, for people: `1 per 15 seconds, rounded up; hd: + 50 %`.
std::string describe(Credits flat, const PriceRules& rules, unsigned decimals);

}  // namespace creditd
