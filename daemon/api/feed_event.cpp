#include "daemon/api/feed_event.hpp"

#include <algorithm>
#include <array>

#include "daemon/api/ids.hpp"
#include "daemon/api/orders.hpp"
#include "text/json_writer.hpp"

namespace creditd::daemon {
namespace {

constexpr std::array<std::string_view, 35> feed_names{
    "account.created",       "account.updated",      "account.closed",       "account.reopened",
    "credits.granted",       "credits.purchased",    "credits.activated",    "credits.deducted",
    "credits.refunded",      "credits.revoked",      "credits.expired",      "credits.transferred",
    "credits.refused",       "hold.placed",          "hold.extended",        "hold.captured",
    "hold.released",         "hold.expired",         "balance.low",          "balance.recovered",
    "balance.depleted",      "subscription.started", "subscription.renewed", "subscription.changed",
    "subscription.canceled", "price.changed",        "top_up.requested",     "endpoint.disabled",
    "order.created",         "order.settled",        "order.failed",         "order.refunded",
    "order.disputed",        "payment.quarantined",  "account.forgotten"};

/// Each kind that has a name; overloads on the event's body.
std::string_view name(const AccountCreated&) { return "account.created"; }
std::string_view name(const AccountUpdated&) { return "account.updated"; }
std::string_view name(const AccountClosed&) { return "account.closed"; }
std::string_view name(const AccountReopened&) { return "account.reopened"; }
std::string_view name(const AccountForgotten&) { return "account.forgotten"; }
std::string_view name(const CreditsGranted&) { return "credits.granted"; }
std::string_view name(const PromotionRedeemed&) { return "credits.granted"; }
std::string_view name(const ReferralRewarded& body) {
    return body.amount.is_positive() ? "credits.granted" : "";
}
std::string_view name(const CreditsPurchased&) { return "credits.purchased"; }
std::string_view name(const GrantActivated&) { return "credits.activated"; }
std::string_view name(const CreditsDeducted&) { return "credits.deducted"; }
std::string_view name(const CreditsRefunded&) { return "credits.refunded"; }
std::string_view name(const GrantRevoked&) { return "credits.revoked"; }
std::string_view name(const GrantExpired&) { return "credits.expired"; }
std::string_view name(const TransferredOut&) { return "credits.transferred"; }
std::string_view name(const TransferredIn&) { return "credits.transferred"; }
std::string_view name(const CommandRefused&) { return "credits.refused"; }
std::string_view name(const HoldPlaced&) { return "hold.placed"; }
std::string_view name(const HoldExtended&) { return "hold.extended"; }
std::string_view name(const HoldCaptured&) { return "hold.captured"; }
std::string_view name(const HoldReleased& body) {
    return body.hold.status == HoldStatus::expired ? "hold.expired" : "hold.released";
}
std::string_view name(const BalanceAlerted& body) {
    switch (body.news) {
        case AlertNews::low: return "balance.low";
        case AlertNews::recovered: return "balance.recovered";
        case AlertNews::depleted: break;
    }
    return "balance.depleted";
}
std::string_view name(const SubscriptionMoved& body) {
    switch (body.step) {
        case SubscriptionStep::started: return "subscription.started";
        case SubscriptionStep::renewed: return "subscription.renewed";
        case SubscriptionStep::ended: return "subscription.canceled";
        case SubscriptionStep::heard: return {};
        case SubscriptionStep::changed:
        case SubscriptionStep::change_scheduled:
        case SubscriptionStep::cancel_scheduled:
        case SubscriptionStep::resumed:
        case SubscriptionStep::past_due: break;
    }
    return "subscription.changed";
}
std::string_view name(const FeatureSet&) { return "price.changed"; }
std::string_view name(const FeatureRemoved&) { return "price.changed"; }
std::string_view name(const OfferSet&) { return "price.changed"; }
std::string_view name(const OfferRemoved&) { return "price.changed"; }
std::string_view name(const TopUpAsked&) { return "top_up.requested"; }
std::string_view name(const EndpointSet& body) {
    const bool is_ended = body.endpoint.status == EndpointStatus::gone ||
                          body.endpoint.status == EndpointStatus::failing;
    return is_ended ? "endpoint.disabled" : "";
}
std::string_view name(const OrderSet& body) {
    switch (body.order.status) {
        case OrderStatus::pending: return "order.created";
        case OrderStatus::settled: return "order.settled";
        case OrderStatus::refunded: return "order.refunded";
        case OrderStatus::disputed: return "order.disputed";
        case OrderStatus::failed:
        case OrderStatus::expired:
        case OrderStatus::canceled: break;
    }
    return "order.failed";
}
std::string_view name(const PaymentReversed&) { return "credits.revoked"; }
std::string_view name(const PaymentRestored&) { return "credits.granted"; }
std::string_view name(const NotificationNoted& body) {
    const bool is_open = body.notification.outcome == NotificationOutcome::quarantined;
    return is_open ? "payment.quarantined" : "";
}
template <class Body>
std::string_view name(const Body&) {
    return {};
}

std::string_view word(OfferKind kind) {
    switch (kind) {
        case OfferKind::plan: return "plan";
        case OfferKind::package: return "package";
        case OfferKind::promotion: return "promotion";
        case OfferKind::settings: break;
    }
    return "settings";
}

void write_change(JsonWriter& json, std::string_view kind, std::string_view id,
                  std::uint64_t price_book, bool is_removed) {
    json.text("kind", kind);
    json.text_or_null("id", id);
    json.integer("price_book", price_book);
    json.boolean("removed", is_removed);
}

/// Members of `data` of what is no transaction.
void write(JsonWriter& json, const FeatureSet& body, const Event&, unsigned) {
    write_change(json, "feature", body.key, body.price_book, false);
}
void write(JsonWriter& json, const FeatureRemoved& body, const Event&, unsigned) {
    write_change(json, "feature", body.key, body.price_book, true);
}
void write(JsonWriter& json, const OfferSet& body, const Event&, unsigned) {
    const std::string_view id =
        std::visit([](const auto& offer) { return id_of(offer); }, body.offer);
    write_change(json, word(kind_of(body.offer)), id, body.price_book, false);
}
void write(JsonWriter& json, const OfferRemoved& body, const Event&, unsigned) {
    write_change(json, word(body.kind), body.id, body.price_book, true);
}
void write(JsonWriter& json, const EndpointSet& body, const Event&, unsigned) {
    json.text("endpoint", body.endpoint.id);
    json.text("url", body.endpoint.url);
    json.text("reason", body.endpoint.status == EndpointStatus::gone ? "gone" : "failing");
}
void write(JsonWriter& json, const OrderSet&, const Event& event, unsigned decimals) {
    std::string order;
    render_order(order, event, decimals, std::nullopt);
    json.raw("order", order);
}
void write(JsonWriter& json, const NotificationNoted& body, const Event&, unsigned) {
    json.numbered("notification", "ntf_", body.notification.received.value);
    json.text("provider", body.notification.provider);
    json.text("type", body.notification.type);
    json.text("reason", body.notification.reason);
}
void write(JsonWriter& json, const BalanceAlerted& body, const Event&, unsigned decimals) {
    json.text("alert", body.alert);
    json.credits("threshold", body.threshold, decimals);
}
void write(JsonWriter& json, const TopUpAsked& body, const Event&, unsigned decimals) {
    json.text("package", body.package);
    json.credits("credits", body.credits, decimals);
    json.begin_object("price");
    json.integer("amount", body.price.minor);
    json.text("currency", body.price.currency.text());
    json.end_object();
    json.integer("number", body.number);
}
template <class Body>
void write(JsonWriter&, const Body&, const Event&, unsigned) {}

void write_data(std::string& out, const EventRecord& record, unsigned decimals) {
    const Event& event = record.event();
    if (!transaction_type(event).empty()) {
        render_transaction(out, record, decimals, event.seq);
        return;
    }
    JsonWriter json(out);
    json.begin_object();
    std::visit([&](const auto& body) { write(json, body, event, decimals); }, event.body);
    if (!event.account_no.is_none()) {
        json.text("account", event.account);
        json.credits("balance", event.balances.after, decimals);
        json.credits("available", event.balances.available, decimals);
    }
    json.end_object();
}

}  // namespace

std::string_view feed_name(const Event& event) {
    return std::visit([](const auto& body) { return name(body); }, event.body);
}

bool is_feed_name(std::string_view name) {
    return std::ranges::find(feed_names, name) != feed_names.end();
}

void render_feed_event(std::string& out, const EventRecord& record, unsigned decimals) {
    const Event& event = record.event();
    JsonWriter json(out);
    json.begin_object();
    json.text("id", "evt_" + std::to_string(event.seq.value));
    json.integer("seq", event.seq.value);
    json.text("type", feed_name(event));
    json.timestamp("timestamp", event.time);
    json.text_or_null("account", event.account);
    json.key("data");
    write_data(out, record, decimals);
    out += '}';
}

}  // namespace creditd::daemon
