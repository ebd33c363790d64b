// Rules of subscriptions that commands make: how they begin, change, end, and who may say so.
#include <gtest/gtest.h>

#include "tests/core/subscription_asks.hpp"

namespace creditd::tests {
namespace {

using Status = SubscriptionStatus;
using Step = SubscriptionStep;

Scene offers_on(int year, unsigned month, unsigned day) {
    return given(until(year, month, day), account("ann"), offer(basic_plan()),
                 offer(premium_plan()));
}
Scene subscribed() { return std::move(offers_on(2024, 1, 31).given(subscribe("ann", "basic"))); }
Scene subscribed_by_provider(Plan plan) {
    return std::move(offers_on(2024, 1, 10)
                         .given(offer(std::move(plan)), subscribe_by_provider("ann", "basic")));
}
Plan basic_with(const std::function<void(Plan&)>& edit) {
    Plan plan = basic_plan();
    edit(plan);
    return plan;
}

// A step that changes nothing emits nothing: there is no event to keep its description with.
TEST(Subscribe, AgainWithADescriptionDoesNothing) {
    Scene scene = offers_on(2024, 1, 31);
    scene.given(subscribe("ann", "basic"));
    Subscribe again;
    again.account = "ann";
    again.plan = "basic";
    const Outcome outcome = scene.world().run(again, {.personal = "the same again"});
    EXPECT_EQ(outcome.kind, OutcomeKind::nothing_done);
}

TEST(Subscribe, GrantsTheFirstCycleAtOnce) {
    offers_on(2024, 1, 31)
        .when(subscribe("ann", "basic"))
        .then(done(), events_are({"subscription_moved"}), steps_are({Step::started}),
              moved({}, 500), balance("ann", 500), total("ann", Total::granted, 500),
              status_is("ann", Status::active),
              period_is("ann", midnight(2024, 1, 31), midnight(2024, 2, 29)),
              that([](const World& world) {
                  const GrantTerms& terms = world.last_as<SubscriptionMoved>().terms;
                  EXPECT_EQ(terms.kind, GrantKind::plan);
                  EXPECT_EQ(terms.expires_at, midnight(2024, 2, 29));
                  EXPECT_EQ(terms.cost, (Money{1'500, Currency::of("USD")}));
                  EXPECT_EQ(terms.cost_credits, Credits{500});
              }));
}

TEST(Subscribe, GrantsAtThePriorityOfThePlan) {
    offers_on(2024, 1, 10)
        .given(offer(basic_with([](Plan& plan) { plan.priority = 7; })),
               grant("ann", 10, {.priority = 8}))
        .when(subscribe("ann", "basic"))
        .then(done(), that([](const World& world) {
                  EXPECT_EQ(world.last_as<SubscriptionMoved>().terms.priority, 7);
              }))
        .when(deduct("ann", 500))
        .then(grants_left("ann", {{1, 10}}));
}

TEST(Subscribe, GrantsForTheFeaturesOfThePlan) {
    offers_on(2024, 1, 10)
        .given(feature("image", 4), feature("video", 8),
               offer(basic_with([](Plan& plan) { plan.features = {"image"}; })),
               subscribe("ann", "basic"))
        .when(use("ann", "video"))
        .then(recorded(RefusalCode::insufficient_credits))
        .when(use("ann", "image"))
        .then(done(), burned({{1, 4}}));
}

TEST(Subscribe, ByTheYearEndsWithIt) {
    offers_on(2024, 2, 29)
        .when(subscribe("ann", "basic", {.interval = Interval::year}))
        .then(done(), period_is("ann", midnight(2024, 2, 29), midnight(2025, 2, 28)),
              that([](const World& world) {
                  EXPECT_EQ(world.last_as<SubscriptionMoved>().terms.cost.minor, 21'000);
              }));
}

TEST(Subscribe, TwiceIsOnce) {
    subscribed().when(subscribe("ann", "basic")).then(nothing_done(), balance("ann", 500));
}

TEST(Subscribe, NeedsAPlanOnOffer) {
    offers_on(2024, 1, 31)
        .when(subscribe("ann", "gold"))
        .then(refused(RefusalCode::plan_not_found))
        .when(subscribe("ann", "premium", {.interval = Interval::year}))
        .then(refused(RefusalCode::plan_not_found))
        .given(offer(basic_with([](Plan& plan) { plan.active = false; })))
        .when(subscribe("ann", "basic"))
        .then(refused(RefusalCode::plan_not_found));
}

TEST(Subscribe, TakesAPlanWithoutPricesByTheMonthOnly) {
    const Plan free = basic_with([](Plan& plan) { plan.prices.clear(); });
    offers_on(2024, 1, 31)
        .given(offer(free))
        .when(subscribe("ann", "basic", {.interval = Interval::year}))
        .then(refused(RefusalCode::plan_not_found))
        .when(subscribe("ann", "basic"))
        .then(done(), that([](const World& world) {
                  EXPECT_EQ(world.last_as<SubscriptionMoved>().terms.cost, Money{});
              }));
}

TEST(Subscribe, IsForOneRunningSubscription) {
    subscribed()
        .when(subscribe("ann", "premium"))
        .then(recorded(RefusalCode::subscription_exists))
        .when(subscribe_by_provider("ann", "basic"))
        .then(recorded(RefusalCode::subscription_exists))
        .given(cancel("ann", false))
        .when(subscribe("ann", "premium"))
        .then(done(), balance("ann", 1'200));
}

TEST(Subscribe, IsForOpenAccounts) {
    offers_on(2024, 1, 31)
        .given(close("ann"))
        .when(subscribe("ann", "basic"))
        .then(recorded(RefusalCode::account_closed))
        .when(subscribe("ann", "gold"))
        .then(refused(RefusalCode::plan_not_found));
}

TEST(Subscribe, NeedsRoomForTheGrant) {
    offers_on(2024, 1, 31)
        .given(grant("ann", limits::credits_minor_max))
        .when(subscribe("ann", "basic"))
        .then(recorded(RefusalCode::balance_range));
}

TEST(Subscribe, RepaysDebtFirst) {
    offers_on(2024, 1, 31)
        .given(account("bob", {.credit_limit = 100}), deduct("bob", 60))
        .when(subscribe("bob", "basic"))
        .then(done(), debt("bob", 0), balance("bob", 440), grants_left("bob", {{1, 440}}));
}

TEST(Subscribe, GrantsNothingWhereThePlanHasNoCredits) {
    offers_on(2024, 1, 31)
        .given(offer(basic_with([](Plan& plan) { plan.credits = Credits{}; })))
        .when(subscribe("ann", "basic"))
        .then(done(), moved({}, 0), grants_left("ann", {}), status_is("ann", Status::active));
}

TEST(Trial, ComesOnceAndBeforeTheFirstCycle) {
    const Plan plan = basic_with([](Plan& p) { p.trial_days = 7; });
    offers_on(2024, 1, 24)
        .given(offer(plan))
        .when(subscribe("ann", "basic"))
        .then(done(), status_is("ann", Status::trialing), moved({}, 500),
              period_is("ann", midnight(2024, 1, 24), midnight(2024, 1, 31)),
              that([](const World& world) {
                  EXPECT_EQ(world.last_as<SubscriptionMoved>().terms.cost, Money{});
              }))
        .given(until(2024, 1, 31))
        .when(sweep())
        .then(events_are({"grant_expired", "subscription_moved"}), steps_are({Step::renewed}),
              status_is("ann", Status::active), balance("ann", 500),
              period_is("ann", midnight(2024, 1, 31), midnight(2024, 2, 29)),
              that([](const World& world) {
                  EXPECT_EQ(world.last_as<SubscriptionMoved>().terms.cost.minor, 1'500);
                  EXPECT_EQ(subscription_of(world, "ann").cycle, 0U);
              }))
        .given(cancel("ann", false))
        .when(subscribe("ann", "basic"))
        .then(done(), status_is("ann", Status::active));
}

TEST(ChangeNow, BeginsANewCycleAndKeepsWhatIsLeft) {
    subscribed()
        .given(deduct("ann", 100), until(2024, 2, 10))
        .when(change_to("ann", "premium"))
        .then(done(), steps_are({Step::changed}), moved({}, 1'200), balance("ann", 1'600),
              period_is("ann", midnight(2024, 2, 10), midnight(2024, 3, 10)),
              that([](const World& world) {
                  EXPECT_EQ(world.last_as<SubscriptionMoved>().previous_plan, "basic");
              }))
        .given(until(2024, 2, 29))
        .when(sweep())
        .then(events_are({"grant_expired"}), balance("ann", 1'200));
}

TEST(ChangeNow, ExpiresWhatIsLeftWhereTheOldPlanSaysSo) {
    subscribed()
        .given(offer(basic_with([](Plan& plan) { plan.on_change = Leftover::expire; })),
               grant("ann", 7), deduct("ann", 100), hold("ann", 50))
        .when(change_to("ann", "premium"))
        .then(done(), moved({{1, 350}}, 1'200), balance("ann", 1'257), held("ann", 50),
              total("ann", Total::expired, 350));
}

TEST(ChangeNow, CountsItsMonthsFromThere) {
    offers_on(2024, 1, 10)
        .given(subscribe("ann", "basic"), until(2024, 3, 15), sweep())
        .when(change_to("ann", "premium"))
        .then(done(), period_is("ann", midnight(2024, 3, 15), midnight(2024, 4, 15)))
        .given(until(2024, 4, 15))
        .when(sweep())
        .then(period_is("ann", midnight(2024, 4, 15), midnight(2024, 5, 15)));
}

TEST(ChangeNow, OfTheIntervalAlone) {
    subscribed()
        .when(change_to("ann", "basic", false, Interval::year))
        .then(done(), period_is("ann", midnight(2024, 1, 31), midnight(2025, 1, 31)))
        .when(change_to("ann", "premium"))  // not by the year
        .then(refused(RefusalCode::plan_not_found));
}

TEST(ChangeNow, ToTheSamePlanOnlyClearsWhatIsScheduled) {
    subscribed()
        .when(change_to("ann", "basic"))
        .then(nothing_done())
        .given(change_to("ann", "basic", true, Interval::year))
        .when(change_to("ann", "basic"))
        .then(steps_are({Step::resumed}), balance("ann", 500), that([](const World& world) {
                  EXPECT_EQ(subscription_of(world, "ann").next_plan, "");
                  EXPECT_EQ(subscription_of(world, "ann").next_interval, Interval::month);
              }));
}

TEST(ChangeNow, EndsATrialAndAPastDueCycle) {
    const Plan plan = basic_with([](Plan& p) {
        p.trial_days = 7;
        p.grace_days = 3;
    });
    offers_on(2024, 1, 31)
        .given(offer(plan), subscribe("ann", "basic"))
        .when(change_to("ann", "premium"))
        .then(status_is("ann", Status::active), balance("ann", 1'700));
    subscribed_by_provider(plan)
        .given(suspend("ann"))
        .when(change_to("ann", "premium"))
        .then(status_is("ann", Status::active), that([](const World& world) {
                  EXPECT_EQ(subscription_of(world, "ann").grace_until, Timestamp{});
              }));
}

TEST(ChangeNow, NeedsASubscriptionAPlanAndRoom) {
    offers_on(2024, 1, 31)
        .when(change_to("ann", "premium"))
        .then(refused(RefusalCode::subscription_not_found))
        .given(subscribe("ann", "basic"))
        .when(change_to("ann", "gold"))
        .then(refused(RefusalCode::plan_not_found))
        .given(grant("ann", limits::credits_minor_max - 600))
        .when(change_to("ann", "premium"))
        .then(recorded(RefusalCode::balance_range), balance("ann", limits::credits_minor_max - 100))
        .given(close("ann"))
        .when(change_to("ann", "premium"))
        .then(recorded(RefusalCode::account_closed));
}

TEST(ChangeAtPeriodEnd, WaitsForIt) {
    subscribed()
        .when(change_to("ann", "premium", true))
        .then(done(), steps_are({Step::change_scheduled}), moved({}, 0), balance("ann", 500))
        .when(change_to("ann", "premium", true))
        .then(nothing_done())
        .given(until(2024, 2, 29))
        .when(sweep())
        .then(events_are({"grant_expired", "subscription_moved"}), steps_are({Step::changed}),
              balance("ann", 1'200), period_is("ann", midnight(2024, 2, 29), midnight(2024, 3, 29)),
              that([](const World& world) {
                  EXPECT_EQ(world.last_as<SubscriptionMoved>().previous_plan, "basic");
                  EXPECT_EQ(subscription_of(world, "ann").next_plan, "");
              }));
}

TEST(ChangeNow, FromAPlanThatIsGoneKeepsWhatIsLeft) {
    subscribed()
        .given(offer(basic_with([](Plan& plan) { plan.on_change = Leftover::expire; })),
               remove_plan("basic"))
        .when(change_to("ann", "premium"))
        .then(steps_are({Step::changed}), moved({}, 1'200), balance("ann", 1'700));
}

TEST(ChangeAtPeriodEnd, IsTheOneThatWasAskedForLast) {
    Plan premium = premium_plan();
    premium.prices.push_back({Interval::year, {29'000, Currency::of("USD")}});
    const auto next_is = [](std::string plan, Interval interval) {
        return that([plan = std::move(plan), interval](const World& world) {
            EXPECT_EQ(subscription_of(world, "ann").next_plan, plan);
            EXPECT_EQ(subscription_of(world, "ann").next_interval, interval);
        });
    };
    const auto scheduled = steps_are({Step::change_scheduled});
    subscribed()
        .given(offer(premium))
        .when(change_to("ann", "premium", true))
        .then(scheduled, next_is("premium", Interval::month))
        .when(change_to("ann", "premium", true, Interval::year))
        .then(scheduled, next_is("premium", Interval::year))
        .when(change_to("ann", "premium", true, Interval::year))
        .then(nothing_done())
        .when(change_to("ann", "basic", true, Interval::year))
        .then(scheduled, next_is("basic", Interval::year))
        .given(until(2024, 2, 29))
        .when(sweep())
        .then(period_is("ann", midnight(2024, 2, 29), midnight(2025, 2, 28)),
              next_is("", Interval::month));
}

TEST(ChangeAtPeriodEnd, ToAPlanThatIsGoneRenewsTheOld) {
    subscribed()
        .given(change_to("ann", "premium", true), remove_plan("premium"), until(2024, 2, 29))
        .when(sweep())
        .then(steps_are({Step::renewed}), balance("ann", 500),
              period_is("ann", midnight(2024, 2, 29), midnight(2024, 3, 31)));
}

TEST(ChangeAtPeriodEnd, ToAPlanThatIsNoLongerOnOfferRenewsTheOld) {
    Plan closed_plan = premium_plan();
    closed_plan.active = false;
    Plan yearly = premium_plan();
    yearly.prices.front().interval = Interval::year;
    for (const Plan& plan : {closed_plan, yearly}) {
        subscribed()
            .given(change_to("ann", "premium", true), offer(plan), until(2024, 2, 29))
            .when(sweep())
            .then(steps_are({Step::renewed}), balance("ann", 500));
    }
}

TEST(Cancel, NowEndsItWithItsCredits) {
    subscribed()
        .given(grant("ann", 7))
        .when(cancel("ann", false))
        .then(done(), steps_are({Step::ended}), moved({{1, 500}}, 0), balance("ann", 7),
              status_is("ann", Status::ended))
        .when(cancel("ann", false))
        .then(refused(RefusalCode::subscription_not_found));
}

TEST(Cancel, LeavesTheCreditsWhereThePlanSaysSo) {
    subscribed()
        .given(offer(basic_with([](Plan& plan) { plan.on_end = Leftover::keep; })))
        .when(cancel("ann", false))
        .then(done(), moved({}, 0), balance("ann", 500));
    subscribed()
        .given(remove_plan("basic"))
        .when(cancel("ann", false))
        .then(moved({{1, 500}}, 0), balance("ann", 0));
}

TEST(Cancel, LeavesWhatIsStillToBecomeEffective) {
    subscribed()
        .given(grant("ann", 7, {.kind = GrantKind::plan, .effective_in = one_day}))
        .when(cancel("ann", false))
        .then(moved({{1, 500}}, 0), pending("ann", 7), grants_left("ann", {{2, 7}}));
}

TEST(Cancel, AtPeriodEndWaitsForItAndMayBeTakenBack) {
    subscribed()
        .given(change_to("ann", "premium", true))
        .when(cancel("ann"))
        .then(steps_are({Step::cancel_scheduled}), status_is("ann", Status::active))
        .when(cancel("ann"))
        .then(nothing_done())
        .when(resume("ann"))
        .then(steps_are({Step::resumed}))
        .when(resume("ann"))
        .then(nothing_done())
        .given(cancel("ann"), until(2024, 2, 29))
        .when(sweep())
        .then(steps_are({Step::ended}), balance("ann", 0))
        .when(resume("ann"))
        .then(refused(RefusalCode::subscription_not_found));
}

TEST(Cancel, AtTheEndOfAPeriodThatIsOverIsNow) {
    subscribed_by_provider(basic_with([](Plan& plan) { plan.grace_days = 3; }))
        .given(until(2024, 2, 11))
        .when(cancel("ann"))
        .then(steps_are({Step::past_due, Step::ended}), balance("ann", 0));
}

}  // namespace
}  // namespace creditd::tests
