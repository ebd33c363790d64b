// Rules of unlimited plans: nothing is deducted, everything is recorded.
#include <gtest/gtest.h>

#include "tests/core/subscription_asks.hpp"

namespace creditd::tests {
namespace {

Plan unlimited_plan(std::vector<std::string> features = {}) {
    Plan plan;
    plan.id = "unlimited";
    plan.unlimited = true;
    plan.grace_days = 3;
    plan.features = std::move(features);
    return plan;
}
/// ann has an unlimited plan and 10 credits, of which an image costs 4 and a video 8.
Scene unlimited(std::vector<std::string> features = {}) {
    return given(account("ann"), grant("ann", 10), feature("image", 4), feature("video", 8),
                 offer(unlimited_plan(std::move(features))), subscribe("ann", "unlimited"));
}

Check waived(std::int64_t amount, Where where = CREDITD_HERE) {
    return {[=](const World& world) {
                const auto* const captured = std::get_if<HoldCaptured>(&world.last().body);
                const auto* const placed = std::get_if<HoldPlaced>(&world.last().body);
                if (captured != nullptr) {
                    EXPECT_EQ(captured->waived.value, amount);
                    EXPECT_EQ(captured->amount, Credits{});
                } else if (placed != nullptr) {
                    EXPECT_EQ(placed->waived.value, amount);
                    EXPECT_EQ(placed->hold.amount, Credits{});
                } else {
                    const auto& deducted = world.last_as<CreditsDeducted>();
                    EXPECT_EQ(deducted.waived.value, amount);
                    EXPECT_EQ(deducted.required.value, amount);
                    EXPECT_EQ(deducted.amount, Credits{});
                    EXPECT_TRUE(deducted.burned.empty());
                }
            },
            where};
}

TEST(Unlimited, UsesAreRecordedAndCostNothing) {
    unlimited()
        .when(use("ann", "image", {.quantity = 100}))
        .then(done(), waived(400), burned({}), balance("ann", 10), answer_available(10),
              total("ann", Total::consumed, 0), that([](const World& world) {
                  EXPECT_EQ(world.last_as<CreditsDeducted>().usage.quantity, 100);
                  EXPECT_EQ(world.last_as<CreditsDeducted>().usage.lines.size(), 1U);
              }))
        .when(deduct("ann", 1'000))
        .then(done(), waived(1'000), balance("ann", 10), that([](const World& world) {
                  EXPECT_FALSE(world.last_as<CreditsDeducted>().partial_allowed);
              }))
        .when(deduct("ann", 1'000, true))
        .then(done(), waived(1'000), balance("ann", 10), that([](const World& world) {
                  EXPECT_TRUE(world.last_as<CreditsDeducted>().partial_allowed);
              }));
}

TEST(Unlimited, CoversOnlyThePlansFeatures) {
    unlimited({"image"})
        .when(use("ann", "image", {.quantity = 100}))
        .then(waived(400))
        .when(use("ann", "video"))
        .then(burned({{1, 8}}), balance("ann", 2))
        .when(deduct("ann", 3))
        .then(insufficient(3, 2, 1))
        .when(hold("ann", 0, {.feature = "video"}))
        .then(insufficient(8, 2, 6));
}

TEST(Unlimited, StillKnowsWhatAFeatureIs) {
    unlimited()
        .given(feature("audio", 1, false))
        .when(use("ann", "sculpture"))
        .then(refused(RefusalCode::feature_not_found))
        .when(use("ann", "audio"))
        .then(recorded(RefusalCode::feature_inactive))
        .given(close("ann"))
        .when(use("ann", "image"))
        .then(recorded(RefusalCode::account_closed));
}

TEST(Unlimited, IsWhatItIsOnTheNextUse) {
    unlimited()
        .given(cancel("ann", false))
        .when(use("ann", "image"))
        .then(burned({{1, 4}}), balance("ann", 6))
        .given(subscribe("ann", "unlimited"))
        .when(use("ann", "image"))
        .then(waived(4), balance("ann", 6));
}

TEST(Unlimited, LastsThroughTrialAndGrace) {
    Plan plan = unlimited_plan();
    plan.trial_days = 7;
    given(account("ann"), offer(plan), subscribe_by_provider("ann", "unlimited"))
        .when(deduct("ann", 5))
        .then(waived(5), status_is("ann", SubscriptionStatus::trialing))
        .given(later(8 * one_day))
        .when(deduct("ann", 5))
        .then(waived(5), status_is("ann", SubscriptionStatus::past_due))
        .given(later(2 * one_day))
        .when(deduct("ann", 5))
        .then(insufficient(5, 0, 5), status_is("ann", SubscriptionStatus::ended));
}

TEST(Unlimited, UsesCannotBeRefunded) {
    unlimited()
        .given(use("ann", "image"))
        .when(refund(1))
        .then(recorded(RefusalCode::not_refundable), balance("ann", 10))
        .when(refund(1, 1))
        .then(recorded(RefusalCode::not_refundable));
}

TEST(Unlimited, NeedsNothingToHold) {
    unlimited()
        .when(hold("ann", 500))
        .then(done(), waived(500), reserved({}), held("ann", 0), available("ann", 10))
        .when(capture(1))
        .then(done(), waived(500), burned({}), balance("ann", 10), that([](const World& world) {
                  EXPECT_EQ(world.last_as<HoldCaptured>().hold.status, HoldStatus::captured);
              }))
        .when(capture(1))
        .then(recorded(RefusalCode::hold_closed));
}

TEST(Unlimited, HoldsMayBeCapturedInPartsAndBeyondTheirPrice) {
    unlimited()
        .given(hold("ann", 500), hold("ann", 500))
        .when(capture(1, 200))
        .then(waived(200), that([](const World& world) {
                  EXPECT_EQ(world.last_as<HoldCaptured>().hold.status, HoldStatus::open);
              }))
        .when(capture(1))
        .then(waived(300))
        .when(capture(2, 900))
        .then(waived(900), balance("ann", 10), that([](const World& world) {
                  EXPECT_EQ(world.last_as<HoldCaptured>().hold.status, HoldStatus::captured);
              }));
}

TEST(Unlimited, HoldsAreFreeEvenInDebtAndAfterThePlanEnds) {
    given(account("ann", {.credit_limit = 50}), deduct("ann", 50), offer(unlimited_plan()),
          subscribe("ann", "unlimited"), account("ann", {.credit_limit = 0}))
        .when(hold("ann", 20))
        .then(waived(20))
        .when(extend(1, 5, 300))
        .then(done(), held("ann", 0))
        .given(cancel("ann", false))
        .when(capture(1))
        .then(waived(20), balance("ann", -50));
}

TEST(Unlimited, HoldsEndByTimeAsOthersDo) {
    unlimited()
        .given(hold("ann", 20, {.expires_in = 60, .on_expiry = OnExpiry::capture}),
               hold("ann", 30, {.expires_in = 61}), hold("ann", 40), later(60))
        .when(sweep())
        .then(events_are({"hold_captured"}), waived(20))
        .given(later(1))
        .when(sweep())
        .then(events_are({"hold_released"}), balance("ann", 10))
        .when(release(3))
        .then(done(), held("ann", 0), balance("ann", 10));
}

TEST(Unlimited, HoldsSurviveASnapshot) {
    unlimited()
        .given(hold("ann", 20), forget_window())
        .when(capture(1))
        .then(waived(20), balance("ann", 10));
}

}  // namespace
}  // namespace creditd::tests
