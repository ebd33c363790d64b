// Random bodies of events about payments, orders and notifications.
#include "tests/support/random_event.hpp"

namespace creditd::tests {
namespace {

constexpr std::uint64_t minor_max = limits::money_minor_max;

}  // namespace

std::vector<RestoredPart> RandomEvents::restored_parts() {
    std::vector<RestoredPart> parts;
    const std::size_t count = below(chance(5) ? 300 : 4);
    for (std::size_t i = 0; i < count; ++i) {
        RestoredPart part{chance(10) ? GrantId{} : grant_id(), grant_id(), small_amount(),
                          any(RestoredInto::revoked_grant),    amount(),   {}};
        if (i > 0 && chance(50)) {
            part.terms = parts.back().terms;
        } else if (part.into != RestoredInto::revoked_grant) {
            part.terms = terms();
        }
        parts.push_back(std::move(part));
    }
    return parts;
}

PaymentStanding RandomEvents::standing() {
    PaymentStanding result;
    result.provider = text(limits::text_bytes_max);
    result.payment_id = text(limits::text_bytes_max);
    result.payment_digest = digest();
    result.amount = money();
    if (chance(80)) result.purchase = Seq{1 + below(seq_max)};
    if (chance(50)) {
        result.order = id();
        result.order_digest = digest();
    }
    if (chance(50)) result.refunded_minor = static_cast<std::int64_t>(below(minor_max + 1));
    const auto some = [this] {
        return chance(5) ? limits::payment_refunds_max : static_cast<std::size_t>(below(3));
    };
    for (std::size_t i = some(); i > 0; --i) {
        result.refunds.push_back(
            {text(64), static_cast<std::int64_t>(below(minor_max + 1)), any(RefundStatus::failed)});
    }
    for (std::size_t i = some(); i > 0; --i) {
        result.disputes.push_back({text(64), any(DisputeStatus::lost)});
    }
    for (std::size_t i = below(3); i > 0; --i) {
        result.lots.push_back({grant_id(), small_amount(), terms(), amount(),
                               chance(50) ? Credits{} : amount(),
                               chance(50) ? Credits{} : amount()});
    }
    return result;
}

void RandomEvents::fill(OrderSet& body) {
    Order& order = body.order;
    order.id = id();
    order.digest = digest();
    order.placed = Seq{1 + below(seq_max)};
    order.placed_at = time();
    order.status = any(OrderStatus::disputed);
    if (chance(50)) order.package = id();
    if (chance(20)) order.plan = id();
    order.interval = any(Interval::year);
    if (chance(70)) order.credits = amount();
    if (chance(30)) order.bonus = amount();
    order.expires_in = maybe_duration();
    order.bonus_expires_in = maybe_duration();
    order.price = money();
    if (chance(50)) order.provider = text(64);
    if (chance(50)) order.reference = text(limits::text_bytes_max);
    if (chance(50)) order.pay_url = text(limits::url_bytes_max);
    if (chance(50)) order.qr_url = text(limits::url_bytes_max);
    if (chance(50)) order.pay_until = time();
    if (chance(50)) return;
    order.settled_at = time();
    order.payment_id = text(limits::text_bytes_max);
    order.payment_digest = digest();
}

void RandomEvents::fill(PaymentNoted& body) { body.standing = standing(); }

void RandomEvents::fill(PaymentReversed& body) {
    body.standing = standing();
    body.amount = amount();
    for (std::size_t i = 1 + below(2); i > 0; --i) {
        body.reversed.push_back({grant_id(), amount(), chance(50) ? Credits{} : amount(),
                                 chance(50) ? Credits{} : amount()});
    }
}

void RandomEvents::fill(PaymentRestored& body) {
    body.standing = standing();
    body.amount = amount();
    if (chance(50)) body.debt_reversed = amount();
    body.restored = restored_parts();
}

void RandomEvents::fill(NotificationNoted& body) {
    Notification& told = body.notification;
    told.provider = text(64);
    told.id = text(limits::text_bytes_max);
    told.digest = digest();
    told.received = Seq{1 + below(seq_max)};
    told.received_at = time();
    told.type = text(64);
    told.outcome = any(NotificationOutcome::dismissed);
    if (chance(50)) told.reason = text(limits::text_bytes_max);
    told.account = maybe_id();
    told.order = maybe_id();
    if (chance(50)) told.payment_id = text(64);
    told.tries = static_cast<std::uint32_t>(random_());
    if (chance(70)) return;
    told.hint = {maybe_id(), maybe_id(), maybe_id(), chance(50) ? Credits{} : amount()};
}

}  // namespace creditd::tests
