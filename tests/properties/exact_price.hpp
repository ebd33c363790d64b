// What a use costs, worked out a second time from the words of core/price.hpp, with fractions that
// nothing rounds before it must be. Slow and plain; shares no arithmetic with core.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/price_rules.hpp"

namespace creditd::tests {

__extension__ using Wide = __int128;

/// A fraction in lowest terms, its denominator above 0.
class Rational {
public:
    Rational(Wide numerator, Wide denominator = 1);  // NOLINT(google-explicit-constructor)
    Wide floor() const;
    Wide ceil() const { return -Rational(-numerator_, denominator_).floor(); }
    /// Halves away from zero.
    Wide nearest() const;
    Rational operator+(const Rational& other) const;
    Rational operator-(const Rational& other) const;
    Rational operator*(const Rational& other) const;
    bool operator==(const Rational& other) const = default;
    bool operator<(const Rational& other) const { return (*this - other).numerator_ < 0; }
    bool operator<=(const Rational& other) const { return !(other < *this); }
    Rational abs() const { return numerator_ < 0 ? Rational(-numerator_, denominator_) : *this; }

private:
    Wide numerator_;
    Wide denominator_;
};

struct ExactLine {
    std::string rule;
    Rational exact;  // before the line is rounded; after its steps are
    std::int64_t amount = 0;
};
struct ExactPrice {
    std::vector<ExactLine> lines;  // of one
    std::int64_t amount = 0;       // of one
};

struct Use {
    std::int64_t quantity = 1;
    std::vector<MeasuredUnit> units;
    std::vector<std::string> options;
};

/// Nothing where there is no price: a unit or an option too many, a unit too few, or one above the
/// last tier. Amounts must be far from the ends of their range.
std::optional<ExactPrice> exact_price(Credits flat, const PriceRules& rules, const Use& use);

/// The steps of a rule, as it rounds them.
Rational steps_of(const PerUnit& rule, Measure measure);

}  // namespace creditd::tests
