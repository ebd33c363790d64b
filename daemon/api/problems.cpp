#include "daemon/api/problems.hpp"

#include "core/assert.hpp"
#include "text/field_error.hpp"
#include "text/json_writer.hpp"

namespace creditd::daemon {

ProblemCode problem_of(RefusalCode code) {
    switch (code) {
        case RefusalCode::none: break;
        case RefusalCode::account_not_found: return ProblemCode::account_not_found;
        case RefusalCode::grant_not_found: return ProblemCode::grant_not_found;
        case RefusalCode::transaction_not_found: return ProblemCode::transaction_not_found;
        case RefusalCode::hold_not_found: return ProblemCode::hold_not_found;
        case RefusalCode::endpoint_not_found: return ProblemCode::endpoint_not_found;
        case RefusalCode::endpoint_limit: return ProblemCode::endpoint_limit;
        case RefusalCode::feature_not_found: return ProblemCode::feature_not_found;
        case RefusalCode::key_not_found: return ProblemCode::key_not_found;
        case RefusalCode::plan_not_found: return ProblemCode::plan_not_found;
        case RefusalCode::package_not_found: return ProblemCode::package_not_found;
        case RefusalCode::promotion_not_found: return ProblemCode::promotion_not_found;
        case RefusalCode::subscription_not_found: return ProblemCode::subscription_not_found;
        case RefusalCode::budget_not_found: return ProblemCode::budget_not_found;
        case RefusalCode::alert_not_found: return ProblemCode::alert_not_found;
        case RefusalCode::version_mismatch: return ProblemCode::version_mismatch;
        case RefusalCode::payment_unmatched: return ProblemCode::payment_unmatched;
        case RefusalCode::order_not_found: return ProblemCode::order_not_found;
        case RefusalCode::order_closed: return ProblemCode::order_closed;
        case RefusalCode::order_exists: return ProblemCode::order_exists;
        case RefusalCode::time_past:
        case RefusalCode::price_differs: return ProblemCode::invalid_request;
        case RefusalCode::amount_not_on_offer: return ProblemCode::amount_range;
        case RefusalCode::account_closed: return ProblemCode::account_closed;
        case RefusalCode::hold_closed: return ProblemCode::hold_closed;
        case RefusalCode::payment_conflict: return ProblemCode::payment_conflict;
        case RefusalCode::subscription_exists: return ProblemCode::subscription_exists;
        case RefusalCode::already_redeemed: return ProblemCode::already_redeemed;
        case RefusalCode::feature_inactive: return ProblemCode::feature_inactive;
        case RefusalCode::units_invalid: return ProblemCode::units_invalid;
        case RefusalCode::option_unknown: return ProblemCode::option_unknown;
        case RefusalCode::capture_exceeds_hold: return ProblemCode::capture_exceeds_hold;
        case RefusalCode::refund_exceeds_deduction: return ProblemCode::refund_exceeds_deduction;
        case RefusalCode::revoke_exceeds_grant: return ProblemCode::revoke_exceeds_grant;
        case RefusalCode::balance_range: return ProblemCode::balance_range;
        case RefusalCode::not_refundable: return ProblemCode::not_refundable;
        case RefusalCode::promotion_exhausted: return ProblemCode::promotion_exhausted;
        case RefusalCode::promotion_inactive: return ProblemCode::promotion_inactive;
        case RefusalCode::subscription_source: return ProblemCode::subscription_source;
        case RefusalCode::clock_not_testable: return ProblemCode::clock_not_testable;
        case RefusalCode::insufficient_credits: return ProblemCode::insufficient_credits;
        case RefusalCode::budget_exceeded: return ProblemCode::budget_exceeded;
        case RefusalCode::refusal_limit: return ProblemCode::refusal_limit;
    }
    CREDITD_ASSERT(false);
    return ProblemCode::invalid_request;
}

ProblemCode problem_of(Unavailable reason) {
    switch (reason) {
        case Unavailable::disk_full: return ProblemCode::disk_full;
        case Unavailable::clock_suspect: return ProblemCode::clock_suspect;
        case Unavailable::ledger_suspect: return ProblemCode::ledger_suspect;
        case Unavailable::recovering: return ProblemCode::recovering;
        case Unavailable::none:
        case Unavailable::overloaded: break;
    }
    return ProblemCode::overloaded;
}

namespace {

/// What does not fit the feature's price, by its place in the request.
std::string misfit_members(const RefusalDetail& detail) {
    if (detail.name.empty()) return {};
    std::string text;
    std::string pointer = "#/units";
    append_pointer_token(pointer, detail.name);
    switch (detail.fault) {
        case UnitFault::none:
            pointer = "#/options";
            text = "has " + detail.name + ", which the feature's price has not";
            break;
        case UnitFault::unknown:
            text = "is a unit that the feature's price does not ask for";
            break;
        case UnitFault::missing: text = "is missing: the feature's price asks for it"; break;
        case UnitFault::beyond: text = "is above the last tier of the feature's price"; break;
    }
    std::string members = R"("errors":[{"pointer":)";
    append_json_string(members, pointer);
    members += R"(,"detail":)";
    append_json_string(members, text);
    return members + "}]";
}

}  // namespace

std::string refusal_members(const Refusal& refusal, unsigned decimals) {
    std::string members;
    if (refusal.code == RefusalCode::units_invalid || refusal.code == RefusalCode::option_unknown) {
        members = misfit_members(refusal.details());
    }
    if (refusal.code == RefusalCode::time_past) {
        const std::string& field = refusal.details().name;
        members = field.empty() ? R"("errors":[{"pointer":"#/expires_at","detail":"must lie in )"
                                  R"(the future, and after effective_at"}])"
                                : R"("errors":[{"pointer":"#/)" + field +
                                      R"(","detail":"must lie in the future"}])";
    }
    if (refusal.code == RefusalCode::price_differs) {
        members =
            R"("errors":[{"pointer":"#/payment/amount","detail":"amount and currency must be the )"
            R"(price that the catalog sets"}])";
    }
    if (refusal.code == RefusalCode::amount_not_on_offer) {
        members =
            R"("errors":[{"pointer":"#/amount","detail":"must lie within the bounds that the )"
            R"(catalog sets for a number of credits of one's own"}])";
    }
    const bool is_budget = refusal.code == RefusalCode::budget_exceeded;
    if (refusal.code != RefusalCode::insufficient_credits && !is_budget) return members;
    members = "\"required\":";
    append_decimal(members, refusal.required.value, decimals);
    members += ",\"available\":";
    append_decimal(members, refusal.available.value, decimals);
    members += ",\"shortfall\":";
    append_decimal(members, refusal.shortfall.value, decimals);
    const RefusalDetail& detail = refusal.details();
    if (is_budget) {
        members += ",\"budget\":\"" + detail.budget + "\",\"window\":\"" + detail.window +
                   "\",\"resets_at\":\"";
        append_timestamp(members, detail.resets_at);
        members += '"';
        return members;
    }
    members += ",\"top_up_url\":";
    if (detail.top_up_url.empty()) members += "null";
    else append_json_string(members, detail.top_up_url);
    return members;
}

}  // namespace creditd::daemon
