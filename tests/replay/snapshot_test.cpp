// Snapshots: what is written while commands go on is the state at the beginning, and a damaged
// file is never used.
#include <gtest/gtest.h>

#include <fstream>

#include "core/state_digest.hpp"
#include "replay/sha256.hpp"
#include "replay/snapshot_reader.hpp"
#include "replay/snapshot_store.hpp"
#include "replay/snapshot_walk.hpp"
#include "replay/state_hash.hpp"
#include "tests/replay/temp_folder.hpp"
#include "tests/support/ledger_world.hpp"
#include "tests/support/random_commands.hpp"

namespace creditd::tests {
namespace {

using namespace creditd::replay;

/// The chain's end as the world has it; its hash is made up, since snapshots only carry it.
ChainTip tip_of(const LedgerWorld& world) {
    const LedgerHead& head = world.state().head;
    return {world.chain(), head.epoch, head.seq, sha256(std::to_string(head.seq.value)), head.time};
}

std::string accounts_of(const State& state) {
    std::string bytes;
    for (std::size_t chunk = 0; chunk < state.accounts.chunk_count(); ++chunk) {
        append_canonical_chunk(bytes, state, chunk);
    }
    return bytes;
}

class SnapshotTest : public testing::Test {
protected:
    SnapshotWriterOptions options(std::size_t keep = 10) {
        SnapshotWriterOptions made;
        made.folder = folder_.path() / "snapshots";
        made.keep = keep;
        return made;
    }
    /// A snapshot of the world as it is.
    SnapshotResult write(LedgerWorld& world, SnapshotWriter& writer) {
        SnapshotWalk walk(writer);
        EXPECT_TRUE(walk.begin(world.state(), tip_of(world)));
        while (walk.step(std::chrono::seconds(1)).is_running) std::this_thread::yield();
        writer.wait();
        return writer.last_result().value();
    }
    std::filesystem::path path_of(Seq seq) { return snapshot_path(options().folder, seq); }

