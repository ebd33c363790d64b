// The business answers "no", in order of precedence: where several apply, the first one holds.
// Core knows no HTTP; the daemon maps each to a status in one table.
#pragma once

#include <cstdint>
#include <string_view>

#include "core/credits.hpp"

namespace creditd {

/// Written to the log: values never change, new ones are added at the end of their own block.
enum class RefusalCode : std::uint8_t {
    none = 0,
    // the thing that the command names does not exist (never recorded)
    account_not_found = 1,
    grant_not_found = 2,
    transaction_not_found = 3,
    hold_not_found = 4,
    feature_not_found = 5,
    key_not_found = 6,
    // it asks for a time that is over: was the request valid when it was first sent? (never
    // recorded)
    time_past = 7,
    // it exists, in a state that forbids the command
    account_closed = 20,
    hold_closed = 21,
    payment_conflict = 22,
    // the request contradicts a rule
    feature_inactive = 40,
    units_invalid = 41,
    option_unknown = 42,
    capture_exceeds_hold = 43,
    refund_exceeds_deduction = 44,
    revoke_exceeds_grant = 45,
    balance_range = 46,
    not_refundable = 47,
    // not enough
    insufficient_credits = 60,
    // the account has been refused too often in a short time (never recorded)
    refusal_limit = 80,
};

/// Is this refusal an outcome that the log remembers and repeats?
constexpr bool is_recorded(RefusalCode code) {
    return code >= RefusalCode::account_closed && code < RefusalCode::refusal_limit;
}

/// `insufficient_credits`: what was asked, what the account could spend, and the difference.
struct Refusal {
    RefusalCode code = RefusalCode::none;
    Credits required{};
    Credits available{};
    Credits shortfall{};
    constexpr bool operator==(const Refusal&) const = default;
};

/// The code as clients see it, e.g. `insufficient_credits`.
std::string_view name_of(RefusalCode code);

}  // namespace creditd
