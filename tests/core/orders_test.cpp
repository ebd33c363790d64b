// Rules of orders: what is bought is kept at the terms of the moment, and is credited at those
// whenever it is paid.
#include <gtest/gtest.h>

#include "tests/core/payment_asks.hpp"

namespace creditd::tests {
namespace {

using Status = OrderStatus;

CatalogSettings custom_amounts() {
    CatalogSettings given;
    given.custom = {Credits{10}, Credits{1'000}, usd(1), Credits{10}};
    return given;
}
/// ann has ordered package p, 100 credits for 100 cents.
Scene ordered(PackageSpec spec = {}) {
    return given(package("p", 100, spec), account("ann"),
                 place_order("ann", "o", {.package = "p"}));
}
Scene settled() {
    Scene scene = ordered();
    scene.given(note(paid("pay"), {.order = "o"}));
    return scene;
}

TEST(PlaceOrder, KeepsThePackageAsItIsToday) {
    given(package("p", 100, {.bonus = 5, .bonus_expires_in = 60, .expires_in = 90}), account("ann"))
        .when(place_order("ann", "o", {.package = "p"}))
        .then(done(), events_are({"order_set"}), balance("ann", 0), that([](const World& world) {
                  const Order& order = order_in(world, "o");
                  EXPECT_EQ(order.placed, world.last().seq);
                  EXPECT_EQ(order.placed_at, world.now());
                  EXPECT_EQ(order.status, Status::pending);
                  EXPECT_EQ(order.credits, Credits{100});
                  EXPECT_EQ(order.bonus, Credits{5});
                  EXPECT_EQ(order.expires_in, Duration::seconds(90));
                  EXPECT_EQ(order.bonus_expires_in, Duration::seconds(60));
                  EXPECT_EQ(order.price, usd(100));
                  EXPECT_EQ(order.provider, "stripe");
                  EXPECT_FALSE(order.is_paid());
              }));
}

TEST(PlaceOrder, OfAnAmountHasThePriceOfTheCatalogOrItsOwn) {
    given(settings(custom_amounts()), account("ann"))
        .when(place_order("ann", "o", {.amount = 55}))
        .then(done(), that([](const World& world) {
                  EXPECT_EQ(order_in(world, "o").price, usd(6));
                  EXPECT_EQ(order_in(world, "o").credits, Credits{55});
              }))
        .when(place_order("ann", "two", {.amount = 55, .cents = 7}))
        .then(refused(RefusalCode::price_differs))
        .when(place_order("ann", "two", {.amount = 5}))
        .then(refused(RefusalCode::amount_not_on_offer));
    given(account("ann"))
        .when(place_order("ann", "o", {.amount = 55, .cents = 7}))
        .then(done(),
              that([](const World& world) { EXPECT_EQ(order_in(world, "o").price, usd(7)); }))
        .when(place_order("ann", "two", {.amount = 55}))
        .then(refused(RefusalCode::amount_not_on_offer));
}

TEST(PlaceOrder, OfAPlanHasThePriceOfItsInterval) {
    given(offer(basic_plan()), account("ann"))
        .when(place_order("ann", "o", {.plan = "basic", .interval = Interval::year}))
        .then(done(), that([](const World& world) {
                  EXPECT_EQ(order_in(world, "o").price, usd(21'000));
                  EXPECT_EQ(order_in(world, "o").interval, Interval::year);
                  EXPECT_EQ(order_in(world, "o").credits, Credits{});
              }));
}

TEST(PlaceOrder, NeedsSomethingThatIsOnSale) {
    Plan free;
    free.id = "free";
    free.credits = Credits{5};
    Plan gone = basic_plan();
    gone.active = false;
    given(package("q", 1, {.active = false}), offer(free), offer(gone), offer(premium_plan()),
          account("ann"))
        .when(place_order("ann", "o", {.package = "p"}))
        .then(refused(RefusalCode::package_not_found))
        .when(place_order("ann", "o", {.package = "q"}))
        .then(refused(RefusalCode::package_not_found))
        .when(place_order("ann", "o", {.plan = "none"}))
        .then(refused(RefusalCode::plan_not_found))
        .when(place_order("ann", "o", {.plan = "free"}))
        .then(refused(RefusalCode::plan_not_found))
        .when(place_order("ann", "o", {.plan = "basic"}))
        .then(refused(RefusalCode::plan_not_found))
        .when(place_order("ann", "o", {.plan = "premium", .interval = Interval::year}))
        .then(refused(RefusalCode::plan_not_found))
        .when(place_order("bob", "o", {.plan = "premium"}))
        .then(refused(RefusalCode::account_not_found))
        .given(close("ann"))
        .when(place_order("ann", "o", {.plan = "premium"}))
        .then(refused(RefusalCode::account_closed));
}

TEST(PlaceOrder, AgainIsNothingAndOfOtherTermsIsRefused) {
    for (const bool forgets : {false, true}) {
        Scene scene = ordered();
        // What the catalog says since is of no matter.
        scene.given(account("bob"), package("p", 7), package("q", 100), offer(basic_plan()));
        if (forgets) scene.given(forget_window());
        scene.when(place_order("ann", "o", {.package = "p"}))
            .then(nothing_done())
            .when(place_order("ann", "o", {.package = "q"}))
            .then(refused(RefusalCode::order_exists))
            .when(place_order("bob", "o", {.package = "p"}))
            .then(refused(RefusalCode::order_exists))
            .when(place_order("ann", "o", {.plan = "basic"}))
            .then(refused(RefusalCode::order_exists))
            .when(place_order("ann", "o", {.package = "p", .provider = "midtrans"}))
            .then(refused(RefusalCode::order_exists));
    }
    given(account("ann"), place_order("ann", "o", {.amount = 50, .cents = 7}))
        .when(place_order("ann", "o", {.amount = 50, .cents = 7}))
        .then(nothing_done())
        .when(place_order("ann", "o", {.amount = 51, .cents = 7}))
        .then(refused(RefusalCode::order_exists))
        .when(place_order("ann", "o", {.amount = 50, .cents = 8}))
        .then(refused(RefusalCode::order_exists))
        .when(place_order("ann", "o", {.amount = 50, .cents = 1}))
        .then(refused(RefusalCode::order_exists))
        // Who names no price asks for the order as it stands.
        .when(place_order("ann", "o", {.amount = 50}))
        .then(nothing_done());
    given(offer(basic_plan()), account("ann"), place_order("ann", "o", {.plan = "basic"}))
        .when(place_order("ann", "o", {.plan = "basic"}))
        .then(nothing_done())
        .when(place_order("ann", "o", {.plan = "basic", .interval = Interval::year}))
        .then(refused(RefusalCode::order_exists));
}

TEST(ChangeOrder, SaysWhereItIsPaid) {
    ordered()
        .when(locate_order("o", "cs_1", "https://pay.example.com"))
        .then(done(), events_are({"order_set"}), that([](const World& world) {
                  EXPECT_EQ(order_in(world, "o").reference, "cs_1");
                  EXPECT_EQ(order_in(world, "o").pay_url, "https://pay.example.com");
                  EXPECT_EQ(order_in(world, "o").status, Status::pending);
              }))
        .when(locate_order("o", "cs_1", ""))
        .then(nothing_done())
        .when(locate_order("none", "cs_1", ""))
        .then(refused(RefusalCode::order_not_found));
}

TEST(ChangeOrder, SaysUntilWhenItIsPaid) {
    const Ask located = locate_order("o", "cs_1", "");
    const auto until_minute = [&](std::int64_t minute) {
        return Ask([=](const World& world) {
                   CommandBody body = located.body(world);
                   std::get<ChangeOrder>(body).pay_until = Timestamp{minute * 60'000'000};
                   return body;
               })
            .without_key();
    };
    const auto is_until = [](std::int64_t minute) {
        return that([minute](const World& world) {
            EXPECT_EQ(order_in(world, "o").pay_until, Timestamp{minute * 60'000'000});
        });
    };
    ordered()
        .when(until_minute(7))
        .then(events_are({"order_set"}), is_until(7))
        .when(located)
        .then(nothing_done(), is_until(7))
        .when(until_minute(8))
        .then(events_are({"order_set"}), is_until(8));
}

TEST(ChangeOrder, EndsOneThatIsPending) {
    for (const Status status : {Status::canceled, Status::expired, Status::failed}) {
        ordered()
            .given(forget_window())
            .when(change_order("o", status, true))
            .then(done(), order_is("o", status))
            .when(change_order("o", status, true))
            .then(nothing_done())
            .when(change_order("o", Status::canceled, false))
            .then(nothing_done(), order_is("o", status));
    }
    ordered()
        .given(change_order("o", Status::expired))
        .when(change_order("o", Status::canceled, true))
        .then(refused(RefusalCode::order_closed), order_is("o", Status::expired));
}

TEST(ChangeOrder, DoesNotEndOneThatIsSettled) {
    settled()
        .when(change_order("o", Status::canceled, true))
        .then(refused(RefusalCode::order_closed))
        .when(change_order("o", Status::canceled))
        .then(nothing_done(), order_is("o", Status::settled));
}

TEST(PaidOrders, CreditWhatWasOrdered) {
    ordered({.bonus = 5, .expires_in = 60})
        .given(package("p", 7, {.cents = 1}))
        .when(note(paid("pay"), {.order = "o"}))
        .then(done(), events_are({"credits_purchased", "payment_noted", "order_set"}),
              balance("ann", 105), order_is("o", Status::settled), that([](const World& world) {
                  const Order& order = order_in(world, "o");
                  EXPECT_EQ(order.settled_at, world.now());
                  EXPECT_EQ(order.payment_id, "pay");
                  EXPECT_EQ(order.payment_digest, digest_of_payment("pay"));
                  EXPECT_EQ(standing_of(world, "pay").order, "o");
                  const auto made = std::get<CreditsPurchased>(world.news().front().body);
                  EXPECT_EQ(made.package, "p");
                  EXPECT_EQ(made.terms.expires_at, world.now() + Duration::seconds(60));
              }))
        .when(note(paid("pay"), {.order = "o"}))
        .then(nothing_done())
        .given(forget_window())
        .when(note(paid("pay"), {.order = "o"}))
        .then(nothing_done())
        .when(note(paid("pay")))
        .then(nothing_done(), balance("ann", 105));
}

TEST(PaidOrders, SettleAlsoWhenTheyHaveEnded) {
    for (const Status status : {Status::canceled, Status::expired, Status::failed}) {
        ordered()
            .given(change_order("o", status), forget_window())
            .when(note(paid("pay"), {.order = "o"}))
            .then(done(), order_is("o", Status::settled), balance("ann", 100));
    }
}

TEST(PaidOrders, ArePaidOnceAtTheirPrice) {
    settled()
        .when(note(paid("two"), {.order = "o"}))
        .then(refused(RefusalCode::order_closed), balance("ann", 100))
        .given(note(paid("two"), {.account = "ann", .package = "p"}))
        .when(note(paid("two"), {.order = "o"}))
        .then(refused(RefusalCode::payment_conflict), balance("ann", 200));
    ordered()
        .when(note(paid("pay", 99), {.order = "o"}))
        .then(refused(RefusalCode::price_differs), order_is("o", Status::pending))
        .given(close("ann"))
        .when(note(paid("pay"), {.order = "o"}))
        .then(refused(RefusalCode::account_closed));
}

TEST(PaidOrders, AreThoseOfThePayersAccount) {
    ordered()
        .given(account("bob"), buy("bob", "p", "pay"))
        .when(note(paid("pay"), {.order = "o"}))
        .then(refused(RefusalCode::payment_conflict), order_is("o", Status::pending));
}

TEST(PaidOrders, ArePaidByAPaymentEach) {
    settled()
        .given(place_order("ann", "two", {.package = "p"}))
        .when(note(paid("pay"), {.order = "two"}))
        .then(refused(RefusalCode::payment_conflict), order_is("two", Status::pending));
}

TEST(PaidOrders, AreKnownByTheirPaymentWhateverOrderItNames) {
    for (const bool forgets : {false, true}) {
        Scene scene = settled();
        if (forgets) scene.given(forget_window());
        scene.when(note(refunded("pay", "re_1", 100), {.order = "none"}))
            .then(done(), order_is("o", Status::refunded), balance("ann", 0));
    }
}

TEST(PaidOrders, SettleByAPurchaseThatWasMadeBefore) {
    ordered()
        .given(buy("ann", "p", "pay"))
        .when(note(paid("pay"), {.order = "o"}))
        .then(events_are({"payment_noted", "order_set"}), order_is("o", Status::settled),
              balance("ann", 100));
}

TEST(PaidOrders, FollowTheirPayment) {
    settled()
        .when(note(refunded("pay", "re_1", 40)))
        .then(events_are({"payment_reversed"}), order_is("o", Status::settled))
        .given(forget_window())
        .when(note(refunded("pay", "re_2", 60)))
        .then(events_are({"payment_reversed", "order_set"}), order_is("o", Status::refunded))
        .when(note(refunded("pay", "re_2", 60, 0, RefundStatus::failed)))
        .then(events_are({"payment_restored", "order_set"}), order_is("o", Status::settled))
        .when(note(disputed("pay", DisputeStatus::open)))
        .then(order_is("o", Status::disputed))
        .given(forget_window())
        .when(note(disputed("pay", DisputeStatus::won)))
        .then(order_is("o", Status::settled), balance("ann", 60))
        .when(change_order("o", Status::canceled, true))
        .then(refused(RefusalCode::order_closed));
}

TEST(PaidOrders, OfAPlanStartAndRenewItsSubscription) {
    const auto pay = [](std::string payment, std::string order) {
        return note(paid(std::move(payment), 1'500), {.order = std::move(order)});
    };
    given(until(2024, 1, 10), offer(basic_plan()), offer(premium_plan()), account("ann"),
          place_order("ann", "o1", {.plan = "basic"}), place_order("ann", "o2", {.plan = "basic"}),
          place_order("ann", "o3", {.plan = "premium"}))
        .when(pay("one", "o1"))
        .then(events_are({"subscription_moved", "payment_noted", "payment_noted", "order_set"}),
              balance("ann", 500), order_is("o1", Status::settled),
              period_is("ann", midnight(2024, 1, 10), midnight(2024, 2, 10)))
        .when(pay("one", "o1"))
        .then(nothing_done())
        .when(pay("two", "o2"))
        .then(order_is("o2", Status::settled), balance("ann", 1'000),
              steps_are({SubscriptionStep::renewed}),
              period_is("ann", midnight(2024, 2, 10), midnight(2024, 3, 10)))
        .given(forget_window())
        .when(pay("two", "o2"))
        .then(nothing_done(), balance("ann", 1'000))
        .when(note(paid("three", 2'900), {.order = "o3"}))
        .then(refused(RefusalCode::subscription_exists), order_is("o3", Status::pending))
        .when(note(refunded("two", "re_1", 1'500)))
        .then(balance("ann", 500), order_is("o2", Status::refunded));
}

}  // namespace
}  // namespace creditd::tests
