// What an event of Stripe says, in creditd's words. Shapes follow the API version of the endpoint
// or of the account, so both places of what has moved are read: those before and those since
// 2025-03-31.basil. The README of this folder tells which event says what, and why.
// Pure functions; any thread.
#pragma once

#include <expected>
#include <optional>
#include <string_view>

#include "daemon/payments/provider_news.hpp"
#include "text/field_error.hpp"
#include "text/json_tape.hpp"

namespace creditd::daemon {

inline constexpr std::string_view stripe_provider = "stripe";

struct StripeRules {
    /// Events of the other mode say nothing: no test payment becomes credits of a live ledger.
    std::optional<bool> livemode{};
};
/// The mode that a secret key is of: `sk_live_…` or `sk_test_…` (or `rk_`); else nothing.
std::optional<bool> livemode_of_key(std::string_view secret_key);

/// One event, as a webhook brings it. The error names the first member that is not as it must be.
std::expected<ProviderNews, FieldError> read_stripe_event(std::string_view body,
                                                          StripeRules rules = {});
/// One event of a list of events.
std::expected<ProviderNews, FieldError> read_stripe_event(JsonValue event, StripeRules rules = {});

}  // namespace creditd::daemon
