// Rules of packages: what is bought and what comes with it are two grants of one event, at the
// price that the catalog says.
#include <gtest/gtest.h>

#include "tests/core/given_when_then.hpp"

namespace creditd::tests {
namespace {

TEST(Packages, GrantTheirCreditsAndABonusOfItsOwn) {
    given(package("p", 100, {.bonus = 5, .bonus_expires_in = 60}), account("ann"))
        .when(buy("ann", "p", "pay"))
        .then(done(), events_are({"credits_purchased"}), balance("ann", 105), answer_available(105),
              total("ann", Total::purchased, 100), total("ann", Total::granted, 5),
              that([](const World& world) {
                  const auto& body = world.last_as<CreditsPurchased>();
                  EXPECT_EQ(body.package, "p");
                  EXPECT_EQ(body.terms.cost_credits, Credits{100});
                  EXPECT_TRUE(body.terms.expires_at.is_never());
                  EXPECT_EQ(body.bonus_terms.kind, GrantKind::bonus);
                  EXPECT_EQ(body.bonus_terms.cost, Money{});
                  EXPECT_EQ(body.bonus_terms.expires_at, world.now() + Duration::seconds(60));
                  const Seq seq = world.news().back().seq;
                  EXPECT_NE(world.account("ann").grants.find(GrantId::of(seq, 0)), nullptr);
                  EXPECT_NE(world.account("ann").grants.find(GrantId::of(seq, 1)), nullptr);
              }));
}

TEST(Packages, WithoutABonusMakeOneGrant) {
    given(package("p", 100, {.expires_in = 60}), account("ann"))
        .when(buy("ann", "p", "pay"))
        .then(done(), grants_left("ann", {{1, 100}}), that([](const World& world) {
                  const auto& body = world.last_as<CreditsPurchased>();
                  EXPECT_EQ(body.bonus_terms, GrantTerms{});
                  EXPECT_EQ(body.terms.expires_at, world.now() + Duration::seconds(60));
              }));
}

TEST(Packages, ExpireWhenTheRequestSaysSo) {
    given(package("p", 100, {.bonus = 5, .expires_in = 60}), account("ann"),
          buy("ann", "p", "pay", {.expires_in = 10}))
        .when(later(11))
        .when(sweep())
        .then(balance("ann", 5));
}

TEST(Packages, LoseTheirBonusAtItsTime) {
    given(package("p", 100, {.bonus = 5, .bonus_expires_in = 60}), account("ann"),
          buy("ann", "p", "pay"), later(61))
        .when(sweep())
        .then(events_are({"grant_expired"}), balance("ann", 100), total("ann", Total::expired, 5));
}

TEST(Packages, RepayDebtWithWhatWasBoughtFirst) {
    const auto indebted = [](std::int64_t debt) {
        return given(package("p", 100, {.bonus = 5}), account("ann", {.credit_limit = 200}),
                     deduct("ann", debt));
    };
    indebted(30).when(buy("ann", "p", "pay")).then(balance("ann", 75), debt("ann", 0));
    indebted(102).when(buy("ann", "p", "pay")).then(balance("ann", 3), debt("ann", 0));
    indebted(150).when(buy("ann", "p", "pay")).then(balance("ann", -45), debt("ann", 45));
}

TEST(Packages, CostWhatTheCatalogSays) {
    given(package("p", 100), account("ann"))
        .when(buy("ann", "p", "pay", {.cents = 99}))
        .then(refused(RefusalCode::price_differs), balance("ann", 0));
}

TEST(Packages, MustBeOnSale) {
    given(account("ann"))
        .when(buy("ann", "p", "pay"))
        .then(refused(RefusalCode::package_not_found));
    given(package("p", 100, {.active = false}), account("ann"))
        .when(buy("ann", "p", "pay"))
        .then(refused(RefusalCode::package_not_found));
}

TEST(Packages, PaidForOnceAreKnownThoughTheyHaveChangedOrGone) {
    const auto bought = [] {
        return given(package("p", 100, {.bonus = 5}), account("ann"), buy("ann", "p", "pay"));
    };
    const std::vector<std::string_view> repeated{"purchase_repeated"};
    bought().when(buy("ann", "p", "pay")).then(events_are(repeated), balance("ann", 105));
    bought()
        .given(package("p", 7, {.cents = 1}))
        .when(buy("ann", "p", "pay"))
        .then(events_are(repeated));
    bought()
        .given(remove_offer(OfferKind::package, "p"), forget_window())
        .when(buy("ann", "p", "pay"))
        .then(events_are(repeated), balance("ann", 105));
}

TEST(Packages, ThatDifferForOnePaymentConflict) {
    const auto conflict = RefusalCode::payment_conflict;
    const auto bought = [] {
        return given(package("p", 100), package("q", 100), account("ann"), buy("ann", "p", "pay"));
    };
    bought().when(buy("ann", "q", "pay")).then(recorded(conflict));
    bought().when(purchase("ann", 100, "pay")).then(recorded(conflict));
    given(package("p", 100), account("ann"), purchase("ann", 100, "pay"))
        .when(buy("ann", "p", "pay"))
        .then(recorded(conflict));
}

TEST(Packages, AreRefundedIntoBothGrants) {
    given(package("p", 100, {.bonus = 5, .bonus_expires_in = 60}), account("ann"),
          buy("ann", "p", "pay"), deduct("ann", 50))
        .when(refund(1))
        .then(done(), balance("ann", 105), that([](const World& world) {
                  for (const Grant& grant : world.account("ann").grants) {
                      EXPECT_EQ(grant.remaining, grant.amount);
                  }
              }));
}

TEST(Packages, CanLoseTheirBonusAlone) {
    given(package("p", 100, {.bonus = 5}), account("ann"), buy("ann", "p", "pay"))
        .when(revoke(2))
        .then(done(), balance("ann", 100), total("ann", Total::revoked, 5));
}

TEST(CustomAmounts, LieWithinTheBoundsThatTheCatalogSets) {
    CatalogSettings bounded;
    bounded.custom = {Credits{10}, Credits{20}, {}, Credits{1}};
    const auto wrong = RefusalCode::amount_not_on_offer;
    const auto shop = [&] { return given(settings(bounded), account("ann")); };
    shop().when(purchase("ann", 9, "pay")).then(refused(wrong));
    shop().when(purchase("ann", 10, "pay")).then(done(), balance("ann", 10));
    shop().when(purchase("ann", 20, "pay")).then(done(), balance("ann", 20));
    shop().when(purchase("ann", 21, "pay")).then(refused(wrong));
    given(account("ann")).when(purchase("ann", 21, "pay")).then(done());
}

TEST(CustomAmounts, CostWhatTheCatalogSays) {
    CatalogSettings priced;
    priced.custom = {Credits{1}, Credits{100}, {50, Currency::of("USD")}, Credits{10}};
    const auto shop = [&] { return given(settings(priced), account("ann")); };
    shop().when(purchase("ann", 20, "pay", {.cents = 100})).then(done(), balance("ann", 20));
    shop().when(purchase("ann", 21, "pay", {.cents = 150})).then(done(), balance("ann", 21));
    shop()
        .when(purchase("ann", 21, "pay", {.cents = 100}))
        .then(refused(RefusalCode::price_differs));
    shop()
        .when(purchase("ann", 20, "pay", {.cents = 101}))
        .then(refused(RefusalCode::price_differs));
    priced.custom.price.currency = Currency::of("JPY");
    shop()
        .when(purchase("ann", 20, "pay", {.cents = 100}))
        .then(refused(RefusalCode::price_differs));
}

}  // namespace
}  // namespace creditd::tests
