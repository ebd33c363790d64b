// Rules of arrangements in general: for whom they can be made, how many there may be, what follows
// first, and who may move the clock.
#include <gtest/gtest.h>

#include "core/consequences.hpp"
#include "tests/core/arrangement_asks.hpp"

namespace creditd::tests {
namespace {

TEST(Arrangements, AreOfAccountsThatExist) {
    Scene scene = given(package("small", 50));
    for (const Ask& ask :
         {budget("ann", "b", 1), remove_budget("ann", "b"), alert("ann", "a", {.below = 1}),
          remove_alert("ann", "a"), auto_top_up("ann"), remove_auto_top_up("ann")}) {
        scene.when(ask).then(refused(RefusalCode::account_not_found));
    }
}

TEST(Arrangements, AreNotMadeWithAClosedAccountAndCanBeEnded) {
    given(package("small", 50), account("ann"), budget("ann", "b", 1),
          alert("ann", "a", {.below = 1}), auto_top_up("ann"), sweep(), close("ann"))
        .when(budget("ann", "b", 2))
        .then(recorded(RefusalCode::account_closed))
        .when(alert("ann", "a", {.below = 2}))
        .then(recorded(RefusalCode::account_closed))
        .when(auto_top_up("ann", {.threshold = 9}))
        .then(recorded(RefusalCode::account_closed))
        .when(remove_budget("ann", "b"))
        .then(done())
        .when(remove_alert("ann", "a"))
        .then(done())
        .when(remove_auto_top_up("ann"))
        .then(done(), that([](const World& world) {
                  EXPECT_EQ(world.account("ann").arrangements(), Arrangements{});
              }));
}

TEST(Arrangements, AreMadeOnceUnderOneKey) {
    given(account("ann"), budget("ann", "b", 5).under("b"),
          alert("ann", "a", {.below = 5}).under("a"), budget("ann", "b", 7))
        .when(budget("ann", "b", 5).under("b"))
        .then(answered_as_before(), that([](const World& world) {
                  EXPECT_EQ(world.account("ann").arrangements().budgets[0].terms.limit, Credits{7});
              }))
        .when(alert("ann", "a", {.below = 5}).under("a"))
        .then(answered_as_before());
}

TEST(Arrangements, HaveRoomForSoManyBudgets) {
    Scene scene = given(account("ann"));
    scene.world().check_every_event = false;
    for (std::size_t i = 0; i < limits::account_budgets_max; ++i) {
        scene.given(budget("ann", "b" + std::to_string(i), 1));
    }
    scene.when(budget("ann", "one-more", 1))
        .then(recorded(RefusalCode::balance_range))
        .when(budget("ann", "b7", 2))
        .then(done())
        .given(remove_budget("ann", "b0"))
        .when(budget("ann", "one-more", 1))
        .then(done());
}

TEST(Arrangements, HaveRoomForSoManyAlerts) {
    Scene scene = given(account("ann"));
    for (std::size_t i = 0; i < limits::account_alerts_max; ++i) {
        scene.given(alert("ann", "a" + std::to_string(i), {.below = 0, .percent = 1}));
    }
    scene.when(alert("ann", "one-more", {.below = 1}))
        .then(recorded(RefusalCode::balance_range))
        .when(alert("ann", "a7", {.percent = 2}))
        .then(done())
        .given(remove_alert("ann", "a0"))
        .when(alert("ann", "one-more", {.below = 1}))
        .then(done());
}

TEST(Arrangements, GoWithTheStateThatIsStartedFrom) {
    given(package("small", 50), account("ann"), grant("ann", 30), budget("ann", "b", 10),
          deduct("ann", 4), alert("ann", "a", {.below = 27}), sweep(), auto_top_up("ann"),
          forget_window())
        .then(spent("ann", "b", 4), level("ann", "a", AlertLevel::low))
        .when(deduct("ann", 7))
        .then(recorded(RefusalCode::budget_exceeded))
        .given(remove_budget("ann", "b"), deduct("ann", 7))
        .when(sweep())
        .then(events_are({"top_up_asked"}));
}

// --- consequences --------------------------------------------------------------------------------
CatalogSettings rewarding(std::int64_t referrer, std::int64_t referred) {
    CatalogSettings settings;
    settings.referral = {Credits{referrer}, Credits{referred}, {}};
    return settings;
}

TEST(Consequences, RewardAReferralBeforeAnAlertIsTold) {
    given(settings(rewarding(7, 30)), account("bob"), account("ann"), grant("ann", 20),
          referral("ann", "bob"), alert("ann", "few", {.below = 50}))
        .when(sweep())
        .then(events_are({"balance_alerted"}), balance("bob", 0))
        .when(purchase("ann", 10, "p1"))
        .then(events_are({"credits_purchased"}))
        .when(sweep())
        .then(events_are({"referral_rewarded", "referral_rewarded", "balance_alerted"}),
              told({{"few", AlertNews::recovered, 50}}), balance("bob", 7), balance("ann", 60))
        .when(purchase("ann", 10, "p2"))
        .then(events_are({"credits_purchased"}))
        .when(sweep())
        .then(events_are({}), balance("bob", 7));
}

TEST(Consequences, AreOfThePurchaseAndNotOfOtherCredits) {
    given(settings(rewarding(7, 3)), account("bob"), account("ann"), referral("ann", "bob"),
          grant("ann", 50), deduct("ann", 10))
        .when(sweep())
        .then(events_are({}), balance("bob", 0));
}

TEST(Consequences, RewardOneSideWhereTheOtherGetsNothing) {
    given(settings(rewarding(7, 0)), account("bob"), account("ann"), referral("ann", "bob"),
          purchase("ann", 10, "p1"))
        .when(sweep())
        .then(events_are({"referral_rewarded", "referral_rewarded"}), balance("bob", 7),
              balance("ann", 10), that([](const World& world) {
                  EXPECT_TRUE(world.account("ann").arrangements().referral_rewarded);
                  EXPECT_EQ(world.account("ann").arrangements().referrer, "bob");
                  EXPECT_FALSE(world.account("bob").extra().arrangements);
              }))
        .given(revoke(1))
        .when(purchase("ann", 10, "p2"))
        .then(events_are({"credits_purchased"}))
        .when(sweep())
        .then(events_are({}), balance("bob", 7));
}

TEST(Consequences, OfAnAccountWithoutArrangementsAreNone) {
    given(account("ann", {.credit_limit = 5}), grant("ann", 1), deduct("ann", 3))
        .then(that([](const World& world) {
            EXPECT_TRUE(consequence_due(world.account("ann")).is_never());
            EXPECT_FALSE(pending_alert(world.account("ann")).has_value());
        }));
}

TEST(Consequences, TopUpsOfAnEarlierMonthDoNotCount) {
    AutoTopUp rule;
    rule.asked_at = midnight(2024, 2, 1);
    rule.asked_in_month = 3;
    EXPECT_EQ(top_ups_in_month(rule, midnight(2024, 2, 29)), 3U);
    EXPECT_EQ(top_ups_in_month(rule, midnight(2024, 3, 1) + Duration{-1}), 3U);
    EXPECT_EQ(top_ups_in_month(rule, midnight(2024, 3, 1)), 0U);
}

// --- redemptions ---------------------------------------------------------------------------------
Ask redeem(std::string account, std::string code) {
    return Ask([=](const World&) { return CommandBody{RedeemPromotion{account, code}}; });
}
Ask promotion(std::string code, std::uint32_t per_account_max) {
    Promotion promotion;
    promotion.code = std::move(code);
    promotion.credits = Credits{10};
    promotion.per_account_max = per_account_max;
    return offer(std::move(promotion));
}

TEST(Redemptions, AreCountedByCode) {
    given(promotion("M", 2), promotion("Z", 1), promotion("A", 1), account("ann"), account("bob"),
          redeem("ann", "M"), redeem("ann", "Z"), redeem("ann", "A"), redeem("ann", "M"),
          redeem("bob", "M"))
        .then(balance("ann", 40), that([](const World& world) {
                  EXPECT_EQ(world.account("ann").arrangements().redemptions,
                            (std::vector<Redemption>{{"A", 1}, {"M", 2}, {"Z", 1}}));
                  EXPECT_EQ(world.state().redeemed("M"), 3U);
                  EXPECT_EQ(world.state().redeemed("Z"), 1U);
              }))
        .when(redeem("ann", "M"))
        .then(recorded(RefusalCode::already_redeemed), balance("ann", 40))
        .when(redeem("bob", "M"))
        .then(done(), balance("bob", 20));
}

// --- the clock -----------------------------------------------------------------------------------
TEST(TestClock, AdvancesOnlyOnALedgerThatHasOne) {
    World wall;
    wall.run(AdvanceClock{});
    refused(RefusalCode::clock_not_testable).check(wall);

    const State empty;
    World tested({{open_ledger(empty, {4, 5, 6}, 6, midnight(2024, 1, 10), true), {}}});
    tested.advance(Duration::days(3));
    tested.run(AdvanceClock{});
    done().check(tested);
    events_are({"clock_advanced"}).check(tested);
    EXPECT_EQ(tested.last().time, midnight(2024, 1, 13));
    EXPECT_EQ(tested.state().head.time, midnight(2024, 1, 13));
    const World untested({{open_ledger(empty, {4, 5, 6}, 6, midnight(2024, 1, 10)), {}}});
    const World again({{open_ledger(empty, {4, 5, 6}, 6, midnight(2024, 1, 10), true), {}}});
    EXPECT_NE(canonical_bytes(untested.state()), canonical_bytes(again.state()));
}

}  // namespace
}  // namespace creditd::tests
