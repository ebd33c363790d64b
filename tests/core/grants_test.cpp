// Rules of grants: the published burn order, pending grants, expiry, features, revocation.
#include <gtest/gtest.h>

#include "tests/core/given_when_then.hpp"

namespace creditd::tests {
namespace {

TEST(Grants, AddToTheBalance) {
    given(account("ann"))
        .when(grant("ann", 10))
        .then(done(), balance("ann", 10), total("ann", Total::granted, 10),
              grants_left("ann", {{1, 10}}), answer_available(10));
}

TEST(Grants, KnowWhatWasPaidForThem) {
    const auto cost_credits_are = [](std::int64_t expected) {
        return that([expected](const World& world) {
            EXPECT_EQ(world.last_as<CreditsGranted>().terms.cost_credits, Credits{expected});
        });
    };
    given(account("ann")).when(grant("ann", 10, {.cost = 1})).then(cost_credits_are(10));
    given(account("ann")).when(grant("ann", 10)).then(cost_credits_are(0));
}

TEST(Grants, ExpireAtTheMomentThatWasNamed) {
    World world;
    world.run(PutAccount{"ann", {}, {}, false});
    GrantCredits body;
    body.account = "ann";
    body.amount = Credits{10};
    body.expiry.at = world.now() + Duration{1};
    world.run(body);
    EXPECT_EQ(world.last_as<CreditsGranted>().terms.expires_at, world.now() + Duration{1});
    body.expiry.at = world.now();
    world.run(body);
    refused(RefusalCode::time_past).check(world);
}

TEST(BurnOrder, LowerPriorityNumberFirst) {
    given(account("ann"), grant("ann", 10, {.priority = 60}), grant("ann", 10, {.priority = 40}))
        .when(deduct("ann", 15))
        .then(burned({{2, 10}, {1, 5}}));
}

TEST(BurnOrder, ThenEarliestExpiryAndNoneLast) {
    given(account("ann"), grant("ann", 10), grant("ann", 10, {.expires_in = 200}),
          grant("ann", 10, {.expires_in = 100}))
        .when(deduct("ann", 25))
        .then(burned({{3, 10}, {2, 10}, {1, 5}}));
}

TEST(BurnOrder, ThenFreeBeforePaid) {
    given(account("ann"), grant("ann", 10, {.cost = 500}), grant("ann", 10))
        .when(deduct("ann", 15))
        .then(burned({{2, 10}, {1, 5}}));
}

TEST(BurnOrder, ThenOldest) {
    given(account("ann"), grant("ann", 10), grant("ann", 10))
        .when(deduct("ann", 15))
        .then(burned({{1, 10}, {2, 5}}));
}

TEST(BurnOrder, IsLexicographic) {
    given(account("ann"), grant("ann", 1, {.priority = 50, .expires_in = 10, .cost = 1}),
          grant("ann", 1, {.priority = 49, .cost = 1}),
          grant("ann", 1, {.priority = 50, .expires_in = 10}),
          grant("ann", 1, {.priority = 50, .expires_in = 9, .cost = 1}),
          grant("ann", 1, {.priority = 50}), grant("ann", 1, {.priority = 51, .expires_in = 1}))
        .when(deduct("ann", 6))
        .then(burned({{2, 1}, {4, 1}, {3, 1}, {1, 1}, {5, 1}, {6, 1}}));
}

TEST(BurnOrder, IsTotal) {
    Grant a;
    a.id = GrantId{1};
    Grant b = a;
    EXPECT_FALSE(burns_before(a, b));
    b.id = GrantId{2};
    EXPECT_TRUE(burns_before(a, b));
    EXPECT_FALSE(burns_before(b, a));
}

TEST(Grants, RepayDebtFirst) {
    given(account("ann", {.credit_limit = 50}), deduct("ann", 30))
        .when(grant("ann", 100))
        .then(balance("ann", 70), debt("ann", 0), grants_left("ann", {{1, 70}}),
              that([](const World& world) {
                  EXPECT_EQ(world.last_as<CreditsGranted>().debt_repaid, Credits{30});
              }));
    given(account("ann", {.credit_limit = 50}), deduct("ann", 30))
        .when(grant("ann", 20))
        .then(balance("ann", -10), debt("ann", 10), grants_left("ann", {}));
}

TEST(PendingGrants, DoNotCountYet) {
    given(account("ann"), grant("ann", 10, {.effective_in = 60}))
        .when(deduct("ann", 1))
        .then(insufficient(1, 0, 1), pending("ann", 10), balance("ann", 0));
}

TEST(PendingGrants, CountFromTheirTimeOn) {
    given(account("ann"), grant("ann", 10, {.effective_in = 60}), later(60))
        .when(deduct("ann", 4))
        .then(done(), events_are({"grant_activated", "credits_deducted"}), balance("ann", 6),
              pending("ann", 0), burned({{1, 4}}));
}

TEST(PendingGrants, RepayDebtWhenTheyBecomeEffective) {
    given(account("ann", {.credit_limit = 9}), grant("ann", 10, {.effective_in = 60}),
          deduct("ann", 7), later(60))
        .when(sweep())
        .then(events_are({"grant_activated"}), debt("ann", 0), balance("ann", 3),
              grants_left("ann", {{1, 3}}), total("ann", Total::granted, 10));
}

TEST(PendingGrants, ThatOnlyRepayDebtAreUsedUpAtOnce) {
    given(account("ann", {.credit_limit = 20}), grant("ann", 10, {.effective_in = 60}),
          deduct("ann", 15), later(60))
        .when(sweep())
        .then(debt("ann", 5), balance("ann", -5), grants_left("ann", {}));
}

TEST(PendingGrants, ThatExpireBeforeTheyAreSweptDoBoth) {
    given(account("ann"), grant("ann", 10, {.expires_in = 90, .effective_in = 60}), later(100))
        .when(sweep())
        .then(events_are({"grant_activated", "grant_expired"}), balance("ann", 0),
              total("ann", Total::expired, 10));
}

TEST(PendingGrants, EffectiveInThePastCountAtOnce) {
    given(account("ann"))
        .when(grant("ann", 10, {.effective_in = -60}))
        .then(events_are({"credits_granted"}), balance("ann", 10), pending("ann", 0));
}

TEST(Grants, MustOutliveTheirBeginning) {
    given(account("ann"))
        .when(grant("ann", 10, {.expires_in = 60, .effective_in = 60}))
        .then(refused(RefusalCode::time_past));
    given(account("ann"))
        .when(grant("ann", 10, {.expires_in = 0}))
        .then(refused(RefusalCode::time_past));
}

TEST(Expiry, HappensBeforeTheCommandThatMeetsIt) {
    given(account("ann"), grant("ann", 10, {.expires_in = 60}), grant("ann", 5), later(60))
        .when(deduct("ann", 5))
        .then(events_are({"grant_expired", "credits_deducted"}), burned({{2, 5}}),
              balance("ann", 0), total("ann", Total::expired, 10));
}

TEST(Expiry, HappensEvenWhenTheCommandIsRefused) {
    given(account("ann"), grant("ann", 10, {.expires_in = 60}), later(60))
        .when(deduct("ann", 5))
        .then(events_are({"grant_expired", "command_refused"}), insufficient(5, 0, 5));
}

TEST(Expiry, IsExactToTheMicrosecond) {
    given(account("ann"), grant("ann", 10, {.expires_in = 60}), a_moment_later(59'999'999))
        .when(deduct("ann", 1))
        .then(done(), events_are({"credits_deducted"}));
    given(account("ann"), grant("ann", 10, {.expires_in = 60}), a_moment_later(60'000'000))
        .when(deduct("ann", 1))
        .then(recorded(RefusalCode::insufficient_credits));
}

TEST(Expiry, TakesOnlyWhatIsLeft) {
    given(account("ann"), grant("ann", 10, {.expires_in = 60}), deduct("ann", 4), later(60))
        .when(sweep())
        .then(total("ann", Total::expired, 6), balance("ann", 0));
}

TEST(Features, LimitWhatAGrantMayPay) {
    given(feature("image", 2), feature("text", 1), account("ann"),
          grant("ann", 10, {.features = {"image"}}))
        .when(use("ann", "text"))
        .then(insufficient(1, 0, 1), balance("ann", 10));
    given(feature("image", 2), account("ann"), grant("ann", 10, {.features = {"image"}}))
        .when(use("ann", "image"))
        .then(done(), burned({{1, 2}}));
}

TEST(Features, LimitedGrantsPayNoPlainAmount) {
    given(account("ann"), grant("ann", 10, {.features = {"image"}}), grant("ann", 3))
        .when(deduct("ann", 5))
        .then(insufficient(5, 3, 2), balance("ann", 13));
}

TEST(Features, AvailableOfADeductionCountsItsOwnGrantsOnly) {
    given(feature("image", 2), account("ann"), grant("ann", 10, {.features = {"image", "text"}}),
          grant("ann", 7, {.features = {"sound"}}), grant("ann", 5))
        .when(use("ann", "image"))
        .then(answer_available(13), available("ann", 20), balance("ann", 20));
}

TEST(Features, LimitedGrantsBurnInTheSameOrderAsOthers) {
    given(feature("image", 12), account("ann"), grant("ann", 5, {.priority = 60}),
          grant("ann", 4, {.priority = 40, .features = {"text"}}),
          grant("ann", 10, {.priority = 50, .features = {"image"}}))
        .when(use("ann", "image"))
        .then(burned({{3, 10}, {1, 2}}));
}

// --- revocation ----------------------------------------------------------------------------------

TEST(Revocation, TakesAllThatIsLeft) {
    given(account("ann"), grant("ann", 10), deduct("ann", 4))
        .when(revoke(1))
        .then(done(), balance("ann", 0), total("ann", Total::revoked, 6), grants_left("ann", {}),
              that([](const World& world) { EXPECT_TRUE(world.last_as<GrantRevoked>().whole); }));
}

TEST(Revocation, TakesAPart) {
    given(account("ann"), grant("ann", 10))
        .when(revoke(1, 3))
        .then(done(), balance("ann", 7), grants_left("ann", {{1, 7}}),
              that([](const World& world) { EXPECT_FALSE(world.last_as<GrantRevoked>().whole); }));
}

TEST(Revocation, OfPartAfterPartEndsWhole) {
    given(account("ann"), grant("ann", 10), revoke(1, 4))
        .when(revoke(1, 6))
        .then(done(), balance("ann", 0),
              that([](const World& world) { EXPECT_TRUE(world.last_as<GrantRevoked>().whole); }));
}

TEST(Revocation, CannotTakeMoreThanIsLeft) {
    const auto code = RefusalCode::revoke_exceeds_grant;
    given(account("ann"), grant("ann", 10), deduct("ann", 4))
        .when(revoke(1, 7))
        .then(recorded(code));
    given(account("ann"), grant("ann", 10), deduct("ann", 10)).when(revoke(1)).then(recorded(code));
    given(account("ann"), grant("ann", 10), revoke(1)).when(revoke(1)).then(recorded(code));
}

TEST(Revocation, OfAPendingGrantLeavesTheBalance) {
    given(account("ann"), grant("ann", 10, {.effective_in = 60}))
        .when(revoke(1, 4))
        .then(done(), pending("ann", 6), balance("ann", 0), total("ann", Total::revoked, 4));
    given(account("ann"), grant("ann", 10, {.effective_in = 60}), revoke(1), later(60))
        .when(sweep())
        .then(events_are({}), pending("ann", 0), balance("ann", 0));
}

TEST(Revocation, LeavesWhatAHoldKeeps) {
    given(account("ann"), grant("ann", 10), hold("ann", 4))
        .when(revoke(1))
        .then(done(), balance("ann", 4), held("ann", 4), available("ann", 0),
              that([](const World& world) { EXPECT_FALSE(world.last_as<GrantRevoked>().whole); }));
    given(account("ann"), grant("ann", 10), hold("ann", 4))
        .when(revoke(1, 7))
        .then(recorded(RefusalCode::revoke_exceeds_grant));
    given(account("ann"), grant("ann", 10), hold("ann", 10))
        .when(revoke(1))
        .then(recorded(RefusalCode::revoke_exceeds_grant), held("ann", 10));
}

TEST(Revocation, OfAnUnknownGrantIsNotFound) {
    World world;
    world.run(RevokeGrant{GrantId::of(Seq{77}, 0), {}});
    refused(RefusalCode::grant_not_found).check(world);
}

}  // namespace
}  // namespace creditd::tests
