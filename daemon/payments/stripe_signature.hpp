// The `Stripe-Signature` of a webhook: `t=<unix seconds>,v1=<hex>[,v1=<hex>][,v0=…]`, where v1 is
// the HMAC-SHA-256 of `<t>.<raw body>` under the whole text of the endpoint's secret, `whsec_`
// included (docs.stripe.com/webhooks#verify-manually). Two secrets are in force while one is
// rolled. Pure functions; any thread.
#pragma once

#include <cstdint>
#include <expected>
#include <span>
#include <string>
#include <string_view>

#include "core/types.hpp"
#include "daemon/basics/secret.hpp"

namespace creditd::daemon {

enum class StripeSignatureFault : std::uint8_t { malformed, no_v1, no_match, too_old, too_new };
std::string_view sentence_of(StripeSignatureFault fault);

/// In both directions: Stripe's own library takes any time to come.
inline constexpr Duration stripe_signature_tolerance = Duration::seconds(300);

/// Did whoever knows one of the `secrets` sign this very `body` within the tolerance of `now`?
/// Time is looked at last, so that `too_old` and `too_new` are said of real signatures only.
std::expected<void, StripeSignatureFault> verify_stripe_signature(std::string_view header,
                                                                  std::string_view body,
                                                                  std::span<const Secret> secrets,
                                                                  Timestamp now);

/// The header that Stripe would send at `seconds`.
std::string stripe_signature(const Secret& key, std::int64_t seconds, std::string_view body);

}  // namespace creditd::daemon
