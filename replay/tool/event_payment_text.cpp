#include "replay/tool/event_payment_text.hpp"

#include "replay/ids.hpp"
#include "replay/sha256.hpp"
#include "replay/tool/event_parts_text.hpp"

namespace creditd::replay::tool {
namespace {

constexpr std::array<std::string_view, 3> refund_statuses{"pending", "succeeded", "failed"};
constexpr std::array<std::string_view, 3> dispute_statuses{"open", "won", "lost"};
constexpr std::array<std::string_view, 7> order_statuses{
    "pending", "settled", "failed", "expired", "canceled", "refunded", "disputed"};
constexpr std::array<std::string_view, 4> outcomes{"applied", "ignored", "quarantined",
                                                   "dismissed"};

void append_told(JsonText& json, const PaymentStanding& standing) {
    json.number("refunded", standing.refunded_minor);
    json.open_list("refunds");
    for (const PaymentRefund& refund : standing.refunds) {
        json.open();
        json.text("id", refund.id);
        json.number("amount", refund.minor);
        json.text("status", name_in(refund_statuses, refund.status));
        json.close();
    }
    json.close_list();
    json.open_list("disputes");
    for (const PaymentDispute& dispute : standing.disputes) {
        json.open();
        json.text("id", dispute.id);
        json.text("status", name_in(dispute_statuses, dispute.status));
        json.close();
    }
    json.close_list();
}

void append_standing(JsonText& json, const PaymentStanding& standing) {
    json.text("provider", standing.provider);
    json.text("payment_id", standing.payment_id);
    json.text("payment_digest", to_hex(standing.payment_digest.bytes));
    append_money(json, "payment", standing.amount);
    if (standing.purchase != Seq{}) json.text("purchase", event_text("txn_", standing.purchase));
    json.optional_text("order", standing.order);
    append_told(json, standing);
    json.open_list("lots");
    for (const PaymentLot& lot : standing.lots) {
        json.open();
        json.text("grant", grant_text(lot.grant));
        json.amount("amount", lot.amount);
        append_terms(json, "terms", lot.terms);
        json.amount("taken", lot.taken);
        json.amount("owed", lot.owed);
        json.amount("written_off", lot.written_off);
        json.close();
    }
    json.close_list();
}

}  // namespace

void append_payment(JsonText& json, const OrderSet& body) {
    const Order& order = body.order;
    json.text("id", order.id);
    json.number("placed", order.placed);
    json.time("placed_at", order.placed_at);
    json.text("status", name_in(order_statuses, order.status));
    json.optional_text("package", order.package);
    json.optional_text("plan", order.plan);
    if (!order.plan.empty()) json.text("interval", name_in(interval_names, order.interval));
    json.amount("credits", order.credits);
    json.amount("bonus", order.bonus);
    json.number("expires_in_seconds", order.expires_in.value / Duration::seconds(1).value);
    json.number("bonus_expires_in_seconds",
                order.bonus_expires_in.value / Duration::seconds(1).value);
    append_money(json, "price", order.price);
    json.text("provider", order.provider);
    json.optional_text("reference", order.reference);
    json.optional_text("pay_url", order.pay_url);
    json.optional_text("qr_url", order.qr_url);
    if (order.pay_until != Timestamp{}) json.time("pay_until", order.pay_until);
    if (order.is_paid()) json.time("settled_at", order.settled_at);
    json.optional_text("payment_id", order.payment_id);
}

void append_payment(JsonText& json, const PaymentNoted& body) {
    append_standing(json, body.standing);
}

void append_payment(JsonText& json, const PaymentReversed& body) {
    append_standing(json, body.standing);
    json.amount("reversed_amount", body.amount);
    json.open_list("reversed");
    for (const LotReversal& part : body.reversed) {
        json.open();
        json.text("grant", grant_text(part.grant));
        json.amount("taken", part.taken);
        json.amount("owed", part.owed);
        json.amount("written_off", part.written_off);
        json.close();
    }
    json.close_list();
}

void append_payment(JsonText& json, const PaymentRestored& body) {
    append_standing(json, body.standing);
    json.amount("restored_amount", body.amount);
    json.amount("debt_reversed", body.debt_reversed);
    append_restored(json, body.restored);
}

void append_payment(JsonText& json, const NotificationNoted& body) {
    const Notification& told = body.notification;
    json.text("provider", told.provider);
    json.text("id", told.id);
    json.number("received", told.received);
    json.time("received_at", told.received_at);
    json.text("type", told.type);
    json.text("outcome", name_in(outcomes, told.outcome));
    json.optional_text("reason", told.reason);
    json.optional_text("about", told.account);
    json.optional_text("order", told.order);
    json.optional_text("payment_id", told.payment_id);
    json.number("tries", told.tries);
    json.optional_text("hint_account", told.hint.account);
    json.optional_text("hint_order", told.hint.order);
    json.optional_text("hint_package", told.hint.package);
    if (told.hint.credits.is_positive()) json.amount("hint_credits", told.hint.credits);
}

}  // namespace creditd::replay::tool
