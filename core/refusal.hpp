// The business answers "no", in order of precedence: where several apply, the first one holds.
// Core knows no HTTP; the daemon maps each to a status in one table.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "core/boxed.hpp"
#include "core/credits.hpp"
#include "core/types.hpp"

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
    plan_not_found = 8,
    package_not_found = 9,
    promotion_not_found = 10,
    // likewise: was the request right when it was first sent?
    price_differs = 11,
    amount_not_on_offer = 12,
    subscription_not_found = 13,
    budget_not_found = 14,
    alert_not_found = 15,
    endpoint_not_found = 16,
    payment_unmatched = 17,  // nothing says whom the payment credits, or with what
    order_not_found = 18,
    // it exists, in a state that forbids the command
    account_closed = 20,
    hold_closed = 21,
    payment_conflict = 22,
    version_mismatch = 23,
    subscription_exists = 24,
    already_redeemed = 25,
    order_closed = 26,
    order_exists = 27,
    // the request contradicts a rule
    feature_inactive = 40,
    units_invalid = 41,
    option_unknown = 42,
    capture_exceeds_hold = 43,
    refund_exceeds_deduction = 44,
    revoke_exceeds_grant = 45,
    balance_range = 46,
    not_refundable = 47,
    promotion_exhausted = 48,
    promotion_inactive = 49,
    clock_not_testable = 50,
    subscription_source = 51,
    endpoint_limit = 52,
    // not enough
    insufficient_credits = 60,
    budget_exceeded = 61,
    // the account has been refused too often in a short time (never recorded)
    refusal_limit = 80,
};

/// Is this refusal an outcome that the log remembers and repeats?
constexpr bool is_recorded(RefusalCode code) {
    return code >= RefusalCode::account_closed && code < RefusalCode::refusal_limit;
}

/// Why a unit does not fit the price. Written to the log.
enum class UnitFault : std::uint8_t { none = 0, unknown = 1, missing = 2, beyond = 3 };

/// `insufficient_credits`: what was asked, what the account could spend, and the difference.
/// `budget_exceeded`: likewise of the budget, and which it is.
/// What only some refusals have, behind a pointer: every command's outcome has room for a refusal.
struct RefusalDetail {
    std::string budget;      // id
    std::string window;      // `day`, `month` or `<n>h`
    Timestamp resets_at{};   // when its window ends, or enough of a rolling one has passed
    std::string top_up_url;  // where more can be had, as the catalog said then
    std::string name{};      // `units_invalid`: the unit; `option_unknown`: the option
    UnitFault fault{};       // of `units_invalid`
    bool operator==(const RefusalDetail&) const = default;
};
struct Refusal {
    RefusalCode code = RefusalCode::none;
    Credits required{};
    Credits available{};
    Credits shortfall{};
    Boxed<RefusalDetail> detail{};
    bool operator==(const Refusal&) const = default;

    /// Of a refusal that has none: all empty.
    const RefusalDetail& details() const {
        static const RefusalDetail none;
        return detail ? *detail : none;
    }
};

/// The code as clients see it, e.g. `insufficient_credits`.
std::string_view name_of(RefusalCode code);

}  // namespace creditd
