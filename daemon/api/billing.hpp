// What a provider keeps of a customer: where they manage their subscription, how they pay, what
// they have paid. The customer is found by the account's latest paid order. Io threads.
#pragma once

#include "daemon/api/call.hpp"

namespace creditd::daemon {

/// What a page needs to pay: publishable keys and the providers that can be used. No secret.
void handle_payments_config(Call& call);
void handle_billing_portal(Call& call);
void handle_payment_methods(Call& call);
void handle_invoices(Call& call);

}  // namespace creditd::daemon
