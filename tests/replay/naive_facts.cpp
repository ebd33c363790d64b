#include "tests/replay/naive_facts.hpp"

#include <algorithm>

namespace creditd::tests {
namespace {

void expect_same(const GrantFact& found, const GrantFact& expected) {
    EXPECT_EQ(found.id, expected.id);
    EXPECT_EQ(found.account_no, expected.account_no);
    EXPECT_EQ(found.amount, expected.amount);
    EXPECT_EQ(found.terms, expected.terms);
    EXPECT_EQ(found.revoked, expected.revoked);
}

void expect_deduction(const Evidence& evidence, const Naive& naive, DeductionId id) {
    const Event* const event = naive.at(id.seq());
    const auto* deducted = event ? std::get_if<CreditsDeducted>(&event->body) : nullptr;
    const auto* captured = event ? std::get_if<HoldCaptured>(&event->body) : nullptr;
    ASSERT_EQ(evidence.deduction.has_value(), deducted != nullptr || captured != nullptr);
    if (!evidence.deduction) return;
    const DeductionFact& fact = *evidence.deduction;
    EXPECT_EQ(fact.id, id);
    EXPECT_EQ(fact.account_no, event->account_no);
    EXPECT_EQ(fact.amount, deducted ? deducted->amount : captured->amount);
    EXPECT_EQ(fact.debt, deducted ? deducted->debt : captured->debt);
    EXPECT_EQ(fact.burned, deducted ? deducted->burned : captured->burned);
    EXPECT_EQ(fact.refunded_total, naive.refunded(id));
    ASSERT_EQ(fact.grants.size(), fact.burned.size());
    for (std::size_t i = 0; i < fact.grants.size(); ++i) {
        expect_same(fact.grants[i], *naive.grant(fact.burned[i].grant));
    }
}

void expect_hold(const Evidence& evidence, const Naive& naive, HoldId id) {
    const Event* const event = naive.at(id.seq());
    const bool is_hold = event != nullptr && std::holds_alternative<HoldPlaced>(event->body);
    ASSERT_EQ(evidence.hold.has_value(), is_hold);
    if (!is_hold) return;
    EXPECT_EQ(evidence.hold->id, id);
    EXPECT_EQ(evidence.hold->account_no, event->account_no);
}

/// The fact is what the naive look found, if that found any.
template <class Found, class Fact>
void expect_latest(const Found& found, const Fact* expected) {
    ASSERT_EQ(found.has_value(), expected != nullptr);
    if (expected != nullptr) {
        EXPECT_EQ(*found, *expected);
    }
}

void expect_payment(const Evidence& evidence, const Naive& naive, const Digest& digest) {
    EXPECT_EQ(evidence.payment, naive.payment(digest));
    const PaymentStanding* const standing = naive.standing(digest);
    ASSERT_EQ(evidence.standing.has_value(), standing != nullptr);
    if (standing != nullptr) {
        EXPECT_EQ(evidence.standing->standing, *standing);
    }
    if (!evidence.payment) return;
    for (const int index : {0, 1}) {
        const GrantId lot = GrantId::of(evidence.payment->seq, static_cast<std::uint16_t>(index));
        Credits lost{};
        for (const GrantPart& part : evidence.lost) {
            if (part.grant == lot) lost += part.amount;
        }
        EXPECT_EQ(lost, naive.lost(lot));
        const auto made = naive.grant(lot);
        const bool is_revoked = std::ranges::find(evidence.revoked, lot) != evidence.revoked.end();
        EXPECT_EQ(is_revoked, made && made->revoked);
    }
}

void expect_order(const Evidence& evidence, const Naive& naive, const Digest& digest) {
    const creditd::Order* const order = naive.order(digest);
    ASSERT_EQ(evidence.order.has_value(), order != nullptr);
    if (order != nullptr) {
        EXPECT_EQ(evidence.order->order, *order);
    }
}

void expect_note(const Evidence& evidence, const Naive& naive, const NotePayment& note) {
    expect_payment(evidence, naive, note.news.payment_digest);
    Digest order = note.order_digest;
    if (order == Digest{} && evidence.standing) order = evidence.standing->standing.order_digest;
    expect_order(evidence, naive, order);
}

}  // namespace

void expect_facts(const Command& command, const Naive& naive) {
    const Evidence& evidence = command.evidence;
    if (const auto* purchase = std::get_if<PurchaseCredits>(&command.body)) {
        expect_payment(evidence, naive, purchase->payment_digest);
    } else if (const auto* note = std::get_if<NotePayment>(&command.body)) {
        expect_note(evidence, naive, *note);
    } else if (const auto* placed = std::get_if<PlaceOrder>(&command.body)) {
        expect_order(evidence, naive, placed->digest);
    } else if (const auto* change = std::get_if<ChangeOrder>(&command.body)) {
        expect_order(evidence, naive, change->digest);
    } else if (const auto* told = std::get_if<NoteNotification>(&command.body)) {
        expect_latest(evidence.notification, naive.notification(told->notification.digest));
    } else if (const auto* revoke = std::get_if<RevokeGrant>(&command.body)) {
        const auto expected = naive.grant(revoke->grant);
        ASSERT_EQ(evidence.grant.has_value(), expected.has_value());
        if (expected) expect_same(*evidence.grant, *expected);
    } else if (const auto* refund = std::get_if<RefundDeduction>(&command.body)) {
        expect_deduction(evidence, naive, refund->deduction);
    } else if (const auto* capture = std::get_if<CaptureHold>(&command.body)) {
        expect_hold(evidence, naive, capture->hold);
    } else if (const auto* extend = std::get_if<ExtendHold>(&command.body)) {
        expect_hold(evidence, naive, extend->hold);
    } else if (const auto* release = std::get_if<ReleaseHold>(&command.body)) {
        expect_hold(evidence, naive, release->hold);
    } else {
        EXPECT_FALSE(evidence.payment || evidence.grant || evidence.deduction || evidence.hold);
    }
}

}  // namespace creditd::tests
