// Rules of the auto top-up: a package is asked for once for each crossing of the threshold, not
// sooner than the cool-down allows and not oftener in a month of UTC than agreed.
#include <gtest/gtest.h>

#include "tests/core/arrangement_asks.hpp"

namespace creditd::tests {
namespace {

/// On 10 January 2024, ann has a hundred credits and a rule that wants `small` below 20.
Scene ruled(const TopUpSpec& spec = {}) {
    return given(until(2024, 1, 10), package("small", 50, {.bonus = 5, .cents = 900}),
                 account("ann"), grant("ann", 100), auto_top_up("ann", spec));
}
const AutoTopUp& rule_of(const World& world) {
    const auto& rule = world.account("ann").arrangements().auto_top_up;
    CREDITD_ASSERT(rule.has_value());
    return *rule;
}
Check rule_is_armed(bool armed, Where where = CREDITD_HERE) {
    return that([=](const World& world) { EXPECT_EQ(rule_of(world).is_armed, armed); }, where);
}
Check has_no_rule(Where where = CREDITD_HERE) {
    return that(
        [](const World& world) {
            EXPECT_FALSE(world.account("ann").arrangements().auto_top_up.has_value());
        },
        where);
}

TEST(AutoTopUp, AsksBelowTheThresholdAndNotAtIt) {
    ruled()
        .given(deduct("ann", 80))
        .when(sweep())
        .then(events_are({}))
        .given(deduct("ann", 1))
        .when(sweep())
        .then(events_are({"top_up_asked"}), asked({1}), balance("ann", 19),
              that([](const World& world) {
                  const auto& body = world.last_as<TopUpAsked>();
                  EXPECT_EQ(body.package, "small");
                  EXPECT_EQ(body.credits, Credits{55});
                  EXPECT_EQ(body.price.minor, 900);
                  EXPECT_EQ(rule_of(world).asked_at, midnight(2024, 1, 10));
                  EXPECT_EQ(rule_of(world).asked_in_month, 1U);
              }));
}

TEST(AutoTopUp, AsksOnceForEachCrossing) {
    ruled()
        .given(deduct("ann", 90))
        .when(deduct("ann", 1))
        .then(events_are({"top_up_asked", "credits_deducted"}), rule_is_armed(false))
        .given(deduct("ann", 5))
        .when(sweep())
        .then(events_are({}))
        .given(grant("ann", 15))
        .then(available("ann", 19), rule_is_armed(false))
        .given(grant("ann", 1))
        .then(rule_is_armed(true))
        .given(deduct("ann", 1))
        .when(sweep())
        .then(asked({2}));
}

TEST(AutoTopUp, CountsWhatHoldsKeepAsGone) {
    ruled().given(hold("ann", 81)).when(sweep()).then(asked({1}), balance("ann", 100));
}

TEST(AutoTopUp, WaitsForTheCoolDown) {
    ruled({.cool_down = 600})
        .given(deduct("ann", 90))
        .when(sweep())
        .then(asked({1}))
        .given(grant("ann", 50), deduct("ann", 50), later(600), a_moment_later(-1))
        .when(sweep())
        .then(events_are({}), rule_is_armed(true))
        .given(a_moment_later())
        .when(sweep())
        .then(asked({2}));
    ruled({.cool_down = 600})
        .given(deduct("ann", 90), sweep(), grant("ann", 50), deduct("ann", 50), grant("ann", 50),
               later(600))
        .when(sweep())
        .then(events_are({}));
}

TEST(AutoTopUp, IsWantedSoOftenInAMonth) {
    ruled({.monthly_max = 2})
        .given(deduct("ann", 90), sweep(), grant("ann", 90), deduct("ann", 90))
        .when(sweep())
        .then(asked({2}))
        .given(grant("ann", 90), deduct("ann", 90))
        .when(sweep())
        .then(events_are({}))
        .given(until(2024, 2, 1), a_moment_later(-1))
        .when(sweep())
        .then(events_are({}))
        .given(a_moment_later())
        .when(sweep())
        .then(asked({1}))
        .given(grant("ann", 90), deduct("ann", 90))
        .when(sweep())
        .then(asked({2}));
}

TEST(AutoTopUp, WaitsForBothTheMonthAndTheCoolDown) {
    ruled({.monthly_max = 1, .cool_down = 40 * one_day})
        .given(deduct("ann", 90), sweep(), grant("ann", 90), deduct("ann", 90), until(2024, 2, 10))
        .when(sweep())
        .then(events_are({}))
        .given(until(2024, 2, 19))
        .when(sweep())
        .then(asked({1}));
}

TEST(AutoTopUp, CountsAnewInEveryMonth) {
    ruled({.monthly_max = 3})
        .given(deduct("ann", 90), sweep(), grant("ann", 90), deduct("ann", 90), sweep(),
               until(2024, 2, 1), grant("ann", 90), deduct("ann", 90))
        .when(sweep())
        .then(asked({1}))
        .given(grant("ann", 90), deduct("ann", 90))
        .when(sweep())
        .then(asked({2}));
}

TEST(AutoTopUp, IsReplacedAndRemembersWhenItAsked) {
    ruled({.cool_down = 600})
        .given(package("large", 500), deduct("ann", 90), sweep())
        .when(auto_top_up("ann", {.package = "large", .threshold = 5, .cool_down = 600}))
        .then(done(), events_are({"auto_top_up_set"}), rule_is_armed(true))
        .given(deduct("ann", 6))
        .when(sweep())
        .then(events_are({}))
        .given(later(600))
        .when(sweep())
        .then(asked({2}), that([](const World& world) {
                  EXPECT_EQ(world.last_as<TopUpAsked>().package, "large");
                  EXPECT_EQ(world.last_as<TopUpAsked>().credits, Credits{500});
              }));
}

TEST(AutoTopUp, IsArmedByARuleWhoseThresholdIsHigher) {
    ruled()
        .given(deduct("ann", 90), sweep())
        .then(rule_is_armed(false))
        .when(auto_top_up("ann", {.threshold = 30}))
        .then(done(), rule_is_armed(true))
        .when(sweep())
        .then(asked({2}));
}

TEST(AutoTopUp, IsRemoved) {
    ruled()
        .when(remove_auto_top_up("ann"))
        .then(done(), events_are({"auto_top_up_removed"}), has_no_rule())
        .given(deduct("ann", 100))
        .when(sweep())
        .then(events_are({}))
        .when(remove_auto_top_up("ann"))
        .then(done(), events_are({"auto_top_up_removed"}), has_no_rule());
    given(account("bob"))
        .when(remove_auto_top_up("bob"))
        .then(done(), that([](const World& world) {
                  EXPECT_FALSE(world.account("bob").extra().arrangements) << "nothing was made";
              }));
}

TEST(AutoTopUp, NeedsAPackageThatIsSold) {
    given(account("ann"))
        .when(auto_top_up("ann"))
        .then(refused(RefusalCode::package_not_found))
        .given(package("small", 50, {.active = false}))
        .when(auto_top_up("ann"))
        .then(refused(RefusalCode::package_not_found));
}

TEST(AutoTopUp, EndsWithItsPackage) {
    ruled()
        .given(remove_offer(OfferKind::package, "small"))
        .when(sweep())
        .then(events_are({}), rule_is_armed(true))
        .given(deduct("ann", 90))
        .when(sweep())
        .then(events_are({"auto_top_up_removed"}), has_no_rule());
    ruled()
        .given(package("small", 50, {.active = false}), deduct("ann", 90))
        .when(deduct("ann", 1))
        .then(events_are({"auto_top_up_removed", "credits_deducted"}), has_no_rule());
}

TEST(AutoTopUp, IsAskedAtThePriceOfTheDay) {
    ruled()
        .given(package("small", 40, {.cents = 700}), deduct("ann", 90))
        .when(sweep())
        .then(asked({1}), that([](const World& world) {
                  EXPECT_EQ(world.last_as<TopUpAsked>().credits, Credits{40});
                  EXPECT_EQ(world.last_as<TopUpAsked>().price.minor, 700);
              }));
}

TEST(AutoTopUp, IsNotWantedWhileEverythingIsFree) {
    Plan plan;
    plan.id = "unlimited";
    plan.unlimited = true;
    ruled()
        .given(offer(plan), subscribe("ann", "unlimited"), revoke(1, 90))
        .when(sweep())
        .then(events_are({}), available("ann", 10))
        .given(cancel("ann", false))
        .when(sweep())
        .then(asked({1}));
}

TEST(AutoTopUp, ComesAfterTheAlerts) {
    ruled()
        .given(alert("ann", "few", {.below = 15}), deduct("ann", 90))
        .when(sweep())
        .then(events_are({"balance_alerted", "top_up_asked"}));
}

// Between two cycles nothing is low: the next one's credits are on their way.
TEST(AutoTopUp, WaitsForTheNextCycleToBegin) {
    given(until(2024, 1, 10), package("small", 50), offer(basic_plan()), account("ann"),
          subscribe("ann", "basic"), auto_top_up("ann"), until(2024, 2, 10))
        .when(sweep())
        .then(asked({}), balance("ann", 500))
        .given(cancel("ann"), until(2024, 3, 10))
        .when(sweep())
        .then(asked({1}), balance("ann", 0));
}

TEST(AutoTopUp, IsSilentWhileTheAccountIsClosed) {
    ruled()
        .given(deduct("ann", 81), close("ann"))
        .then(asked({1}))
        .given(reopen("ann"), grant("ann", 10, {.expires_in = 60}), close("ann"), later(60))
        .when(sweep())
        .then(events_are({"grant_expired"}), available("ann", 19), rule_is_armed(true))
        .given(reopen("ann"))
        .when(sweep())
        .then(asked({2}));
}

}  // namespace
}  // namespace creditd::tests
