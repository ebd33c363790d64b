// A refund undoes a deduction: directly after it every grant is what it was, whether it comes back
// whole or in pieces; later, what cannot come back is told apart, and nothing is lost or made.
#include <gtest/gtest.h>

#include "tests/properties/naive_ledger.hpp"
#include "tests/properties/random_history.hpp"
#include "tests/properties/seeds.hpp"

namespace creditd::tests {
namespace {

class Refunds : public testing::TestWithParam<std::uint64_t> {
protected:
    Refunds() : history_(GetParam()) { history_.begin(); }

    LedgerWorld& world() { return history_.world(); }
    const Account& account(const std::string& id) {
        return world().state().accounts.get(*world().state().accounts.find(id));
    }
    bool is_done(const Outcome& outcome) const {
        return outcome.kind == OutcomeKind::done && outcome.refusal.code == RefusalCode::none;
    }
    /// Nothing that time does comes between the next few commands.
    bool is_quiet(const std::string& id) {
        return account(id).next_due > world().now() + Duration::seconds(1);
    }
    /// A deduction or the capture of a hold that took something; nothing where it was refused.
    std::optional<DeductionId> take_somehow(const std::string& id) {
        if (history_.random().one_in(3)) {
            if (!is_done(world().run(history_.hold(id)))) return std::nullopt;
            world().run(CaptureHold{world().facts().holds().back(), {}, true});
        } else if (!is_done(world().run(history_.deduction(id)))) {
            return std::nullopt;
        }
        const Balances& balances = world().last().balances;
        if (balances.after == balances.before) return std::nullopt;
        return world().facts().deductions().back();
    }

    struct Returned {
        std::vector<RestoredPart> parts;
        Credits debt{};
    };
    /// In a number of pieces that add up to `amount`, the last of them "all that is left".
    Returned refund_in_pieces(DeductionId id, Credits amount) {
        Returned returned;
        for (std::uint64_t pieces = history_.random().below(4); amount.is_positive();) {
            RefundDeduction command{id, {}};
            if (pieces > 0 && amount.value > 1) {
                --pieces;
                command.amount = history_.random().amount(amount.value - 1);
            }
            EXPECT_TRUE(is_done(world().run(command)));
            const auto& body = std::get<CreditsRefunded>(world().last().body);
            returned.parts.insert(returned.parts.end(), body.restored.begin(), body.restored.end());
            returned.debt += body.debt_reversed;
            amount -= body.amount;
        }
        return returned;
    }

    RandomHistory history_;
};

Credits amount_of(const Event& event) { return event.balances.before - event.balances.after; }

const std::vector<GrantPart>& burned_by(const Event& event) {
    if (const auto* captured = std::get_if<HoldCaptured>(&event.body)) return captured->burned;
    return std::get<CreditsDeducted>(event.body).burned;
}

/// Neighbours of one grant as one part: pieces may have cut it.
std::vector<GrantPart> joined(const std::vector<RestoredPart>& parts) {
    std::vector<GrantPart> result;
    for (const RestoredPart& part : parts) {
        if (!result.empty() && result.back().grant == part.burned_from) {
            result.back().amount += part.amount;
        } else {
            result.push_back({part.burned_from, part.amount});
        }
    }
    return result;
}

std::vector<GrantPart> joined_backwards(const std::vector<GrantPart>& burned) {
    std::vector<RestoredPart> parts;
    for (auto part = burned.rbegin(); part != burned.rend(); ++part) {
        parts.push_back({part->grant, part->grant, part->amount, {}, {}, {}});
    }
    return joined(parts);
}

TEST_P(Refunds, DirectlyAfterRestoreEveryGrant) {
    std::size_t tried = 0;
    for (int i = 0; i < 1'500; ++i) {
        history_.step();
        const std::string id = history_.any_account();
        world().sweep_due();
        if (!is_quiet(id)) continue;
        const Account before = account(id);
        const auto taken = take_somehow(id);
        if (!taken) continue;
        if (!is_quiet(id)) continue;  // an alert, say
        const Event event = world().last();
        if (const auto* captured = std::get_if<HoldCaptured>(&event.body)) {
            if (!captured->expired.empty()) continue;
        }
        const Returned returned = refund_in_pieces(*taken, amount_of(event));
        ++tried;
        EXPECT_EQ(joined(returned.parts), joined_backwards(burned_by(event)));
        const Account& after = account(id);
        EXPECT_EQ(after.balance, before.balance);
        EXPECT_EQ(after.held, before.held);
        EXPECT_EQ(after.debt(), before.debt());
        ASSERT_EQ(after.grants.count(), before.grants.count());
        for (std::size_t g = 0; g < before.grants.count(); ++g) {
            const Grant& was = before.grants.begin()[g];
            const Grant& is = after.grants.begin()[g];
            EXPECT_EQ(is.id, was.id);
            EXPECT_EQ(is.amount, was.amount);
            EXPECT_EQ(is.remaining, was.remaining);
            EXPECT_EQ(is.reserved, was.reserved);
            EXPECT_EQ(is.expires_at, was.expires_at);
            EXPECT_EQ(terms_of(is, world().state().terms), terms_of(was, world().state().terms));
        }
        ASSERT_FALSE(HasFailure()) << "seed " << GetParam() << ", step " << i;
    }
    EXPECT_GT(tried, 0U);
}

TEST_P(Refunds, LaterReturnEverythingOnceOrSayWhyNot) {
    for (int i = 0; i < 1'500; ++i) {
        history_.step();
        const std::string id = history_.any_account();
        const auto taken = take_somehow(id);
        if (!taken) continue;
        const Event event = world().last();
        if (!std::holds_alternative<CreditsDeducted>(event.body)) continue;
        // Meanwhile grants are revoked and expire, and debts are repaid by others.
        for (const GrantPart& part : burned_by(event)) {
            if (history_.random().one_in(3)) world().run(RevokeGrant{part.grant, {}});
        }
        if (history_.random().one_in(2)) {
            world().advance(Duration::days(history_.random().between(1, 20)));
        }
        for (std::uint64_t n = history_.random().below(4); n > 0; --n) history_.step();
        if (account(id).closed()) world().run(ReopenAccount{id});
        const auto& known = world().facts();
        RefundDeduction probe{*taken, {}};
        const Evidence facts = known.evidence_for({{}, probe, {}}, world().state().head.seq);
        const Credits left = amount_of(event) - facts.deduction->refunded_total;
        const Returned returned = refund_in_pieces(*taken, left);
        Credits sum = returned.debt;
        for (const RestoredPart& part : returned.parts) sum += part.amount;
        EXPECT_EQ(sum, left) << "what was taken comes back once, whole";
        EXPECT_FALSE(is_done(world().run(RefundDeduction{*taken, Credits{1}})));
        ASSERT_FALSE(HasFailure()) << "seed " << GetParam() << ", step " << i;
    }
}

INSTANTIATE_TEST_SUITE_P(Random, Refunds, some_seeds(30), name_of_seed);

}  // namespace
}  // namespace creditd::tests
