// Rules of alerts: told once for each crossing, after the event that made it, with hysteresis.
#include <gtest/gtest.h>

#include "tests/core/arrangement_asks.hpp"

namespace creditd::tests {
namespace {

constexpr auto low = AlertNews::low;
constexpr auto recovered = AlertNews::recovered;
constexpr auto depleted = AlertNews::depleted;

/// ann has a hundred credits and wants to know when they are fewer than 50.
Scene alerted(std::int64_t recovered_at = 0) {
    return given(account("ann"), grant("ann", 100),
                 alert("ann", "few", {.below = 50, .recovered_at = recovered_at}));
}
Plan plan_with(std::vector<std::uint8_t> alerts, std::string id = "basic") {
    Plan plan = basic_plan();
    plan.id = std::move(id);
    plan.credits = Credits{200};
    plan.alerts = std::move(alerts);
    return plan;
}

TEST(Alerts, AreToldBelowTheThresholdAndNotAtIt) {
    alerted()
        .given(deduct("ann", 50))
        .when(sweep())
        .then(events_are({}), level("ann", "few", AlertLevel::normal))
        .given(deduct("ann", 1))
        .then(told({}))
        .when(sweep())
        .then(events_are({"balance_alerted"}), told({{"few", low, 50}}),
              level("ann", "few", AlertLevel::low), balance("ann", 49))
        .given(later(60))
        .when(sweep())
        .then(events_are({}));
}

TEST(Alerts, ComeBeforeTheNextCommand) {
    alerted()
        .given(deduct("ann", 60))
        .when(deduct("ann", 1))
        .then(events_are({"balance_alerted", "credits_deducted"}), told({{"few", low, 50}}))
        .when(deduct("ann", 1))
        .then(events_are({"credits_deducted"}));
}

TEST(Alerts, SayOnceThatNothingIsLeft) {
    alerted()
        .given(deduct("ann", 60), sweep(), deduct("ann", 39))
        .when(sweep())
        .then(told({}))
        .given(deduct("ann", 1))
        .when(sweep())
        .then(told({{"few", depleted, 50}}), level("ann", "few", AlertLevel::depleted))
        .given(grant("ann", 1), deduct("ann", 1))
        .when(sweep())
        .then(told({}));
}

TEST(Alerts, ThatFindNothingLeftSayBoth) {
    alerted()
        .given(deduct("ann", 100))
        .when(sweep())
        .then(told({{"few", low, 50}, {"few", depleted, 50}}));
    given(account("ann", {.credit_limit = 9}), grant("ann", 2), alert("ann", "few", {.below = 1}),
          deduct("ann", 7))
        .when(sweep())
        .then(told({{"few", low, 1}, {"few", depleted, 1}}), available("ann", -5));
}

TEST(Alerts, RecoverATenthAboveTheThreshold) {
    alerted()
        .given(deduct("ann", 51), sweep(), grant("ann", 5))
        .when(sweep())
        .then(told({}), available("ann", 54), level("ann", "few", AlertLevel::low))
        .given(grant("ann", 1))
        .when(sweep())
        .then(told({{"few", recovered, 50}}), level("ann", "few", AlertLevel::normal))
        .given(deduct("ann", 6))
        .when(sweep())
        .then(told({{"few", low, 50}}));
}

TEST(Alerts, RecoverWhereTheySay) {
    alerted(80)
        .given(deduct("ann", 100), sweep(), grant("ann", 79))
        .when(sweep())
        .then(told({}), level("ann", "few", AlertLevel::depleted))
        .given(grant("ann", 1))
        .when(sweep())
        .then(told({{"few", recovered, 50}}));
    alerted(50)
        .given(deduct("ann", 51), sweep(), grant("ann", 1))
        .when(sweep())
        .then(told({{"few", recovered, 50}}), available("ann", 50));
}

TEST(Alerts, CountWhatHoldsKeepAsGone) {
    alerted()
        .given(hold("ann", 51))
        .when(sweep())
        .then(told({{"few", low, 50}}), balance("ann", 100))
        .when(release(1))
        .then(told({}))
        .when(sweep())
        .then(told({{"few", recovered, 50}}));
}

TEST(Alerts, LookAtABatchWhenAllOfItIsDone) {
    alerted()
        .given(batch({deduct("ann", 60), grant("ann", 10)}))
        .when(sweep())
        .then(told({}), available("ann", 50))
        .given(batch({deduct("ann", 30), deduct("ann", 20)}))
        .when(sweep())
        .then(told({{"few", low, 50}, {"few", depleted, 50}}));
}

TEST(Alerts, OfBothSidesOfATransferAreTold) {
    alerted()
        .given(account("bob"), alert("bob", "some", {.below = 10}), sweep())
        .then(level("bob", "some", AlertLevel::depleted))
        .given(transfer("ann", "bob", 60))
        .when(sweep())
        .then(told({{"few", low, 50}, {"some", recovered, 10}}));
    alerted()
        .given(account("bob"), transfer("ann", "bob", 51))
        .when(transfer("bob", "ann", 1))
        .then(events_are({"balance_alerted", "transferred_out", "transferred_in"}));
}

TEST(Alerts, AreToldThoughTheAccountIsClosed) {
    given(account("ann"), grant("ann", 60, {.expires_in = 60}), alert("ann", "few", {.below = 50}),
          close("ann"), later(60))
        .when(sweep())
        .then(told({{"few", low, 50}, {"few", depleted, 50}}));
}

TEST(Alerts, AreToldWhenTimeAloneTakesCredits) {
    given(account("ann"), grant("ann", 40), grant("ann", 60, {.expires_in = 60}),
          alert("ann", "few", {.below = 50}), later(60))
        .when(sweep())
        .then(events_are({"grant_expired", "balance_alerted"}), told({{"few", low, 50}}));
    given(account("ann"), grant("ann", 60, {.effective_in = 60}),
          alert("ann", "few", {.below = 50}), sweep(), later(60))
        .when(sweep())
        .then(events_are({"grant_activated", "balance_alerted"}), told({{"few", recovered, 50}}));
}

TEST(Alerts, OfOneAccountAreToldInTheOrderOfTheirIds) {
    given(account("ann"), grant("ann", 100), alert("ann", "b", {.below = 30}),
          alert("ann", "c", {.below = 10}), alert("ann", "a", {.below = 20}))
        .then(alerts_are("ann", {"a", "b", "c"}))
        .given(deduct("ann", 85))
        .when(sweep())
        .then(told({{"a", low, 20}, {"b", low, 30}}), level("ann", "c", AlertLevel::normal));
}

TEST(Alerts, SetAgainKeepTheirLevelUnlessTheirTermsAreOthers) {
    alerted()
        .given(deduct("ann", 60), sweep())
        .when(alert("ann", "few", {.below = 50}))
        .then(done(), events_are({"alert_set"}), level("ann", "few", AlertLevel::low))
        .when(sweep())
        .then(told({}))
        .given(alert("ann", "few", {.below = 45}))
        .then(level("ann", "few", AlertLevel::normal))
        .when(sweep())
        .then(told({{"few", low, 45}}))
        .given(alert("ann", "few", {.below = 40}))
        .when(sweep())
        .then(told({}), level("ann", "few", AlertLevel::normal));
}

TEST(Alerts, AreRemovedById) {
    alerted()
        .given(alert("ann", "other", {.below = 10}))
        .when(remove_alert("ann", "none"))
        .then(refused(RefusalCode::alert_not_found))
        .when(remove_alert("ann", "few"))
        .then(done(), events_are({"alert_removed"}), alerts_are("ann", {"other"}))
        .when(remove_alert("ann", "few"))
        .then(refused(RefusalCode::alert_not_found))
        .given(deduct("ann", 100))
        .when(sweep())
        .then(told({{"other", low, 10}, {"other", depleted, 10}}));
}

TEST(Alerts, WithoutAThresholdSayNothing) {
    given(account("ann"), alert("ann", "zero", {.below = 0}), alert("ann", "half", {.percent = 50}))
        .when(sweep())
        .then(events_are({}));
}

TEST(Alerts, AreSilentWhileEverythingIsFree) {
    Plan plan;
    plan.id = "unlimited";
    plan.unlimited = true;
    alerted()
        .given(offer(plan), deduct("ann", 50), subscribe("ann", "unlimited"), revoke(1))
        .when(sweep())
        .then(told({}), balance("ann", 0))
        .given(cancel("ann", false))
        .when(sweep())
        .then(told({{"few", low, 50}, {"few", depleted, 50}}));
}

TEST(Alerts, SpeakWhereThePlanIsUnlimitedForSomeFeaturesOnly) {
    Plan plan;
    plan.id = "images";
    plan.unlimited = true;
    plan.features = {"image"};
    alerted()
        .given(offer(plan), subscribe("ann", "images"), deduct("ann", 51))
        .when(sweep())
        .then(told({{"few", low, 50}}));
}

// --- in percent of a plan ------------------------------------------------------------------------
TEST(PlanAlerts, AreInPercentOfItsCredits) {
    given(until(2024, 1, 10), offer(plan_with({10, 50})), account("ann"), subscribe("ann", "basic"),
          alert("ann", "mine", {.percent = 25}))
        .then(alerts_are("ann", {"mine", "plan-10", "plan-50"}))
        .given(deduct("ann", 100))
        .when(sweep())
        .then(told({}))
        .given(deduct("ann", 60))
        .when(sweep())
        .then(told({{"mine", low, 50}, {"plan-50", low, 100}}))
        .given(deduct("ann", 21))
        .when(sweep())
        .then(told({{"plan-10", low, 20}}));
}

TEST(PlanAlerts, RoundTheirThresholdDown) {
    Plan plan = plan_with({33});
    plan.credits = Credits{10};
    given(offer(plan), account("ann"), subscribe("ann", "basic"), deduct("ann", 7))
        .when(sweep())
        .then(told({}))
        .given(deduct("ann", 1))
        .when(sweep())
        .then(told({{"plan-33", low, 3}}));
}

// The old cycle's credits expire and the new one's come in one step: nothing is low in between.
TEST(PlanAlerts, StayWithTheirLevelWhenACycleBegins) {
    given(until(2024, 1, 10), offer(plan_with({50})), account("ann"), subscribe("ann", "basic"),
          deduct("ann", 150))
        .when(sweep())
        .then(told({{"plan-50", low, 100}}))
        .given(until(2024, 2, 10))
        .when(sweep())
        .then(events_are({"grant_expired", "subscription_moved", "balance_alerted"}),
              told({{"plan-50", recovered, 100}}), alerts_are("ann", {"plan-50"}));
    given(until(2024, 1, 10), offer(plan_with({50})), account("ann"), subscribe("ann", "basic"),
          until(2024, 2, 10))
        .when(sweep())
        .then(told({}), alerts_are("ann", {"plan-50"}));
}

// A cycle that is not paid leaves its credits for the days of grace; the end takes them.
TEST(PlanAlerts, GoOnThroughTheDaysOfGrace) {
    Plan plan = plan_with({50});
    plan.grace_days = 3;
    given(until(2024, 1, 10), offer(plan), account("ann"), subscribe_by_provider("ann", "basic"),
          alert("ann", "few", {.below = 50}), until(2024, 2, 10))
        .when(sweep())
        .then(steps_are({SubscriptionStep::past_due}), told({}))
        .given(deduct("ann", 101))
        .when(sweep())
        .then(told({{"plan-50", low, 100}}))
        .given(until(2024, 2, 13))
        .when(sweep())
        .then(steps_are({SubscriptionStep::ended}), alerts_are("ann", {"few"}),
              told({{"few", low, 50}, {"few", depleted, 50}}), balance("ann", 0));
}

TEST(PlanAlerts, AreThoseOfThePlanThatRuns) {
    given(until(2024, 1, 10), offer(plan_with({10, 50})), offer(plan_with({5, 50}, "better")),
          account("ann"), alert("ann", "a", {.below = 1}), alert("ann", "z", {.percent = 1}),
          subscribe("ann", "basic"))
        .then(alerts_are("ann", {"a", "plan-10", "plan-50", "z"}))
        .given(change_to("ann", "better"))
        .then(alerts_are("ann", {"a", "plan-5", "plan-50", "z"}))
        .given(cancel("ann"))
        .then(alerts_are("ann", {"a", "plan-5", "plan-50", "z"}))
        .given(until(2024, 2, 10))
        .when(sweep())
        .then(status_is("ann", SubscriptionStatus::ended), alerts_are("ann", {"a", "z"}));
}

TEST(PlanAlerts, OfOnesOwnEndWithThePlansThreshold) {
    given(until(2024, 1, 10), offer(plan_with({})), account("ann"), grant("ann", 30),
          subscribe("ann", "basic"), alert("ann", "half", {.percent = 50}), deduct("ann", 150))
        .when(sweep())
        .then(told({{"half", low, 100}}))
        .given(cancel("ann", false))
        .when(sweep())
        .then(told({}), level("ann", "half", AlertLevel::low))
        .given(subscribe("ann", "basic"))
        .when(sweep())
        .then(told({{"half", recovered, 100}}));
}

}  // namespace
}  // namespace creditd::tests
