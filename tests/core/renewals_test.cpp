// Rules of subscriptions that time makes: renewals, what rolls over, past due, downtime.
#include <gtest/gtest.h>

#include "tests/core/subscription_asks.hpp"

namespace creditd::tests {
namespace {

using Step = SubscriptionStep;
using Status = SubscriptionStatus;

Plan plan_with(const std::function<void(Plan&)>& edit) {
    Plan plan = basic_plan();
    edit(plan);
    return plan;
}
Plan rolling(Rollover rollover, std::int64_t most = 0) {
    return plan_with([=](Plan& plan) {
        plan.rollover = rollover;
        plan.rollover_max = Credits{most};
    });
}
/// ann since 10 January 2024.
Scene by_calendar(Plan plan = basic_plan()) {
    return given(until(2024, 1, 10), account("ann"), offer(std::move(plan)), offer(premium_plan()),
                 subscribe("ann", "basic"));
}

/// Where the periods begin and end, with what each granted, of all renewals so far.
std::vector<std::int64_t> starts_of(const World& world) {
    std::vector<std::int64_t> starts;
    for (const DecidedEvent& decided : world.events()) {
        const auto* const body = std::get_if<SubscriptionMoved>(&decided.event.body);
        if (body == nullptr || !body->granted.is_positive()) continue;
        starts.push_back(body->subscription.period_start.value);
    }
    return starts;
}

TEST(Renewal, ComesWhenThePeriodEndsAndNotBefore) {
    by_calendar()
        .given(deduct("ann", 100), later(31 * one_day - 1))
        .when(sweep())
        .then(events_are({}))
        .given(later(1))
        .when(sweep())
        .then(events_are({"grant_expired", "subscription_moved"}), steps_are({Step::renewed}),
              moved({}, 500), balance("ann", 500), total("ann", Total::expired, 400),
              period_is("ann", midnight(2024, 2, 10), midnight(2024, 3, 10)),
              that([](const World& world) {
                  EXPECT_FALSE(world.last().origin);
                  EXPECT_EQ(subscription_of(world, "ann").cycle, 1U);
                  EXPECT_EQ(world.last_as<SubscriptionMoved>().terms.cost.minor, 1'500);
              }));
}

TEST(Renewal, ComesBeforeWhatIsAsked) {
    by_calendar()
        .given(deduct("ann", 500), until(2024, 2, 10))
        .when(deduct("ann", 500))
        .then(done(), events_are({"subscription_moved", "credits_deducted"}), balance("ann", 0));
}

TEST(Renewal, KeepsTheDayOfTheMonth) {
    Scene scene = given(until(2023, 12, 31), account("ann"), offer(basic_plan()),
                        subscribe("ann", "basic"), until(2024, 5, 31));
    scene.when(sweep()).then(that([](const World& world) {
        const std::vector<std::int64_t> expected{
            midnight(2023, 12, 31).value, midnight(2024, 1, 31).value, midnight(2024, 2, 29).value,
            midnight(2024, 3, 31).value,  midnight(2024, 4, 30).value, midnight(2024, 5, 31).value};
        EXPECT_EQ(starts_of(world), expected);
    }));
}

TEST(Renewal, OfALeapDayComesOnItsEveInOtherYears) {
    given(until(2024, 2, 29), account("ann"), offer(basic_plan()),
          subscribe("ann", "basic", {.interval = Interval::year}), until(2028, 3, 1))
        .when(sweep())
        .then(that([](const World& world) {
                  const std::vector<std::int64_t> expected{
                      midnight(2024, 2, 29).value, midnight(2025, 2, 28).value,
                      midnight(2026, 2, 28).value, midnight(2027, 2, 28).value,
                      midnight(2028, 2, 29).value};
                  EXPECT_EQ(starts_of(world), expected);
              }),
              balance("ann", 500));
}

TEST(Renewal, GrantsEachMissedPeriodOnceAndInOrder) {
    by_calendar()
        .given(deduct("ann", 1), until(2024, 4, 12))
        .when(sweep())
        .then(events_are({"grant_expired", "subscription_moved", "grant_expired",
                          "subscription_moved", "grant_expired", "subscription_moved"}),
              balance("ann", 500), total("ann", Total::granted, 2'000),
              total("ann", Total::expired, 1'499), that([](const World& world) {
                  const std::vector<std::int64_t> expected{
                      midnight(2024, 1, 10).value, midnight(2024, 2, 10).value,
                      midnight(2024, 3, 10).value, midnight(2024, 4, 10).value};
                  EXPECT_EQ(starts_of(world), expected);
                  for (const Event& event : world.news()) EXPECT_EQ(event.time, world.now());
                  EXPECT_EQ(world.last_as<SubscriptionMoved>().terms.effective_at,
                            midnight(2024, 4, 10));
              }))
        .when(sweep())
        .then(events_are({}));
}

TEST(Renewal, AfterAWeekOffFollowsATrialAndItsGrants) {
    const Plan plan = plan_with([](Plan& p) { p.trial_days = 2; });
    given(until(2024, 1, 29), account("ann"), offer(plan), subscribe("ann", "basic"),
          later(604'800))
        .when(sweep())
        .then(events_are({"grant_expired", "subscription_moved"}), balance("ann", 500),
              period_is("ann", midnight(2024, 1, 31), midnight(2024, 2, 29)));
}

TEST(Renewal, TakesThePlansTermsOfItsDay) {
    by_calendar()
        .given(offer(plan_with([](Plan& plan) {
                   plan.credits = Credits{800};
                   plan.active = false;
               })),
               until(2024, 2, 10))
        .when(sweep())
        .then(balance("ann", 800), that([](const World& world) {
                  EXPECT_EQ(subscription_of(world, "ann").credits, Credits{800});
              }));
}

TEST(Renewal, KeepsThePriceOfItsCycleHoweverSmall) {
    for (const std::int64_t price : {0, 1}) {
        by_calendar(plan_with([=](Plan& plan) { plan.prices[0].price.minor = price; }))
            .given(until(2024, 2, 10))
            .when(sweep())
            .then(that([=](const World& world) {
                const GrantTerms& terms = world.last_as<SubscriptionMoved>().terms;
                EXPECT_EQ(terms.cost.minor, price);
                EXPECT_EQ(terms.cost_credits, Credits{price == 0 ? 0 : 500});
            }));
    }
}

TEST(Renewal, IntoAnotherPlanCountsItsMonthsFromThere) {
    given(until(2024, 1, 31), account("ann"), offer(basic_plan()), offer(premium_plan()),
          subscribe("ann", "basic"), until(2024, 3, 15), sweep())
        .given(change_to("ann", "premium", true), until(2024, 4, 1))
        .when(sweep())
        .then(steps_are({Step::changed}),
              period_is("ann", midnight(2024, 3, 31), midnight(2024, 4, 30)))
        .given(until(2024, 4, 30))
        .when(sweep())
        .then(steps_are({Step::renewed}),
              period_is("ann", midnight(2024, 4, 30), midnight(2024, 5, 31)));
}

TEST(Renewal, IntoAnotherPlanComesThoughTheOldOneIsGone) {
    by_calendar()
        .given(deduct("ann", 100), change_to("ann", "premium", true), remove_plan("basic"),
               until(2024, 2, 10))
        .when(sweep())
        .then(steps_are({Step::changed}), moved({}, 1'200), balance("ann", 1'200));
}

TEST(Renewal, OfAPlanThatIsGoneIsTheEnd) {
    by_calendar()
        .given(remove_plan("basic"), until(2024, 2, 10))
        .when(sweep())
        .then(steps_are({Step::ended}), balance("ann", 0));
}

TEST(Renewal, OfAClosedAccountIsTheEnd) {
    by_calendar()
        .given(close("ann"), until(2024, 2, 10))
        .when(sweep())
        .then(steps_are({Step::ended}), status_is("ann", Status::ended));
}

TEST(Renewal, GoesOnWithoutAGrantWhereThereIsNoRoom) {
    by_calendar(rolling(Rollover::unlimited))
        .given(grant("ann", limits::credits_minor_max - 700), until(2024, 2, 10))
        .when(sweep())
        .then(steps_are({Step::renewed}), moved({}, 0),
              period_is("ann", midnight(2024, 2, 10), midnight(2024, 3, 10)));
}

TEST(Renewal, SurvivesASnapshot) {
    by_calendar()
        .given(forget_window(), until(2024, 2, 10))
        .when(sweep())
        .then(steps_are({Step::renewed}), balance("ann", 500));
}

TEST(Renewal, CausesNoAlertBetweenTwoCycles) {
    by_calendar(plan_with([](Plan& plan) { plan.alerts = {20}; }))
        .given(until(2024, 2, 10))
        .when(sweep())
        .then(events_are({"grant_expired", "subscription_moved"}));
}

TEST(Rollover, UnlimitedKeepsEverything) {
    by_calendar(rolling(Rollover::unlimited))
        .given(deduct("ann", 100), until(2024, 3, 10))
        .when(sweep())
        .then(events_are({"subscription_moved", "subscription_moved"}), balance("ann", 1'400),
              total("ann", Total::expired, 0));
}

TEST(Rollover, CappedKeepsSoMuchOfWhatBurnsLast) {
    by_calendar(rolling(Rollover::capped, 300))
        .given(deduct("ann", 100), grant("ann", 1'000), until(2024, 2, 10))
        .when(sweep())
        .then(moved({{1, 100}}, 500), balance("ann", 1'800))
        .given(until(2024, 3, 10))
        .when(sweep())
        // 800 of two cycles: all of the older grant and half of the other one are too much.
        .then(moved({{1, 300}, {3, 200}}, 500), balance("ann", 1'800));
}

TEST(Rollover, LeavesAloneWhatHoldsKeep) {
    by_calendar(rolling(Rollover::capped, 0))
        .given(hold("ann", 50, {.expires_in = 60 * one_day}), until(2024, 2, 10))
        .when(sweep())
        .then(moved({{1, 450}}, 500), balance("ann", 550), held("ann", 50));
}

TEST(PlanAlerts, AreThereWhileTheSubscriptionRuns) {
    const auto alerts = [](std::vector<std::string> expected) {
        return that([expected = std::move(expected)](const World& world) {
            std::vector<std::string> found;
            for (const Alert& alert : world.account("ann").arrangements().alerts) {
                found.push_back(alert.terms.id);
            }
            EXPECT_EQ(found, expected);
        });
    };
    const auto level = [](AlertLevel expected) {
        return that([expected](const World& world) {
            EXPECT_EQ(world.account("ann").arrangements().alerts.at(0).level, expected);
        });
    };
    Plan larger = premium_plan();
    larger.alerts = {10, 20};
    by_calendar(plan_with([](Plan& plan) { plan.alerts = {20, 5}; }))
        .then(alerts({"plan-20", "plan-5"}))
        .given(deduct("ann", 450))
        .when(sweep())
        .then(level(AlertLevel::low))
        .given(offer(larger))
        .when(change_to("ann", "premium"))
        .then(alerts({"plan-10", "plan-20"}), that([](const World& world) {
                  EXPECT_EQ(world.account("ann").arrangements().alerts.at(1).level,
                            AlertLevel::low);
              }))
        .when(cancel("ann", false))
        .then(alerts({}));
}

}  // namespace
}  // namespace creditd::tests
