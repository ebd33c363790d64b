// Rules of refusals: which ones the log remembers, and how many of them in a short time.
#include <gtest/gtest.h>

#include <set>

#include "tests/core/given_when_then.hpp"

namespace creditd::tests {
namespace {

TEST(Refusals, AreOutcomesThatTheLogRemembers) {
    Scene scene = given(account("ann"));
    scene.when(deduct("ann", 5).under("k1")).then(insufficient(5, 0, 5));
    const Seq refusal = scene.world().last().seq;
    scene.given(grant("ann", 100))
        .when(deduct("ann", 5).under("k1"))
        .then(answered_as_before(), balance("ann", 100));
    EXPECT_EQ(scene.world().outcome().known, refusal);
}

TEST(Refusals, WithoutAKeyAreNotRecorded) {
    given(account("ann"))
        .when(deduct("ann", 5).without_key())
        .then(refused(RefusalCode::insufficient_credits), events_are({}));
}

TEST(Refusals, OfThingsThatDoNotExistAreNotRecorded) {
    Scene scene;
    scene.when(deduct("ann", 5).under("k1")).then(refused(RefusalCode::account_not_found));
    scene.given(account("ann"), grant("ann", 9))
        .when(deduct("ann", 5).under("k1"))
        .then(done(), balance("ann", 4));
    scene.when(use("ann", "image").under("k2")).then(refused(RefusalCode::feature_not_found));
    scene.given(feature("image", 1))
        .when(use("ann", "image").under("k2"))
        .then(done(), balance("ann", 3));
}

TEST(Refusals, SayWhichAreRecorded) {
    using enum RefusalCode;
    for (const RefusalCode code :
         {account_closed,       hold_closed,         payment_conflict,     feature_inactive,
          units_invalid,        option_unknown,      capture_exceeds_hold, refund_exceeds_deduction,
          revoke_exceeds_grant, balance_range,       not_refundable,       insufficient_credits,
          version_mismatch,     subscription_exists, already_redeemed,     order_closed,
          order_exists,         promotion_exhausted, promotion_inactive,   clock_not_testable,
          subscription_source,  endpoint_limit,      budget_exceeded}) {
        EXPECT_TRUE(is_recorded(code)) << name_of(code);
    }
    for (const RefusalCode code :
         {none, account_not_found, grant_not_found, transaction_not_found, hold_not_found,
          feature_not_found, key_not_found, time_past, plan_not_found, package_not_found,
          promotion_not_found, price_differs, amount_not_on_offer, subscription_not_found,
          payment_unmatched, order_not_found, refusal_limit}) {
        EXPECT_FALSE(is_recorded(code)) << name_of(code);
    }
}

TEST(Refusals, HaveNamesThatClientsMayRelyOn) {
    using enum RefusalCode;
    EXPECT_EQ(name_of(account_not_found), "account_not_found");
    EXPECT_EQ(name_of(payment_conflict), "payment_conflict");
    EXPECT_EQ(name_of(insufficient_credits), "insufficient_credits");
    EXPECT_EQ(name_of(budget_exceeded), "budget_exceeded");
    EXPECT_EQ(name_of(promotion_exhausted), "promotion_exhausted");
    EXPECT_EQ(name_of(subscription_exists), "subscription_exists");
    EXPECT_EQ(name_of(refusal_limit), "refusal_limit");
    EXPECT_EQ(name_of(static_cast<RefusalCode>(255)), "unknown");
    const std::vector<RefusalCode> all{none,
                                       account_not_found,
                                       grant_not_found,
                                       transaction_not_found,
                                       hold_not_found,
                                       feature_not_found,
                                       key_not_found,
                                       time_past,
                                       plan_not_found,
                                       package_not_found,
                                       promotion_not_found,
                                       price_differs,
                                       amount_not_on_offer,
                                       subscription_not_found,
                                       budget_not_found,
                                       alert_not_found,
                                       endpoint_not_found,
                                       payment_unmatched,
                                       order_not_found,
                                       account_closed,
                                       hold_closed,
                                       payment_conflict,
                                       version_mismatch,
                                       subscription_exists,
                                       already_redeemed,
                                       order_closed,
                                       order_exists,
                                       feature_inactive,
                                       units_invalid,
                                       option_unknown,
                                       capture_exceeds_hold,
                                       refund_exceeds_deduction,
                                       revoke_exceeds_grant,
                                       balance_range,
                                       not_refundable,
                                       promotion_exhausted,
                                       promotion_inactive,
                                       clock_not_testable,
                                       subscription_source,
                                       endpoint_limit,
                                       insufficient_credits,
                                       budget_exceeded,
                                       refusal_limit};
    std::set<std::string_view> names{"unknown"};
    for (const RefusalCode code : all) EXPECT_TRUE(names.insert(name_of(code)).second);
}

TEST(Refusals, OfAnUnknownFeatureComeBeforeThoseOfAClosedAccount) {
    given(account("ann"), close("ann"))
        .when(use("ann", "image"))
        .then(refused(RefusalCode::feature_not_found));
    given(account("ann"), close("ann"))
        .when(hold("ann", 0, {.feature = "image"}))
        .then(refused(RefusalCode::feature_not_found));
}

TEST(Refusals, OfAClosedAccountComeBeforeThoseOfARule) {
    given(account("ann"), feature("image", 1, false), close("ann"))
        .when(use("ann", "image"))
        .then(recorded(RefusalCode::account_closed));
    given(account("ann"), close("ann"))
        .when(deduct("ann", 5))
        .then(recorded(RefusalCode::account_closed));
}

TEST(Refusals, ChangeNothingButTheirOwnCount) {
    Scene scene = given(account("ann"), grant("ann", 3));
    const Account before = scene.world().account("ann");
    scene.when(deduct("ann", 5)).then(insufficient(5, 3, 2));
    const Account& after = scene.world().account("ann");
    EXPECT_EQ(after.balance, before.balance);
    EXPECT_EQ(after.grants.begin()->remaining, before.grants.begin()->remaining);
    EXPECT_EQ(after.extra().refusals_count, 1U);
}

Scene refused_twenty_times() {
    Scene scene = given(account("ann"), account("bob"));
    for (std::size_t i = 0; i < limits::refusals_recorded_max; ++i) {
        scene.when(deduct("ann", 5)).then(recorded(RefusalCode::insufficient_credits));
    }
    return scene;
}

TEST(RefusalLimit, StopsRecordingAfterTwentyInTenSeconds) {
    Scene scene = refused_twenty_times();
    scene.when(deduct("ann", 5).under("late"))
        .then(refused(RefusalCode::refusal_limit), events_are({}));
    // Not recorded: the same key may succeed later.
    scene.given(grant("ann", 5)).when(deduct("ann", 5).under("late")).then(done());
}

TEST(RefusalLimit, IsOfOneAccount) {
    Scene scene = refused_twenty_times();
    scene.when(deduct("bob", 5)).then(recorded(RefusalCode::insufficient_credits));
}

TEST(RefusalLimit, DoesNotStopWhatSucceeds) {
    Scene scene = refused_twenty_times();
    scene.when(grant("ann", 5)).then(done(), balance("ann", 5));
}

TEST(RefusalLimit, EndsTenSecondsAfterTheFirst) {
    Scene scene = refused_twenty_times();
    scene.given(a_moment_later(9'999'999))
        .when(deduct("ann", 5))
        .then(refused(RefusalCode::refusal_limit));
    scene.given(a_moment_later())
        .when(deduct("ann", 5))
        .then(recorded(RefusalCode::insufficient_credits));
}

TEST(RefusalLimit, CountsThoseOfBatches) {
    Scene scene = given(account("ann"));
    for (std::size_t i = 0; i < limits::refusals_recorded_max; ++i) {
        scene.when(batch({deduct("ann", 5)})).then(recorded(RefusalCode::insufficient_credits));
    }
    scene.when(batch({deduct("ann", 5)})).then(refused(RefusalCode::refusal_limit));
}

TEST(Refusals, ForWantOfCreditsSayWhereMoreCanBeHad) {
    CatalogSettings shop;
    shop.top_up_url = "https://shop.example/credits";
    const auto url_is = [](std::string url) {
        return that([url = std::move(url)](const World& world) {
            EXPECT_EQ(world.outcome().refusal.details().top_up_url, url);
        });
    };
    given(account("ann"), settings(shop))
        .when(deduct("ann", 5))
        .then(insufficient(5, 0, 5), url_is(shop.top_up_url))
        .when(batch({grant("ann", 3), deduct("ann", 5)}))
        .then(insufficient(5, 3, 2), at_operation(1), url_is(shop.top_up_url))
        .given(close("ann"))
        .when(deduct("ann", 5))
        .then(recorded(RefusalCode::account_closed), url_is(""));
    given(account("ann")).when(deduct("ann", 5)).then(insufficient(5, 0, 5), url_is(""));
}

}  // namespace
}  // namespace creditd::tests
