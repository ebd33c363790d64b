#include <cstddef>
#include <iterator>

#include "core/assert.hpp"
#include "daemon/basics/problem.hpp"

namespace creditd::daemon {
namespace {

using enum ProblemCode;

constexpr ProblemInfo table[] = {
    // clang-format off
    {invalid_request, 400, "invalid_request", "The request is not valid",
     "A part of the request is malformed, unknown, missing or of the wrong type."},
    {amount_precision, 400, "amount_precision", "The amount has too many decimals",
     "An amount has more decimals than this ledger keeps."},
    {amount_range, 400, "amount_range", "The amount is out of range",
     "An amount must be positive and within the ledger's range."},
    {idempotency_key_missing, 400, "idempotency_key_missing", "Idempotency-Key is missing",
     "This operation needs an Idempotency-Key header of 1 to 255 visible characters."},
    {signature_invalid, 400, "signature_invalid", "The signature is not valid",
     "The notification is not signed under a secret of this ledger."},

    {unauthorized, 401, "unauthorized", "The API key is missing or not valid",
     "Send a valid API key as 'Authorization: Bearer <key>'."},
    {insufficient_credits, 402, "insufficient_credits", "There are not enough credits",
     "The account's available credits do not cover what is required."},
    {budget_exceeded, 402, "budget_exceeded", "The budget is exceeded",
     "The operation would exceed a budget of the account."},
    {insufficient_scope, 403, "insufficient_scope", "The API key may not do this",
     "The API key lacks the scope that this operation needs."},

    {route_not_found, 404, "route_not_found", "There is nothing at this path",
     "No operation of the API has this path."},
    {account_not_found, 404, "account_not_found", "The account does not exist",
     "There is no account with this id."},
    {grant_not_found, 404, "grant_not_found", "The grant does not exist",
     "There is no grant with this id."},
    {transaction_not_found, 404, "transaction_not_found", "The transaction does not exist",
     "There is no transaction with this id."},
    {hold_not_found, 404, "hold_not_found", "The hold does not exist",
     "There is no hold with this id."},
    {feature_not_found, 404, "feature_not_found", "The feature does not exist",
     "The catalog has no feature with this key."},
    {plan_not_found, 404, "plan_not_found", "The plan does not exist",
     "The catalog has no plan with this id."},
    {package_not_found, 404, "package_not_found", "The package does not exist",
     "The catalog has no package with this id."},
    {promotion_not_found, 404, "promotion_not_found", "The promotion does not exist",
     "The catalog has no promotion with this code."},
    {subscription_not_found, 404, "subscription_not_found", "There is no subscription",
     "The account has no subscription that runs."},
    {budget_not_found, 404, "budget_not_found", "The budget does not exist",
     "The account has no budget with this id."},
    {alert_not_found, 404, "alert_not_found", "The alert does not exist",
     "The account has no alert with this id."},
    {auto_top_up_not_found, 404, "auto_top_up_not_found", "There is no auto top-up",
     "The account has no rule for an auto top-up."},
    {order_not_found, 404, "order_not_found", "The order does not exist",
     "There is no order with this id."},
    {endpoint_not_found, 404, "endpoint_not_found", "The webhook endpoint does not exist",
     "There is no webhook endpoint with this id."},
    {key_not_found, 404, "key_not_found", "The API key does not exist",
     "There is no API key with this id."},
    {notification_not_found, 404, "notification_not_found", "The notification does not exist",
     "The inbox has no notification with this id."},
    {method_not_allowed, 405, "method_not_allowed", "The method is not allowed here",
     "This path does not take this method; the Allow header lists those it takes."},

    {request_timeout, 408, "request_timeout", "The request took too long to arrive",
     "The request was not complete when its time was up."},
    {account_closed, 409, "account_closed", "The account is closed",
     "A closed account takes no operation that moves credits."},
    {account_exists, 409, "account_exists", "The account exists already",
     "There is an account with this id already."},
    {hold_closed, 409, "hold_closed", "The hold is closed",
     "The hold has been captured, released or has expired."},
    {payment_conflict, 409, "payment_conflict", "The payment was recorded differently",
     "This payment has been recorded before with another amount or account."},
    {order_closed, 409, "order_closed", "The order is closed",
     "The order has been settled or canceled."},
    {order_exists, 409, "order_exists", "The order exists already",
     "There is an order with this id already, for something else."},
    {notification_closed, 409, "notification_closed", "The notification was dealt with",
     "Only a notification in quarantine can be corrected."},
    {already_redeemed, 409, "already_redeemed", "The promotion was redeemed already",
     "This account has redeemed the promotion before."},
    {subscription_exists, 409, "subscription_exists", "The account has a subscription already",
     "Change or cancel the account's subscription instead of starting another."},
    {length_required, 411, "length_required", "Content-Length is required",
     "Send the body with a Content-Length; Transfer-Encoding is not accepted."},
    {version_mismatch, 412, "version_mismatch", "The object has changed",
     "The object's version is not the one that If-Match names."},
    {content_too_large, 413, "content_too_large", "The body is too large",
     "The body is larger than this operation accepts."},
    {uri_too_long, 414, "uri_too_long", "The path is too long",
     "The request's target is longer than this server accepts."},
    {unsupported_media_type, 415, "unsupported_media_type", "The media type is not supported",
     "Send the body as application/json in UTF-8."},
    {header_fields_too_large, 431, "header_fields_too_large", "The headers are too large",
     "The request's headers are larger or more than this server accepts."},

    {idempotency_key_reused, 422, "idempotency_key_reused", "Idempotency-Key is already used",
     "This Idempotency-Key was used for another request; use a new key for a new request."},
    {feature_inactive, 422, "feature_inactive", "The feature is not active",
     "The catalog has switched this feature off."},
    {units_invalid, 422, "units_invalid", "The units do not fit the feature",
     "The quantity or units given cannot be priced for this feature."},
    {option_unknown, 422, "option_unknown", "The option is not known",
     "The feature's price has no such option."},
    {capture_exceeds_hold, 422, "capture_exceeds_hold", "The capture exceeds the hold",
     "More is to be captured than remains on the hold."},
    {refund_exceeds_deduction, 422, "refund_exceeds_deduction",
     "The refund exceeds the deduction",
     "More is to be refunded than is left to refund of the deduction."},
    {revoke_exceeds_grant, 422, "revoke_exceeds_grant", "The revocation exceeds the grant",
     "More is to be revoked than remains of the grant."},
    {balance_range, 422, "balance_range", "The balance would leave its range",
     "The operation would take the balance out of the ledger's range."},
    {cross_shard, 422, "cross_shard", "The accounts live on different shards",
     "An operation cannot span accounts of different shards."},
    {promotion_exhausted, 422, "promotion_exhausted", "The promotion is used up",
     "The promotion has been redeemed as often as it may be."},
    {promotion_inactive, 422, "promotion_inactive", "The promotion is not active",
     "The promotion has not begun, has ended, or is switched off."},
    {not_refundable, 422, "not_refundable", "This cannot be refunded",
     "The transaction is of a kind that cannot be refunded."},
    {subscription_source, 422, "subscription_source", "The subscription has another source",
     "Only a subscription whose source is provider is renewed or past due by a call."},
    {clock_not_testable, 422, "clock_not_testable", "This ledger has no test clock",
     "Only a ledger that was made with --test-clock lets its time be told."},
    {endpoint_limit, 422, "endpoint_limit", "There are too many webhook endpoints",
     "A ledger has at most 100 webhook endpoints; remove one of them."},
    {tz_invalid, 422, "tz_invalid", "The time zone is not valid",
     "tz must be whole hours from UTC, like +07:00, from -12 to +14."},
    {payment_unmatched, 422, "payment_unmatched", "The payment matches nothing",
     "Nothing says which account the payment credits, or with what."},

    {rate_limited, 429, "rate_limited", "There are too many requests",
     "Too many requests in a short time; try again after Retry-After seconds."},
    {refusal_limit, 429, "refusal_limit", "The account is refused too often",
     "The account was refused too often in a short time; try again after Retry-After seconds."},
    {provider_failed, 502, "provider_failed", "The payment provider did not do it",
     "The payment provider could not be reached, or refused; nothing was credited."},
    {overloaded, 503, "overloaded", "The server is overloaded",
     "The server has more work than it can do; try again after Retry-After seconds."},
    {recovering, 503, "recovering", "The server is starting",
     "The server is reading its log and will serve when it is done."},
    {disk_full, 503, "disk_full", "The disk is full",
     "Writes are refused until there is free space; reads go on."},
    {clock_suspect, 503, "clock_suspect", "The server's clock is suspect",
     "Writes are refused until an administrator accepts the server's time."},
    {ledger_suspect, 503, "ledger_suspect", "The ledger has failed its own audit",
     "What is in memory or on disk is not what was written; writes are refused, reads go on."},
    // clang-format on
};

constexpr std::size_t problem_count = static_cast<std::size_t>(ledger_suspect) + 1;
static_assert(std::size(table) == problem_count, "every code has a row");

constexpr bool rows_follow_the_enum() {
    for (std::size_t i = 0; i < problem_count; ++i) {
        if (static_cast<std::size_t>(table[i].code) != i) return false;
    }
    return true;
}
static_assert(rows_follow_the_enum());

}  // namespace

std::span<const ProblemInfo> problem_table() { return table; }

const ProblemInfo& problem_info(ProblemCode code) {
    const auto row = static_cast<std::size_t>(code);
    CREDITD_ASSERT(row < problem_count);
    return table[row];
}

}  // namespace creditd::daemon
