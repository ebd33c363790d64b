// Rules of subscriptions that a payment provider renews: only what is paid goes on.
#include <gtest/gtest.h>

#include "tests/core/subscription_asks.hpp"

namespace creditd::tests {
namespace {

using Step = SubscriptionStep;
using Status = SubscriptionStatus;

Plan paid_plan(std::uint16_t grace_days = 0, std::uint16_t trial_days = 0,
               Rollover rollover = Rollover::none) {
    Plan plan = basic_plan();
    plan.grace_days = grace_days;
    plan.trial_days = trial_days;
    plan.rollover = rollover;
    return plan;
}
/// ann since 10 January 2024.
Scene by_provider(Plan plan) {
    return given(until(2024, 1, 10), account("ann"), offer(std::move(plan)), offer(premium_plan()),
                 subscribe_by_provider("ann", "basic"));
}

TEST(SubscribeByProvider, EndsWhenTheProviderSays) {
    given(until(2024, 1, 10), account("ann"), offer(basic_plan()))
        .when(subscribe_by_provider("ann", "basic", 0))
        .then(refused(RefusalCode::time_past), that([](const World& world) {
                  EXPECT_EQ(world.outcome().refusal.details().name, "period_end");
              }))
        .when(subscribe_by_provider("ann", "basic", 10 * one_day))
        .then(done(), period_is("ann", midnight(2024, 1, 10), midnight(2024, 1, 20)));
    by_provider(basic_plan()).then(period_is("ann", midnight(2024, 1, 10), midnight(2024, 2, 10)));
}

TEST(SubscribeByProvider, GrantsCreditsThatOutliveThePeriodByTheGrace) {
    by_provider(paid_plan(3)).then(that([](const World& world) {
        EXPECT_EQ(world.last_as<SubscriptionMoved>().terms.expires_at, midnight(2024, 2, 13));
    }));
}

TEST(RenewByProvider, ComesWhenItSaysSo) {
    by_provider(basic_plan())
        .given(until(2024, 2, 9))
        .when(renew("ann"))
        .then(done(), steps_are({Step::renewed}), moved({}, 500), balance("ann", 1'000),
              period_is("ann", midnight(2024, 2, 10), midnight(2024, 3, 10)),
              that([](const World& world) {
                  EXPECT_TRUE(world.last().origin);
                  // Paid before it begins: of use at once.
                  EXPECT_EQ(world.last_as<SubscriptionMoved>().terms.effective_at, world.now());
              }))
        .when(renew("ann", 40 * one_day))
        .then(done(), period_is("ann", midnight(2024, 3, 10), midnight(2024, 3, 20)))
        .when(renew("ann", 0))
        .then(refused(RefusalCode::time_past))
        .given(close("ann"))
        .when(renew("ann"))
        .then(recorded(RefusalCode::account_closed));
}

TEST(RenewByProvider, GrantsAPeriodOnceHoweverOftenItIsPaid) {
    by_provider(paid_plan(3))
        .when(renew("ann", 31 * one_day))
        .then(nothing_done(), balance("ann", 500))
        .given(suspend("ann"))
        .when(renew("ann", 31 * one_day))
        .then(steps_are({Step::resumed}), moved({}, 0), status_is("ann", Status::active));
}

TEST(RenewByProvider, FollowsTheCalendarAfterALongerPeriod) {
    given(until(2024, 1, 10), account("ann"), offer(basic_plan()),
          subscribe_by_provider("ann", "basic", 45 * one_day))
        .when(renew("ann"))
        .then(period_is("ann", midnight(2024, 2, 24), midnight(2024, 3, 10)));
}

TEST(RenewByProvider, GoesIntoThePlanThatIsToFollow) {
    by_provider(basic_plan())
        .given(change_to("ann", "premium", true))
        .when(renew("ann"))
        .then(steps_are({Step::changed}), moved({}, 1'200), balance("ann", 1'700));
}

TEST(RenewByProvider, PaysEvenWhatIsToBeCanceled) {
    by_provider(basic_plan())
        .given(cancel("ann"))
        .when(renew("ann"))
        .then(done(), balance("ann", 1'000))
        .given(until(2024, 3, 10))
        .when(sweep())
        .then(steps_are({Step::ended}));
}

TEST(RenewByProvider, CountsTheRoomThatTheOldCycleLeaves) {
    by_provider(paid_plan(3))
        .given(grant("ann", limits::credits_minor_max - 500), until(2024, 2, 11))
        .when(renew("ann"))
        .then(done(), moved({{1, 500}}, 500), balance("ann", limits::credits_minor_max));
}

TEST(RenewByProvider, LateLeavesWhatRollsOver) {
    by_provider(paid_plan(3, 0, Rollover::unlimited))
        .given(deduct("ann", 100), until(2024, 2, 11))
        .when(renew("ann"))
        .then(steps_are({Step::past_due, Step::renewed}), moved({}, 500), balance("ann", 900));
}

TEST(RenewByProvider, BeforeTheEndTakesNothingAway) {
    by_provider(paid_plan(3))
        .given(deduct("ann", 100), until(2024, 2, 9))
        .when(renew("ann"))
        .then(steps_are({Step::renewed}), moved({}, 500), balance("ann", 900))
        .when(renew("ann"))
        .then(steps_are({Step::renewed}), moved({}, 500), balance("ann", 1'400))
        .given(until(2024, 2, 13))
        .when(sweep())
        .then(events_are({"grant_expired"}), balance("ann", 1'000));
}

TEST(RenewByProvider, NeedsAPlanAndRoom) {
    by_provider(paid_plan(0, 0, Rollover::unlimited))
        .given(grant("ann", limits::credits_minor_max - 700))
        .when(renew("ann"))
        .then(recorded(RefusalCode::balance_range))
        .given(remove_plan("basic"))
        .when(renew("ann"))
        .then(refused(RefusalCode::plan_not_found));
}

TEST(RenewByProvider, IsNotForTheCalendarsSubscriptions) {
    given(account("ann"), offer(basic_plan()))
        .when(renew("ann"))
        .then(refused(RefusalCode::subscription_not_found))
        .when(suspend("ann"))
        .then(refused(RefusalCode::subscription_not_found))
        .given(subscribe("ann", "basic"))
        .when(renew("ann"))
        .then(recorded(RefusalCode::subscription_source))
        .when(suspend("ann"))
        .then(recorded(RefusalCode::subscription_source));
}

TEST(PastDue, LastsForTheGraceAndKeepsTheCredits) {
    by_provider(paid_plan(3))
        .given(until(2024, 2, 10))
        .when(sweep())
        .then(events_are({"subscription_moved"}), steps_are({Step::past_due}), moved({}, 0),
              balance("ann", 500), status_is("ann", Status::past_due))
        .when(suspend("ann"))
        .then(nothing_done())
        .given(until(2024, 2, 13))
        .when(sweep())
        .then(events_are({"grant_expired", "subscription_moved"}), steps_are({Step::ended}),
              balance("ann", 0));
}

TEST(PastDue, IsOverWhenItIsPaid) {
    by_provider(paid_plan(3))
        .given(deduct("ann", 100), until(2024, 2, 12))
        .when(renew("ann"))
        .then(steps_are({Step::past_due, Step::renewed}), moved({{1, 400}}, 500),
              status_is("ann", Status::active), balance("ann", 500),
              period_is("ann", midnight(2024, 2, 10), midnight(2024, 3, 10)));
}

TEST(PastDue, WithoutGraceIsTheEnd) {
    by_provider(basic_plan())
        .given(until(2024, 2, 10))
        .when(sweep())
        .then(events_are({"grant_expired", "subscription_moved"}), steps_are({Step::ended}));
    by_provider(basic_plan())
        .when(suspend("ann"))
        .then(steps_are({Step::past_due}), balance("ann", 500))
        .given(until(2024, 2, 10))
        .when(sweep())
        .then(steps_are({Step::ended}), balance("ann", 0));
}

TEST(PastDue, HasItsGraceAfterWhatIsPaidFor) {
    by_provider(paid_plan(3))
        .given(until(2024, 1, 20))
        .when(suspend("ann"))
        .then(done(), steps_are({Step::past_due}))
        .given(until(2024, 2, 12))
        .when(sweep())
        .then(events_are({}), balance("ann", 500))
        .given(until(2024, 2, 13))
        .when(sweep())
        .then(steps_are({Step::ended}), balance("ann", 0));
}

TEST(PastDue, AfterATrialBeginsTheFirstCycleWhenItIsPaid) {
    by_provider(paid_plan(3, 7))
        .given(until(2024, 1, 18))
        .when(renew("ann"))
        .then(steps_are({Step::past_due, Step::renewed}), moved({{1, 500}}, 500),
              period_is("ann", midnight(2024, 1, 17), midnight(2024, 2, 17)));
}

}  // namespace
}  // namespace creditd::tests
