// The requests that creditd sends to Stripe, form-encoded, under one pinned API version, so that
// their answers keep the shape that stripe_answers.hpp reads. A POST carries an Idempotency-Key of
// the caller's: the same key must come with the same call, however often it is sent.
// Pure functions; any thread.
#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>

#include "daemon/basics/secret.hpp"
#include "daemon/outbound/http_client.hpp"
#include "daemon/payments/provider_news.hpp"
#include "daemon/payments/stripe_answers.hpp"

namespace creditd::daemon {

inline constexpr std::string_view stripe_version = "2025-03-31.basil";
inline constexpr unsigned stripe_page_entries = 100;  // as many as Stripe gives

struct StripeConfig {
    std::string base_url = "https://api.stripe.com";
    Secret secret_key;
};

/// What is bought: at once, or, with an interval, again and again.
struct CheckoutAsk {
    std::string name;  // what the customer reads
    Money price;       // minor units as Stripe counts them
    std::optional<Interval> interval{};
    NewsGoods goods{};  // becomes the metadata; `account` the client_reference_id too
    std::string success_url;
    std::string cancel_url;
    std::string customer{};                 // Stripe's id; may be empty
    std::uint16_t trial_days = 0;           // of a subscription
    std::optional<Timestamp> expires_at{};  // from 30 minutes to 24 hours on
};

struct PlanChangeAsk {
    std::string plan;  // creditd's id
    Interval interval{};
    Money price;
};

struct RefundAsk {
    std::string payment;                // pi_… or ch_…
    std::optional<std::int64_t> minor;  // nothing: what is left of the payment
};

class StripeCalls {
public:
    explicit StripeCalls(StripeConfig config) : config_(std::move(config)) {}

    HttpRequest create_checkout_session(const CheckoutAsk& ask, std::string_view key) const;
    HttpRequest get_checkout_session(std::string_view session) const;
    HttpRequest expire_checkout_session(std::string_view session, std::string_view key) const;
    HttpRequest create_portal_session(std::string_view customer, std::string_view return_url,
                                      std::string_view key) const;

    HttpRequest get_subscription(std::string_view subscription) const;
    /// `cancel` false: it goes on after all.
    HttpRequest cancel_at_period_end(std::string_view subscription, bool cancel,
                                     std::string_view key) const;
    HttpRequest cancel_now(std::string_view subscription) const;
    /// `now` is what get_subscription answered: a new price needs its item and product.
    HttpRequest change_plan(const StripeSubscription& now, const PlanChangeAsk& ask,
                            std::string_view key) const;

    HttpRequest list_payment_methods(std::string_view customer) const;
    /// Newest first; `starting_after` is the last id of the page before.
    HttpRequest list_invoices(std::string_view customer, std::string_view starting_after) const;
    HttpRequest list_events(Timestamp created_from, std::string_view starting_after) const;
    /// Which invoice (in_…) a payment intent has paid, and the reverse: since basil neither of the
    /// two names the other.
    HttpRequest list_invoices_of_payment(std::string_view payment_intent) const;
    HttpRequest list_payments_of_invoice(std::string_view invoice) const;

    /// The error is a sentence: an invoice is no payment that can be refunded.
    std::expected<HttpRequest, std::string> create_refund(const RefundAsk& ask,
                                                          std::string_view key) const;

private:
    HttpRequest get(std::string_view path) const;
    HttpRequest post(std::string_view path, std::string form, std::string_view key) const;
    HttpRequest request(std::string method, std::string_view path) const;

    StripeConfig config_;
};

}  // namespace creditd::daemon
