#include "schemas/event_kind.hpp"

#include <array>

#include "core/assert.hpp"

namespace creditd::schemas {
namespace {

constexpr std::array<std::string_view, event_kinds_count> names{
    "ledger_opened",      "epoch_claimed",       "account_created",    "account_updated",
    "account_closed",     "account_reopened",    "credits_granted",    "credits_purchased",
    "purchase_repeated",  "grant_activated",     "grant_expired",      "grant_revoked",
    "credits_deducted",   "credits_refunded",    "hold_placed",        "hold_extended",
    "hold_captured",      "hold_released",       "transferred_out",    "transferred_in",
    "command_refused",    "feature_set",         "feature_removed",    "api_key_created",
    "api_key_revoked",    "offer_set",           "offer_removed",      "subscription_moved",
    "promotion_redeemed", "referral_made",       "referral_rewarded",  "budget_set",
    "budget_removed",     "alert_set",           "alert_removed",      "balance_alerted",
    "auto_top_up_set",    "auto_top_up_removed", "top_up_asked",       "clock_advanced",
    "endpoint_set",       "endpoint_removed",    "order_set",          "payment_noted",
    "payment_reversed",   "payment_restored",    "notification_noted", "account_forgotten"};

}  // namespace

std::string_view name_of(EventKind kind) {
    const auto place = static_cast<std::size_t>(kind);
    CREDITD_ASSERT(place < names.size());
    return names[place];
}

}  // namespace creditd::schemas
