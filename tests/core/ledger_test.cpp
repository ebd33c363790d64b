// What is of the ledger as a whole: how it begins, epochs, and the window that a start fills again.
#include <gtest/gtest.h>

#include "tests/core/given_when_then.hpp"

namespace creditd::tests {
namespace {

Event claim(const State& state, std::uint64_t epoch) {
    Event event;
    event.seq = state.head.seq.next();
    event.time = state.head.time;
    event.body = EpochClaimed{Epoch{epoch}};
    return event;
}

TEST(LedgerHeads, BeginWithAClaimAndTheirOpening) {
    State state;
    apply(state, claim(state, 1));
    apply(state, open_ledger(state, {1, 2, 3}, 4, Timestamp{50}));
    EXPECT_EQ(state.head.epoch, Epoch{1});
    EXPECT_EQ(state.head.ledger_id, (std::array<std::uint8_t, 16>{1, 2, 3}));
    EXPECT_EQ(state.head.decimals, 4);
    EXPECT_EQ(state.head.seq, Seq{2});
    EXPECT_EQ(state.head.time, Timestamp{50});
}

TEST(LedgerHeads, OpenNoEarlierThanWhatIsThere) {
    State state;
    Event first = claim(state, 1);
    first.time = Timestamp{70};
    apply(state, first);
    EXPECT_EQ(open_ledger(state, {1}, 6, Timestamp{50}).time, Timestamp{70});
}

TEST(LedgerHeads, AreClaimedByHigherEpochsOnly) {
    State state;
    apply(state, claim(state, 1));
    apply(state, claim(state, 3));
    EXPECT_EQ(state.head.epoch, Epoch{3});
    EXPECT_DEATH(apply(state, claim(state, 3)), "epoch");
}

TEST(LedgerHeads, AreOpenedOnce) {
    State state;
    apply(state, open_ledger(state, {1}, 6, Timestamp{50}));
    EXPECT_DEATH(apply(state, open_ledger(state, {2}, 6, Timestamp{50})), "ledger_id");
}

// A start from a snapshot hands the window events that the snapshot's accounts contain already.
TEST(Windows, FilledAtAStartKnowWhatThoseOfTheLedgerKnow) {
    Scene scene = given(account("ann"), grant("ann", 10).under("grant"),
                        purchase("ann", 10, "pay").under("purchase"), deduct("ann", 5),
                        refund(1, 2), revoke(2), grant("ann", 10), revoke(3, 4));
    const World& world = scene.world();
    State started;
    for (const DecidedEvent& decided : world.events()) apply_to_window(started, decided.event);
    const Window& whole = world.state().window;
    EXPECT_EQ(started.accounts.count(), 0U);
    EXPECT_EQ(started.window.key_count(), whole.key_count());
    for (const DecidedEvent& decided : world.events()) {
        if (!decided.event.origin) continue;
        const Digest& digest = decided.event.origin->key_digest;
        EXPECT_EQ(started.window.find_key(digest), whole.find_key(digest));
        if (const auto* body = std::get_if<CreditsPurchased>(&decided.event.body)) {
            EXPECT_TRUE(started.window.find_payment(body->payment_digest));
            EXPECT_EQ(started.window.find_payment(body->payment_digest)->seq, decided.event.seq);
        }
    }
    EXPECT_EQ(started.window.find_refunded(world.deduction(1)), Credits{2});
    EXPECT_TRUE(started.window.is_revoked(world.grant(2)));
    EXPECT_FALSE(started.window.is_revoked(world.grant(3)));
    EXPECT_EQ(started.window.lost_after(world.grant(3), Seq{0}), Credits{4});
    EXPECT_EQ(whole.lost_after(world.grant(3), Seq{0}), Credits{4});
}

TEST(Totals, AreRestoredWithTheirCarries) {
    for (std::size_t i = 0; i < totals_count; ++i) {
        Account account("ann", Timestamp{1});
        account.restore_total(static_cast<Total>(i), 0, 0);
        EXPECT_FALSE(account.has_extra());
        account.restore_total(static_cast<Total>(i), 7, 0);
        EXPECT_EQ(account.total(static_cast<Total>(i)), 7);
        account.restore_total(static_cast<Total>(i), 7, 2);
        EXPECT_EQ(account.total(static_cast<Total>(i)), (WideCredits{2} << 64) + 7);
    }
}

}  // namespace
}  // namespace creditd::tests
