// Rules of what a payment provider says of its subscriptions, which comes in any order.
#include <gtest/gtest.h>

#include <algorithm>

#include "tests/core/payment_asks.hpp"

namespace creditd::tests {
namespace {

using Step = SubscriptionStep;
using Status = SubscriptionStatus;

constexpr std::int64_t month = 31 * one_day;

PaymentNews invoice(std::string payment) { return paid(std::move(payment), 1'500); }

/// ann has bought a month of plan basic, which may be past due for three days.
Scene heard_of() {
    Plan plan = basic_plan();
    plan.grace_days = 3;
    return given(until(2024, 1, 10), account("ann"), offer(plan), offer(premium_plan()),
                 hear_bought("ann", "basic", invoice("first"), month, {.at = 1}));
}

TEST(SubscriptionNews, OfAllOfItReplaceWhatStood) {
    heard_of()
        .when(hear("ann", Status::active, {.at = 2, .cancels = true}))
        .then(steps_are({Step::cancel_scheduled}))
        .when(hear("ann", Status::active, {.at = 3}))
        .then(steps_are({Step::resumed}))
        .when(hear("ann", Status::active, {.at = 4, .plan = "premium"}))
        .then(steps_are({Step::changed}))
        .when(hear("ann", Status::active, {.at = 4, .plan = "premium"}))
        .then(nothing_done())
        .when(hear("ann", Status::active, {.at = 5, .plan = "premium"}))
        .then(steps_are({Step::heard}))
        .when(hear("ann", Status::past_due, {.at = 6}))
        .then(steps_are({Step::past_due}))
        .when(hear("ann", Status::ended, {.at = 7}))
        .then(steps_are({Step::ended}));
}

TEST(SubscriptionNews, OlderThanWhatWasHeardSayNothing) {
    heard_of()
        .given(hear("ann", Status::active, {.at = 10}))
        .when(hear("ann", Status::active, {.at = 9, .cancels = true}))
        .then(refused(RefusalCode::time_past))
        .when(hear("ann", Status::ended, {.at = 9}))
        .then(refused(RefusalCode::time_past))
        .when(hear_failed("ann", {.at = 9}))
        .then(refused(RefusalCode::time_past))
        .when(hear_failed("ann", {.at = 11}))
        .then(steps_are({Step::past_due}))
        .when(hear("ann", Status::past_due, {.at = 12}))
        .then(steps_are({Step::heard}));
}

TEST(SubscriptionNews, LeaveAChangeThatIsScheduled) {
    heard_of()
        .given(change_to("ann", "premium", true))
        .when(hear("ann", Status::active, {.at = 2}))
        .then(steps_are({Step::heard}), that([](const World& world) {
                  EXPECT_EQ(subscription_of(world, "ann").next_plan, "premium");
              }));
}

// A wish for the end is no word on what is paid.
TEST(SubscriptionNews, OfCyclesAndOfTheWholeAreHeardApart) {
    heard_of()
        .given(hear_paid("ann", invoice("second"), 2 * month, {.at = 20}))
        .when(hear("ann", Status::active, {.at = 15, .cancels = true}))
        .then(steps_are({Step::cancel_scheduled}))
        .when(hear("ann", Status::past_due, {.at = 16}))
        .then(steps_are({Step::heard}), status_is("ann", Status::active));
}

TEST(SubscriptionNews, OfAnotherSubscriptionAreNotOfThisOne) {
    heard_of()
        .given(hear_bought("ann", "basic", invoice("second"), 2 * month, {"sub_2", 30}))
        .when(hear("ann", Status::ended, {"sub_1", 40}))
        .then(refused(RefusalCode::subscription_not_found))
        .when(hear_failed("ann", {"sub_1", 41}))
        .then(refused(RefusalCode::subscription_not_found), balance("ann", 1'000))
        .when(hear("ann", Status::ended, {"sub_2", 42}))
        .then(steps_are({Step::ended}));
}

TEST(SubscriptionNews, OfTwoThatPayForOneCycleNeedSomebodyToLookAtThem) {
    heard_of()
        .when(hear_bought("ann", "basic", invoice("second"), month, {"sub_2", 30}))
        .then(refused(RefusalCode::payment_conflict), balance("ann", 500))
        .when(hear_bought("ann", "basic", invoice("third"), month, {"sub_1", 31}))
        .then(events_are({"payment_noted"}), balance("ann", 500));
}

// Told by an application itself, it is of nobody's subscription until a provider speaks.
TEST(SubscriptionNews, AreTakenFromWhoeverSpeaksFirst) {
    given(until(2024, 1, 10), account("ann"), offer(basic_plan()),
          subscribe_by_provider("ann", "basic"))
        .when(hear("ann", Status::active, {.at = 1, .cancels = true}))
        .then(steps_are({Step::cancel_scheduled}))
        .when(hear("ann", Status::active, {"sub_2", 2}))
        .then(refused(RefusalCode::subscription_not_found));
    given(until(2024, 1, 10), account("ann"), offer(basic_plan()), subscribe("ann", "basic"))
        .when(hear("ann", Status::ended, {.at = 1}))
        .then(refused(RefusalCode::subscription_source))
        .when(hear("bob", Status::ended, {.at = 1}))
        .then(refused(RefusalCode::account_not_found));
}

TEST(SubscriptionNews, OfAPlanThatIsGoneAreForSomebodyToLookAt) {
    heard_of()
        .when(hear("ann", Status::active, {.at = 2, .plan = "nowhere"}))
        .then(refused(RefusalCode::plan_not_found))
        .when(hear("ann", Status::active, {.at = 1}))
        .then(steps_are({Step::heard}));
}

/// As `hear`, of a plan by an interval.
Ask hear_plan(std::string plan, Interval interval, std::int64_t at) {
    const Ask said = hear("ann", Status::active, {.at = at, .plan = std::move(plan)});
    return Ask([=](const World& world) {
               CommandBody body = said.body(world);
               std::get<FollowSubscription>(body).interval = interval;
               return body;
           })
        .without_key();
}
Check interval_is(Interval interval) {
    return that([interval](const World& world) {
        EXPECT_EQ(subscription_of(world, "ann").interval, interval);
    });
}

TEST(SubscriptionNews, OfAnotherIntervalChangeIt) {
    heard_of()
        .when(hear_plan("basic", Interval::month, 2))
        .then(steps_are({Step::heard}), balance("ann", 500))
        .when(hear_plan("basic", Interval::year, 3))
        .then(steps_are({Step::changed}), interval_is(Interval::year), balance("ann", 1'000))
        .when(hear_plan("basic", Interval::year, 4))
        .then(steps_are({Step::heard}), balance("ann", 1'000))
        // No plan is no word on the interval either.
        .when(hear_plan("", Interval::month, 5))
        .then(steps_are({Step::heard}), interval_is(Interval::year))
        .when(hear_plan("premium", Interval::year, 6))
        .then(refused(RefusalCode::plan_not_found), interval_is(Interval::year));
}

// The later word on whether a cycle is paid counts, whichever comes first.
TEST(SubscriptionNews, OfAPaidCycleResumeItUnlessItFailedLater) {
    heard_of()
        .given(hear_failed("ann", {.at = 5}))
        .then(status_is("ann", Status::past_due))
        .when(hear_paid("ann", invoice("older"), month, {.at = 4}))
        .then(events_are({"payment_noted"}), status_is("ann", Status::past_due))
        .when(hear_paid("ann", invoice("newer"), month, {.at = 5}))
        .then(steps_are({Step::resumed}), status_is("ann", Status::active), balance("ann", 500));
}

// A provider's clock may count in seconds: of the same moment, what comes last is the later word.
TEST(SubscriptionNews, OfTheSameMomentCountInTheOrderThatTheyCome) {
    for (const Ask& failed :
         {hear_failed("ann", {.at = 5}), hear("ann", Status::past_due, {.at = 5})}) {
        heard_of()
            .when(hear_paid("ann", invoice("again"), month, {.at = 5}))
            .then(status_is("ann", Status::active))
            .when(failed)
            .then(steps_are({Step::past_due}), status_is("ann", Status::past_due))
            .when(hear_paid("ann", invoice("newer"), month, {.at = 5}))
            .then(steps_are({Step::resumed}), status_is("ann", Status::active));
    }
}

TEST(SubscriptionNews, OfACycleThatIsGrantedAreHeardOnce) {
    heard_of()
        .when(hear_paid("ann", invoice("again"), month, {.at = 7}))
        .then(steps_are({Step::heard}), balance("ann", 500))
        .when(hear_paid("ann", invoice("again"), month, {.at = 7}))
        .then(nothing_done())
        // Of a subscription that was not heard of yet: it is the one that pays from now on.
        .when(hear_paid("ann", invoice("other"), month, {"sub_2", 3}))
        .then(steps_are({Step::heard}), balance("ann", 500), that([](const World& world) {
                  EXPECT_EQ(subscription_of(world, "ann").heard.subscription, "sub_2");
                  EXPECT_EQ(subscription_of(world, "ann").heard.whole_at, Timestamp{});
              }))
        .when(hear("ann", Status::ended, {"sub_1", 9}))
        .then(refused(RefusalCode::subscription_not_found));
}

TEST(SubscriptionNews, StandTheSameInWhateverOrderTheyCome) {
    const std::vector<Ask> news{
        hear("ann", Status::active, {.at = 2, .cancels = true}),
        hear_failed("ann", {.at = 3}),
        hear("ann", Status::past_due, {.at = 4, .cancels = true}),
        hear_paid("ann", invoice("again"), month, {.at = 5}),
        hear("ann", Status::active, {.at = 6}),
    };
    std::vector<std::size_t> order(news.size());
    for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
    int orders = 0;
    do {
        Scene scene = heard_of();
        std::string told;
        for (const std::size_t i : order) {
            told += " " + std::to_string(i);
            scene.when(news[i]);
        }
        scene.then(
            status_is("ann", Status::active), balance("ann", 500),
            that([&told](const World& world) {
                const Subscription& stands = subscription_of(world, "ann");
                EXPECT_FALSE(stands.cancel_at_period_end) << told;
                EXPECT_EQ(stands.heard.subscription, "sub_1") << told;
                EXPECT_EQ(stands.heard.whole_at, midnight(2024, 1, 1) + Duration::seconds(360))
                    << told;
                EXPECT_EQ(stands.heard.cycle_at, midnight(2024, 1, 1) + Duration::seconds(300))
                    << told;
            }));
        ++orders;
    } while (std::ranges::next_permutation(order).found);
    EXPECT_EQ(orders, 120);
}

}  // namespace
}  // namespace creditd::tests
