#include "core/refusal.hpp"

namespace creditd {

std::string_view name_of(RefusalCode code) {
    switch (code) {
        case RefusalCode::none: return "none";
        case RefusalCode::account_not_found: return "account_not_found";
        case RefusalCode::grant_not_found: return "grant_not_found";
        case RefusalCode::transaction_not_found: return "transaction_not_found";
        case RefusalCode::hold_not_found: return "hold_not_found";
        case RefusalCode::feature_not_found: return "feature_not_found";
        case RefusalCode::key_not_found: return "key_not_found";
        case RefusalCode::plan_not_found: return "plan_not_found";
        case RefusalCode::package_not_found: return "package_not_found";
        case RefusalCode::promotion_not_found: return "promotion_not_found";
        case RefusalCode::price_differs: return "price_differs";
        case RefusalCode::amount_not_on_offer: return "amount_not_on_offer";
        case RefusalCode::subscription_not_found: return "subscription_not_found";
        case RefusalCode::budget_not_found: return "budget_not_found";
        case RefusalCode::alert_not_found: return "alert_not_found";
        case RefusalCode::endpoint_not_found: return "endpoint_not_found";
        case RefusalCode::payment_unmatched: return "payment_unmatched";
        case RefusalCode::order_not_found: return "order_not_found";
        case RefusalCode::order_closed: return "order_closed";
        case RefusalCode::order_exists: return "order_exists";
        case RefusalCode::time_past: return "time_past";
        case RefusalCode::account_closed: return "account_closed";
        case RefusalCode::hold_closed: return "hold_closed";
        case RefusalCode::version_mismatch: return "version_mismatch";
        case RefusalCode::payment_conflict: return "payment_conflict";
        case RefusalCode::subscription_exists: return "subscription_exists";
        case RefusalCode::already_redeemed: return "already_redeemed";
        case RefusalCode::feature_inactive: return "feature_inactive";
        case RefusalCode::units_invalid: return "units_invalid";
        case RefusalCode::option_unknown: return "option_unknown";
        case RefusalCode::capture_exceeds_hold: return "capture_exceeds_hold";
        case RefusalCode::refund_exceeds_deduction: return "refund_exceeds_deduction";
        case RefusalCode::revoke_exceeds_grant: return "revoke_exceeds_grant";
        case RefusalCode::balance_range: return "balance_range";
        case RefusalCode::not_refundable: return "not_refundable";
        case RefusalCode::promotion_exhausted: return "promotion_exhausted";
        case RefusalCode::promotion_inactive: return "promotion_inactive";
        case RefusalCode::clock_not_testable: return "clock_not_testable";
        case RefusalCode::subscription_source: return "subscription_source";
        case RefusalCode::endpoint_limit: return "endpoint_limit";
        case RefusalCode::insufficient_credits: return "insufficient_credits";
        case RefusalCode::budget_exceeded: return "budget_exceeded";
        case RefusalCode::refusal_limit: return "refusal_limit";
    }
    return "unknown";
}

}  // namespace creditd
