// The kind of an event as a value: the place of its body in core's EventBody, by name.
// For code that looks at many events and decodes few (followers, feeds, tools).
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <variant>

#include "core/event.hpp"

namespace creditd::schemas {

/// In the order of EventBody. Stored as its number plus 1.
enum class EventKind : std::uint8_t {
    ledger_opened,
    epoch_claimed,
    account_created,
    account_updated,
    account_closed,
    account_reopened,
    credits_granted,
    credits_purchased,
    purchase_repeated,
    grant_activated,
    grant_expired,
    grant_revoked,
    credits_deducted,
    credits_refunded,
    hold_placed,
    hold_extended,
    hold_captured,
    hold_released,
    transferred_out,
    transferred_in,
    command_refused,
    feature_set,
    feature_removed,
    api_key_created,
    api_key_revoked,
    offer_set,
    offer_removed,
    subscription_moved,
    promotion_redeemed,
    referral_made,
    referral_rewarded,
    budget_set,
    budget_removed,
    alert_set,
    alert_removed,
    balance_alerted,
    auto_top_up_set,
    auto_top_up_removed,
    top_up_asked,
    clock_advanced,
    endpoint_set,
    endpoint_removed,
    order_set,
    payment_noted,
    payment_reversed,
    payment_restored,
    notification_noted,
    account_forgotten
};
inline constexpr std::size_t event_kinds_count = 48;
static_assert(std::variant_size_v<EventBody> == event_kinds_count);

inline EventKind kind_of(const EventBody& body) { return static_cast<EventKind>(body.index()); }

/// E.g. `credits_deducted`.
std::string_view name_of(EventKind kind);

}  // namespace creditd::schemas
