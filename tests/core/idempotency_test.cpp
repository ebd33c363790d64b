// Rules of idempotency: a key has one outcome, found in the window or by evidence, never by luck.
#include <gtest/gtest.h>

#include "tests/core/given_when_then.hpp"

namespace creditd::tests {
namespace {

TEST(Keys, HaveOneOutcome) {
    Scene scene = given(account("ann"), grant("ann", 10), deduct("ann", 3).under("k1"));
    const Seq first = scene.world().last().seq;
    scene.when(deduct("ann", 3).under("k1")).then(answered_as_before(), balance("ann", 7));
    EXPECT_EQ(scene.world().outcome().known, first);
}

TEST(Keys, AreOfTheWholeLedger) {
    // Comparing the fingerprint is the caller's, who has the recorded event.
    given(account("ann"), account("bob"), grant("ann", 10), grant("bob", 10),
          deduct("ann", 3).under("k1"))
        .when(deduct("bob", 4).under("k1"))
        .then(answered_as_before(), balance("bob", 10));
}

TEST(Keys, AreKnownBeforeAnythingElseIsLookedAt) {
    given(account("ann"), grant("ann", 10), deduct("ann", 3).under("k1"))
        .when(deduct("nobody", 3).under("k1"))
        .then(answered_as_before());
    given(account("ann"), grant("ann", 10, {.expires_in = 60}), deduct("ann", 3).under("k1"),
          close("ann"), later(60))
        .when(deduct("ann", 3).under("k1"))
        .then(answered_as_before(), events_are({}));
}

TEST(Keys, StandInTheLastEventOfTheirCommand) {
    given(account("ann"), account("bob"), grant("ann", 10))
        .when(transfer("ann", "bob", 4).under("k1"))
        .then(that([](const World& world) {
            ASSERT_TRUE(world.last().origin);
            EXPECT_EQ(world.last().origin->key, "k1");
            EXPECT_EQ(world.last().origin->actor, "key_rules");
            EXPECT_EQ(world.last().origin->operation, Operation::transfer);
            EXPECT_EQ(world.state().window.find_key(world.last().origin->key_digest),
                      world.last().seq);
        }));
}

TEST(Keys, OfACommandThatMetWhatWasDueBeginAtItsOwnEvent) {
    given(account("ann"), grant("ann", 10, {.expires_in = 60}), grant("ann", 5), later(60))
        .when(deduct("ann", 4).under("k1"))
        .then(that([](const World& world) {
            EXPECT_EQ(world.last().origin->first_seq, world.last().seq);
            EXPECT_FALSE(world.news().front().origin);
            EXPECT_EQ(world.outcome().first_event, world.events().size() - 1);
        }));
}

TEST(Keys, EmptyAreNoKeys) {
    given(account("ann"), account("ann").without_key())
        .when(account("ann").without_key())
        .then(done());
}

TEST(Keys, OfOutcomesThatAreNotRecordedStayFree) {
    Scene scene = given(account("ann"), grant("ann", 9), hold("ann", 1), release(1));
    scene.when(release(1).under("k1")).then(outcome_is(OutcomeKind::nothing_done));
    scene.when(deduct("ann", 2).under("k1")).then(done(), balance("ann", 7));
}

TEST(Evidence, OlderThanTheWindowIsFetchedAgain) {
    Scene scene =
        given(account("ann"), grant("ann", 10), deduct("ann", 3).under("k1"), forget_window());
    const Seq synced = scene.world().state().window.from();
    EXPECT_EQ(synced, scene.world().state().head.seq);
    scene.when(deduct("ann", 3).as_of(Seq{synced.value - 1}))
        .then(outcome_is(OutcomeKind::stale_evidence), events_are({}), balance("ann", 7));
    scene.when(deduct("ann", 3).as_of(synced)).then(done(), balance("ann", 4));
}

TEST(Evidence, OlderThanTheWindowIsFetchedAgainEvenForAKnownKey) {
    given(account("ann"), grant("ann", 10), forget_window(), deduct("ann", 3).under("k1"))
        .when(deduct("ann", 3).under("k1").as_of(Seq{1}))
        .then(outcome_is(OutcomeKind::stale_evidence));
}

TEST(Evidence, OlderThanTheWindowLetsNoTimePass) {
    given(account("ann"), grant("ann", 10, {.expires_in = 60}), forget_window(), later(60))
        .when(deduct("ann", 3).as_of(Seq{1}))
        .then(outcome_is(OutcomeKind::stale_evidence), events_are({}), balance("ann", 10));
}

TEST(Evidence, OfAnyPositionGivesTheSameDecision) {
    // Refunds and revocations that the evidence has not seen are in the window.
    const auto past = [] {
        return given(account("ann"), grant("ann", 10), grant("ann", 10), deduct("ann", 15),
                     refund(1, 2), revoke(2), refund(1, 1), grant("ann", 3));
    };
    Scene newest = past();
    newest.when(refund(1)).then(done());
    const Event expected = newest.world().last();
    const Seq deducted = newest.world().deduction(1).seq();
    for (std::uint64_t seq = deducted.value; seq < expected.seq.value; ++seq) {
        Scene older = past();
        older.when(refund(1).as_of(Seq{seq})).then(done());
        EXPECT_EQ(older.world().last().body, expected.body) << "evidence as of " << seq;
    }
}

}  // namespace
}  // namespace creditd::tests
