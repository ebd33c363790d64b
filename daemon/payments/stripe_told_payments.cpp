#include <array>
#include <utility>

#include "daemon/payments/stripe_metadata.hpp"
#include "daemon/payments/stripe_news.hpp"
#include "daemon/payments/stripe_told.hpp"
#include "replay/sha256.hpp"

namespace creditd::daemon {
namespace {

void read_session_goods(const ForeignObject& session, NewsGoods& goods) {
    read_stripe_metadata(session.object("metadata"), goods);
    if (goods.account.empty()) goods.account = session.text("client_reference_id");
}

/// Which payment a charge is: its invoice (until basil), its intent, or itself.
std::string payment_of_charge(const ForeignObject& charge) {
    for (const std::string_view name : {"invoice", "payment_intent"}) {
        std::string id = charge.id(name);
        if (!id.empty()) return id;
    }
    return charge.required_id("id");
}

/// Which payment something is about that names a charge: a refund, a dispute.
std::string payment_behind(const ForeignObject& object) {
    const ForeignObject charge = object.object("charge");
    if (charge.is_there()) return payment_of_charge(charge);
    std::string intent = object.id("payment_intent");
    return intent.empty() ? object.required_id("charge") : intent;
}

using RefundName = std::pair<std::string_view, RefundStatus>;
constexpr std::array<RefundName, 5> refund_names{{{"pending", RefundStatus::pending},
                                                  {"requires_action", RefundStatus::pending},
                                                  {"succeeded", RefundStatus::succeeded},
                                                  {"failed", RefundStatus::failed},
                                                  {"canceled", RefundStatus::failed}}};

RefundStatus refund_status(const ForeignObject& refund) {
    const std::string status = refund.text("status");
    for (const auto& [name, meaning] : refund_names) {
        if (status == name) return meaning;
    }
    if (!status.empty()) refund.fail("status", "is no status of a refund that creditd knows");
    return RefundStatus::pending;
}

using DisputeName = std::pair<std::string_view, DisputeStatus>;
constexpr std::array<DisputeName, 6> dispute_names{{{"needs_response", DisputeStatus::open},
                                                    {"under_review", DisputeStatus::open},
                                                    {"won", DisputeStatus::won},
                                                    {"warning_closed", DisputeStatus::won},
                                                    {"prevented", DisputeStatus::won},
                                                    {"lost", DisputeStatus::lost}}};

bool is_inquiry(std::string_view status) {
    return status == "warning_needs_response" || status == "warning_under_review";
}

DisputeStatus dispute_status(const ForeignObject& dispute, std::string_view status) {
    for (const auto& [name, meaning] : dispute_names) {
        if (status == name) return meaning;
    }
    dispute.fail("status", "is no status of a dispute that creditd knows");
    return DisputeStatus::open;
}

}  // namespace

PaymentNews stripe_payment(std::string id) {
    PaymentNews news;
    news.provider = stripe_provider;
    news.payment_id = std::move(id);
    news.payment_digest = replay::digest128('p', news.provider, news.payment_id);
    return news;
}

Money stripe_money(const ForeignObject& object, std::string_view amount_name) {
    const std::int64_t minor = object.required_count(amount_name);
    const auto currency = object.currency("currency");
    if (!currency && minor > 0) object.fail("currency", "must be a currency");
    return {minor, currency.value_or(Currency{})};
}

Told told_by_completed_session(const StripeEvent& event, NewsGoods& goods) {
    const std::string status = event.object.required_text("payment_status");
    if (status == "unpaid") {
        read_session_goods(event.object, goods);
        return NothingTold{"The session is complete, and waits for the payment."};
    }
    if (status != "paid" && status != "no_payment_required") {
        event.object.fail("payment_status", "must be paid, unpaid or no_payment_required");
    }
    return told_by_paid_session(event, goods);
}

Told told_by_paid_session(const StripeEvent& event, NewsGoods& goods) {
    const ForeignObject& session = event.object;
    read_session_goods(session, goods);
    const std::string mode = session.required_text("mode");
    if (mode == "setup") return NothingTold{"A session of mode setup takes no money."};
    if (mode == "subscription") {
        // Its invoice is what credits; this only brings an order and a subscription together.
        SubscriptionTold told;
        told.subscription = session.required_id("subscription");
        return told;
    }
    if (mode != "payment") session.fail("mode", "must be payment, subscription or setup");
    std::string intent = session.id("payment_intent");
    PaymentNews news = stripe_payment(intent.empty() ? session.required_id("id") : intent);
    news.paid = true;
    news.amount = stripe_money(session, "amount_total");
    return PaymentTold{std::move(news)};
}

Told told_by_unpaid_session(const StripeEvent& event, NewsGoods& goods) {
    read_session_goods(event.object, goods);
    if (goods.order.empty()) return NothingTold{"The session names no order."};
    return OrderTold{event.type == "checkout.session.expired" ? OrderStatus::expired
                                                              : OrderStatus::failed};
}

Told told_by_payment_intent(const StripeEvent& event, NewsGoods& goods) {
    const ForeignObject& intent = event.object;
    read_stripe_metadata(intent.object("metadata"), goods);
    if (intent.has("invoice")) return NothingTold{"The payment's invoice tells of it."};
    if (goods == NewsGoods{}) return NothingTold{"The payment says nothing to creditd."};
    PaymentNews news = stripe_payment(intent.required_id("id"));
    news.paid = true;
    news.amount = stripe_money(intent, "amount_received");
    return PaymentTold{std::move(news)};
}

Told told_by_charge(const StripeEvent& event, NewsGoods& goods) {
    const ForeignObject& charge = event.object;
    read_stripe_metadata(charge.object("metadata"), goods);
    PaymentNews news = stripe_payment(payment_of_charge(charge));
    news.refunded_minor = charge.required_count("amount_refunded");
    return PaymentTold{std::move(news)};
}

Told told_by_refund(const StripeEvent& event, NewsGoods& goods) {
    const ForeignObject& refund = event.object;
    read_stripe_metadata(refund.object("metadata"), goods);
    PaymentNews news = stripe_payment(payment_behind(refund));
    news.refunds.push_back(
        {refund.required_id("id"), refund.required_count("amount"), refund_status(refund)});
    return PaymentTold{std::move(news)};
}

Told told_by_dispute(const StripeEvent& event, NewsGoods& goods) {
    const ForeignObject& dispute = event.object;
    read_stripe_metadata(dispute.object("metadata"), goods);
    const std::string status = dispute.required_text("status");
    if (is_inquiry(status)) return NothingTold{"An inquiry has taken no money."};
    PaymentNews news = stripe_payment(payment_behind(dispute));
    DisputeStatus standing = dispute_status(dispute, status);
    const bool is_money_back = event.type == "charge.dispute.funds_reinstated";
    if (is_money_back && standing == DisputeStatus::open) standing = DisputeStatus::won;
    news.disputes.push_back({dispute.required_id("id"), standing});
    return PaymentTold{std::move(news)};
}

}  // namespace creditd::daemon
