// Snapshots: what is written while commands go on is the state at the beginning.
#include <fstream>

#include "core/state_digest.hpp"
#include "replay/snapshot_reader.hpp"
#include "replay/snapshot_store.hpp"
#include "replay/state_hash.hpp"
#include "tests/replay/snapshot_fixture.hpp"
#include "tests/support/random_commands.hpp"

namespace creditd::tests {
namespace {

using namespace creditd::replay;

std::string accounts_of(const State& state) {
    std::string bytes;
    for (std::size_t chunk = 0; chunk < state.accounts.chunk_count(); ++chunk) {
        append_canonical_chunk(bytes, state, chunk);
    }
    return bytes;
}

TEST_F(SnapshotTest, OfARestingLedgerLoadsAsItWas) {
    LedgerWorld world;
    RandomCommands(7, 400).steps(world, 5'000);
    SnapshotWriter writer(options());
    const SnapshotResult result = write(world, writer);
    ASSERT_TRUE(result.is_good()) << result.failure;
    EXPECT_EQ(result.state_hash, hash_state(world.state()));
    EXPECT_EQ(result.bytes, std::filesystem::file_size(path_of(result.seq)));

    const auto loaded = load_snapshot(path_of(result.seq));
    ASSERT_TRUE(loaded) << loaded.error().detail;
    EXPECT_EQ(loaded->tip, tip_of(world));
    EXPECT_EQ(hash_state(*loaded->state), result.state_hash);
    EXPECT_EQ(loaded->state->head, world.state().head);
    EXPECT_EQ(loaded->state->catalog(), world.state().catalog());
    EXPECT_EQ(loaded->state->window.from(), world.state().head.seq);
}

TEST_F(SnapshotTest, OfAnEmptyLedgerLoads) {
    LedgerWorld world;
    SnapshotWriter writer(options());
    const SnapshotResult result = write(world, writer);
    ASSERT_TRUE(result.is_good()) << result.failure;
    const auto loaded = load_snapshot(path_of(result.seq));
    ASSERT_TRUE(loaded) << loaded.error().detail;
    EXPECT_EQ(hash_state(*loaded->state), hash_state(world.state()));
}

/// A ledger from a snapshot must do from now on what the one in memory does.
TEST_F(SnapshotTest, ALoadedLedgerGoesOnAsTheLiveOne) {
    LedgerWorld world;
    RandomCommands commands(11, 150);
    commands.steps(world, 3'000);
    SnapshotWriter writer(options());
    const SnapshotResult result = write(world, writer);
    auto loaded = load_snapshot(path_of(result.seq));
    ASSERT_TRUE(loaded) << loaded.error().detail;
    const std::size_t first = world.events().size();
    commands.steps(world, 3'000);
    for (std::size_t i = first; i < world.events().size(); ++i) {
        apply(*loaded->state, world.events()[i].event);
    }
    EXPECT_EQ(hash_state(*loaded->state), hash_state(world.state()));
    // What is due is queued again from the accounts themselves; the order may be another.
    std::vector<DecidedEvent> due_live;
    std::vector<DecidedEvent> due_loaded;
    const Timestamp later = world.now() + Duration::days(1);
    sweep(world.state(), later, Policy{}, 1'000'000, due_live);
    sweep(*loaded->state, later, Policy{}, 1'000'000, due_loaded);
    EXPECT_GT(due_live.size(), 0u);
    EXPECT_EQ(due_live.size(), due_loaded.size());
    EXPECT_EQ(accounts_of(*loaded->state), accounts_of(world.state()));
}

class WhileCommandsGoOn : public SnapshotTest, public testing::WithParamInterface<int> {};

TEST_P(WhileCommandsGoOn, ASnapshotIsTheStateAtItsBeginning) {
    const auto seed = static_cast<std::uint64_t>(GetParam());
    LedgerWorld world;
    RandomCommands commands(seed, 3'000);
    for (int i = 0; i < 2'500; ++i) world.put_account("acct-" + std::to_string(i));
    commands.steps(world, 4'000);
    const Hash256 at_begin = hash_state(world.state());
    const ChainTip tip = tip_of(world);

    SnapshotWriter writer(options());
    SnapshotWalk walk(writer);
    ASSERT_TRUE(walk.begin(world.state(), tip));
    EXPECT_FALSE(writer.start({}));
    commands.steps(world, 500);  // before the walk has passed anything
    std::mt19937_64 random(seed);
    while (walk.step(std::chrono::microseconds(0)).is_running) {
        commands.steps(world, random() % 200);
        if (random() % 3 == 0) world.put_account("new-" + std::to_string(random()));
    }
    commands.steps(world, 500);
    writer.wait();
    const SnapshotResult result = writer.last_result().value();
    ASSERT_TRUE(result.is_good()) << result.failure;
    EXPECT_EQ(result.seq, tip.seq);
    EXPECT_EQ(result.state_hash, at_begin);
    EXPECT_NE(hash_state(world.state()), at_begin);

    const auto loaded = load_snapshot(path_of(tip.seq));
    ASSERT_TRUE(loaded) << loaded.error().detail;
    EXPECT_EQ(hash_state(*loaded->state), hash_state(*world.replayed_to(tip.seq)));
}
INSTANTIATE_TEST_SUITE_P(Seeds, WhileCommandsGoOn, testing::Range(1, 9));

TEST_F(SnapshotTest, IsNotPublishedBeforeItIsDurable) {
    LedgerWorld world;
    world.put_account("a");
    std::atomic<std::uint64_t> durable{0};
    SnapshotWriterOptions made = options();
    made.durable = [&] { return Seq{durable.load()}; };
    SnapshotWriter writer(made);
    SnapshotWalk walk(writer);
    ASSERT_TRUE(walk.begin(world.state(), tip_of(world)));
    while (walk.step(std::chrono::seconds(1)).is_running) std::this_thread::yield();
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
    EXPECT_TRUE(writer.is_busy());
    EXPECT_TRUE(list_snapshots(made.folder).empty());
    durable = world.state().head.seq.value;
    writer.wait();
    EXPECT_EQ(list_snapshots(made.folder).size(), 1u);
}

TEST_F(SnapshotTest, OldOnesGoWhenANewOneStands) {
    LedgerWorld world;
    SnapshotWriter writer(options(2));
    std::vector<Seq> made;
    for (int i = 0; i < 4; ++i) {
        world.put_account("a" + std::to_string(i));
        made.push_back(write(world, writer).seq);
    }
    const auto files = list_snapshots(options().folder);
    ASSERT_EQ(files.size(), 2u);
    EXPECT_EQ(files[0].seq, made[3]);
    EXPECT_EQ(files[1].seq, made[2]);
}

TEST_F(SnapshotTest, WhatIsGivenUpLeavesNothingBehind) {
    LedgerWorld world;
    for (int i = 0; i < 3'000; ++i) world.put_account("a" + std::to_string(i));
    SnapshotWriter writer(options());
    {
        SnapshotWalk walk(writer);
        ASSERT_TRUE(walk.begin(world.state(), tip_of(world)));
        EXPECT_TRUE(walk.step(std::chrono::microseconds(0)).is_running);
    }
    writer.wait();
    EXPECT_FALSE(writer.last_result()->is_good());
    world.put_account("later");  // nobody observes any more
    EXPECT_TRUE(std::filesystem::is_empty(options().folder));
    EXPECT_TRUE(write(world, writer).is_good()) << "the next one works";
}

TEST_F(SnapshotTest, AFolderThatCannotBeWrittenFailsTheSnapshotAlone) {
    LedgerWorld world;
    for (int i = 0; i < 5'000; ++i) world.put_account("a" + std::to_string(i));
    std::ofstream(folder_.path() / "snapshots") << "a file where the folder should be";
    SnapshotWriter writer(options());
    const SnapshotResult result = write(world, writer);
    EXPECT_FALSE(result.is_good());
    EXPECT_NE(result.failure, "");
}

TEST_F(SnapshotTest, AnInterruptedFileIsRemovedByTheNextWriter) {
    std::filesystem::create_directories(options().folder);
    std::ofstream(options().folder / "00000000000000000009.snap.unfinished") << "half";
    EXPECT_TRUE(list_snapshots(options().folder).empty());
    SnapshotWriter writer(options());
    EXPECT_TRUE(std::filesystem::is_empty(options().folder));
}

}  // namespace
}  // namespace creditd::tests
