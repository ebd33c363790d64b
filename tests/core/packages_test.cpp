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

/// The same purchase, with a moment for its expiry in place of a length.
Ask until_moment(const Ask& purchase, Duration from_now) {
    return Ask([=](const World& world) {
        CommandBody body = purchase.body(world);
        std::get<PurchaseCredits>(body).expiry.at = world.now() + from_now;
        return body;
    });
}

TEST(Packages, ExpireAtTheMomentThatTheRequestNames) {
    const auto expires_in = [](std::int64_t seconds) {
        return that([seconds](const World& world) {
            EXPECT_EQ(world.last_as<CreditsPurchased>().terms.expires_at,
                      world.now() + Duration::seconds(seconds));
        });
    };
    const auto shop = [] {
        return given(package("p", 100, {.bonus = 5, .expires_in = 60}), account("ann"));
    };
    const Duration ten = Duration::seconds(10);
    shop().when(until_moment(buy("ann", "p", "pay"), ten)).then(done(), expires_in(10));
    shop().when(until_moment(purchase("ann", 7, "pay"), ten)).then(done(), expires_in(10));
    shop().when(buy("ann", "p", "pay")).then(done(), expires_in(60));
    shop()
        .when(until_moment(buy("ann", "p", "pay"), {}))
        .then(refused(RefusalCode::time_past), balance("ann", 0));
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

TEST(CustomAmounts, CostAnythingWhereTheCatalogDoesNotSay) {
    CatalogSettings settings_of_shop;
    settings_of_shop.custom = {Credits{1}, Credits{100}, {50, Currency::of("USD")}, {}};
    given(settings(settings_of_shop), account("ann"))
        .when(purchase("ann", 20, "pay", {.cents = 3}))
        .then(done(), balance("ann", 20));
}

TEST(CustomAmounts, CostNoMoreThanMoneyHasRoomFor) {
    CatalogSettings dear;
    dear.custom = {
        Credits{1}, Credits{100}, {limits::money_minor_max, Currency::of("USD")}, Credits{1}};
    const auto shop = [&] { return given(settings(dear), account("ann")); };
    shop()
        .when(purchase("ann", 1, "pay", {.cents = limits::money_minor_max}))
        .then(done(), balance("ann", 1));
    shop()
        .when(purchase("ann", 2, "pay", {.cents = limits::money_minor_max}))
        .then(refused(RefusalCode::price_differs), balance("ann", 0));
}

TEST(Packages, NeedRoomForTheirBonusToo) {
    const auto almost_full = [](std::int64_t room) {
        return given(package("p", 100, {.bonus = 5}), account("ann"),
                     grant("ann", limits::credits_minor_max - room));
    };
    almost_full(105)
        .when(buy("ann", "p", "pay"))
        .then(done(), balance("ann", limits::credits_minor_max));
    almost_full(104)
        .when(buy("ann", "p", "pay"))
        .then(recorded(RefusalCode::balance_range),
              balance("ann", limits::credits_minor_max - 104));
}

}  // namespace
}  // namespace creditd::tests
