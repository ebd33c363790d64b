// Rules of atomic batches: one command of several operations, all or nothing.
#include <gtest/gtest.h>

#include "tests/core/given_when_then.hpp"

namespace creditd::tests {
namespace {

TEST(Batches, DoEveryOperation) {
    given(account("ann"), account("bob"), grant("ann", 10))
        .when(batch({deduct("ann", 2), transfer("ann", "bob", 3), hold("ann", 1)}))
        .then(done(), balance("ann", 5), balance("bob", 3), held("ann", 1),
              events_are({"credits_deducted", "transferred_out", "transferred_in", "hold_placed"}),
              that([](const World& world) {
                  ASSERT_TRUE(world.last().origin);
                  EXPECT_EQ(world.last().origin->operation, Operation::batch);
                  EXPECT_EQ(world.last().origin->first_seq, world.news().front().seq);
                  for (std::size_t i = 0; i + 1 < world.news().size(); ++i) {
                      EXPECT_FALSE(world.news()[i].origin);
                  }
              }));
}

TEST(Batches, DoNothingWhenOneOperationIsRefused) {
    given(account("ann"), account("bob"), grant("ann", 10))
        .when(batch({deduct("ann", 2), deduct("ann", 3), deduct("bob", 1), deduct("ann", 1)}))
        .then(insufficient(1, 0, 1), at_operation(2), balance("ann", 10),
              events_are({"command_refused"}), that([](const World& world) {
                  EXPECT_EQ(world.last().account, "bob");
                  EXPECT_EQ(world.last().origin->operation, Operation::batch);
                  EXPECT_EQ(world.last_as<CommandRefused>().operation, Operation::deduct);
              }));
}

TEST(Batches, SeeTheirOwnEarlierOperations) {
    given(account("ann"))
        .when(batch({grant("ann", 10), deduct("ann", 10)}))
        .then(done(), balance("ann", 0));
    given(account("ann"), grant("ann", 10))
        .when(batch({deduct("ann", 6), deduct("ann", 5)}))
        .then(insufficient(5, 4, 1), at_operation(1), balance("ann", 10));
}

TEST(Batches, MakeAnAccountAndGrantToIt) {
    given()
        .when(batch({account("ann"), grant("ann", 10), account("bob", {.parent = "ann"}),
                     transfer("ann", "bob", 4)}))
        .then(done(), balance("ann", 6), balance("bob", 4));
}

TEST(Batches, ThatFailLeaveNoAccountBehind) {
    Scene scene;
    scene.when(batch({account("ann"), deduct("ann", 1)}))
        .then(refused(RefusalCode::insufficient_credits), at_operation(1), events_are({}));
    EXPECT_EQ(scene.world().state().accounts.count(), 0U);
    scene.when(batch({account("ann"), deduct("bob", 1)}))
        .then(refused(RefusalCode::account_not_found), at_operation(1), events_are({}));
}

TEST(Batches, ThatFailLeaveNoHoldsBehind) {
    Scene scene = given(account("ann"), grant("ann", 10), hold("ann", 2));
    scene.when(batch({hold("ann", 3), capture(1), deduct("ann", 100)}))
        .then(recorded(RefusalCode::insufficient_credits), at_operation(2), held("ann", 2));
    scene.when(capture(1)).then(done(), balance("ann", 8));
}

TEST(Batches, MayCloseAHoldOnlyOnce) {
    given(account("ann"), grant("ann", 10), hold("ann", 4))
        .when(batch({capture(1), capture(1)}))
        .then(recorded(RefusalCode::hold_closed), at_operation(1), held("ann", 4));
    given(account("ann"), grant("ann", 10), hold("ann", 4))
        .when(batch({capture(1, 1), release(1)}))
        .then(done(), balance("ann", 9), held("ann", 0));
}

TEST(Batches, MeetWhatIsDueFirst) {
    given(account("ann"), account("bob"), grant("ann", 10, {.expires_in = 60}),
          grant("bob", 10, {.expires_in = 60}), grant("bob", 2), later(60))
        .when(batch({grant("ann", 1), deduct("bob", 2)}))
        .then(
            events_are({"grant_expired", "grant_expired", "credits_granted", "credits_deducted"}));
}

TEST(Batches, ThatAreRefusedStillLetTimePass) {
    given(account("ann"), grant("ann", 10, {.expires_in = 60}), later(60))
        .when(batch({deduct("ann", 1)}))
        .then(events_are({"grant_expired", "command_refused"}));
}

TEST(Batches, AreOneCommandUnderOneKey) {
    Scene scene = given(account("ann"), grant("ann", 10));
    scene.when(batch({deduct("ann", 1), deduct("ann", 2)}).under("b1")).then(done());
    scene.when(batch({deduct("ann", 1), deduct("ann", 2)}).under("b1"))
        .then(answered_as_before(), balance("ann", 7));
    EXPECT_EQ(scene.world().outcome().known, scene.world().last().seq);
}

TEST(Batches, ThatWereRefusedAreKnownUnderTheirKey) {
    Scene scene = given(account("ann"), grant("ann", 1));
    scene.when(batch({deduct("ann", 1), deduct("ann", 2)}).under("b1"))
        .then(recorded(RefusalCode::insufficient_credits));
    scene.given(grant("ann", 100))
        .when(batch({deduct("ann", 1), deduct("ann", 2)}).under("b1"))
        .then(answered_as_before(), balance("ann", 101));
}

TEST(Batches, WithoutAKeyAreRefusedWithoutATrace) {
    given(account("ann"))
        .when(batch({deduct("ann", 1)}).without_key())
        .then(refused(RefusalCode::insufficient_credits), events_are({}));
}

TEST(Batches, NeedFreshEvidence) {
    given(account("ann"), grant("ann", 10), forget_window())
        .when(batch({deduct("ann", 1)}).as_of(Seq{2}))
        .then(outcome_is(OutcomeKind::stale_evidence), balance("ann", 10));
}

TEST(Batches, NeedFreshEvidenceForEveryOperation) {
    Scene scene =
        given(account("ann"), grant("ann", 10, {.expires_in = 60}), forget_window(), later(60));
    World& world = scene.world();
    AtomicBatch batch;
    batch.meta = world.meta_of({.key = "batch"});
    batch.as_of = world.state().head.seq;
    for (const Seq as_of : {batch.as_of, Seq{1}}) {
        batch.operations.push_back({{}, grant("ann", 1).body(world), {}});
        batch.operations.back().evidence.as_of = as_of;
    }
    State trial(world.state());
    std::vector<DecidedEvent> events;
    const Outcome outcome = execute(trial, batch, world.now(), Policy{}, events);
    EXPECT_EQ(outcome.kind, OutcomeKind::stale_evidence);
    // What time had made due happens all the same, and is handed out.
    ASSERT_EQ(events.size(), 1U);
    EXPECT_EQ(name_of(events.front().event.body), "grant_expired");
}

TEST(Batches, RevokeAndRefundInOrder) {
    // The refund sees that its grant was revoked one operation earlier.
    given(account("ann"), grant("ann", 10), deduct("ann", 4))
        .when(batch({revoke(1), refund(1)}))
        .then(done(), balance("ann", 0), total("ann", Total::revoked, 10));
    given(account("ann"), grant("ann", 10), deduct("ann", 4))
        .when(batch({refund(1), revoke(1)}))
        .then(done(), balance("ann", 0), total("ann", Total::revoked, 10));
}

TEST(Batches, OfAThousandOperationsAreFine) {
    std::vector<Ask> operations{account("ann"), grant("ann", 998)};
    while (operations.size() < limits::batch_atomic_operations_max) {
        operations.push_back(deduct("ann", 1));
    }
    given().when(batch(operations)).then(done(), balance("ann", 0));
}

}  // namespace
}  // namespace creditd::tests
