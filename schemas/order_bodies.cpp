#include "schemas/payment_bodies.hpp"

namespace creditd::schemas {
namespace {

TextOffset write_words(FlatBuilder& builder, std::string_view text) {
    return write_text(builder, text, limits::text_bytes_max);
}
TextOffset write_url(FlatBuilder& builder, std::string_view url) {
    return write_text(builder, url, limits::url_bytes_max);
}
Digest read_digest(const fbs::Bytes16* stored) {
    return stored == nullptr ? Digest{} : core_as<Digest>(*stored);
}

void read_goods(FieldReader& reader, const fbs::OrderSet& stored, Order& out) {
    reader.text(stored.package(), limits::id_bytes_max, out.package, "order.package");
    reader.text(stored.plan(), limits::id_bytes_max, out.plan, "order.plan");
    out.interval = reader.value(stored.interval(), Interval::year, "order.interval");
    out.credits = reader.amount(stored.credits(), "order.credits");
    out.bonus = reader.amount(stored.bonus(), "order.bonus");
    out.expires_in = reader.duration(stored.expires_in(), "order.expires_in");
    out.bonus_expires_in = reader.duration(stored.bonus_expires_in(), "order.bonus_expires_in");
    out.price = read_money(reader, stored.price(), "order.price");
}

void read_hint(FieldReader& reader, const fbs::NotificationNoted& stored, NotificationHint& out) {
    reader.text(stored.hint_account(), limits::id_bytes_max, out.account, "hint.account");
    reader.text(stored.hint_order(), limits::id_bytes_max, out.order, "hint.order");
    reader.text(stored.hint_package(), limits::id_bytes_max, out.package, "hint.package");
    out.credits = reader.amount(stored.hint_credits(), "hint.credits");
}

}  // namespace

flatbuffers::Offset<void> write_body(FlatBuilder& builder, const OrderSet& body) {
    const Order& order = body.order;
    const TextOffset id = write_id(builder, order.id);
    const auto digest = stored_as<fbs::Bytes16>(order.digest);
    const TextOffset package = write_id(builder, order.package);
    const TextOffset plan = write_id(builder, order.plan);
    const fbs::Money price = write_money(order.price);
    const TextOffset provider = write_words(builder, order.provider);
    const TextOffset reference = write_words(builder, order.reference);
    const TextOffset pay_url = write_url(builder, order.pay_url);
    const TextOffset qr_url = write_url(builder, order.qr_url);
    const TextOffset payment = write_words(builder, order.payment_id);
    const auto payment_digest = stored_as<fbs::Bytes16>(order.payment_digest);
    return fbs::CreateOrderSet(
               builder, id, &digest, order.placed.value, order.placed_at.value,
               static_cast<fbs::OrderStatus>(order.status), package, plan,
               static_cast<fbs::Interval>(order.interval), order.credits.value, order.bonus.value,
               order.expires_in.value, order.bonus_expires_in.value,
               order.price == Money{} ? nullptr : &price, provider, reference, pay_url, qr_url,
               order.pay_until.value, order.settled_at.value, payment,
               order.payment_digest == Digest{} ? nullptr : &payment_digest)
        .Union();
}

void read_body(FieldReader& reader, const fbs::OrderSet& stored, OrderSet& body) {
    reader.require_known(stored, fbs::OrderSet::VT_PAYMENT_DIGEST, "order_set");
    Order& out = body.order;
    reader.text(stored.id(), limits::id_bytes_max, out.id, "order.id");
    out.digest = read_digest(stored.digest());
    out.placed = Seq{stored.placed()};
    out.placed_at = reader.time(stored.placed_at(), "order.placed_at");
    out.status = reader.value(stored.status(), OrderStatus::disputed, "order.status");
    read_goods(reader, stored, out);
    reader.text(stored.provider(), limits::text_bytes_max, out.provider, "order.provider");
    reader.text(stored.reference(), limits::text_bytes_max, out.reference, "order.reference");
    reader.text(stored.pay_url(), limits::url_bytes_max, out.pay_url, "order.pay_url");
    reader.text(stored.qr_url(), limits::url_bytes_max, out.qr_url, "order.qr_url");
    out.pay_until = reader.time(stored.pay_until(), "order.pay_until");
    out.settled_at = reader.time(stored.settled_at(), "order.settled_at");
    reader.text(stored.payment_id(), limits::text_bytes_max, out.payment_id, "order.payment_id");
    out.payment_digest = read_digest(stored.payment_digest());
}

flatbuffers::Offset<void> write_body(FlatBuilder& builder, const NotificationNoted& body) {
    const Notification& told = body.notification;
    const TextOffset provider = write_words(builder, told.provider);
    const TextOffset id = write_words(builder, told.id);
    const auto digest = stored_as<fbs::Bytes16>(told.digest);
    const TextOffset type = write_words(builder, told.type);
    const TextOffset reason = write_words(builder, told.reason);
    const TextOffset account = write_id(builder, told.account);
    const TextOffset order = write_id(builder, told.order);
    const TextOffset payment = write_words(builder, told.payment_id);
    const TextOffset hint_account = write_id(builder, told.hint.account);
    const TextOffset hint_order = write_id(builder, told.hint.order);
    const TextOffset hint_package = write_id(builder, told.hint.package);
    return fbs::CreateNotificationNoted(
               builder, provider, id, &digest, told.received.value, told.received_at.value, type,
               static_cast<fbs::NotificationOutcome>(told.outcome), reason, account, order, payment,
               told.tries, hint_account, hint_order, hint_package, told.hint.credits.value)
        .Union();
}

void read_body(FieldReader& reader, const fbs::NotificationNoted& stored, NotificationNoted& body) {
    reader.require_known(stored, fbs::NotificationNoted::VT_HINT_CREDITS, "notification_noted");
    Notification& out = body.notification;
    reader.text(stored.provider(), limits::text_bytes_max, out.provider, "provider");
    reader.text(stored.id(), limits::text_bytes_max, out.id, "id");
    out.digest = read_digest(stored.digest());
    out.received = Seq{stored.received()};
    out.received_at = reader.time(stored.received_at(), "received_at");
    reader.text(stored.type(), limits::text_bytes_max, out.type, "type");
    out.outcome = reader.value(stored.outcome(), NotificationOutcome::dismissed, "outcome");
    reader.text(stored.reason(), limits::text_bytes_max, out.reason, "reason");
    reader.text(stored.account(), limits::id_bytes_max, out.account, "account");
    reader.text(stored.order(), limits::id_bytes_max, out.order, "order");
    reader.text(stored.payment_id(), limits::text_bytes_max, out.payment_id, "payment_id");
    out.tries = stored.tries();
    read_hint(reader, stored, out.hint);
}

}  // namespace creditd::schemas