    TempFolder folder_;
};

TEST(StateHash, IsTheHashOfItsPartsOnAnyNumberOfThreads) {
    LedgerWorld world;
    RandomCommands(1, 300).steps(world, 3'000);
    ASSERT_GT(world.state().accounts.chunk_count(), 2u);
    std::string all;
    append_canonical_ledger(all, world.state());
    for (std::size_t chunk = 0; chunk < world.state().accounts.chunk_count(); ++chunk) {
        std::string bytes;
        append_canonical_chunk(bytes, world.state(), chunk);
        const Hash256 hash = sha256(bytes);
        all.append(reinterpret_cast<const char*>(hash.bytes.data()), hash.bytes.size());
    }
    EXPECT_EQ(hash_state(world.state()), sha256(all));
    EXPECT_EQ(hash_state(world.state(), 2), sha256(all));
    EXPECT_EQ(hash_state(world.state(), 7), sha256(all));
}

TEST(StateHash, DiffersWhenAnythingDiffers) {
    LedgerWorld world;
    world.put_account("a");
    world.grant("a", 100);
    const Hash256 before = hash_state(world.state());
    world.deduct("a", 1);
    EXPECT_NE(hash_state(world.state()), before);
    EXPECT_EQ(hash_state(*world.replayed_to(world.last().seq)), hash_state(world.state()));
}

TEST(SnapshotFormat, HeaderAndFooterHaveOneSpelling) {
    SnapshotHeader header;
    header.tip.seq = Seq{42};
    header.tip.time = Timestamp{-5};
    header.tip.hash = sha256("x");
    header.accounts = 1'000'000;
    header.chunks = 15'625;
    const HeaderBytes bytes = encode_header(header);
    EXPECT_EQ(decode_header(bytes), header);
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        HeaderBytes changed = bytes;
        changed[i] = static_cast<char>(changed[i] ^ 4);
        EXPECT_EQ(decode_header(changed), std::nullopt) << "byte " << i;
    }
    const FooterBytes footer = encode_footer({sha256("a"), sha256("b")});
    EXPECT_EQ(decode_footer(footer)->file_hash, sha256("b"));
    for (std::size_t i = 0; i < footer.size(); ++i) {
        FooterBytes changed = footer;
        changed[i] = static_cast<char>(changed[i] ^ 4);
        EXPECT_FALSE(decode_footer(changed)) << "byte " << i;
    }
}

TEST(SnapshotFormat, FileNamesAreTwentyDigits) {
    EXPECT_EQ(snapshot_path("s", Seq{17}), "s/00000000000000000017.snap");
    EXPECT_EQ(snapshot_seq("s/00000000000000000017.snap"), Seq{17});
    EXPECT_EQ(snapshot_seq("s/17.snap"), std::nullopt);
    EXPECT_EQ(snapshot_seq("s/0000000000000000001x.snap"), std::nullopt);
    EXPECT_EQ(snapshot_seq("s/00000000000000000017.snap.unfinished"), std::nullopt);
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

/// A small snapshot, whose every byte is damaged in turn.
class DamagedSnapshot : public SnapshotTest {
protected:
    void SetUp() override {
        LedgerWorld world;
        RandomCommands(3, 70).steps(world, 900);
        SnapshotWriter writer(options());
        const SnapshotResult result = write(world, writer);
        ASSERT_TRUE(result.is_good()) << result.failure;
        path_ = path_of(result.seq);
        std::ifstream in(path_, std::ios::binary);
        bytes_.assign(std::istreambuf_iterator<char>(in), {});
    }
    void rewrite(const std::string& bytes) {
        std::ofstream(path_, std::ios::binary | std::ios::trunc) << bytes;
    }
    void expect_damaged(const std::string& what) {
        const auto loaded = load_snapshot(path_, 1);
        ASSERT_FALSE(loaded) << what;
        EXPECT_EQ(loaded.error().fault, JournalFault::damaged) << what;
        EXPECT_FALSE(verify_snapshot(path_, 1)) << what;
    }
    std::filesystem::path path_;
    std::string bytes_;
};

TEST_F(DamagedSnapshot, AFlippedBitAnywhereIsFound) {
    ASSERT_TRUE(verify_snapshot(path_));
    const std::size_t step = bytes_.size() / 400 + 1;
    for (std::size_t i = 0; i < bytes_.size(); i += i < 400 ? 1 : step) {
        std::string changed = bytes_;
        changed[i] = static_cast<char>(changed[i] ^ (1 << (i % 8)));
        rewrite(changed);
        expect_damaged("byte " + std::to_string(i));
    }
}

TEST_F(DamagedSnapshot, ACutOrAnAdditionIsFound) {
    for (const std::size_t size :
         {std::size_t{0}, std::size_t{50}, std::size_t{128}, std::size_t{200}, bytes_.size() / 2,
          bytes_.size() - 80, bytes_.size() - 1}) {
        rewrite(bytes_.substr(0, size));
        expect_damaged("cut to " + std::to_string(size));
    }
    rewrite(bytes_ + "x");
    expect_damaged("a byte more");
}

TEST_F(DamagedSnapshot, SwappedRecordsAreFound) {
    // Two chunks of the same ledger, each sound in itself, in the other's place.
    LedgerWorld world;
    for (int i = 0; i < 128; ++i) world.put_account("a" + std::to_string(100 + i));
    SnapshotWriter writer(options());
    const SnapshotResult result = write(world, writer);
    path_ = path_of(result.seq);
    std::ifstream in(path_, std::ios::binary);
    bytes_.assign(std::istreambuf_iterator<char>(in), {});
    RecordHeadBytes head{};
    std::size_t at = 128;
    std::vector<std::pair<std::size_t, std::size_t>> places;
    for (int i = 0; i < 3; ++i) {
        bytes_.copy(head.data(), head.size(), at);
        const std::size_t size = head.size() + decode_record_head(head).body_bytes;
        places.emplace_back(at, size);
        at += size;
    }
    const std::string first = bytes_.substr(places[1].first, places[1].second);
    const std::string second = bytes_.substr(places[2].first, places[2].second);
    rewrite(bytes_.substr(0, places[1].first) + second + first +
            bytes_.substr(places[2].first + places[2].second));
    expect_damaged("swapped");
}

TEST_F(DamagedSnapshot, AMissingFileIsAnErrorOfItsOwn) {
    std::filesystem::remove(path_);
    EXPECT_EQ(load_snapshot(path_).error().fault, JournalFault::io);
    EXPECT_EQ(read_snapshot_header(path_).error().fault, JournalFault::io);
}

}  // namespace
}  // namespace creditd::tests
