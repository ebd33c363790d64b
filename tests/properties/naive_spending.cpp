// What takes credits: deductions and their refunds, holds, transfers.
#include <gtest/gtest.h>

#include "tests/properties/naive_ledger.hpp"

namespace creditd::tests {
namespace {

std::int64_t sum_of(const std::vector<GrantPart>& parts) {
    std::int64_t sum = 0;
    for (const GrantPart& part : parts) sum += part.amount.value;
    return sum;
}

/// A deduction's parts as they come back: its debt first (grant 0), then the last burned first,
/// without what has come back before.
std::vector<GrantPart> parts_to_return(const Burnt& burnt, std::int64_t amount) {
    std::vector<GrantPart> all{{GrantId{}, Credits{burnt.debt}}};
    all.insert(all.end(), burnt.parts.rbegin(), burnt.parts.rend());
    std::vector<GrantPart> result;
    std::int64_t skip = burnt.refunded;
    for (const GrantPart& part : all) {
        const std::int64_t passed = std::min(skip, part.amount.value);
        const std::int64_t taken = std::min(amount, part.amount.value - passed);
        skip -= passed;
        amount -= taken;
        if (taken > 0) result.push_back({part.grant, Credits{taken}});
    }
    EXPECT_EQ(amount, 0) << "more is refunded than was taken";
    return result;
}

}  // namespace

// --- deductions ----------------------------------------------------------------------------------

void NaiveLedger::on(const Event& event, Books& books, const CreditsDeducted& body) {
    const Expected expected =
        expected_burn(books, body.amount.value, body.usage.feature, event.time);
    EXPECT_EQ(body.burned, expected.parts) << "burn order";
    EXPECT_EQ(body.debt.value, expected.uncovered);
    for (const GrantPart& part : body.burned) {
        books.lots.at(part.grant.value).left -= part.amount.value;
    }
    books.debt += body.debt.value;
    books.total(Total::consumed) += body.amount.value;
    burnt_[event.seq.value] = {event.account, body.amount.value, body.debt.value, 0, body.burned};
}

/// Also counts in the debt that is lowered, as the part without a grant and without new terms.
std::vector<RestoredPart> NaiveLedger::expected_return(const Event& event, const Books& books,
                                                       const CreditsRefunded& body) {
    std::vector<RestoredPart> expected;
    std::uint16_t made = 0;
    for (const GrantPart& part :
         parts_to_return(burnt_.at(body.deduction.value), body.amount.value)) {
        RestoredPart back{part.grant, part.grant, part.amount, RestoredInto::same_grant, {}, {}};
        GrantTerms renewed;
        if (part.grant == GrantId{}) {
            back.amount -= std::min(back.amount, Credits{books.debt});
            if (back.amount.is_zero()) continue;
        } else {
            const Lot& lot = books.lots.at(part.grant.value);
            renewed = back.terms = lot.terms;
            renewed.expires_at = event.time + Duration::days(limits::refund_grant_days_default);
            back.original_amount = Credits{lot.made};
            if (lot.is_revoked) {
                back.into = RestoredInto::revoked_grant;
                back.terms = {};
                expected.push_back(back);
                continue;
            }
            if (lot.terms.expires_at > event.time) {
                expected.push_back(back);
                continue;
            }
        }
        renewed.kind = GrantKind::refund;
        renewed.effective_at = event.time;
        back.into = RestoredInto::new_grant;
        back.grant = GrantId::of(event.seq, made++);
        back.original_amount = back.amount;
        back.terms = renewed;
        expected.push_back(back);
    }
    return expected;
}

void NaiveLedger::on(const Event& event, Books& books, const CreditsRefunded& body) {
    const std::vector<RestoredPart> expected = expected_return(event, books, body);
    EXPECT_EQ(body.restored, expected) << "back to the grants that were burned, last one first";
    returns_ += expected.size();
    Burnt& burnt = burnt_.at(body.deduction.value);
    EXPECT_EQ(burnt.account, event.account);
    std::int64_t sum = body.debt_reversed.value;
    EXPECT_LE(body.debt_reversed.value, books.debt);
    books.debt -= body.debt_reversed.value;
    for (const RestoredPart& part : body.restored) {
        sum += part.amount.value;
        if (part.into == RestoredInto::revoked_grant) {
            books.total(Total::revoked) += part.amount.value;
            books.lots.at(part.grant.value).lost += part.amount.value;
        } else if (part.into == RestoredInto::same_grant) {
            books.lots.at(part.grant.value).left += part.amount.value;
        } else {
            books.lots[part.grant.value] = {
                part.grant, part.amount.value, part.amount.value, 0, part.terms, false, false};
        }
    }
    EXPECT_EQ(sum, body.amount.value);
    burnt.refunded += sum;
    EXPECT_EQ(body.refunded_total.value, burnt.refunded);
    EXPECT_LE(burnt.refunded, burnt.amount);
    books.total(Total::refunded) += sum;
}

// --- holds ---------------------------------------------------------------------------------------

void NaiveLedger::reserve(Books& books, NaiveHold& hold, const std::vector<GrantPart>& parts,
                          Credits on_credit) {
    for (const GrantPart& part : parts) books.lots.at(part.grant.value).kept += part.amount.value;
    hold.reserved.insert(hold.reserved.end(), parts.begin(), parts.end());
    hold.on_credit += on_credit.value;
}

void NaiveLedger::on(const Event& event, Books& books, const HoldPlaced& body) {
    const Expected expected =
        expected_burn(books, body.hold.amount.value, body.usage.feature, event.time);
    EXPECT_EQ(body.reserved, expected.parts) << "reserved in burn order";
    EXPECT_EQ(body.on_credit.value, expected.uncovered);
    NaiveHold& hold = books.holds[body.hold.id.value];
    hold.feature = body.usage.feature;
    reserve(books, hold, body.reserved, body.on_credit);
}

void NaiveLedger::on(const Event& event, Books& books, const HoldExtended& body) {
    NaiveHold& hold = books.holds.at(body.hold.id.value);
    const Expected expected = expected_burn(books, body.amount.value, hold.feature, event.time);
    EXPECT_EQ(body.reserved, expected.parts) << "reserved in burn order";
    EXPECT_EQ(body.on_credit.value, expected.uncovered);
    reserve(books, hold, body.reserved, body.on_credit);
}

void NaiveLedger::on(const Event& event, Books& books, const HoldCaptured& body) {
    NaiveHold& hold = books.holds.at(body.hold.id.value);
    std::vector<GrantPart> burned;
    std::int64_t wanted = body.amount.value;
    for (GrantPart& part : hold.reserved) {
        const std::int64_t taken = std::min(wanted, part.amount.value);
        if (taken == 0) continue;
        burned.push_back({part.grant, Credits{taken}});
        part.amount -= Credits{taken};
        wanted -= taken;
        books.lots.at(part.grant.value).left -= taken;
        books.lots.at(part.grant.value).kept -= taken;
    }
    std::erase_if(hold.reserved, [](const GrantPart& part) { return part.amount.is_zero(); });
    EXPECT_EQ(body.burned, burned) << "captures burn what was reserved, in that order";
    EXPECT_EQ(body.debt.value, wanted);
    hold.on_credit -= wanted;
    EXPECT_GE(hold.on_credit, 0);
    books.debt += wanted;
    hold.captured += body.amount.value;
    EXPECT_EQ(body.hold.captured.value, hold.captured);
    books.total(Total::consumed) += body.amount.value;
    burnt_[event.seq.value] = {event.account, body.amount.value, body.debt.value, 0, body.burned};
    if (body.hold.status != HoldStatus::open) {
        end_hold(event, books, body.hold, body.released, body.expired);
    }
}

void NaiveLedger::on(const Event& event, Books& books, const HoldReleased& body) {
    end_hold(event, books, body.hold, body.released, body.expired);
}

void NaiveLedger::end_hold(const Event& event, Books& books, const HoldSummary& said,
                           Credits released, const std::vector<GrantPart>& expired) {
    const NaiveHold hold = books.holds.at(said.id.value);
    books.holds.erase(said.id.value);
    EXPECT_EQ(released.value, hold.on_credit + sum_of(hold.reserved));
    std::vector<GrantPart> gone;
    for (const GrantPart& part : hold.reserved) {
        Lot& lot = books.lots.at(part.grant.value);
        lot.kept -= part.amount.value;
        if (lot.terms.expires_at > event.time) continue;
        gone.push_back(part);
        lot.left -= part.amount.value;
        lot.lost += part.amount.value;
        books.total(Total::expired) += part.amount.value;
    }
    EXPECT_EQ(expired, gone) << "what is released after its grant's end expires at once";
}

// --- transfers -----------------------------------------------------------------------------------

void NaiveLedger::on(const Event& event, Books& books, const TransferredOut& body) {
    const Expected expected = expected_burn(books, body.amount.value, [&](const Lot& lot) {
        return !lot.is_pending && lot.terms.expires_at > event.time;
    });
    EXPECT_EQ(body.burned, expected.parts) << "burn order";
    EXPECT_EQ(expected.uncovered, 0) << "credit limits do not move";
    EXPECT_TRUE(on_the_way_.empty());
    for (const GrantPart& part : body.burned) {
        Lot& lot = books.lots.at(part.grant.value);
        lot.left -= part.amount.value;
        on_the_way_.push_back({part.grant, part.amount, {}, lot.terms});
    }
    sent_ = event.balances;
    books.total(Total::transferred_out) += body.amount.value;
}

void NaiveLedger::on(const Event& event, Books& books, const TransferredIn& body) {
    ASSERT_EQ(body.moved.size(), on_the_way_.size());
    EXPECT_EQ(body.sender, sent_);
    std::int64_t sum = 0;
    for (std::size_t i = 0; i < body.moved.size(); ++i) {
        MovedPart part = body.moved[i];
        sum += part.amount.value;
        add_lot(event, books, static_cast<std::uint16_t>(i), part.amount, part.debt_repaid,
                part.terms);
        part.debt_repaid = {};
        EXPECT_EQ(part, on_the_way_[i]) << "the same terms, in the same order";
    }
    EXPECT_EQ(body.amount.value, sum);
    books.total(Total::transferred_in) += sum;
    on_the_way_.clear();
}

}  // namespace creditd::tests
