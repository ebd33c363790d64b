#include <algorithm>
#include <utility>

#include "daemon/payments/stripe_metadata.hpp"
#include "daemon/payments/stripe_told.hpp"

namespace creditd::daemon {
namespace {

bool is_one_of(std::string_view text, std::initializer_list<std::string_view> list) {
    return std::ranges::find(list, text) != list.end();
}

void keep_later(std::optional<Timestamp>& latest, std::optional<Timestamp> moment) {
    if (moment && (!latest || *latest < *moment)) latest = moment;
}

/// Where an invoice says which subscription it is of: since basil in its parent.
ForeignObject subscription_details(const ForeignObject& invoice) {
    const ForeignObject parent = invoice.object("parent").object("subscription_details");
    return parent.is_there() ? parent : invoice.object("subscription_details");
}

std::string subscription_of(const ForeignObject& invoice) {
    std::string id = subscription_details(invoice).id("subscription");
    return id.empty() ? invoice.id("subscription") : id;
}

void read_invoice_goods(const ForeignObject& invoice, NewsGoods& goods) {
    read_stripe_metadata(invoice.object("metadata"), goods);
    read_stripe_metadata(subscription_details(invoice).object("metadata"), goods);
}

PaymentNews payment_of_invoice(const ForeignObject& invoice) {
    PaymentNews news = stripe_payment(invoice.required_id("id"));
    news.paid = true;
    news.amount = stripe_money(invoice, "amount_paid");
    return news;
}

Told told_without_subscription(const ForeignObject& invoice, const NewsGoods& goods) {
    if (goods.account.empty()) {
        return NothingTold{"The invoice is of no subscription, and names no account."};
    }
    return PaymentTold{payment_of_invoice(invoice)};
}

std::optional<Timestamp> period_end_of(const ForeignObject& invoice) {
    std::optional<Timestamp> latest;
    for (const ForeignObject& line : invoice.objects("lines")) {
        keep_later(latest, line.object("period").moment("end"));
    }
    return latest;
}

}  // namespace

std::optional<Timestamp> subscription_period_end(const ForeignObject& subscription) {
    if (const auto own = subscription.moment("current_period_end")) return own;
    std::optional<Timestamp> latest;
    for (const ForeignObject& item : subscription.objects("items")) {
        keep_later(latest, item.moment("current_period_end"));
    }
    return latest;
}

bool ends_with_period(const ForeignObject& subscription) {
    if (subscription.flag("cancel_at_period_end")) return true;
    const auto cancel_at = subscription.moment("cancel_at");
    const auto period_end = subscription_period_end(subscription);
    return cancel_at && (!period_end || *cancel_at <= *period_end);
}

Told told_by_subscription(const StripeEvent& event, NewsGoods& goods) {
    const ForeignObject& object = event.object;
    read_stripe_metadata(object.object("metadata"), goods);
    const std::string status = object.required_text("status");
    if (status == "incomplete" && event.type != "customer.subscription.deleted") {
        return NothingTold{"The subscription waits for its first payment."};
    }
    SubscriptionTold told;
    told.subscription = object.required_id("id");
    told.is_running = event.type != "customer.subscription.deleted" &&
                      !is_one_of(status, {"canceled", "incomplete_expired"});
    // Paused: nothing was paid after a trial, so it stands like one whose payment is due.
    told.is_past_due = told.is_running && is_one_of(status, {"past_due", "unpaid", "paused"});
    told.cancel_at_period_end = ends_with_period(object);
    told.period_end = subscription_period_end(object);
    const bool is_known = is_one_of(status, {"active", "trialing", "past_due", "unpaid", "paused",
                                             "canceled", "incomplete", "incomplete_expired"});
    if (!is_known) object.fail("status", "is no status of a subscription that creditd knows");
    return told;
}

Told told_by_paid_invoice(const StripeEvent& event, NewsGoods& goods) {
    const ForeignObject& invoice = event.object;
    read_invoice_goods(invoice, goods);
    CyclePaid told;
    told.subscription = subscription_of(invoice);
    if (told.subscription.empty()) return told_without_subscription(invoice, goods);
    const std::string reason = invoice.text("billing_reason");
    if (!is_one_of(reason, {"subscription_create", "subscription_cycle"})) {
        return NothingTold{"An invoice of a subscription that begins no cycle."};
    }
    told.payment = payment_of_invoice(invoice);
    told.is_first = reason == "subscription_create";
    told.period_end = period_end_of(invoice);
    return told;
}

Told told_by_failed_invoice(const StripeEvent& event, NewsGoods& goods) {
    read_invoice_goods(event.object, goods);
    std::string subscription = subscription_of(event.object);
    if (subscription.empty()) return NothingTold{"The invoice is of no subscription."};
    return CycleFailed{std::move(subscription)};
}

}  // namespace creditd::daemon
