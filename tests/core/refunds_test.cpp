// Rules of refunds: a deduction goes back to the very grants it burned, in reverse burn order.
#include <gtest/gtest.h>

#include "tests/core/given_when_then.hpp"

namespace creditd::tests {
namespace {

constexpr auto same = RestoredInto::same_grant;
constexpr auto fresh = RestoredInto::new_grant;
constexpr auto revoked = RestoredInto::revoked_grant;
constexpr auto exceeds = RefusalCode::refund_exceeds_deduction;

TEST(Refunds, GoBackInReverseBurnOrder) {
    given(account("ann"), grant("ann", 10), grant("ann", 10), grant("ann", 10), deduct("ann", 25))
        .when(refund(1))
        .then(done(), balance("ann", 30),
              restored({{3, 3, 5, same}, {2, 2, 10, same}, {1, 1, 10, same}}),
              grants_left("ann", {{1, 10}, {2, 10}, {3, 10}}), total("ann", Total::refunded, 25),
              total("ann", Total::consumed, 25));
}

TEST(Refunds, InPartStartAtTheLastBurned) {
    given(account("ann"), grant("ann", 10), grant("ann", 10), deduct("ann", 15))
        .when(refund(1, 7))
        .then(restored({{2, 2, 5, same}, {1, 1, 2, same}}), balance("ann", 12));
}

TEST(Refunds, InPartsGoOnWhereTheLastOneEnded) {
    given(account("ann"), grant("ann", 10), grant("ann", 10), deduct("ann", 15), refund(1, 3))
        .when(refund(1, 4))
        .then(restored({{2, 2, 2, same}, {1, 1, 2, same}}), that([](const World& world) {
                  EXPECT_EQ(world.last_as<CreditsRefunded>().refunded_total, Credits{7});
              }));
    given(account("ann"), grant("ann", 10), grant("ann", 10), deduct("ann", 15), refund(1, 3),
          refund(1, 4))
        .when(refund(1))
        .then(restored({{1, 1, 8, same}}), balance("ann", 20));
}

TEST(Refunds, OfAllThatIsLeftHappenOnce) {
    given(account("ann"), grant("ann", 10), deduct("ann", 4), refund(1))
        .when(refund(1))
        .then(recorded(exceeds), balance("ann", 10));
    given(account("ann"), grant("ann", 10), deduct("ann", 4), refund(1))
        .when(refund(1, 1))
        .then(recorded(exceeds), balance("ann", 10));
}

TEST(Refunds, CannotExceedTheDeduction) {
    given(account("ann"), grant("ann", 10), deduct("ann", 4))
        .when(refund(1, 5))
        .then(recorded(exceeds), balance("ann", 6));
    given(account("ann"), grant("ann", 10), deduct("ann", 4), refund(1, 3))
        .when(refund(1, 2))
        .then(recorded(exceeds), balance("ann", 9));
}

TEST(Refunds, CannotExceedTheDeductionOnceTheWindowIsForgotten) {
    given(account("ann"), grant("ann", 10), deduct("ann", 4), refund(1, 3), forget_window())
        .when(refund(1, 2))
        .then(recorded(exceeds), balance("ann", 9));
    given(account("ann"), grant("ann", 10), deduct("ann", 4), refund(1, 3), forget_window())
        .when(refund(1))
        .then(done(), balance("ann", 10));
}

TEST(Refunds, CannotExceedTheDeductionThoughTheEvidenceIsOlder) {
    // The deduction is event 4; the evidence does not know of the refund yet.
    given(account("ann"), grant("ann", 10), deduct("ann", 4), refund(1, 3))
        .when(refund(1, 2).as_of(Seq{4}))
        .then(recorded(exceeds), balance("ann", 9));
}

TEST(Refunds, TwiceInOneBatchAreRefused) {
    given(account("ann"), grant("ann", 10), deduct("ann", 4))
        .when(batch({refund(1, 3), refund(1, 2)}))
        .then(recorded(exceeds), at_operation(1), balance("ann", 6));
}

TEST(Refunds, ReviveAUsedUpGrantOnItsOwnTerms) {
    given(feature("image", 2), account("ann"),
          grant("ann", 4,
                {.kind = GrantKind::promo,
                 .priority = 7,
                 .expires_in = 600,
                 .features = {"image"},
                 .cost = 99}),
          use("ann", "image", {.quantity = 2}))
        .when(refund(1))
        .then(restored({{1, 1, 4, same}}), grants_left("ann", {{1, 4}}),
              that([](const World& world) {
                  const Grant& back = *world.account("ann").grants.begin();
                  const GrantTerms terms = terms_of(back, world.state().terms);
                  EXPECT_EQ(back.amount, Credits{4});
                  EXPECT_EQ(terms.kind, GrantKind::promo);
                  EXPECT_EQ(terms.priority, 7);
                  EXPECT_EQ(terms.features, std::vector<std::string>{"image"});
                  EXPECT_EQ(terms.cost.minor, 99);
                  EXPECT_EQ(terms.expires_at, world.now() + Duration::seconds(600));
              }));
}

TEST(Refunds, OfAnExpiredGrantBecomeARefundGrantOfThirtyDays) {
    given(feature("image", 4), account("ann"),
          grant("ann", 10,
                {.kind = GrantKind::promo,
                 .priority = 7,
                 .expires_in = 60,
                 .features = {"image"},
                 .cost = 99}),
          use("ann", "image"), later(60))
        .when(refund(1))
        .then(events_are({"grant_expired", "credits_refunded"}), restored({{1, 2, 4, fresh}}),
              balance("ann", 4), that([](const World& world) {
                  const GrantTerms& terms = world.last_as<CreditsRefunded>().restored.front().terms;
                  EXPECT_EQ(terms.kind, GrantKind::refund);
                  EXPECT_EQ(terms.priority, 7);
                  EXPECT_EQ(terms.features, std::vector<std::string>{"image"});
                  EXPECT_EQ(terms.cost, (Money{99, Currency::of("USD")}));
                  EXPECT_EQ(terms.cost_credits, Credits{10});
                  EXPECT_EQ(terms.expires_at, world.now() + Duration::days(30));
              }));
}

TEST(Refunds, OfAnExpiredGrantLastAsLongAsThePolicySays) {
    Scene scene =
        given(account("ann"), grant("ann", 10, {.expires_in = 60}), deduct("ann", 4), later(60));
    scene.world().policy.refund_grant_lifetime = Duration::seconds(9);
    scene.when(refund(1)).then(balance("ann", 4));
    scene.given(later(9)).when(sweep()).then(events_are({"grant_expired"}), balance("ann", 0));
}

TEST(Refunds, OfARefundGrantGoBackToIt) {
    given(account("ann"), grant("ann", 10, {.expires_in = 60}), deduct("ann", 4), later(60),
          refund(1), deduct("ann", 3))
        .when(refund(2))
        .then(restored({{2, 2, 3, same}}), grants_left("ann", {{2, 4}}));
}

TEST(Refunds, IntoAnExpiredGrantThatAHoldStillKeepsMakeANewOne) {
    given(account("ann"), grant("ann", 10, {.expires_in = 60}), hold("ann", 6), deduct("ann", 4),
          later(60))
        .when(refund(1))
        .then(restored({{1, 2, 4, fresh}}), balance("ann", 10), held("ann", 6));
}

TEST(Refunds, OfARevokedGrantCountAsRefundedAndRevoked) {
    given(account("ann"), grant("ann", 10), deduct("ann", 4), revoke(1))
        .when(refund(1))
        .then(done(), restored({{1, 1, 4, revoked}}), balance("ann", 0),
              total("ann", Total::refunded, 4), total("ann", Total::revoked, 10),
              grants_left("ann", {}));
}

TEST(Refunds, OfARevokedGrantAreKnownFromEvidenceToo) {
    given(account("ann"), grant("ann", 10), deduct("ann", 4), revoke(1), forget_window())
        .when(refund(1))
        .then(restored({{1, 1, 4, revoked}}), balance("ann", 0));
    given(account("ann"), grant("ann", 10), deduct("ann", 4), revoke(1))
        .when(refund(1).as_of(Seq{4}))
        .then(restored({{1, 1, 4, revoked}}), balance("ann", 0));
}

TEST(Refunds, OfAGrantRevokedInPartComeBack) {
    given(account("ann"), grant("ann", 10), deduct("ann", 4), revoke(1, 3))
        .when(refund(1))
        .then(restored({{1, 1, 4, same}}), balance("ann", 7));
}

TEST(Refunds, OfSeveralGrantsTreatEachByItsOwnFate) {
    given(account("ann"), grant("ann", 5, {.priority = 1}), grant("ann", 5, {.priority = 2}),
          grant("ann", 6, {.priority = 3, .expires_in = 60}), grant("ann", 9, {.priority = 4}),
          deduct("ann", 20), revoke(4), later(60))
        .when(refund(1))
        .then(restored({{4, 4, 4, revoked}, {3, 5, 6, fresh}, {2, 2, 5, same}, {1, 1, 5, same}}),
              balance("ann", 16));
}

TEST(Refunds, OfDebtLowerTheDebtFirst) {
    given(account("ann", {.credit_limit = 20}), grant("ann", 10), deduct("ann", 15))
        .when(refund(1, 5))
        .then(restored({}, 5), debt("ann", 0), balance("ann", 0));
    given(account("ann", {.credit_limit = 20}), grant("ann", 10), deduct("ann", 15))
        .when(refund(1, 7))
        .then(restored({{1, 1, 2, same}}, 5), debt("ann", 0), balance("ann", 2));
    given(account("ann", {.credit_limit = 20}), grant("ann", 10), deduct("ann", 15), refund(1, 3))
        .when(refund(1))
        .then(restored({{1, 1, 10, same}}, 2), balance("ann", 10));
}

TEST(Refunds, OfDebtThatWasRepaidSinceBecomeAGrantWithoutEnd) {
    given(account("ann", {.credit_limit = 20}), deduct("ann", 15), grant("ann", 100))
        .when(refund(1))
        .then(restored({{0, 2, 15, fresh}}), balance("ann", 100), debt("ann", 0),
              that([](const World& world) {
                  const GrantTerms& terms = world.last_as<CreditsRefunded>().restored.front().terms;
                  EXPECT_EQ(terms.kind, GrantKind::refund);
                  EXPECT_TRUE(terms.expires_at.is_never());
              }));
    // Repaid in part: the rest of the debt goes first.
    given(account("ann", {.credit_limit = 20}), deduct("ann", 15), grant("ann", 10))
        .when(refund(1))
        .then(restored({{0, 2, 10, fresh}}, 5), balance("ann", 10), debt("ann", 0));
}

TEST(Refunds, OfRepaidDebtAndExpiredGrantsMakeSeveralGrants) {
    given(account("ann", {.credit_limit = 20}), grant("ann", 5, {.priority = 1, .expires_in = 60}),
          grant("ann", 5, {.priority = 2, .expires_in = 60}), deduct("ann", 15), grant("ann", 5),
          later(60))
        .when(refund(1))
        .then(restored({{0, 4, 5, fresh}, {2, 5, 5, fresh}, {1, 6, 5, fresh}}), balance("ann", 15));
}

TEST(Refunds, OfCapturesWorkLikeThoseOfDeductions) {
    given(account("ann"), grant("ann", 10), grant("ann", 10), hold("ann", 15), capture(1, 12))
        .when(refund(1))
        .then(restored({{2, 2, 2, same}, {1, 1, 10, same}}), balance("ann", 20), held("ann", 3),
              grants_left("ann", {{1, 10}, {2, 10}}));
}

TEST(Refunds, SayWhoseUseOfWhatTheyTakeBack) {
    DeductCredits used;
    used.account = "ann";
    used.price.feature = "image";
    used.price.model = "large";
    used.price.user = "joe";
    given(account("ann"), grant("ann", 10), feature("image", 4),
          Ask([used](const World&) { return CommandBody(used); }))
        .when(refund(1))
        .then(restored({{1, 1, 4, same}}), that([](const World& world) {
                  const auto& body = world.last_as<CreditsRefunded>();
                  EXPECT_EQ(body.feature, "image");
                  EXPECT_EQ(body.model, "large");
                  EXPECT_EQ(body.user, "joe");
              }));
}

TEST(Refunds, OfTransferredGrantsStayWithTheDeductingAccount) {
    given(account("ann"), account("bob"), grant("ann", 10), transfer("ann", "bob", 10),
          deduct("bob", 4))
        .when(refund(1))
        .then(restored({{2, 2, 4, same}}), balance("bob", 10), balance("ann", 0));
}

TEST(Refunds, OfAFreeDeductionHaveNothingToGive) {
    given(account("ann"), feature("image", 0), use("ann", "image"))
        .when(refund(1))
        .then(recorded(RefusalCode::not_refundable));
}

TEST(Refunds, OfAnUnknownDeductionAreNotFound) {
    World world;
    world.run(RefundDeduction{DeductionId{77}, {}});
    refused(RefusalCode::transaction_not_found).check(world);
}

}  // namespace
}  // namespace creditd::tests
