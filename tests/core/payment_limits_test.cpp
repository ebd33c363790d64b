// Rules of payments at their limits: what no longer fits an account or the list of disputes, goods
// that replace those of an order, and orders of plans where another subscription runs.
#include <gtest/gtest.h>

#include "tests/core/payment_asks.hpp"

namespace creditd::tests {
namespace {

constexpr std::int64_t most = limits::credits_minor_max;

/// ann has bought package p, 100 credits for 100 cents.
Scene once_bought(AccountSpec spec = {}) {
    return given(package("p", 100), account("ann", std::move(spec)),
                 note(paid("pay"), {"ann", {}, "p"}));
}

TEST(PaymentLimits, HaveRoomForSoManyDisputes) {
    PaymentNews many = disputed("pay", DisputeStatus::won, "dp_0");
    for (std::size_t i = 1; i < limits::payment_refunds_max; ++i) {
        many.disputes.push_back({"dp_" + std::to_string(i), DisputeStatus::won});
    }
    once_bought()
        .when(note(many))
        .then(events_are({"payment_noted"}), balance("ann", 100))
        .when(note(disputed("pay", DisputeStatus::open, "one more")))
        .then(refused(RefusalCode::payment_conflict), balance("ann", 100))
        .when(note(disputed("pay", DisputeStatus::lost, "dp_7")))
        .then(events_are({"payment_reversed"}), balance("ann", 0));
}

TEST(PaymentLimits, OfWhatIsTakenBackAreThoseOfABalance) {
    const auto owing = [](std::int64_t debt) {
        Scene scene = once_bought({.credit_limit = most});
        scene.given(deduct("ann", 100), deduct("ann", debt));
        return scene;
    };
    owing(most - 100)
        .when(note(disputed("pay", DisputeStatus::open)))
        .then(done(), balance("ann", -most), debt("ann", most), lots_are("pay", {{0, 100, 0}}));
    owing(most - 99)
        .when(note(disputed("pay", DisputeStatus::open)))
        .then(refused(RefusalCode::balance_range), events_are({}), balance("ann", 99 - most));
}

TEST(PaymentLimits, OfWhatComesBackAreThoseOfABalance) {
    const auto with_room = [](std::int64_t room) {
        Scene scene = once_bought();
        scene.given(note(disputed("pay", DisputeStatus::open)), grant("ann", most - room));
        return scene;
    };
    with_room(100)
        .when(note(disputed("pay", DisputeStatus::won)))
        .then(done(), balance("ann", most), lots_are("pay", {{}}));
    with_room(99)
        .when(note(disputed("pay", DisputeStatus::won)))
        .then(refused(RefusalCode::balance_range), events_are({}), balance("ann", most - 99));
}

TEST(PaymentLimits, AreThoseOfTheAccountThatItCredits) {
    const auto with_room = [](std::int64_t room) {
        return given(package("p", 100), account("ann"), grant("ann", most - room));
    };
    with_room(100).when(note(paid("pay"), {"ann", {}, "p"})).then(done(), balance("ann", most));
    with_room(99)
        .when(note(paid("pay"), {"ann", {}, "p"}))
        .then(refused(RefusalCode::balance_range), balance("ann", most - 99))
        .given(deduct("ann", 1))
        .when(note(paid("pay"), {"ann", {}, "p"}))
        .then(done(), balance("ann", most));
}

// A provider that does not say how much was paid says nothing against what is known.
TEST(PaidAgain, WithoutAnAmountSaysNothingNew) {
    once_bought()
        .when(note(paid("pay", 0), {"ann", {}, "p"}))
        .then(nothing_done(), balance("ann", 100))
        .when(note(paid("pay", 101), {"ann", {}, "p"}))
        .then(refused(RefusalCode::payment_conflict));
}

TEST(PaidOrders, CreditTheGoodsThatSomebodyNamedInTheirPlace) {
    const auto ordered_p = [] {
        return given(package("p", 100), package("q", 70, {.cents = 60}), account("ann"),
                     place_order("ann", "o", {.package = "p"}));
    };
    ordered_p()
        .when(note(paid("pay", 60), {.order = "o"}))
        .then(refused(RefusalCode::price_differs), balance("ann", 0))
        .when(note(paid("pay", 60), {.order = "o", .package = "q"}))
        .then(done(), balance("ann", 70), order_is("o", OrderStatus::settled));
    ordered_p()
        .when(note(paid("pay", 60), {.order = "o", .amount = 25}))
        .then(done(), balance("ann", 25), order_is("o", OrderStatus::settled));
    ordered_p()
        .when(note(paid("pay"), {.order = "o"}))
        .then(done(), balance("ann", 100), order_is("o", OrderStatus::settled));
}

TEST(PlaceOrder, OfAnAmountHasItsOwnPriceWhereTheCatalogHasNone) {
    CatalogSettings unpriced;
    unpriced.custom = {Credits{10}, Credits{100}, usd(50), {}};
    given(settings(unpriced), account("ann"))
        .when(place_order("ann", "o", {.amount = 20}))
        .then(refused(RefusalCode::amount_not_on_offer))
        .when(place_order("ann", "o", {.amount = 9, .cents = 3}))
        .then(refused(RefusalCode::amount_not_on_offer))
        .when(place_order("ann", "o", {.amount = 20, .cents = 3}))
        .then(done(),
              that([](const World& world) { EXPECT_EQ(order_in(world, "o").price, usd(3)); }));
}

// A payment renews the subscription that it is for; beside any other there is no room for it.
TEST(PaidOrders, OfAPlanRenewTheSameSubscriptionOnly) {
    const auto ordered_basic = [](Interval interval) {
        Plan yearly_too = premium_plan();
        yearly_too.prices.push_back({Interval::year, usd(29'000)});
        return given(until(2024, 1, 10), offer(basic_plan()), offer(yearly_too), account("ann"),
                     place_order("ann", "o", {.plan = "basic", .interval = interval}));
    };
    const Ask pay = note(paid("pay", 1'500), {.order = "o"});
    const auto exists = RefusalCode::subscription_exists;
    ordered_basic(Interval::month)
        .given(subscribe_by_provider("ann", "basic"))
        .when(pay)
        .then(steps_are({SubscriptionStep::renewed}), balance("ann", 1'000),
              order_is("o", OrderStatus::settled));
    ordered_basic(Interval::month)
        .given(subscribe("ann", "basic"))
        .when(pay)
        .then(refused(exists), balance("ann", 500), order_is("o", OrderStatus::pending));
    ordered_basic(Interval::month)
        .given(subscribe_by_provider("ann", "premium"))
        .when(pay)
        .then(refused(exists), balance("ann", 1'200));
    ordered_basic(Interval::year)
        .given(subscribe_by_provider("ann", "basic"))
        .when(note(paid("pay", 21'000), {.order = "o"}))
        .then(refused(exists), balance("ann", 500));
}

TEST(Standings, AreRefundedWholeOnceAllIsBack) {
    PaymentStanding standing;
    EXPECT_FALSE(is_refunded_whole(standing));
    standing.amount = usd(100);
    EXPECT_FALSE(is_refunded_whole(standing));
    standing.refunded_minor = 99;
    EXPECT_FALSE(is_refunded_whole(standing));
    standing.refunded_minor = 100;
    EXPECT_TRUE(is_refunded_whole(standing));
    standing.refunded_minor = 1'000;
    EXPECT_TRUE(is_refunded_whole(standing));
    EXPECT_EQ(refunded_minor(standing), 100);
    standing.refunds = {{"re_1", 950, RefundStatus::failed}};
    EXPECT_EQ(refunded_minor(standing), 50);
    EXPECT_FALSE(is_refunded_whole(standing));
}

TEST(Standings, TakeBackAShareThatIsRoundedUp) {
    PaymentStanding standing;
    EXPECT_EQ(to_reverse(standing, Credits{10}), Credits{});
    standing.amount = usd(3);
    standing.refunded_minor = 1;
    EXPECT_EQ(to_reverse(standing, Credits{9}), Credits{3});
    EXPECT_EQ(to_reverse(standing, Credits{10}), Credits{4});
    EXPECT_EQ(to_reverse(standing, Credits{}), Credits{});
    standing.disputes = {{"dp_1", DisputeStatus::open}};
    EXPECT_EQ(to_reverse(standing, Credits{10}), Credits{10});
    standing.disputes.front().status = DisputeStatus::won;
    EXPECT_EQ(to_reverse(standing, Credits{10}), Credits{4});
}

}  // namespace
}  // namespace creditd::tests
