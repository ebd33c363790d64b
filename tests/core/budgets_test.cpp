// Rules of budgets: who and what they are about, what counts as used, and what is refused.
#include <gtest/gtest.h>

#include "core/budgets.hpp"
#include "tests/core/arrangement_asks.hpp"

namespace creditd::tests {
namespace {

/// Ten in the morning of 10 January 2024; ann has 100 credits, an image costs 4, a video 8.
Scene morning() {
    return given(until(2024, 1, 10), later(10 * an_hour), feature("image", 4), feature("video", 8),
                 account("ann"), grant("ann", 100));
}
const Timestamp next_day = midnight(2024, 1, 11);
const Timestamp next_month = midnight(2024, 2, 1);

TEST(Budgets, AreKeptById) {
    morning()
        .given(budget("ann", "m", 10))
        .when(budget("ann", "b", 5, {.user = "ada", .window = by_day, .utc_offset = -3}))
        .then(done(), events_are({"budget_set"}), balance("ann", 100))
        .when(budget("ann", "z", 0, {.feature = "image"}))
        .then(done(), that([](const World& world) {
                  const auto& budgets = world.account("ann").arrangements().budgets;
                  ASSERT_EQ(budgets.size(), 3U);
                  EXPECT_EQ(budgets[0].terms.id, "b");
                  EXPECT_EQ(budgets[0].terms.user, "ada");
                  EXPECT_EQ(budgets[0].terms.utc_offset, -3);
                  EXPECT_EQ(budgets[1].terms.id, "m");
                  EXPECT_EQ(budgets[2].terms.feature, "image");
              }));
}

TEST(Budgets, AreRemovedById) {
    morning()
        .given(budget("ann", "a", 0), budget("ann", "b", 50))
        .when(remove_budget("ann", "c"))
        .then(refused(RefusalCode::budget_not_found))
        .when(remove_budget("ann", "a"))
        .then(done(), events_are({"budget_removed"}))
        .when(remove_budget("ann", "a"))
        .then(refused(RefusalCode::budget_not_found))
        .when(deduct("ann", 50))
        .then(done(), spent("ann", "b", 50));
}

TEST(Budgets, MayBeUsedUpToTheLast) {
    morning()
        .given(budget("ann", "all", 10))
        .when(deduct("ann", 10))
        .then(done(), spent("ann", "all", 10), balance("ann", 90))
        .when(deduct("ann", 1))
        .then(over_budget({"all", "month", 1, 0, next_month}), balance("ann", 90),
              spent("ann", "all", 10), total("ann", Total::consumed, 10));
    morning()
        .given(budget("ann", "all", 10), deduct("ann", 8))
        .when(deduct("ann", 3))
        .then(over_budget({"all", "month", 3, 2, next_month}), spent("ann", "all", 8))
        .when(deduct("ann", 2))
        .then(done(), spent("ann", "all", 10));
}

TEST(Budgets, OfNothingAllowNothing) {
    morning()
        .given(budget("ann", "all", 0, {.window = by_day}))
        .when(deduct("ann", 1))
        .then(over_budget({"all", "day", 1, 0, next_day}))
        .given(feature("hello", 0))
        .when(use("ann", "hello"))
        .then(done(), spent("ann", "all", 0));
}

TEST(Budgets, OfOneMemberCountThatMember) {
    morning()
        .given(budget("ann", "ada", 10, {.user = "ada"}), by("eve", deduct("ann", 30)),
               deduct("ann", 20))
        .then(spent("ann", "ada", 0))
        .when(by("ada", deduct("ann", 11)))
        .then(over_budget({"ada", "month", 11, 10, next_month}))
        .when(by("ada", deduct("ann", 10)))
        .then(done(), spent("ann", "ada", 10))
        .when(by("eve", deduct("ann", 1)))
        .then(done());
}

TEST(Budgets, OfOneFeatureCountThatFeature) {
    morning()
        .given(budget("ann", "images", 10, {.feature = "image"}), use("ann", "video"),
               deduct("ann", 20), use("ann", "image", {.quantity = 2}))
        .then(spent("ann", "images", 8))
        .when(use("ann", "image"))
        .then(over_budget({"images", "month", 4, 2, next_month}), that([](const World& world) {
                  EXPECT_EQ(world.last_as<CommandRefused>().feature, "image");
              }))
        .when(use("ann", "video"))
        .then(done());
}

TEST(Budgets, OfAMemberForAFeatureCountBoth) {
    morning()
        .given(budget("ann", "both", 4, {.user = "ada", .feature = "image"}),
               by("eve", use("ann", "image")), by("ada", use("ann", "video")))
        .then(spent("ann", "both", 0))
        .when(by("ada", use("ann", "image")))
        .then(done(), spent("ann", "both", 4))
        .when(by("ada", use("ann", "image")))
        .then(over_budget({"both", "month", 4, 0, next_month}));
}

TEST(Budgets, AllHaveToHaveRoomAndTheFirstByIdIsNamed) {
    morning()
        .given(budget("ann", "b", 5, {.window = by_day}), budget("ann", "a", 7),
               budget("ann", "c", 9))
        .when(deduct("ann", 10))
        .then(over_budget({"a", "month", 10, 7, next_month}))
        .when(deduct("ann", 6))
        .then(over_budget({"b", "day", 6, 5, next_day}))
        .when(deduct("ann", 5))
        .then(done(), spent("ann", "a", 5), spent("ann", "b", 5), spent("ann", "c", 5));
}

TEST(Budgets, ComeAfterTheCreditsThemselves) {
    morning()
        .given(budget("ann", "all", 10))
        .when(deduct("ann", 101))
        .then(insufficient(101, 100, 1))
        .when(hold("ann", 101))
        .then(insufficient(101, 100, 1));
}

TEST(Budgets, LookAtWhatAPartialUseWouldTake) {
    given(account("ann"), grant("ann", 6), budget("ann", "all", 6))
        .when(deduct("ann", 50, true))
        .then(done(), burned({{1, 6}}), spent("ann", "all", 6));
    morning()
        .given(budget("ann", "all", 99))
        .when(deduct("ann", 500, true))
        .then(over_budget({"all", "month", 100, 99, next_month}), balance("ann", 100));
}

TEST(Budgets, RefuseTheSameAgainUnderTheSameKey) {
    morning()
        .given(budget("ann", "all", 1))
        .when(deduct("ann", 2).under("once"))
        .then(over_budget({"all", "month", 2, 1, next_month}))
        .given(remove_budget("ann", "all"))
        .when(deduct("ann", 2).under("once"))
        .then(answered_as_before(), balance("ann", 100));
    morning()
        .given(budget("ann", "all", 10), deduct("ann", 4).under("once"))
        .when(deduct("ann", 4).under("once"))
        .then(answered_as_before(), spent("ann", "all", 4));
}

TEST(Budgets, OfABatchAreKeptOrNothingIsDone) {
    const Ask six = by("ada", deduct("ann", 6));
    morning()
        .given(budget("ann", "ada", 10, {.user = "ada"}))
        .when(batch({six, six}))
        .then(over_budget({"ada", "month", 6, 4, next_month}), at_operation(1), balance("ann", 100),
              spent("ann", "ada", 0))
        .when(batch({six, by("ada", deduct("ann", 4))}))
        .then(done(), balance("ann", 90), spent("ann", "ada", 10));
}

TEST(Budgets, DoNotCountWhatAnUnlimitedPlanCovers) {
    Plan plan;
    plan.id = "unlimited";
    plan.unlimited = true;
    plan.features = {"image"};
    morning()
        .given(offer(plan), subscribe("ann", "unlimited"), budget("ann", "all", 8))
        .when(use("ann", "image", {.quantity = 9}))
        .then(done(), spent("ann", "all", 0))
        .when(hold("ann", 0, {.feature = "image"}))
        .then(done())
        .when(use("ann", "video"))
        .then(done(), spent("ann", "all", 8))
        .when(use("ann", "image"))
        .then(done(), spent("ann", "all", 8));
}

TEST(Budgets, DoNotStandInTheWayOfTransfersAndRevocations) {
    morning()
        .given(account("bob"), budget("ann", "all", 0))
        .when(transfer("ann", "bob", 10))
        .then(done(), balance("ann", 90))
        .when(revoke(1, 10))
        .then(done(), balance("ann", 80), spent("ann", "all", 0));
}

// --- holds ---------------------------------------------------------------------------------------
TEST(BudgetedHolds, CountAsUsedWhileTheyAreOpen) {
    morning()
        .given(budget("ann", "ada", 10, {.user = "ada"}), by("ada", hold("ann", 6)),
               by("eve", hold("ann", 50)))
        .when(by("ada", deduct("ann", 5)))
        .then(over_budget({"ada", "month", 5, 4, next_month}), spent("ann", "ada", 0))
        .when(by("ada", hold("ann", 5)))
        .then(over_budget({"ada", "month", 5, 4, next_month}), held("ann", 56))
        .when(by("ada", hold("ann", 4)))
        .then(done(), held("ann", 60));
}

TEST(BudgetedHolds, AreOfTheirFeature) {
    morning()
        .given(budget("ann", "images", 8, {.feature = "image"}),
               hold("ann", 0, {.feature = "image"}), hold("ann", 0, {.feature = "video"}))
        .when(use("ann", "image", {.quantity = 2}))
        .then(over_budget({"images", "month", 8, 4, next_month}))
        .when(hold("ann", 0, {.feature = "image"}))
        .then(done())
        .when(hold("ann", 0, {.feature = "image"}))
        .then(over_budget({"images", "month", 4, 0, next_month}));
}

TEST(BudgetedHolds, SpendWhatIsCaptured) {
    morning()
        .given(budget("ann", "ada", 10, {.user = "ada"}), by("ada", hold("ann", 6)))
        .when(capture(1, 2))
        .then(done(), spent("ann", "ada", 2))
        .when(by("ada", deduct("ann", 5)))
        .then(over_budget({"ada", "month", 5, 4, next_month}))
        .when(capture(1, 1, true))
        .then(done(), spent("ann", "ada", 3))
        .when(by("ada", deduct("ann", 7)))
        .then(done(), spent("ann", "ada", 10));
}

TEST(BudgetedHolds, GiveRoomWhenTheyEnd) {
    morning()
        .given(budget("ann", "all", 6), hold("ann", 6), release(1))
        .when(deduct("ann", 6))
        .then(done());
    morning()
        .given(budget("ann", "all", 6), hold("ann", 6, {.expires_in = 60}), later(60))
        .when(deduct("ann", 6))
        .then(events_are({"hold_released", "credits_deducted"}), spent("ann", "all", 6));
    morning()
        .given(budget("ann", "all", 6),
               hold("ann", 6, {.expires_in = 60, .on_expiry = OnExpiry::capture}), later(60))
        .when(deduct("ann", 1))
        .then(over_budget({"all", "month", 1, 0, next_month}), spent("ann", "all", 6));
}

TEST(BudgetedHolds, ThatGrowAskTheBudgetAndThoseThatLastDoNot) {
    morning()
        .given(budget("ann", "ada", 10, {.user = "ada"}), by("ada", hold("ann", 6)))
        .when(extend(1, 5))
        .then(over_budget({"ada", "month", 5, 4, next_month}), held("ann", 6))
        .when(extend(1, 4))
        .then(done(), held("ann", 10))
        .given(budget("ann", "ada", 3, {.user = "ada"}))
        .when(extend(1, {}, 900))
        .then(done(), held("ann", 10))
        .when(extend(1, 1))
        .then(over_budget({"ada", "month", 1, 0, next_month}));
}

TEST(BudgetedHolds, MayBeCapturedThoughTheBudgetIsSmallerNow) {
    morning()
        .given(hold("ann", 6), budget("ann", "all", 1))
        .when(capture(1))
        .then(done(), spent("ann", "all", 6), balance("ann", 94))
        .when(deduct("ann", 1))
        .then(over_budget({"all", "month", 1, 0, next_month}));
}

// --- refunds -------------------------------------------------------------------------------------
TEST(BudgetedRefunds, GiveBackWithinTheWindow) {
    morning()
        .given(budget("ann", "ada", 10, {.user = "ada", .window = by_day}),
               budget("ann", "eve", 10, {.user = "eve", .window = by_day}),
               by("eve", deduct("ann", 5)), by("ada", deduct("ann", 10)))
        .when(refund(2, 7))
        .then(done(), spent("ann", "ada", 3), spent("ann", "eve", 5))
        .when(by("ada", deduct("ann", 8)))
        .then(over_budget({"ada", "day", 8, 7, next_day}))
        .when(by("ada", deduct("ann", 7)))
        .then(done(), spent("ann", "ada", 10));
}

TEST(BudgetedRefunds, OfCapturesGiveBackToo) {
    morning()
        .given(budget("ann", "images", 10, {.feature = "image", .window = by_day}),
               hold("ann", 0, {.feature = "image"}), capture(1, 3, true))
        .when(refund(1))
        .then(done(), spent("ann", "images", 0), balance("ann", 100));
}

TEST(BudgetedRefunds, OfAnEarlierWindowAreNoneOfThis) {
    morning()
        .given(budget("ann", "all", 10, {.window = by_day}), deduct("ann", 10), later(24 * an_hour),
               deduct("ann", 4))
        .when(refund(1))
        .then(done(), spent("ann", "all", 4), balance("ann", 96))
        .when(refund(2, 1))
        .then(done(), spent("ann", "all", 3));
}

TEST(BudgetedRefunds, OfUsesBeforeTheBudgetGiveNothing) {
    morning()
        .given(deduct("ann", 10), later(24 * an_hour), budget("ann", "all", 5, {.window = by_day}),
               deduct("ann", 5))
        .when(refund(1))
        .then(done(), spent("ann", "all", 5));
    morning()
        .given(deduct("ann", 10), budget("ann", "all", 5))
        .when(refund(1))
        .then(done(), spent("ann", "all", 0));
    // Also where both were used in one window.
    morning()
        .given(deduct("ann", 10), budget("ann", "all", 5), deduct("ann", 5))
        .when(refund(1))
        .then(done(), spent("ann", "all", 5))
        .when(deduct("ann", 1))
        .then(over_budget({"all", "month", 1, 0, next_month}))
        .when(refund(2, 3))
        .then(done(), spent("ann", "all", 2));
}

TEST(BudgetedRefunds, OfUsesUnderOtherTermsGiveNothing) {
    morning()
        .given(budget("ann", "all", 50), deduct("ann", 10),
               budget("ann", "all", 50, {.window = by_day}), deduct("ann", 5))
        .when(refund(1))
        .then(done(), spent("ann", "all", 5));
    // Another limit counts on.
    morning()
        .given(budget("ann", "all", 50), deduct("ann", 10), budget("ann", "all", 60),
               deduct("ann", 5))
        .when(refund(1))
        .then(done(), spent("ann", "all", 5));
    // One that was removed begins anew.
    morning()
        .given(budget("ann", "all", 50), deduct("ann", 10), remove_budget("ann", "all"),
               budget("ann", "all", 50), deduct("ann", 5))
        .when(refund(1))
        .then(done(), spent("ann", "all", 5));
}

// Logs that were written before events said where a budget begins keep the state they had.
TEST(BudgetedRefunds, OfOldLogsGiveBackAsEver) {
    morning()
        .given(deduct("ann", 10), budget("ann", "all", 9), deduct("ann", 5),
               budget("ann", "all", 8), refund(1))
        .then(spent("ann", "all", 5), that([](const World& world) {
                  auto events = world.events();
                  for (DecidedEvent& decided : events) {
                      auto* const set = std::get_if<BudgetSet>(&decided.event.body);
                      if (set != nullptr) set->begins = false;
                  }
                  const World old(events);
                  const Budget& budget = old.account("ann").arrangements().budgets.at(0);
                  EXPECT_EQ(budget.counts_from, Seq{});
                  EXPECT_EQ(spent_of(budget, old.now()), Credits{});
                  EXPECT_EQ(canonical_bytes(old.state()).find("counts_from"), std::string::npos);
                  EXPECT_NE(canonical_bytes(world.state()).find("counts_from"), std::string::npos);
              }));
}

TEST(BudgetedRefunds, AreOfWhatWasCounted) {
    Account account;
    Budget& budget = account.touch_arrangements().budgets.emplace_back();
    budget.terms.limit = Credits{10};
    charge_budgets(account, {}, Credits{4}, midnight(2024, 1, 10));
    give_back_to_budgets(account, {}, Credits{3}, midnight(2024, 1, 9), Seq{1});
    EXPECT_EQ(account.arrangements().budgets[0].spent[0].amount, Credits{1});
    account.touch_arrangements().budgets[0].counts_from = Seq{5};
    give_back_to_budgets(account, {}, Credits{1}, midnight(2024, 1, 9), Seq{4});
    EXPECT_EQ(account.arrangements().budgets[0].spent[0].amount, Credits{1});
    give_back_to_budgets(account, {}, Credits{1}, midnight(2024, 1, 9), Seq{6});
    EXPECT_EQ(account.arrangements().budgets[0].spent[0].amount, Credits{});
}

TEST(BudgetedRefunds, SayWhenItWasUsedOnlyWhereABudgetAsks) {
    const auto said = [](Timestamp expected) {
        return that([expected](const World& world) {
            EXPECT_EQ(world.last_as<CreditsRefunded>().deducted_at.value, expected.value);
        });
    };
    const Timestamp used_at = midnight(2024, 1, 10) + Duration::seconds(10 * an_hour);
    morning().given(deduct("ann", 3)).when(refund(1)).then(said({}));
    morning()
        .given(budget("ann", "all", 5), deduct("ann", 3), later(60))
        .when(refund(1))
        .then(said(used_at), spent("ann", "all", 0));
}

}  // namespace
}  // namespace creditd::tests
