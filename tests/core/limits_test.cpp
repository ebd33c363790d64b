// Rules of bounds: a balance never leaves its range, an account never holds too many parts.
#include <gtest/gtest.h>

#include "tests/core/given_when_then.hpp"

namespace creditd::tests {
namespace {

constexpr std::int64_t most = limits::credits_minor_max;
constexpr auto range = RefusalCode::balance_range;

TEST(BalanceRange, IsReachedExactly) {
    given(account("ann")).when(grant("ann", most)).then(done(), balance("ann", most));
    given(account("ann"), grant("ann", most)).when(deduct("ann", most)).then(done());
    given(account("ann", {.credit_limit = most}))
        .when(deduct("ann", most))
        .then(done(), balance("ann", -most));
}

TEST(BalanceRange, IsNotPassedByGrants) {
    given(account("ann"), grant("ann", most)).when(grant("ann", 1)).then(recorded(range));
    given(account("ann"), grant("ann", 1)).when(grant("ann", most)).then(recorded(range));
    given(account("ann"), grant("ann", 1)).when(grant("ann", most - 1)).then(done());
}

TEST(BalanceRange, IsNotPassedByPurchases) {
    given(account("ann"), grant("ann", most)).when(purchase("ann", 1, "p1")).then(recorded(range));
}

TEST(BalanceRange, CountsPendingGrants) {
    given(account("ann"), grant("ann", most, {.effective_in = 60}))
        .when(grant("ann", 1))
        .then(recorded(range));
    given(account("ann"), grant("ann", most - 1, {.effective_in = 60}), grant("ann", 1), later(60))
        .when(sweep())
        .then(balance("ann", most));
}

TEST(BalanceRange, IsNotPassedByTransfers) {
    given(account("ann"), account("bob"), grant("ann", 2), grant("bob", most - 1))
        .when(transfer("ann", "bob", 2))
        .then(recorded(range), balance("ann", 2),
              that([](const World& world) { EXPECT_EQ(world.last().account, "ann"); }));
    given(account("ann"), account("bob"), grant("ann", 2), grant("bob", most - 1))
        .when(transfer("ann", "bob", 1))
        .then(done(), balance("bob", most));
}

TEST(BalanceRange, IsNotPassedByRefunds) {
    given(account("ann"), grant("ann", 5), deduct("ann", 5), grant("ann", most - 4))
        .when(refund(1))
        .then(recorded(range));
    given(account("ann"), grant("ann", 5), deduct("ann", 5), grant("ann", most - 4))
        .when(refund(1, 4))
        .then(done(), balance("ann", most));
}

TEST(BalanceRange, HoldsForAllPairsOfBoundaryAmounts) {
    const std::vector<std::int64_t> amounts{
        1, 2, 999'999, 1'000'000, 1'000'001, most / 2, most / 2 + 1, most - 2, most - 1, most};
    for (const std::int64_t first : amounts) {
        for (const std::int64_t second : amounts) {
            SCOPED_TRACE(std::to_string(first) + " and " + std::to_string(second));
            Scene scene = given(account("ann"), grant("ann", first));
            const bool fits = second <= most - first;
            scene.when(grant("ann", second))
                .then(fits ? done() : recorded(range),
                      balance("ann", fits ? first + second : first));
            const std::int64_t there = fits ? first + second : first;
            const bool enough = second <= there;
            scene.when(deduct("ann", second))
                .then(enough ? done() : insufficient(second, there, second - there),
                      balance("ann", enough ? there - second : there));
        }
    }
}

TEST(CreditLimit, HoldsForAllPairsOfBoundaryAmounts) {
    for (const std::int64_t limit : {std::int64_t{1}, most / 2, most - 1, most}) {
        for (const std::int64_t amount : {std::int64_t{1}, most / 2, most - 1, most}) {
            SCOPED_TRACE(std::to_string(limit) + " and " + std::to_string(amount));
            const bool enough = amount <= limit;
            given(account("ann", {.credit_limit = limit}))
                .when(deduct("ann", amount))
                .then(enough ? done() : insufficient(amount, 0, amount - limit),
                      balance("ann", enough ? -amount : 0));
            given(account("ann", {.credit_limit = limit}))
                .when(hold("ann", amount))
                .then(enough ? done() : insufficient(amount, 0, amount - limit),
                      available("ann", enough ? -amount : 0));
        }
    }
}

TEST(CreditLimit, AndAFullBalanceMayBothBeHeld) {
    given(account("ann", {.credit_limit = most}), grant("ann", most), hold("ann", most))
        .when(hold("ann", most))
        .then(done(), available("ann", -most), held("ann", 2 * most));
    given(account("ann", {.credit_limit = most}), grant("ann", most), hold("ann", most))
        .when(extend(1, 1))
        .then(recorded(range));
}

TEST(LifetimeTotals, OutgrowSixtyFourBits) {
    Account account("ann", Timestamp{1});
    for (const Total which : {Total::consumed, Total::revoked}) {
        const Credits half{INT64_MAX};
        for (int i = 0; i < 5; ++i) account.add_to_total(which, half);
        EXPECT_TRUE(account.total(which) == static_cast<WideCredits>(INT64_MAX) * 5);
    }
}

TEST(Grants, OfOneAccountAreBounded) {
    Scene scene = given(account("ann"), account("bob"), grant("bob", 1));
    scene.world().check_every_event = false;  // with thousands of grants: after every batch
    const std::vector<Ask> operations(512, grant("ann", 1));
    for (std::size_t i = 0; i < limits::account_grants_max / operations.size(); ++i) {
        scene.given(batch(operations));
    }
    scene.when(grant("ann", 1)).then(recorded(range));
    scene.when(purchase("ann", 1, "p1")).then(recorded(range));
    scene.when(transfer("bob", "ann", 1)).then(recorded(range));
    scene.given(deduct("ann", 1)).when(grant("ann", 1)).then(done());
    // A refund may make a grant of each part that was burned, and one of what had been debt.
    scene.given(deduct("ann", 1)).when(refund(1)).then(recorded(range));
    scene.given(deduct("ann", 1)).when(refund(1)).then(done());
}

TEST(Holds, OfOneAccountAreBounded) {
    Scene scene = given(account("ann"), grant("ann", 10'000));
    scene.world().check_every_event = false;
    const std::vector<Ask> operations(512, hold("ann", 1));
    for (std::size_t i = 0; i < limits::account_holds_max / operations.size(); ++i) {
        scene.given(batch(operations));
    }
    scene.when(hold("ann", 1)).then(recorded(range));
    scene.given(release(1)).when(hold("ann", 1)).then(done());
}

}  // namespace
}  // namespace creditd::tests
