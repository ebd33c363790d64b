#include "daemon/api/problems.hpp"

#include "core/assert.hpp"
#include "daemon/basics/json_writer.hpp"

namespace creditd::daemon {

ProblemCode problem_of(RefusalCode code) {
    switch (code) {
        case RefusalCode::none: break;
        case RefusalCode::account_not_found: return ProblemCode::account_not_found;
        case RefusalCode::grant_not_found: return ProblemCode::grant_not_found;
        case RefusalCode::transaction_not_found: return ProblemCode::transaction_not_found;
        case RefusalCode::hold_not_found: return ProblemCode::hold_not_found;
        case RefusalCode::feature_not_found: return ProblemCode::feature_not_found;
        case RefusalCode::key_not_found: return ProblemCode::key_not_found;
        case RefusalCode::time_past: return ProblemCode::invalid_request;
        case RefusalCode::account_closed: return ProblemCode::account_closed;
        case RefusalCode::hold_closed: return ProblemCode::hold_closed;
        case RefusalCode::payment_conflict: return ProblemCode::payment_conflict;
        case RefusalCode::feature_inactive: return ProblemCode::feature_inactive;
        case RefusalCode::units_invalid: return ProblemCode::units_invalid;
        case RefusalCode::option_unknown: return ProblemCode::option_unknown;
        case RefusalCode::capture_exceeds_hold: return ProblemCode::capture_exceeds_hold;
        case RefusalCode::refund_exceeds_deduction: return ProblemCode::refund_exceeds_deduction;
        case RefusalCode::revoke_exceeds_grant: return ProblemCode::revoke_exceeds_grant;
        case RefusalCode::balance_range: return ProblemCode::balance_range;
        case RefusalCode::not_refundable: return ProblemCode::not_refundable;
        case RefusalCode::insufficient_credits: return ProblemCode::insufficient_credits;
        case RefusalCode::refusal_limit: return ProblemCode::refusal_limit;
    }
    CREDITD_ASSERT(false);
    return ProblemCode::invalid_request;
}

ProblemCode problem_of(Unavailable reason) {
    switch (reason) {
        case Unavailable::disk_full: return ProblemCode::disk_full;
        case Unavailable::clock_suspect: return ProblemCode::clock_suspect;
        case Unavailable::recovering: return ProblemCode::recovering;
        case Unavailable::none:
        case Unavailable::overloaded: break;
    }
    return ProblemCode::overloaded;
}

std::string refusal_members(const Refusal& refusal, unsigned decimals) {
    std::string members;
    if (refusal.code == RefusalCode::time_past) {
        members =
            R"("errors":[{"pointer":"#/expires_at","detail":"must lie in the future, and after )"
            R"(effective_at"}])";
    }
    if (refusal.code != RefusalCode::insufficient_credits) return members;
    members = "\"required\":";
    append_decimal(members, refusal.required.value, decimals);
    members += ",\"available\":";
    append_decimal(members, refusal.available.value, decimals);
    members += ",\"shortfall\":";
    append_decimal(members, refusal.shortfall.value, decimals);
    // Where to pay: known to the catalog, once it has payment pages.
    members += ",\"top_up_url\":null";
    return members;
}

}  // namespace creditd::daemon
