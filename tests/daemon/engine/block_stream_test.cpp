// Events into blocks: sealed when full, never in the middle of a command, chained to the tip.
#include "daemon/engine/block_stream.hpp"

#include <gtest/gtest.h>

#include "tests/daemon/engine/ledger_fixture.hpp"

namespace creditd::daemon {
namespace {

/// `count` events of about 1.5 KB each; the last one ends the command.
std::vector<DecidedEvent> command_of(Seq first, std::size_t count) {
    std::vector<DecidedEvent> events(count);
    for (std::size_t i = 0; i < count; ++i) {
        Event& event = events[i].event;
        event.seq = Seq{first.value + i};
        event.time = Timestamp{1'700'000'000'000'000};
        FeatureSet feature;
        feature.key = "feature";
        feature.description.assign(1'024, 'x');
        feature.name.assign(400, 'y');
        event.body = feature;
    }
    events.back().event.origin = Origin{};
    return events;
}

TEST(BlockStream, SealsFullBlocksBetweenCommands) {
    tests::LedgerFixture fixture;
    const replay::ChainTip before = fixture.journal.tip();
    BlockStream stream(before);
    Seq next{before.seq.value + 1};
    for (int i = 0; i < 20; ++i) {
        auto events = command_of(next, 7);
        next = Seq{next.value + events.size()};
        stream.add(events, false);
    }
    stream.flush();
    EXPECT_TRUE(stream.blocks.size() >= 2);
    std::size_t events = 0;
    for (const replay::SealedBlock& block : stream.blocks) {
        EXPECT_EQ(block.count % 7, 0U);
        EXPECT_LE(block.bytes.size(), limits::block_bytes_max);
        events += block.count;
    }
    EXPECT_EQ(events, 140U);
    EXPECT_EQ(stream.tip().seq, Seq{before.seq.value + 140});
    EXPECT_EQ(fixture.journal.append(stream.blocks, {}), replay::AppendOutcome::committed);
}

// Whatever the event is about: the next leader's time follows this one.
TEST(BlockStream, ABlockHasTheTimeOfItsLastEvent) {
    tests::LedgerFixture fixture;
    BlockStream stream(fixture.journal.tip());
    auto events = command_of(Seq{3}, 3);
    for (std::size_t i = 0; i < events.size(); ++i) {
        events[i].event.time = Timestamp{1'700'000'000'000'000 + static_cast<std::int64_t>(i)};
    }
    stream.add(events, false);
    stream.flush();
    EXPECT_EQ(stream.tip().time, events.back().event.time);
}

TEST(BlockStream, KeepsAnAtomicBatchWhole) {
    tests::LedgerFixture fixture;
    BlockStream stream(fixture.journal.tip());
    auto single = command_of(Seq{3}, 1);
    auto batch = command_of(Seq{4}, 100);  // more than a block's usual size
    auto after = command_of(Seq{104}, 1);
    stream.add(single, false);
    stream.add(batch, true);
    stream.add(after, false);
    stream.flush();
    ASSERT_EQ(stream.blocks.size(), 3U);
    EXPECT_EQ(stream.blocks[1].count, 100U);
}

TEST(BlockStream, PutsPersonalPartsBesideTheEvents) {
    tests::LedgerFixture fixture;
    BlockStream stream(fixture.journal.tip());
    auto events = command_of(Seq{3}, 2);
    events[1].personal = "personal";
    stream.add(events, false);
    ASSERT_EQ(stream.rows.size(), 1U);
    EXPECT_EQ(stream.rows[0].seq, Seq{4});
    EXPECT_EQ(stream.rows[0].bytes, "personal");
    EXPECT_TRUE(stream.blocks.empty());
    EXPECT_FALSE(stream.is_empty());
}

}  // namespace
}  // namespace creditd::daemon
