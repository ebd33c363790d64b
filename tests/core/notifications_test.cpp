// Rules of notifications: what came is kept with what became of it, and what it did is done in the
// same command or not at all.
#include <gtest/gtest.h>

#include "tests/core/payment_asks.hpp"

namespace creditd::tests {
namespace {

using Result = NotificationOutcome;

Scene with_package() { return given(package("p", 100), account("ann")); }

Ask told(PaymentNews news, const NoteSpec& spec, Result outcome) {
    return batch({note(std::move(news), spec), notify("evt_1", outcome)}).without_key();
}

TEST(Notifications, AreNotedOnce) {
    for (const Result outcome : {Result::applied, Result::ignored, Result::dismissed}) {
        for (const bool forgets : {false, true}) {
            Scene scene = with_package();
            scene.when(notify("evt_1", outcome))
                .then(done(), events_are({"notification_noted"}), that([&](const World& world) {
                          const Notification& noted = notification_in(world, "evt_1");
                          EXPECT_EQ(noted.received, world.last().seq);
                          EXPECT_EQ(noted.received_at, world.now());
                          EXPECT_EQ(noted.outcome, outcome);
                          EXPECT_EQ(noted.tries, 1U);
                          EXPECT_TRUE(world.last().account_no.is_none());
                      }));
            if (forgets) scene.given(forget_window());
            scene.when(notify("evt_1", Result::quarantined, {.reason = "late"}))
                .then(nothing_done())
                .when(notify("evt_1", Result::applied))
                .then(nothing_done());
        }
    }
}

TEST(Notifications, InQuarantineAreTriedAgain) {
    for (const bool forgets : {false, true}) {
        Scene scene = with_package();
        scene.given(notify("evt_1", Result::quarantined, {.reason = "payment_unmatched"}),
                    later(5));
        if (forgets) scene.given(forget_window());
        scene.when(notify("evt_1", Result::applied))
            .then(done(), that([](const World& world) {
                      const Notification& noted = notification_in(world, "evt_1");
                      EXPECT_EQ(noted.outcome, Result::applied);
                      EXPECT_EQ(noted.tries, 2U);
                      EXPECT_LT(noted.received, world.last().seq);
                      EXPECT_EQ(noted.received_at + Duration::seconds(5), world.now());
                      EXPECT_EQ(noted.reason, "");
                  }))
            .when(notify("evt_1", Result::applied))
            .then(nothing_done());
    }
}

TEST(Notifications, KeepWhatIsToBeAssumed) {
    const NotificationHint hint{"ann", "o", "p", Credits{5}};
    with_package()
        .given(notify("evt_1", Result::quarantined, {.reason = "payment_unmatched"}))
        .when(notify("evt_1", Result::quarantined,
                     {.reason = "payment_unmatched", .hint = hint, .is_try = false}))
        .then(done(), that([&](const World& world) {
                  EXPECT_EQ(notification_in(world, "evt_1").hint, hint);
                  EXPECT_EQ(notification_in(world, "evt_1").tries, 1U);
              }))
        .when(notify("evt_1", Result::quarantined,
                     {.reason = "payment_unmatched", .hint = hint, .is_try = false}))
        .then(nothing_done())
        .when(notify("evt_1", Result::quarantined, {.reason = "payment_unmatched", .hint = hint}))
        .then(done(), that([](const World& world) {
                  EXPECT_EQ(notification_in(world, "evt_1").tries, 2U);
              }));
}

TEST(Notifications, KeepWhatWasReceivedInTheirPersonalPart) {
    World world;
    const auto body = notification_of("evt_1", Result::applied);
    world.run(body, {.keyless = true, .personal = "what was received"});
    EXPECT_EQ(world.events().back().personal, "what was received");
    EXPECT_TRUE(world.last().personal_hash.has_value());
}

TEST(NotificationBatches, AreAllOrNothing) {
    const NoteSpec for_ann{"ann", {}, "p"};
    with_package()
        .when(told(paid("pay"), for_ann, Result::applied))
        .then(done(), events_are({"credits_purchased", "notification_noted"}), balance("ann", 100))
        .when(told(paid("pay"), for_ann, Result::applied))
        .then(nothing_done(), balance("ann", 100))
        .given(forget_window())
        .when(told(paid("pay"), for_ann, Result::applied))
        .then(nothing_done(), balance("ann", 100));
    with_package()
        .when(told(paid("pay", 99), for_ann, Result::applied))
        .then(refused(RefusalCode::price_differs), at_operation(0), balance("ann", 0))
        .when(notify("evt_1", Result::quarantined, {.reason = "price_differs"}))
        .then(done())
        .when(told(paid("pay"), for_ann, Result::applied))
        .then(done(), balance("ann", 100), that([](const World& world) {
                  EXPECT_EQ(notification_in(world, "evt_1").tries, 2U);
              }));
}

TEST(NotificationBatches, ThatSayWhatIsKnownNoteTheNotificationAlone) {
    with_package()
        .given(note(paid("pay"), {"ann", {}, "p"}))
        .when(told(paid("pay"), {"ann", {}, "p"}, Result::applied))
        .then(done(), events_are({"notification_noted"}), balance("ann", 100));
}

TEST(NotificationBatches, MayHaveManySteps) {
    with_package()
        .given(place_order("ann", "o", {.package = "p"}), note(refunded("pay", "re_1", 40)))
        .when(told(paid("pay"), {.order = "o"}, Result::applied))
        .then(events_are(
                  {"credits_purchased", "payment_reversed", "order_set", "notification_noted"}),
              balance("ann", 60), order_is("o", OrderStatus::settled));
}

}  // namespace
}  // namespace creditd::tests
