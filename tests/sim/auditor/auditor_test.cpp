// The auditor against numbers worked out by hand.
#include "tests/sim/auditor/auditor.hpp"

#include <gtest/gtest.h>

namespace creditd::sim {
namespace {

constexpr std::int64_t second = 1'000'000;

struct AuditorTest : testing::Test {
    Auditor auditor;
    int keys = 0;

    AuditorTest() { put(0); }

    Wish wish(WishKind kind, std::optional<std::int64_t> amount = {}) {
        Wish made;
        made.kind = kind;
        made.account = "alice";
        made.amount = amount;
        made.key = "key-" + std::to_string(++keys);
        return made;
    }
    Outcome put(std::int64_t credit_limit) {
        Wish made = wish(WishKind::put_account);
        made.key.clear();
        made.credit_limit = credit_limit;
        return auditor.execute(0, made);
    }
    Outcome on(WishKind kind, const std::string& id, std::optional<std::int64_t> amount = {}) {
        Wish made = wish(kind, amount);
        made.account.clear();
        made.id = id;
        return auditor.execute(10 * second, made);
    }
    /// Grants and gives the grant a real id.
    void grant(const std::string& id, std::int64_t amount, std::optional<std::int64_t> end = {}) {
        Wish made = wish(WishKind::grant, amount);
        made.expires_at = end;
        ASSERT_EQ(auditor.learn(auditor.execute(second, made).id.value(), id), "");
    }
    Outcome deduct(std::int64_t amount) {
        const Outcome done = auditor.execute(2 * second, wish(WishKind::deduct, amount));
        if (done.id) auditor.learn(*done.id, "txn_" + std::to_string(keys));
        return done;
    }
    std::int64_t balance(std::int64_t now) {
        return auditor.balances(now).at("alice").balance_after.value();
    }
    void TearDown() override { EXPECT_EQ(auditor.violation(), ""); }
};

TEST_F(AuditorTest, BurnsWhatExpiresFirst) {
    grant("grt_1", 10);
    grant("grt_2", 4, 5 * second);
    const Outcome done = deduct(6);
    EXPECT_EQ(done.burned, (std::vector<Part>{{"grt_2", 4}, {"grt_1", 2}}));
    EXPECT_EQ(done.balance_before, 14);
    EXPECT_EQ(done.balance_after, 8);
}

TEST_F(AuditorTest, ExpiresAtItsVeryMoment) {
    grant("grt_1", 10, 5 * second);
    EXPECT_EQ(balance(5 * second - 1), 10);
    EXPECT_EQ(balance(5 * second), 0);
}

TEST_F(AuditorTest, RefusesBeyondTheCreditLimitAndAGrantRepays) {
    put(5);
    const Outcome refusal = deduct(6);
    EXPECT_EQ(refusal.status, 402);
    EXPECT_EQ(refusal.shortfall, 1);
    EXPECT_EQ(deduct(5).debt, 5);
    const Outcome repaid = auditor.execute(3 * second, wish(WishKind::grant, 7));
    EXPECT_EQ(repaid.remaining, 2);
    EXPECT_EQ(repaid.balance_after, 2);
}

TEST_F(AuditorTest, RefundsInReverseOrderAndAnewWhereExpired) {
    grant("grt_1", 10);
    grant("grt_2", 4, 5 * second);
    deduct(6);
    const Outcome back = on(WishKind::refund, "txn_" + std::to_string(keys), 5);
    ASSERT_EQ(back.restored.size(), 2U);
    EXPECT_EQ(back.restored[0], (Part{"grt_1", 2}));
    EXPECT_EQ(back.restored[1].amount, 3);
    EXPECT_NE(back.restored[1].grant, "grt_2");
    EXPECT_EQ(back.balance_after, 13);
}

TEST_F(AuditorTest, AHeldPartDoesNotExpireUntilReleased) {
    grant("grt_1", 10, 5 * second);
    Wish hold = wish(WishKind::place_hold, 4);
    hold.expires_in_s = 60;
    const Outcome placed = auditor.execute(2 * second, hold);
    EXPECT_EQ(placed.available, 6);
    auditor.learn(placed.id.value(), "hold_1");
    EXPECT_EQ(balance(6 * second), 4);
    const Outcome released = on(WishKind::release, "hold_1");
    EXPECT_EQ(released.expired, (std::vector<Part>{{"grt_1", 4}}));
    EXPECT_EQ(released.balance_after, 0);
}

TEST_F(AuditorTest, WhatIsPossibleKnowsTheTimeBetweenTwoEnds) {
    grant("grt_1", 10, 8 * second);
    Wish hold = wish(WishKind::place_hold, 4);
    hold.expires_in_s = 3;
    auditor.execute(2 * second, hold);
    const auto seen = [&](std::int64_t from_s, std::int64_t to_s) {
        std::vector<std::pair<std::int64_t, std::int64_t>> all;  // balance and held
        const Wish look = wish(WishKind::read_balance);
        for (const Outcome& one : auditor.possible(look, {from_s * second, to_s * second})) {
            all.emplace_back(one.balance_after.value(), one.held.value());
        }
        return all;
    };
    using Seen = std::vector<std::pair<std::int64_t, std::int64_t>>;
    EXPECT_EQ(seen(3, 4), (Seen{{10, 4}, {10, 4}}));
    // The hold ends, the grant still lasts: that is over once the grant has expired.
    EXPECT_EQ(seen(3, 9), (Seen{{10, 4}, {10, 0}, {0, 0}, {0, 0}}));
    EXPECT_EQ(seen(5, 9), (Seen{{10, 0}, {0, 0}, {0, 0}}));
    EXPECT_EQ(seen(8, 9), (Seen{{0, 0}, {0, 0}}));
    EXPECT_EQ(balance(4 * second), 10);  // to look changes nothing
}

TEST_F(AuditorTest, KnowsWhatThereIsWithoutAnyAccount) {
    const Auditor empty;
    Wish purchase = wish(WishKind::purchase);
    purchase.package = "p1";
    purchase.payment = Payment{"stripe", "pay-1", {100, "USD"}};
    EXPECT_EQ(empty.would(second, purchase).code, "account_not_found");
    EXPECT_EQ(empty.would_with_account(second, purchase).code, "package_not_found");
    Wish removal = wish(WishKind::delete_promotion);
    removal.account.clear();
    removal.id = "SPRING";
    EXPECT_EQ(empty.would_with_account(second, removal).code, "promotion_not_found");
}

TEST_F(AuditorTest, DebtOfAHoldThatGrewComesBackAsOne) {
    put(9);
    Wish hold = wish(WishKind::place_hold, 2);
    hold.expires_in_s = 60;
    auditor.learn(auditor.execute(2 * second, hold).id.value(), "hold_1");
    on(WishKind::extend, "hold_1", 3);
    const Outcome captured = on(WishKind::capture, "hold_1");
    EXPECT_EQ(captured.debt, 5);
    auditor.learn(captured.id.value(), "txn_1");
    auditor.execute(10 * second, wish(WishKind::grant, 7));
    const Outcome back = on(WishKind::refund, "txn_1");
    ASSERT_EQ(back.restored.size(), 1U);
    EXPECT_EQ(back.restored[0].amount, 5);
    EXPECT_EQ(back.balance_after, 7);
}

TEST_F(AuditorTest, RepeatsTheAnswerAndRefusesAnotherRequest) {
    grant("grt_1", 10);
    Wish first = wish(WishKind::deduct, 3);
    EXPECT_EQ(auditor.execute(2 * second, first).balance_after, 7);
    const Outcome again = auditor.execute(3 * second, first);
    EXPECT_TRUE(again.replayed);
    EXPECT_EQ(again.balance_after, 7);
    first.amount = 4;
    EXPECT_EQ(auditor.execute(3 * second, first).code, "idempotency_key_reused");
    EXPECT_EQ(balance(4 * second), 7);
}

TEST_F(AuditorTest, AnAtomicBatchIsAllOrNothing) {
    Wish batch = wish(WishKind::batch);
    batch.atomic = true;
    batch.operations = {wish(WishKind::grant, 5), wish(WishKind::deduct, 6)};
    for (Wish& operation : batch.operations) operation.key.clear();
    const Outcome refusal = auditor.execute(second, batch);
    EXPECT_EQ(refusal.status, 402);
    EXPECT_EQ(refusal.index, 1);
    EXPECT_EQ(balance(2 * second), 0);
}

}  // namespace
}  // namespace creditd::sim
