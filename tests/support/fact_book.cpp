#include "tests/support/fact_book.hpp"

#include "core/losses.hpp"

namespace creditd::tests {
namespace {

template <class Map, class Key>
auto* found_in(const Map& map, const Key& key) {
    const auto found = map.find(key);
    return found == map.end() ? nullptr : &found->second;
}

template <class Body>
DeductionFact deduction_of(const Event& event, const Body& body) {
    return {DeductionId{event.seq.value},
            event.account_no,
            body.amount,
            body.debt,
            body.burned,
            {},
            Credits{},
            body.usage.user,
            body.usage.feature,
            event.time,
            body.usage.model};
}

/// The payment that a command brings, if it does.
const Digest* payment_of(const CommandBody& body) {
    const PaymentNews* news = nullptr;
    if (const auto* bought = std::get_if<PurchaseCredits>(&body)) return &bought->payment_digest;
    if (const auto* note = std::get_if<NotePayment>(&body)) news = &note->news;
    if (const auto* first = std::get_if<Subscribe>(&body); first != nullptr && first->payment) {
        news = &*first->payment;
    }
    if (const auto* next = std::get_if<RenewSubscription>(&body); next && next->payment) {
        news = &*next->payment;
    }
    return news == nullptr ? nullptr : &news->payment_digest;
}

/// The order that a command names, if it does.
Digest order_of(const CommandBody& body) {
    if (const auto* placed = std::get_if<PlaceOrder>(&body)) return placed->digest;
    if (const auto* changed = std::get_if<ChangeOrder>(&body)) return changed->digest;
    const auto* const note = std::get_if<NotePayment>(&body);
    return note == nullptr ? Digest{} : note->order_digest;
}

}  // namespace

const PaymentStanding* FactBook::standing(const Digest& payment) const {
    const auto* const found = found_in(standings_, payment);
    return found == nullptr ? nullptr : &found->standing;
}
const Order* FactBook::order(const Digest& order) const {
    const auto* const found = found_in(orders_, order);
    return found == nullptr ? nullptr : &found->order;
}
const Notification* FactBook::notification(const Digest& notification) const {
    return found_in(notifications_, notification);
}

void FactBook::add_grant(GrantFact fact) {
    grant_order_.push_back(fact.id);
    grants_[fact.id.value] = std::move(fact);
}

void FactBook::add_deduction(DeductionFact fact) {
    deduction_order_.push_back(fact.id);
    deductions_[fact.id.value] = std::move(fact);
}

void FactBook::add_restored(const std::vector<RestoredPart>& parts, AccountNo no) {
    for (const RestoredPart& part : parts) {
        if (part.into != RestoredInto::new_grant) continue;
        add_grant({part.grant, no, part.amount, part.terms, false});
    }
}

void FactBook::add_made(const Event& event) {
    const AccountNo no = event.account_no;
    const auto add_at = [&](std::uint16_t index, Credits amount, const GrantTerms& terms) {
        if (!amount.is_positive()) return;
        add_grant({GrantId::of(event.seq, index), no, amount, terms, false});
    };
    if (const auto* granted = std::get_if<CreditsGranted>(&event.body)) {
        add_at(0, granted->amount, granted->terms);
    } else if (const auto* bought = std::get_if<CreditsPurchased>(&event.body)) {
        add_at(0, bought->amount, bought->terms);
        add_at(1, bought->bonus, bought->bonus_terms);
    } else if (const auto* cycle = std::get_if<SubscriptionMoved>(&event.body)) {
        add_at(0, cycle->granted, cycle->terms);
    } else if (const auto* redeemed = std::get_if<PromotionRedeemed>(&event.body)) {
        add_at(0, redeemed->amount, redeemed->terms);
    } else if (const auto* reward = std::get_if<ReferralRewarded>(&event.body)) {
        add_at(0, reward->amount, reward->terms);
    } else if (const auto* refunded = std::get_if<CreditsRefunded>(&event.body)) {
        add_restored(refunded->restored, no);
    } else if (const auto* back = std::get_if<PaymentRestored>(&event.body)) {
        add_restored(back->restored, no);
    } else if (const auto* moved = std::get_if<TransferredIn>(&event.body)) {
        for (std::size_t i = 0; i < moved->moved.size(); ++i) {
            add_at(static_cast<std::uint16_t>(i), moved->moved[i].amount, moved->moved[i].terms);
        }
    }
}

void FactBook::add_money(const Event& event) {
    const auto note = [&](const PaymentStanding& standing) {
        standings_[standing.payment_digest] = {event.account_no, standing};
    };
    if (const auto* bought = std::get_if<CreditsPurchased>(&event.body)) {
        payments_[bought->payment_digest] = payment_fact_of(event, *bought);
        // The index points to the newest event of a payment, and this one has no standing.
        standings_.erase(bought->payment_digest);
    } else if (const auto* set = std::get_if<OrderSet>(&event.body)) {
        orders_[set->order.digest] = {event.account_no, set->order};
    } else if (const auto* noted = std::get_if<PaymentNoted>(&event.body)) {
        note(noted->standing);
    } else if (const auto* taken = std::get_if<PaymentReversed>(&event.body)) {
        note(taken->standing);
    } else if (const auto* back = std::get_if<PaymentRestored>(&event.body)) {
        note(back->standing);
    } else if (const auto* told = std::get_if<NotificationNoted>(&event.body)) {
        notifications_[told->notification.digest] = told->notification;
    }
}

void FactBook::add(const Event& event) {
    add_made(event);
    add_money(event);
    for (const GrantPart& part : lost_in(event.body)) {
        lost_[part.grant.value].push_back(part.amount);
    }
    if (const auto* revoked = std::get_if<GrantRevoked>(&event.body)) {
        if (revoked->whole) grants_.at(revoked->grant.value).revoked = true;
    } else if (const auto* deducted = std::get_if<CreditsDeducted>(&event.body)) {
        add_deduction(deduction_of(event, *deducted));
    } else if (const auto* captured = std::get_if<HoldCaptured>(&event.body)) {
        add_deduction(deduction_of(event, *captured));
    } else if (const auto* refunded = std::get_if<CreditsRefunded>(&event.body)) {
        deductions_.at(refunded->deduction.value).refunded_total = refunded->refunded_total;
    } else if (const auto* placed = std::get_if<HoldPlaced>(&event.body)) {
        hold_order_.push_back(placed->hold.id);
        holds_[placed->hold.id.value] = {placed->hold.id, event.account_no};
    }
}

void FactBook::find_payment(const Digest& payment, Evidence& evidence) const {
    if (const auto* bought = found_in(payments_, payment)) evidence.payment = *bought;
    if (const auto* known = found_in(standings_, payment)) evidence.standing = *known;
    std::vector<GrantId> lots;
    if (evidence.payment) {
        lots = {GrantId::of(evidence.payment->seq, 0), GrantId::of(evidence.payment->seq, 1)};
    } else if (evidence.standing) {
        for (const PaymentLot& lot : evidence.standing->standing.lots) lots.push_back(lot.grant);
    }
    for (const GrantId lot : lots) {
        if (const auto* lost = found_in(lost_, lot.value)) {
            for (const Credits amount : *lost) evidence.lost.push_back({lot, amount});
        }
        const auto* const made = found_in(grants_, lot.value);
        if (made != nullptr && made->revoked) evidence.revoked.push_back(lot);
    }
}

void FactBook::find_money(const CommandBody& body, Evidence& evidence) const {
    if (const Digest* const payment = payment_of(body)) find_payment(*payment, evidence);
    Digest order = order_of(body);
    if (order == Digest{} && evidence.standing) order = evidence.standing->standing.order_digest;
    if (const auto* placed = found_in(orders_, order)) evidence.order = *placed;
    const auto* const told = std::get_if<NoteNotification>(&body);
    if (told == nullptr) return;
    const auto* const known = notification(told->notification.digest);
    if (known != nullptr) evidence.notification = *known;
}

Evidence FactBook::evidence_for(const Command& command, Seq as_of) const {
    Evidence evidence;
    evidence.as_of = as_of;
    find_money(command.body, evidence);
    const auto add_hold = [&](HoldId id) {
        if (const auto* found = found_in(holds_, id.value)) evidence.hold = *found;
    };
    if (const auto* revoke = std::get_if<RevokeGrant>(&command.body)) {
        if (const auto* found = found_in(grants_, revoke->grant.value)) evidence.grant = *found;
    } else if (const auto* refund = std::get_if<RefundDeduction>(&command.body)) {
        const auto* const found = found_in(deductions_, refund->deduction.value);
        if (found == nullptr) return evidence;
        evidence.deduction = *found;
        for (const GrantPart& part : found->burned) {
            evidence.deduction->grants.push_back(grants_.at(part.grant.value));
        }
    } else if (const auto* capture = std::get_if<CaptureHold>(&command.body)) {
        add_hold(capture->hold);
    } else if (const auto* extend = std::get_if<ExtendHold>(&command.body)) {
        add_hold(extend->hold);
    } else if (const auto* release = std::get_if<ReleaseHold>(&command.body)) {
        add_hold(release->hold);
    }
    return evidence;
}

}  // namespace creditd::tests
