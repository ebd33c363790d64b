// What Stripe answers to the requests of stripe_calls.hpp: typed, with what creditd uses of it, or
// an error that says whether the same request may be sent again. An answer that lacks what it must
// have is an error too. Pure functions; any thread.
#pragma once

#include <expected>
#include <optional>
#include <string>
#include <vector>

#include "daemon/payments/provider_call.hpp"
#include "daemon/payments/provider_news.hpp"
#include "daemon/payments/stripe_news.hpp"

namespace creditd::daemon {

struct CheckoutSession {
    std::string id;
    std::string url;             // empty once it is over
    std::string status;          // open, complete, expired
    std::string payment_status;  // paid, unpaid, no_payment_required
    std::string payment_intent;
    std::string subscription;
    std::string customer;
    std::optional<Timestamp> expires_at;
};

struct StripeSubscription {
    std::string id;
    std::string status;
    std::string customer;
    std::string item;     // its first one
    std::string product;  // of that item
    Money price;          // likewise; 0 where it is no plain amount
    std::optional<Timestamp> period_end;
    bool cancel_at_period_end = false;
};

struct StripePaymentMethod {
    std::string id;
    std::string type;  // card, sepa_debit, …
    std::string brand;
    std::string last4;
    std::int64_t exp_month = 0;  // 0 where it is no card
    std::int64_t exp_year = 0;
};

struct StripeInvoice {
    std::string id;
    std::string number;
    std::string status;  // draft, open, paid, void, uncollectible
    std::string billing_reason;
    Money total;
    std::int64_t paid_minor = 0;
    std::optional<Timestamp> created;
    std::string hosted_url;
    std::string pdf_url;
};

struct StripeInvoicePayment {
    std::string invoice;
    std::string payment_intent;  // empty where it was paid otherwise
    std::string status;          // open, paid, canceled
};

struct StripeRefund {
    std::string id;
    std::string status;
    std::int64_t minor = 0;
};

struct StripeListedEvent {
    std::string id;    // empty where it cannot be read
    std::string body;  // as it was written
    std::expected<ProviderNews, FieldError> news;
};

/// Newest first; `last` is where the next page begins, by `starting_after`.
template <class Entry>
struct StripePage {
    std::vector<Entry> entries;
    bool has_more = false;
    std::string last;
};

CallResult<CheckoutSession> read_checkout_session(const HttpResult& result);
/// The address to which the customer is sent.
CallResult<std::string> read_portal_session(const HttpResult& result);
CallResult<StripeSubscription> read_subscription(const HttpResult& result);
CallResult<StripePage<StripePaymentMethod>> read_payment_methods(const HttpResult& result);
CallResult<StripePage<StripeInvoice>> read_invoices(const HttpResult& result);
CallResult<StripePage<StripeInvoicePayment>> read_invoice_payments(const HttpResult& result);
CallResult<StripeRefund> read_refund(const HttpResult& result);
/// An event that cannot be read, but for its id, fails alone.
CallResult<StripePage<StripeListedEvent>> read_events(const HttpResult& result,
                                                      StripeRules rules = {});

}  // namespace creditd::daemon
