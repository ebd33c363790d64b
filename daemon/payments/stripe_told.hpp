// What the objects inside Stripe's events say: one function for each kind of object, or two where
// its events say different things. Private to the reading of events. What is wrong goes to the
// object's FieldErrors; the result means nothing then. Pure functions; any thread.
#pragma once

#include <string_view>

#include "daemon/payments/foreign_json.hpp"
#include "daemon/payments/provider_news.hpp"

namespace creditd::daemon {

using Told = decltype(ProviderNews::told);

struct StripeEvent {
    std::string_view type;
    ForeignObject object;  // `data.object`
};

// Each fills `goods` from the metadata of the object.
Told told_by_completed_session(const StripeEvent& event, NewsGoods& goods);
Told told_by_paid_session(const StripeEvent& event, NewsGoods& goods);
Told told_by_unpaid_session(const StripeEvent& event, NewsGoods& goods);
Told told_by_payment_intent(const StripeEvent& event, NewsGoods& goods);
Told told_by_charge(const StripeEvent& event, NewsGoods& goods);
Told told_by_refund(const StripeEvent& event, NewsGoods& goods);
Told told_by_dispute(const StripeEvent& event, NewsGoods& goods);
Told told_by_subscription(const StripeEvent& event, NewsGoods& goods);
Told told_by_paid_invoice(const StripeEvent& event, NewsGoods& goods);
Told told_by_failed_invoice(const StripeEvent& event, NewsGoods& goods);

/// News of a payment, nothing said of it yet.
PaymentNews stripe_payment(std::string id);
/// An amount and the object's `currency`.
Money stripe_money(const ForeignObject& object, std::string_view amount_name);

/// When the current period of a subscription ends: its own word, or that of its items.
std::optional<Timestamp> subscription_period_end(const ForeignObject& subscription);
/// Does it end with that period? Newer subscriptions only say when they end.
bool ends_with_period(const ForeignObject& subscription);

}  // namespace creditd::daemon
