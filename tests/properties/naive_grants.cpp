// What brings credits, and what takes them away again unused.
#include <gtest/gtest.h>

#include "tests/properties/naive_ledger.hpp"

namespace creditd::tests {

void NaiveLedger::add_lot(const Event& event, Books& books, std::uint16_t index, Credits amount,
                          Credits debt_repaid, const GrantTerms& terms) {
    const bool is_pending = terms.effective_at > event.time;
    const std::int64_t repaid = is_pending ? 0 : std::min(books.debt, amount.value);
    EXPECT_EQ(debt_repaid.value, repaid) << "a grant first repays the debt";
    books.debt -= repaid;
    const GrantId id = GrantId::of(event.seq, index);
    books.lots[id.value] = {id, amount.value, amount.value - repaid, 0, terms, is_pending, false};
}

void NaiveLedger::on(const Event&, Books& books, const AccountCreated& body) {
    books.credit_limit = body.credit_limit.value;
}

void NaiveLedger::on(const Event&, Books& books, const AccountUpdated& body) {
    books.credit_limit = body.credit_limit.value;
}

void NaiveLedger::on(const Event& event, Books& books, const CreditsGranted& body) {
    add_lot(event, books, 0, body.amount, body.debt_repaid, body.terms);
    books.total(Total::granted) += body.amount.value;
}

void NaiveLedger::on(const Event& event, Books& books, const CreditsPurchased& body) {
    add_lot(event, books, 0, body.amount, body.debt_repaid, body.terms);
    books.total(Total::purchased) += body.amount.value;
    if (body.bonus.is_zero()) return;
    EXPECT_EQ(body.bonus_terms.cost.minor, 0) << "a bonus is free";
    add_lot(event, books, 1, body.bonus, body.bonus_debt_repaid, body.bonus_terms);
    books.total(Total::granted) += body.bonus.value;
}

void NaiveLedger::on(const Event& event, Books& books, const GrantActivated& body) {
    Lot& lot = books.lots.at(body.grant.value);
    EXPECT_TRUE(lot.is_pending && lot.terms.effective_at <= event.time);
    EXPECT_EQ(body.amount.value, lot.left);
    const std::int64_t repaid = std::min(books.debt, lot.left);
    EXPECT_EQ(body.debt_repaid.value, repaid);
    books.debt -= repaid;
    lot.left -= repaid;
    lot.is_pending = false;
}

void NaiveLedger::on(const Event& event, Books& books, const GrantExpired& body) {
    Lot& lot = books.lots.at(body.grant.value);
    EXPECT_TRUE(!lot.is_pending && lot.terms.expires_at <= event.time);
    EXPECT_EQ(body.amount.value, lot.free()) << "what a hold keeps does not expire, all else does";
    lot.left -= body.amount.value;
    lot.lost += body.amount.value;
    books.total(Total::expired) += body.amount.value;
}

void NaiveLedger::on(const Event&, Books& books, const GrantRevoked& body) {
    Lot& lot = books.lots.at(body.grant.value);
    EXPECT_TRUE(0 < body.amount.value && body.amount.value <= lot.free());
    lot.left -= body.amount.value;
    lot.lost += body.amount.value;
    lot.is_revoked = lot.left == 0;
    EXPECT_EQ(body.whole, lot.is_revoked);
    books.total(Total::revoked) += body.amount.value;
}

void NaiveLedger::on(const Event& event, Books& books, const SubscriptionMoved& body) {
    const Lot* last = nullptr;
    for (const GrantPart& part : body.expired) {
        Lot& lot = books.lots.at(part.grant.value);
        EXPECT_EQ(lot.terms.kind, GrantKind::plan);
        EXPECT_TRUE(!lot.is_pending && 0 < part.amount.value && part.amount.value <= lot.free());
        if (last != nullptr) {
            EXPECT_TRUE(burns_first(*last, lot)) << "the first to burn goes first";
            EXPECT_EQ(last->free(), 0) << "and goes whole before the next";
        }
        lot.left -= part.amount.value;
        lot.lost += part.amount.value;
        books.total(Total::expired) += part.amount.value;
        last = &lot;
    }
    if (body.granted.is_zero()) return;
    EXPECT_EQ(body.terms.kind, GrantKind::plan);
    add_lot(event, books, 0, body.granted, body.debt_repaid, body.terms);
    books.total(Total::granted) += body.granted.value;
}

void NaiveLedger::on(const Event& event, Books& books, const PromotionRedeemed& body) {
    add_lot(event, books, 0, body.amount, body.debt_repaid, body.terms);
    books.total(Total::granted) += body.amount.value;
}

void NaiveLedger::on(const Event& event, Books& books, const ReferralRewarded& body) {
    if (body.amount.is_zero()) return;
    add_lot(event, books, 0, body.amount, body.debt_repaid, body.terms);
    books.total(Total::granted) += body.amount.value;
}

}  // namespace creditd::tests
