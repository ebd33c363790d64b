// A subscription that Stripe bills: what is asked here of it must hold there too, and first, for
// there the money is. Io threads.
#pragma once

#include <functional>

#include "daemon/api/call.hpp"

namespace creditd::daemon {

/// Runs `then` once Stripe has done what the command asks of the account's subscription; at once
/// where Stripe has no part in it. Answers the call itself where Stripe does not do it.
void at_stripe_first(Call& call, const CommandBody& body, std::function<void()> then);

/// The Idempotency-Key under which Stripe is asked what `call` asks here: its own, in a form that
/// is never too long for Stripe. A call without one is a new one each time.
std::string key_at_stripe(const Call& call);

/// The checkout session of the account's latest paid order at Stripe, of a plan if `is_plan`;
/// empty: there is none; nothing: it cannot be read. For reader threads.
std::optional<std::string> latest_session(const Api& api, AccountNo account, bool is_plan);

}  // namespace creditd::daemon
