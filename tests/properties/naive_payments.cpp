// What payments take back when they are refunded or disputed, and what comes back of it.
#include <gtest/gtest.h>

#include "tests/properties/naive_ledger.hpp"

namespace creditd::tests {

void NaiveLedger::on(const Event&, Books& books, const PaymentReversed& body) {
    std::int64_t sum = 0;
    for (const LotReversal& part : body.reversed) {
        Lot& lot = books.lots.at(part.grant.value);
        const std::int64_t whole = part.taken.value + part.owed.value + part.written_off.value;
        EXPECT_EQ(part.taken.value, std::min(whole, lot.free())) << "what is there goes first";
        const std::int64_t spent = lot.made - lot.free() - lot.lost - lot.taken - lot.owed;
        const std::int64_t asked =
            std::min(whole - part.taken.value, std::max(spent, std::int64_t{0}));
        EXPECT_TRUE(part.owed.value == 0 || part.owed.value == asked)
            << "what time or a revocation took is not owed";
        lot.left -= part.taken.value;
        lot.taken += part.taken.value;
        lot.owed += part.owed.value;
        books.debt += part.owed.value;
        sum += part.taken.value + part.owed.value;
    }
    EXPECT_EQ(body.amount.value, sum);
    books.total(Total::revoked) += sum;
}

void NaiveLedger::on(const Event& event, Books& books, const PaymentRestored& body) {
    books.debt -= body.debt_reversed.value;
    EXPECT_GE(books.debt, 0);
    std::int64_t joined = body.debt_reversed.value;
    for (const RestoredPart& part : body.restored) {
        EXPECT_GT(part.amount.value, 0);
        if (part.into == RestoredInto::revoked_grant) {
            EXPECT_TRUE(books.lots.at(part.grant.value).is_revoked);
            books.lots.at(part.grant.value).lost += part.amount.value;
            continue;
        }
        joined += part.amount.value;
        if (part.into == RestoredInto::same_grant) {
            Lot& lot = books.lots.at(part.grant.value);
            EXPECT_TRUE(!lot.is_revoked && lot.terms.expires_at > event.time);
            EXPECT_EQ(part.terms, lot.terms);
            lot.left += part.amount.value;
            EXPECT_LE(lot.left, lot.made);
            continue;
        }
        EXPECT_EQ(part.grant.seq(), event.seq);
        books.lots[part.grant.value] = {
            part.grant, part.amount.value, part.amount.value, 0, part.terms, false, false};
    }
    for (const PaymentLot& told : body.standing.lots) {
        Lot& lot = books.lots.at(told.grant.value);
        EXPECT_LE(told.taken.value, lot.taken);
        EXPECT_LE(told.owed.value, lot.owed);
        lot.taken = told.taken.value;
        lot.owed = told.owed.value;
    }
    EXPECT_EQ(body.amount.value, joined);
    books.total(Total::revoked) -= joined;
}

}  // namespace creditd::tests
