// Rules of referrals: who was referred is so once and before the first purchase; that purchase
// rewards both sides once, each as far as its account can take it.
#include <gtest/gtest.h>

#include "tests/core/subscription_asks.hpp"

namespace creditd::tests {
namespace {

/// 30 credits to the referrer, 20 to who was referred, for 60 seconds.
CatalogSettings rewarding(std::int64_t referrer = 30, std::int64_t referred = 20,
                          std::int64_t expires_in = 60) {
    CatalogSettings settings;
    settings.referral = {Credits{referrer}, Credits{referred}, Duration::seconds(expires_in)};
    return settings;
}
/// Bob was referred by ann.
Scene referral(const CatalogSettings& rule = rewarding()) {
    return given(settings(rule), account("ann", {.credit_limit = 100}),
                 account("bob", {.credit_limit = 100}), account("cyd"), refer("bob", "ann"));
}
const std::vector<std::string_view> both_rewarded{"referral_rewarded", "referral_rewarded"};

/// The rewards among the news: the referrer's, then that of who was referred.
ReferralRewarded reward_of(const World& world, std::size_t nth) {
    return std::get<ReferralRewarded>(world.news().at(nth).body);
}

TEST(Referrals, AreKeptWithWhoWasReferred) {
    given(settings(rewarding()), account("ann"), account("bob"))
        .when(refer("bob", "ann"))
        .then(done(), events_are({"referral_made"}), balance("ann", 0), balance("bob", 0),
              that([](const World& world) {
                  EXPECT_EQ(world.last_as<ReferralMade>().referrer, "ann");
                  EXPECT_EQ(world.account("bob").arrangements().referrer, "ann");
                  EXPECT_TRUE(world.account("ann").arrangements().referrer.empty());
              }));
}

TEST(Referrals, AreMadeOnce) {
    const auto code = RefusalCode::already_redeemed;
    referral().when(refer("bob", "ann")).then(recorded(code));
    referral().when(refer("bob", "cyd")).then(recorded(code), that([](const World& world) {
                                                  const Account& bob = world.account("bob");
                                                  EXPECT_EQ(bob.arrangements().referrer, "ann");
                                              }));
    referral().when(refer("cyd", "ann")).then(done());
}

TEST(Referrals, OfOneselfAreNone) {
    referral().when(refer("cyd", "cyd")).then(recorded(RefusalCode::already_redeemed));
}

TEST(Referrals, OfEachOtherAreOne) {
    referral().when(refer("ann", "bob")).then(recorded(RefusalCode::already_redeemed));
    // In a round of three everybody has brought somebody new.
    referral().given(refer("cyd", "bob")).when(refer("ann", "cyd")).then(done());
}

TEST(Referrals, ComeBeforeTheFirstPurchase) {
    referral()
        .given(purchase("cyd", 10, "p1"))
        .when(refer("cyd", "ann"))
        .then(recorded(RefusalCode::already_redeemed));
    referral().given(grant("cyd", 10)).when(refer("cyd", "ann")).then(done());
    referral().given(purchase("ann", 10, "p1")).when(refer("cyd", "ann")).then(done());
}

TEST(Referrals, NeedBothAccountsOpen) {
    const auto closed = RefusalCode::account_closed;
    referral().given(close("cyd")).when(refer("cyd", "ann")).then(recorded(closed));
    referral().given(close("ann")).when(refer("cyd", "ann")).then(recorded(closed));
    referral().when(refer("zoe", "ann")).then(refused(RefusalCode::account_not_found));
    referral().when(refer("cyd", "zoe")).then(refused(RefusalCode::account_not_found));
}

TEST(Referrals, NeedARewardForOneSideAtLeast) {
    const auto rule = [](std::int64_t referrer, std::int64_t referred) {
        return given(settings(rewarding(referrer, referred)), account("ann"), account("bob"));
    };
    rule(0, 0).when(refer("bob", "ann")).then(recorded(RefusalCode::promotion_inactive));
    rule(1, 0).when(refer("bob", "ann")).then(done());
    rule(0, 1).when(refer("bob", "ann")).then(done());
    given(account("ann"), account("bob"))
        .when(refer("bob", "ann"))
        .then(recorded(RefusalCode::promotion_inactive));
}

TEST(ReferralRewards, ComeToBothWithTheFirstPurchase) {
    referral()
        .given(purchase("bob", 500, "p1"))
        .when(sweep())
        .then(events_are(both_rewarded), balance("ann", 30), balance("bob", 520),
              total("ann", Total::granted, 30), total("bob", Total::granted, 20),
              total("bob", Total::purchased, 500), that([](const World& world) {
                  const ReferralRewarded to_ann = reward_of(world, 0);
                  EXPECT_EQ(to_ann.partner, "bob");
                  EXPECT_TRUE(to_ann.is_referrer);
                  EXPECT_EQ(to_ann.amount, Credits{30});
                  EXPECT_EQ(to_ann.terms.kind, GrantKind::referral);
                  EXPECT_EQ(to_ann.terms.effective_at, world.now());
                  EXPECT_EQ(to_ann.terms.expires_at, world.now() + Duration::seconds(60));
                  const ReferralRewarded to_bob = reward_of(world, 1);
                  EXPECT_EQ(to_bob.partner, "ann");
                  EXPECT_FALSE(to_bob.is_referrer);
                  EXPECT_EQ(to_bob.amount, Credits{20});
                  EXPECT_EQ(to_bob.terms, to_ann.terms);
                  EXPECT_TRUE(world.account("bob").arrangements().referral_rewarded);
                  EXPECT_FALSE(world.account("ann").arrangements().referral_rewarded);
                  const GrantId rewarded = GrantId::of(world.news().at(0).seq, 0);
                  EXPECT_NE(world.account("ann").grants.find(rewarded), nullptr);
              }));
}

TEST(ReferralRewards, DoNotComeBeforeAPurchase) {
    referral()
        .given(grant("bob", 500), purchase("ann", 5, "p1"))
        .when(sweep())
        .then(events_are({}), balance("ann", 5), balance("bob", 500));
}

TEST(ReferralRewards, ComeOnce) {
    referral()
        .given(purchase("bob", 500, "p1"), sweep(), purchase("bob", 500, "p2"))
        .when(sweep())
        .then(events_are({}), balance("ann", 30), balance("bob", 1020));
    // Not with the second purchase either where the first is followed by it at once.
    referral()
        .given(purchase("bob", 500, "p1"))
        .when(purchase("bob", 500, "p2"))
        .then(events_are({"referral_rewarded", "referral_rewarded", "credits_purchased"}),
              balance("ann", 30), balance("bob", 1020));
}

TEST(ReferralRewards, ExpireAsTheRuleSays) {
    referral()
        .given(purchase("bob", 500, "p1"), sweep(), later(60))
        .when(sweep())
        .then(balance("ann", 0), balance("bob", 500));
    referral(rewarding(30, 20, 0))
        .given(purchase("bob", 500, "p1"))
        .when(sweep())
        .then(events_are(both_rewarded), that([](const World& world) {
                  EXPECT_TRUE(reward_of(world, 0).terms.expires_at.is_never());
                  EXPECT_TRUE(reward_of(world, 1).terms.expires_at.is_never());
              }));
}

TEST(ReferralRewards, AreThoseOfTheDayOfThePurchase) {
    referral()
        .given(settings(rewarding(7, 0)), purchase("bob", 500, "p1"))
        .when(sweep())
        .then(events_are(both_rewarded), balance("ann", 7), balance("bob", 500),
              grants_left("bob", {{1, 500}}), that([](const World& world) {
                  EXPECT_EQ(reward_of(world, 1).amount, Credits{});
                  EXPECT_EQ(reward_of(world, 1).terms, GrantTerms{});
                  EXPECT_TRUE(world.account("bob").arrangements().referral_rewarded);
              }));
}

TEST(ReferralRewards, OfAClosedAccountAreNone) {
    referral()
        .given(close("ann"), purchase("bob", 500, "p1"))
        .when(sweep())
        .then(events_are(both_rewarded), balance("ann", 0), balance("bob", 520))
        .given(reopen("ann"))
        .when(sweep())
        .then(events_are({}), balance("ann", 0));
}

TEST(ReferralRewards, ThatDoNotFitAreNone) {
    referral()
        .given(grant("ann", limits::credits_minor_max - 30), purchase("bob", 500, "p1"))
        .when(sweep())
        .then(balance("ann", limits::credits_minor_max), balance("bob", 520));
    referral()
        .given(grant("ann", limits::credits_minor_max - 29), purchase("bob", 500, "p1"))
        .when(sweep())
        .then(events_are(both_rewarded), balance("ann", limits::credits_minor_max - 29),
              balance("bob", 520));
}

TEST(ReferralRewards, OfAnAccountWithAllTheGrantsItMayHaveAreNone) {
    Scene scene = referral();
    scene.world().check_every_event = false;  // with thousands of grants: after every batch
    const std::vector<Ask> operations(512, grant("ann", 1));
    for (std::size_t i = 0; i < limits::account_grants_max / operations.size(); ++i) {
        scene.given(batch(operations));
    }
    scene.given(purchase("bob", 500, "p1"))
        .when(sweep())
        .then(events_are(both_rewarded), balance("ann", limits::account_grants_max),
              balance("bob", 520));
}

TEST(ReferralRewards, RepayDebtFirst) {
    referral()
        .given(deduct("ann", 25), deduct("bob", 60), purchase("bob", 50, "p1"))
        .when(sweep())
        .then(balance("ann", 5), debt("ann", 0), balance("bob", 10), debt("bob", 0),
              that([](const World& world) {
                  EXPECT_EQ(reward_of(world, 0).debt_repaid, Credits{25});
                  EXPECT_EQ(reward_of(world, 1).debt_repaid, Credits{10});
              }));
}

TEST(ReferralRewards, SurviveASnapshot) {
    referral()
        .given(purchase("bob", 500, "p1"), forget_window())
        .when(sweep())
        .then(events_are(both_rewarded), balance("ann", 30), balance("bob", 520));
}

}  // namespace
}  // namespace creditd::tests
