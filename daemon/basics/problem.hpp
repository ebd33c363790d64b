// Every error code that creditd answers with, its status and its words: one table, and the RFC 9457
// document and the small page made from it. Which refusal of core is which code is decided
// elsewhere. Codes never change their meaning; new ones are added. Pure functions, any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "text/field_error.hpp"

namespace creditd::daemon {

enum class ProblemCode : std::uint8_t {
    // 400
    invalid_request,
    amount_precision,
    amount_range,
    idempotency_key_missing,
    signature_invalid,
    // 401 to 405
    unauthorized,
    insufficient_credits,
    budget_exceeded,
    insufficient_scope,
    route_not_found,
    account_not_found,
    grant_not_found,
    transaction_not_found,
    hold_not_found,
    feature_not_found,
    plan_not_found,
    package_not_found,
    promotion_not_found,
    subscription_not_found,
    budget_not_found,
    alert_not_found,
    auto_top_up_not_found,
    order_not_found,
    endpoint_not_found,
    key_not_found,
    notification_not_found,
    method_not_allowed,
    // 408 to 415, 431
    request_timeout,
    account_closed,
    account_exists,
    hold_closed,
    payment_conflict,
    order_closed,
    order_exists,
    notification_closed,
    already_redeemed,
    subscription_exists,
    length_required,
    version_mismatch,
    content_too_large,
    uri_too_long,
    unsupported_media_type,
    header_fields_too_large,
    // 422
    idempotency_key_reused,
    feature_inactive,
    units_invalid,
    option_unknown,
    capture_exceeds_hold,
    refund_exceeds_deduction,
    revoke_exceeds_grant,
    balance_range,
    cross_shard,
    promotion_exhausted,
    promotion_inactive,
    not_refundable,
    subscription_source,
    clock_not_testable,
    endpoint_limit,
    tz_invalid,
    payment_unmatched,
    // 429, 502 and 503
    rate_limited,
    refusal_limit,
    provider_failed,
    overloaded,
    recovering,
    disk_full,
    clock_suspect,
    ledger_suspect,
};

struct ProblemInfo {
    ProblemCode code;
    std::uint16_t status;
    std::string_view name;    // snake_case, as in `code`
    std::string_view title;   // the same for every occurrence
    std::string_view detail;  // one sentence, used where an occurrence has none of its own
};

/// All codes, in order of the enum.
std::span<const ProblemInfo> problem_table();
const ProblemInfo& problem_info(ProblemCode code);

/// 429 and 503 carry `Retry-After`.
bool wants_retry_after(ProblemCode code);
/// The code of a body with wrong fields.
ProblemCode problem_of(FieldFault fault);

struct Problem {
    ProblemCode code = ProblemCode::invalid_request;
    std::string_view detail{};         // empty: the table's
    std::string_view instance{};       // the request's path
    std::string_view extra_members{};  // JSON members without braces, e.g. `"required":5`
    std::span<const FieldError> errors{};
};

inline constexpr std::string_view problem_content_type = "application/problem+json";

/// Appends the body of an `application/problem+json` answer.
void render_problem(std::string& out, const Problem& problem);

/// `insufficient-credits`, the last part of the problem's `type`.
std::string problem_slug(ProblemCode code);
std::optional<ProblemCode> problem_by_slug(std::string_view slug);

/// The page served at `/problems/<slug>`, HTML in UTF-8.
std::string problem_page(ProblemCode code);

}  // namespace creditd::daemon
