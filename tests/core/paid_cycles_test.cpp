// Rules of payments that buy cycles of subscriptions: each buys one, and a refund takes it back.
#include <gtest/gtest.h>

#include "tests/core/payment_asks.hpp"

namespace creditd::tests {
namespace {

using Step = SubscriptionStep;

PaymentNews invoice(std::string payment) { return paid(std::move(payment), 1'500); }

/// ann has paid for a month of plan basic, 500 credits.
Scene subscribed() {
    return given(until(2024, 1, 10), account("ann"), offer(basic_plan()), offer(premium_plan()),
                 subscribe_paid("ann", "basic", invoice("first")));
}

TEST(PaidCycles, AreGrantedOncePerPayment) {
    given(until(2024, 1, 10), account("ann"), offer(basic_plan()))
        .when(subscribe_paid("ann", "basic", invoice("first")))
        .then(done(), events_are({"subscription_moved", "payment_noted"}), balance("ann", 500),
              lots_are("first", {{}}))
        .when(subscribe_paid("ann", "basic", invoice("first")))
        .then(nothing_done())
        .when(renew_paid("ann", invoice("first")))
        .then(nothing_done())
        .when(note(invoice("first")))
        .then(nothing_done())
        .when(renew_paid("ann", invoice("second")))
        .then(done(), steps_are({Step::renewed}), balance("ann", 1'000))
        .given(forget_window())
        .when(renew_paid("ann", invoice("second")))
        .then(nothing_done())
        .when(subscribe_paid("ann", "basic", invoice("first")))
        .then(nothing_done(), balance("ann", 1'000));
}

TEST(PaidCycles, AreTakenBackWithTheirPayment) {
    for (const bool forgets : {false, true}) {
        Scene scene = subscribed();
        scene.given(renew_paid("ann", invoice("second")), deduct("ann", 100));
        if (forgets) scene.given(forget_window());
        scene.when(note(refunded("second", "re_1", 1'500)))
            .then(events_are({"payment_reversed"}), lots_are("second", {{500}}),
                  balance("ann", 400))
            .when(note(refunded("first", "re_1", 1'500)))
            .then(lots_are("first", {{400, 100}}), balance("ann", -100), debt("ann", 100))
            .when(note(refunded("first", "re_1", 1'500, 0, RefundStatus::failed)))
            .then(lots_are("first", {{}}), balance("ann", 400), debt("ann", 0));
    }
}

TEST(PaidCycles, ComeBackAtTheTermsOfTheirPlan) {
    subscribed()
        .given(note(disputed("first", DisputeStatus::open)), later(60))
        .then(balance("ann", 0), grants_left("ann", {}))
        .when(note(disputed("first", DisputeStatus::won)))
        .then(balance("ann", 500), that([](const World& world) {
                  const auto& terms = world.last_as<PaymentRestored>().restored.at(0).terms;
                  EXPECT_EQ(terms.kind, GrantKind::plan);
                  EXPECT_EQ(terms.expires_at, midnight(2024, 2, 10));
                  EXPECT_EQ(terms.cost, (Money{1'500, Currency::of("USD")}));
              }));
}

TEST(PaidCycles, ThatAreOverAreNotOwed) {
    subscribed()
        .given(deduct("ann", 100), until(2024, 2, 10), sweep())
        .then(balance("ann", 0))
        .when(note(disputed("first", DisputeStatus::open)))
        .then(lots_are("first", {{0, 100, 400}}), balance("ann", -100));
}

TEST(PaidCycles, MayHaveBeenRefundedBeforeTheyWereHeardOf) {
    given(until(2024, 1, 10), account("ann"), offer(basic_plan()),
          note(refunded("first", "re_1", 750)))
        .when(subscribe_paid("ann", "basic", invoice("first")))
        .then(events_are({"subscription_moved", "payment_noted", "payment_reversed"}),
              balance("ann", 250));
    PaymentNews half = invoice("first");
    half.refunds = {{"re_1", 750, RefundStatus::succeeded}};
    given(until(2024, 1, 10), account("ann"), offer(basic_plan()))
        .when(subscribe_paid("ann", "basic", half))
        .then(balance("ann", 250), lots_are("first", {{250}}));
}

TEST(PaidCycles, OfAPlanWithoutCreditsHaveNoLot) {
    Plan empty = basic_plan();
    empty.credits = {};
    given(until(2024, 1, 10), account("ann"), offer(empty),
          subscribe_paid("ann", "basic", invoice("first")))
        .then(lots_are("first", {}))
        .when(note(refunded("first", "re_1", 1'500)))
        .then(events_are({"payment_noted"}), balance("ann", 0));
}

// What was granted before the payment was heard of is not granted again for it, by any way.
TEST(PaidCycles, ThatRunAlreadyUseThePaymentUp) {
    given(until(2024, 1, 10), account("ann"), offer(basic_plan()),
          subscribe_by_provider("ann", "basic"), place_order("ann", "o", {.plan = "basic"}))
        .when(subscribe_paid("ann", "basic", invoice("first")))
        .then(done(), events_are({"payment_noted"}), balance("ann", 500), lots_are("first", {}),
              that([](const World& world) {
                  EXPECT_EQ(standing_of(world, "first").purchase, world.last().seq);
                  EXPECT_EQ(standing_of(world, "first").amount, usd(1'500));
              }))
        .when(subscribe_paid("ann", "basic", invoice("first")))
        .then(nothing_done())
        .given(forget_window())
        .when(note(invoice("first"), {.order = "o"}))
        .then(events_are({"payment_noted", "order_set"}), balance("ann", 500),
              order_is("o", OrderStatus::settled))
        .when(note(refunded("first", "re_1", 1'500)))
        .then(events_are({"payment_noted", "order_set"}), balance("ann", 500),
              order_is("o", OrderStatus::refunded));
}

TEST(PaidCycles, OfAPeriodThatIsGrantedUseThePaymentUp) {
    subscribed()
        .when(renew_paid("ann", invoice("again"), 31 * one_day))
        .then(events_are({"payment_noted"}), balance("ann", 500), lots_are("again", {}))
        .when(renew_paid("ann", invoice("again"), 60 * one_day))
        .then(nothing_done(), balance("ann", 500));
    subscribed()
        .given(suspend("ann"))
        .when(renew_paid("ann", invoice("again"), 31 * one_day))
        .then(events_are({"subscription_moved", "payment_noted"}), steps_are({Step::resumed}),
              balance("ann", 500));
}

TEST(PaidCycles, AreBoughtAgainBeforeTheyEnd) {
    subscribed()
        .when(subscribe_paid("ann", "basic", invoice("second"), 60 * one_day))
        .then(done(), steps_are({Step::renewed}), balance("ann", 1'000), lots_are("second", {{}}))
        .when(subscribe_paid("ann", "basic", invoice("second"), 60 * one_day))
        .then(nothing_done(), balance("ann", 1'000));
    // By an hour more than the calendar says, it is the same cycle.
    subscribed()
        .when(subscribe_paid("ann", "basic", invoice("second"), 31 * one_day + 3'600))
        .then(events_are({"payment_noted"}), balance("ann", 500));
}

TEST(PaidCycles, ThatAreOverAreNotPaidAfterwards) {
    subscribed()
        .given(renew_paid("ann", invoice("second")))
        .when(renew_paid("ann", invoice("third"), 20 * one_day))
        .then(refused(RefusalCode::payment_conflict), balance("ann", 1'000))
        // The cycle that runs now begins when the first one ends, which is over too.
        .when(renew_paid("ann", invoice("third"), 31 * one_day))
        .then(refused(RefusalCode::payment_conflict), balance("ann", 1'000))
        .when(renew_paid("ann", invoice("third"), 31 * one_day + 1))
        .then(events_are({"payment_noted"}), balance("ann", 1'000));
}

TEST(PaidCycles, AreNotPaidByWhatBoughtCredits) {
    given(until(2024, 1, 10), account("ann"), offer(basic_plan()),
          purchase("ann", 100, "pay", {.cents = 1'500}))
        .when(subscribe_paid("ann", "basic", paid("pay", 1'500)))
        .then(refused(RefusalCode::payment_conflict), balance("ann", 100));
    subscribed()
        .given(purchase("ann", 100, "pay", {.cents = 1'500}))
        .when(renew_paid("ann", paid("pay", 1'500)))
        .then(refused(RefusalCode::payment_conflict), balance("ann", 600));
}

TEST(PaidCycles, DoNotBuyCreditsToo) {
    for (const bool forgets : {false, true}) {
        Scene scene = subscribed();
        if (forgets) scene.given(forget_window());
        scene.when(purchase("ann", 100, "first", {.cents = 1'500}))
            .then(recorded(RefusalCode::payment_conflict), balance("ann", 500));
    }
}

}  // namespace
}  // namespace creditd::tests
