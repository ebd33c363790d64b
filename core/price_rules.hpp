// What is measured, and the rules that make a price of it, as a catalog sets them and the log keeps
// them. Values only: the arithmetic is price.hpp. A flat price has no rules at all.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/credits.hpp"

namespace creditd {

/// An amount of some unit (seconds, GB, tokens) in millionths: plain decimals, exact.
struct Measure : Strong<struct MeasureTag, std::int64_t> {
    using Strong::Strong;
    static constexpr std::int64_t one = 1'000'000;
};
struct MeasuredUnit {
    std::string unit;
    Measure measure{};
    bool operator==(const MeasuredUnit&) const = default;
};

/// One line of a computed price.
struct PriceLine {
    std::string rule;
    Credits amount{};
    bool operator==(const PriceLine&) const = default;
};

inline constexpr std::int64_t millionths_of_one = 1'000'000;
/// + 100 000 %.
inline constexpr std::int64_t surcharge_millionths_max = 1'000 * millionths_of_one;

/// How a measure becomes steps: `per 15 s, rounded up` has `up`; `exact` keeps the fraction.
enum class StepRounding : std::uint8_t { exact, up, down, nearest };

/// `credits` for each step of a unit; of two units, for each product of theirs ("per GB and
/// month").
struct PerUnit {
    Credits credits{};
    std::string unit;
    Measure step{Measure::one};  // of `unit`
    StepRounding rounding = StepRounding::exact;
    std::string times;  // a second unit, or none
    bool operator==(const PerUnit&) const = default;
};

/// The whole price is that of the first tier that reaches the measure. Above the last: no price.
struct Tier {
    Measure up_to{};  // inclusive; 0: all that is left
    Credits credits{};
    bool operator==(const Tier&) const = default;
};
struct TieredUnit {
    std::string unit;
    std::vector<Tier> tiers;  // rising
    bool operator==(const TieredUnit&) const = default;
};

/// Added to the base: a part of it, in millionths (500 000 is + 50 %), or credits, or both.
struct Surcharge {
    std::int64_t millionths = 0;  // of the base, whatever else is added
    Credits credits{};
    bool operator==(const Surcharge&) const = default;
};
struct PriceOption {
    std::string name;
    Surcharge surcharge;
    bool operator==(const PriceOption&) const = default;
};
/// Holds while the measure is larger than `above`.
struct PriceCondition {
    std::string unit;
    Measure above{};
    Surcharge surcharge;
    bool operator==(const PriceCondition&) const = default;
};

/// All empty: the price is flat.
struct PriceRules {
    std::vector<PerUnit> per;
    std::vector<TieredUnit> tiers;
    std::vector<PriceOption> options;
    std::vector<PriceCondition> conditions;
    std::optional<Credits> minimum;
    std::optional<Credits> maximum;
    bool operator==(const PriceRules&) const = default;
    bool is_flat() const { return *this == PriceRules{}; }
};

}  // namespace creditd
