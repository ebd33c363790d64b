// Rules of deductions: prices, partial deductions, credit limit and debt.
#include <gtest/gtest.h>

#include "tests/core/given_when_then.hpp"

namespace creditd::tests {
namespace {

TEST(Deductions, TakeAnAmount) {
    given(account("ann"), grant("ann", 10))
        .when(deduct("ann", 4))
        .then(done(), balance("ann", 6), total("ann", Total::consumed, 4), burned({{1, 4}}),
              answer_available(6), that([](const World& world) {
                  const auto& body = world.last_as<CreditsDeducted>();
                  EXPECT_EQ(body.amount, Credits{4});
                  EXPECT_EQ(body.required, Credits{4});
                  EXPECT_EQ(body.usage.feature, "");
                  EXPECT_EQ(body.usage.price_book, 0U);
                  EXPECT_EQ(world.last().balances.before, Credits{10});
                  EXPECT_EQ(world.last().balances.after, Credits{6});
              }));
}

TEST(Deductions, TakeTheExactBalanceAndNotOneMore) {
    given(account("ann"), grant("ann", 10))
        .when(deduct("ann", 10))
        .then(done(), balance("ann", 0), grants_left("ann", {}));
    given(account("ann"), grant("ann", 10)).when(deduct("ann", 11)).then(insufficient(11, 10, 1));
    given(account("ann"), grant("ann", 10), deduct("ann", 10))
        .when(deduct("ann", 1))
        .then(insufficient(1, 0, 1));
}

TEST(Deductions, OfAFeatureCostItsPriceTimesTheQuantity) {
    given(feature("image", 3), account("ann"), grant("ann", 100))
        .when(use("ann", "image", {.quantity = 7}))
        .then(done(), balance("ann", 79), that([](const World& world) {
                  const Usage& usage = world.last_as<CreditsDeducted>().usage;
                  EXPECT_EQ(usage.feature, "image");
                  EXPECT_EQ(usage.quantity, 7);
                  EXPECT_EQ(usage.price_book, 1U);
                  EXPECT_EQ(usage.lines, (std::vector<PriceLine>{{"flat", Credits{21}}}));
              }));
}

TEST(Deductions, RecordWhoAskedAndWhichModel) {
    Scene scene = given(feature("image", 3), account("ann"), grant("ann", 100));
    World& world = scene.world();
    DeductCredits body;
    body.account = "ann";
    body.price.user = "user of Ann";
    body.price.model = "large";
    body.price.amount = Credits{5};
    for (const std::string feature : {"", "image"}) {
        body.price.feature = feature;
        world.run(body);
        const Usage& usage = world.last_as<CreditsDeducted>().usage;
        EXPECT_EQ(usage.feature, feature);
        EXPECT_EQ(usage.user, "user of Ann");
        EXPECT_EQ(usage.model, "large");
        body.price.amount.reset();
    }
}

TEST(Deductions, RecordThePriceBookOfTheirTime) {
    given(feature("image", 3), feature("image", 5), account("ann"), grant("ann", 100))
        .when(use("ann", "image"))
        .then(balance("ann", 95), that([](const World& world) {
                  EXPECT_EQ(world.last_as<CreditsDeducted>().usage.price_book, 2U);
              }));
}

TEST(Deductions, OfAnUnknownFeatureAreNotFound) {
    given(account("ann"), grant("ann", 9))
        .when(use("ann", "image"))
        .then(refused(RefusalCode::feature_not_found), events_are({}));
    given(account("ann"), grant("ann", 9), feature("image", 1), remove_feature("image"))
        .when(use("ann", "image"))
        .then(refused(RefusalCode::feature_not_found));
}

TEST(Deductions, OfAnInactiveFeatureAreRefused) {
    given(account("ann"), grant("ann", 9), feature("image", 1, false))
        .when(use("ann", "image"))
        .then(recorded(RefusalCode::feature_inactive), that([](const World& world) {
                  EXPECT_EQ(world.last_as<CommandRefused>().feature, "image");
                  EXPECT_EQ(world.last_as<CommandRefused>().operation, Operation::deduct);
              }));
}

TEST(Deductions, OfAFlatPriceTakeNoUnitsAndNoOptions) {
    const auto priced = [] { return given(account("ann"), grant("ann", 9), feature("image", 1)); };
    priced()
        .when(use("ann", "image", {.units = {{"seconds", Measure{1}}}}))
        .then(recorded(RefusalCode::units_invalid));
    priced()
        .when(use("ann", "image", {.options = {"hd"}}))
        .then(recorded(RefusalCode::option_unknown));
}

TEST(Deductions, WhosePriceLeavesTheRangeAreRefused) {
    given(account("ann"), feature("image", limits::credits_minor_max))
        .when(use("ann", "image", {.quantity = 2}))
        .then(recorded(RefusalCode::balance_range));
    given(account("ann"), feature("image", 2))
        .when(use("ann", "image", {.quantity = INT64_MAX}))
        .then(recorded(RefusalCode::balance_range));
}

TEST(Deductions, AreRefusedForTheFeatureBeforeItsPrice) {
    given(account("ann"), feature("image", 2, false))
        .when(use("ann", "image", {.quantity = INT64_MAX}))
        .then(recorded(RefusalCode::feature_inactive));
}

TEST(Deductions, OfAFreeFeatureAreEventsToo) {
    given(account("ann"), feature("image", 0))
        .when(use("ann", "image"))
        .then(done(), balance("ann", 0), burned({}));
}

TEST(PartialDeductions, TakeWhatThereIs) {
    given(account("ann"), grant("ann", 10))
        .when(deduct("ann", 15, true))
        .then(done(), balance("ann", 0), burned({{1, 10}}), that([](const World& world) {
                  EXPECT_EQ(world.last_as<CreditsDeducted>().amount, Credits{10});
                  EXPECT_EQ(world.last_as<CreditsDeducted>().required, Credits{15});
                  EXPECT_TRUE(world.last_as<CreditsDeducted>().partial_allowed);
              }));
}

TEST(PartialDeductions, TakeAllWhenThereIsEnough) {
    given(account("ann"), grant("ann", 10))
        .when(deduct("ann", 10, true))
        .then(done(), balance("ann", 0), that([](const World& world) {
                  EXPECT_EQ(world.last_as<CreditsDeducted>().required, Credits{10});
              }));
}

TEST(PartialDeductions, ReachIntoTheCreditLimit) {
    given(account("ann", {.credit_limit = 4}), grant("ann", 10))
        .when(deduct("ann", 15, true))
        .then(done(), balance("ann", -4), burned({{1, 10}}, 4));
}

TEST(PartialDeductions, OfNothingAreRefused) {
    given(account("ann")).when(deduct("ann", 15, true)).then(insufficient(15, 0, 15));
    given(account("ann", {.credit_limit = 5}), deduct("ann", 5))
        .when(deduct("ann", 15, true))
        .then(insufficient(15, -5, 15));
}

TEST(CreditLimit, AllowsDebtUpToIt) {
    given(account("ann", {.credit_limit = 20}), grant("ann", 10))
        .when(deduct("ann", 25))
        .then(done(), balance("ann", -15), debt("ann", 15), burned({{1, 10}}, 15));
    given(account("ann", {.credit_limit = 20}), grant("ann", 10))
        .when(deduct("ann", 30))
        .then(done(), balance("ann", -20), debt("ann", 20));
    given(account("ann", {.credit_limit = 20}), grant("ann", 10))
        .when(deduct("ann", 31))
        .then(insufficient(31, 10, 1), balance("ann", 10));
}

TEST(CreditLimit, CountsDebtThatIsThere) {
    given(account("ann", {.credit_limit = 20}), deduct("ann", 15))
        .when(deduct("ann", 6))
        .then(insufficient(6, -15, 1));
    given(account("ann", {.credit_limit = 20}), deduct("ann", 15))
        .when(deduct("ann", 5))
        .then(done(), debt("ann", 20));
}

TEST(CreditLimit, LoweredBelowTheDebtAllowsNothingMore) {
    given(account("ann", {.credit_limit = 20}), deduct("ann", 15),
          account("ann", {.credit_limit = 0}))
        .when(deduct("ann", 1))
        .then(insufficient(1, -15, 16), debt("ann", 15));
    given(account("ann", {.credit_limit = 20}), deduct("ann", 15),
          account("ann", {.credit_limit = 0}), grant("ann", 16))
        .when(deduct("ann", 1))
        .then(done(), balance("ann", 0));
}

TEST(CreditLimit, IsNotForLimitedGrantsOfOtherFeatures) {
    // The limited grant stays; the plain amount becomes debt beside it.
    given(account("ann", {.credit_limit = 20}), grant("ann", 10, {.features = {"image"}}))
        .when(deduct("ann", 20))
        .then(done(), debt("ann", 20), balance("ann", -10), grants_left("ann", {{1, 10}}));
    given(account("ann", {.credit_limit = 20}), grant("ann", 10, {.features = {"image"}}))
        .when(deduct("ann", 21))
        .then(insufficient(21, 0, 1));
}

TEST(Deductions, LeaveWhatHoldsKeep) {
    given(account("ann"), grant("ann", 10), hold("ann", 6))
        .when(deduct("ann", 5))
        .then(insufficient(5, 4, 1));
    given(account("ann"), grant("ann", 10), hold("ann", 6))
        .when(deduct("ann", 4))
        .then(done(), balance("ann", 6), available("ann", 0), held("ann", 6));
}

TEST(Features, EveryChangeMakesANewPriceBook) {
    Scene scene = given(feature("image", 3), feature("text", 1));
    EXPECT_EQ(scene.world().state().catalog().price_book, 2U);
    scene.given(remove_feature("image"));
    EXPECT_EQ(scene.world().state().catalog().price_book, 3U);
    scene.when(remove_feature("image")).then(refused(RefusalCode::feature_not_found));
    EXPECT_EQ(scene.world().state().catalog().price_book, 3U);
}

TEST(Features, KeepTheTimeOfTheirMaking) {
    Scene scene = given(feature("image", 3));
    const Timestamp made = scene.world().now();
    scene.given(later(5), feature("image", 4));
    const Feature& found = scene.world().state().catalog().features.at("image");
    EXPECT_EQ(found.created_at, made);
    EXPECT_EQ(found.updated_at, made + Duration::seconds(5));
}

TEST(ApiKeys, AreMadeAndRevokedOnce) {
    Scene scene = given(create_key("key_1"), create_key("key_2", 60));
    const auto& keys = scene.world().state().catalog().api_keys;
    EXPECT_TRUE(keys.at("key_1").created.expires_at.is_never());
    EXPECT_EQ(keys.at("key_2").created.expires_at, scene.world().now() + Duration::seconds(60));
    scene.given(revoke_key("key_1"))
        .when(revoke_key("key_1"))
        .then(refused(RefusalCode::key_not_found));
    EXPECT_EQ(scene.world().state().catalog().api_keys.size(), 1U);
}

}  // namespace
}  // namespace creditd::tests
