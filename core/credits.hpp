// Credits: a checked 64-bit amount in minor units of the ledger, and its decimal spelling.
// No floating point anywhere. Leaving the range by arithmetic is a bug and stops the process;
// callers that may leave it ask `checked_add` or `checked_multiply` first.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/assert.hpp"
#include "core/limits.hpp"
#include "core/types.hpp"

namespace creditd {

struct Credits : Strong<struct CreditsTag, std::int64_t> {
    using Strong::Strong;
    constexpr bool is_zero() const { return value == 0; }
    constexpr bool is_positive() const { return value > 0; }
    constexpr bool in_range() const {
        return value >= -limits::credits_minor_max && value <= limits::credits_minor_max;
    }
};

inline Credits operator+(Credits a, Credits b) {
    std::int64_t sum = 0;
    const bool overflows = __builtin_add_overflow(a.value, b.value, &sum);
    CREDITD_ASSERT(!overflows);
    return Credits{sum};
}
inline Credits operator-(Credits a, Credits b) {
    std::int64_t difference = 0;
    const bool overflows = __builtin_sub_overflow(a.value, b.value, &difference);
    CREDITD_ASSERT(!overflows);
    return Credits{difference};
}
inline Credits operator-(Credits a) { return Credits{0} - a; }
inline Credits& operator+=(Credits& a, Credits b) { return a = a + b; }
inline Credits& operator-=(Credits& a, Credits b) { return a = a - b; }

/// a + b, or nothing when the result leaves ±limits::credits_minor_max.
std::optional<Credits> checked_add(Credits a, Credits b);
/// a × factor, or nothing when the result leaves ±limits::credits_minor_max.
std::optional<Credits> checked_multiply(Credits a, std::int64_t factor);

enum class AmountError : std::uint8_t { malformed, precision, range };

/// Result of reading an amount: either `credits`, or `error` says why not.
struct ParsedAmount {
    std::optional<Credits> credits;
    AmountError error = AmountError::malformed;
};

/// Reads a plain decimal (`12`, `0.5`; no sign but '-', no exponent, no leading zeros) exactly.
/// `decimals` is the ledger's (0 to 6). Zero, negative and too large: `range`. More decimals than
/// the ledger has: `precision`, also when the surplus digits are zeros.
ParsedAmount parse_amount(std::string_view text, unsigned decimals);

/// Appends the shortest exact decimal form, e.g. `2.5`, `100`, `-0.000001`.
void append_decimal(std::string& out, std::int64_t minor, unsigned decimals);

/// Lifetime totals may outgrow 64 bits.
__extension__ using WideCredits = __int128;
void append_decimal_wide(std::string& out, WideCredits minor, unsigned decimals);

}  // namespace creditd
