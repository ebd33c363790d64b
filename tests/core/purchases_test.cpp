// Rules of purchases: a payment credits once, for ever, under whichever key it comes.
#include <gtest/gtest.h>

#include "tests/core/given_when_then.hpp"

namespace creditd::tests {
namespace {

Check repeats_event(std::uint64_t seq, Where where = CREDITD_HERE) {
    return that(
        [seq](const World& world) {
            EXPECT_EQ(world.last_as<PurchaseRepeated>().original, Seq{seq});
        },
        where);
}

TEST(Purchases, GrantPaidCredits) {
    given(account("ann"))
        .when(purchase("ann", 1000, "p1", {.cents = 500, .expires_in = 60}))
        .then(done(), balance("ann", 1000), total("ann", Total::purchased, 1000),
              total("ann", Total::granted, 0), that([](const World& world) {
                  const auto& body = world.last_as<CreditsPurchased>();
                  EXPECT_EQ(body.provider, "stripe");
                  EXPECT_EQ(body.payment_id, "p1");
                  EXPECT_EQ(body.terms.kind, GrantKind::purchase);
                  EXPECT_EQ(body.terms.cost, (Money{500, Currency::of("USD")}));
                  EXPECT_EQ(body.terms.cost_credits, Credits{1000});
                  EXPECT_EQ(body.terms.effective_at, world.now());
                  EXPECT_EQ(body.terms.expires_at, world.now() + Duration::seconds(60));
                  EXPECT_TRUE(world.account("ann").grants.begin()->paid);
              }));
}

TEST(Purchases, RepayDebtFirst) {
    given(account("ann", {.credit_limit = 50}), deduct("ann", 30))
        .when(purchase("ann", 100, "p1"))
        .then(balance("ann", 70), debt("ann", 0), grants_left("ann", {{1, 70}}));
}

TEST(Purchases, OfTheSamePaymentUnderAnotherKeyAreRepeated) {
    given(account("ann"), purchase("ann", 1000, "p1"))
        .when(purchase("ann", 1000, "p1"))
        .then(done(), events_are({"purchase_repeated"}), repeats_event(3), balance("ann", 1000));
}

TEST(Purchases, OfTheSamePaymentAfterTheWindowIsForgottenAreRepeated) {
    given(account("ann"), purchase("ann", 1000, "p1"), forget_window())
        .when(purchase("ann", 1000, "p1"))
        .then(done(), events_are({"purchase_repeated"}), repeats_event(3), balance("ann", 1000));
}

TEST(Purchases, OfTheSamePaymentAreRepeatedThoughTheEvidenceIsOlder) {
    given(account("ann"), purchase("ann", 1000, "p1"))
        .when(purchase("ann", 1000, "p1").as_of(Seq{2}))
        .then(done(), events_are({"purchase_repeated"}), balance("ann", 1000));
}

TEST(Purchases, OfTheSamePaymentConflictWhenAnythingDiffers) {
    const auto code = RefusalCode::payment_conflict;
    const auto paid = [] {
        return given(account("ann"), account("bob"), purchase("ann", 1000, "p1", {.cents = 500}));
    };
    paid().when(purchase("ann", 999, "p1", {.cents = 500})).then(recorded(code));
    paid().when(purchase("ann", 1000, "p1", {.cents = 499})).then(recorded(code));
    paid()
        .when(purchase("bob", 1000, "p1", {.cents = 500}))
        .then(recorded(code), balance("bob", 0));
    paid()
        .given(forget_window())
        .when(purchase("bob", 1000, "p1", {.cents = 500}))
        .then(recorded(code), balance("bob", 0));
}

TEST(Purchases, OfOtherProvidersAreOthers) {
    given(account("ann"), purchase("ann", 1000, "p1"))
        .when(purchase("ann", 1000, "p1", {.provider = "midtrans"}))
        .then(done(), balance("ann", 2000));
}

TEST(Purchases, StayUniqueAfterTheirGrantIsRevoked) {
    given(account("ann"), purchase("ann", 1000, "p1"), revoke(1))
        .when(purchase("ann", 1000, "p1"))
        .then(events_are({"purchase_repeated"}), balance("ann", 0));
}

TEST(Purchases, ThatWereRefusedMayBeTriedAgain) {
    Scene scene = given(account("ann"), close("ann"));
    scene.when(purchase("ann", 10, "p1")).then(recorded(RefusalCode::account_closed));
    scene.given(reopen("ann")).when(purchase("ann", 10, "p1")).then(done(), balance("ann", 10));
}

TEST(Purchases, MustNotBeExpiredAlready) {
    given(account("ann"))
        .when(purchase("ann", 10, "p1", {.expires_in = 0}))
        .then(refused(RefusalCode::time_past));
}

TEST(Purchases, OfOnePaymentTwiceInABatchCreditOnce) {
    given(account("ann"))
        .when(batch({purchase("ann", 10, "p1"), purchase("ann", 10, "p1")}))
        .then(done(), events_are({"credits_purchased", "purchase_repeated"}), balance("ann", 10));
}

TEST(Purchases, WithoutAPriceAreFree) {
    given(account("ann"), purchase("ann", 10, "p1", {.cents = 100}))
        .when(purchase("ann", 10, "p2", {.cents = 0}))
        .then(done(), that([](const World& world) {
                  EXPECT_EQ(world.last_as<CreditsPurchased>().terms.cost_credits, Credits{0});
                  EXPECT_FALSE(world.account("ann").grants.begin()->paid);
              }));
}

TEST(Purchases, OfTheSmallestPriceArePaid) {
    given(account("ann"))
        .when(purchase("ann", 10, "p1", {.cents = 1}))
        .then(done(), that([](const World& world) {
                  EXPECT_EQ(world.last_as<CreditsPurchased>().terms.cost_credits, Credits{10});
                  EXPECT_TRUE(world.account("ann").grants.begin()->paid);
              }));
}

}  // namespace
}  // namespace creditd::tests
