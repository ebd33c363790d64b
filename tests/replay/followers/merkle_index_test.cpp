// The tree over a journal: several levels of tiles through restarts and merges, what it vouches
// for, and that it gives no proof of what is no longer what it was.
#include "replay/followers/merkle_index.hpp"

#include <rocksdb/db.h>

#include "replay/followers/follower_thread.hpp"
#include "tests/replay/followers/merkle_model.hpp"

namespace creditd::tests {
namespace {

using followers::FollowerThread;
using followers::MerkleIndex;

std::unique_ptr<MerkleIndex> open_index(World& world, std::size_t run_events) {
    followers::RunOptions runs = world.runs;
    runs.entries = runs.events = run_events;
    return must(MerkleIndex::open(world.database(), world.journal(), runs), "merkle");
}

/// Reads on to the end, without a thread.
void follow(World& world, MerkleIndex& index) {
    FollowerThread thread(world.journal(), {&index});
    while (thread.turn()) {
    }
    EXPECT_TRUE(thread.is_healthy());
    EXPECT_EQ(index.consumed(), world.end());
}

std::vector<Event> small_events(std::size_t count) {
    Event event;
    event.body = FeatureSet{};
    return std::vector<Event>(count, event);
}

TEST(MerkleIndex, HasTilesOfSeveralLevels) {
    World world(Backend::rocksdb);
    std::mt19937_64 random(1);
    auto index = open_index(world, 20'000);
    for (int round = 0; round < 10; ++round) {
        world.append(small_events(9'000), 700);
        follow(world, *index);
        const auto entries = stored_events(world.journal(), world.end());
        const KeptTree tree = tree_of(entries);
        for (int i = 0; i < 20; ++i) {
            expect_tree(*index, tree, entries, random() % (tree.size() + 1), random);
        }
        expect_tree(*index, tree, entries, tree.size(), random);
        // What was in memory only is read again.
        if (round % 3 == 2) index = open_index(world, 20'000);
        if (round == 5) world.merge_runs();
    }
    EXPECT_GT(index->cursor().value, 65'536U);  // a full tile of level 1 has been stored
}

TEST(MerkleIndex, VouchesOnlyForWhatTheWriterConfirms) {
    World world(Backend::memory, 1'000);
    world.append(small_events(10), 1);  // a block each
    const MerkleIndex& index = *world.indexes.merkle;
    for (std::uint64_t to = 2; to < world.end().value; ++to) {
        world.feed(Seq{to});
        EXPECT_EQ(index.consumed(), Seq{to});
        EXPECT_EQ(index.verified_size(), to - 1);  // by the block behind it
    }
    world.feed();
    EXPECT_EQ(index.verified_size(), world.end().value);  // by the end of the chain
}

TEST(MerkleIndex, StopsAtABlockThatDoesNotContinueTheChain) {
    World world(Backend::memory);
    world.append(small_events(5), 1);
    auto index = open_index(world, 1'000);
    follow(world, *index);
    const replay::ChainTip tip = world.journal().tip();
    replay::ChainTip other = tip;
    other.hash.bytes[7] ^= 1;
    replay::BlockBuilder builder;
    builder.begin(tip.seq.next());
    builder.append("an event");
    const replay::SealedBlock forged = builder.seal(other, tip.time);
    const auto block = replay::BlockView::parse(forged.bytes);
    ASSERT_TRUE(block);
    const auto checked = index->check_block(*block);
    ASSERT_FALSE(checked);
    EXPECT_NE(checked.error().find("does not continue the chain"), std::string::npos);
}

TEST(MerkleIndex, StopsAtALastBlockThatIsNotTheWriters) {
    World world(Backend::memory);
    world.append(small_events(5), 1);
    auto index = open_index(world, 1'000);
    follow(world, *index);
    const replay::ChainTip before = world.journal().tip();
    world.append(small_events(1), 1);
    replay::BlockBuilder builder;
    builder.begin(before.seq.next());
    builder.append("another event");
    const replay::SealedBlock forged = builder.seal(before, before.time);
    const auto checked = index->check_block(replay::BlockView::parse(forged.bytes).value());
    ASSERT_FALSE(checked);
    EXPECT_NE(checked.error().find("is not the one that was written"), std::string::npos);
}

TEST(MerkleIndex, BelongsToItsJournal) {
    World world(Backend::memory);
    world.append(small_events(300), 9);
    auto index = open_index(world, 100);
    follow(world, *index);
    World other(Backend::memory, 40, 2);
    other.append(other.random_events(300), 9);
    const auto opened = MerkleIndex::open(world.database(), other.journal(), world.runs);
    ASSERT_FALSE(opened);
    EXPECT_NE(opened.error().find("the Merkle tree"), std::string::npos) << opened.error();
}

/// Replaces the block of an event by one with another event and right checksums, hash links and
/// all, as whoever can write to the disk may do.
void rewrite(World& world, Seq seq) {
    const std::string bytes = must(world.journal().read_block(seq), "block").value();
    const replay::BlockView block = replay::BlockView::parse(bytes).value();
    const replay::BlockHeader& header = block.header();
    replay::BlockBuilder builder;
    builder.begin(header.first_seq);
    for (const std::string_view event : block) {
        std::string changed(event);
        if (builder.next_seq() == seq) changed.back() = static_cast<char>(changed.back() ^ 1);
        builder.append(changed);
    }
    const replay::ChainTip before{header.chain, header.epoch, Seq{header.first_seq.value - 1},
                                  header.prev_hash, header.time};
    const replay::SealedBlock forged = builder.seal(before, header.time);
    std::string key;
    followers::append_be(key, header.first_seq.value, 8);
    const auto put =
        world.database().db().Put({}, world.database().family("journal"), key, forged.bytes);
    ASSERT_TRUE(put.ok());
}

TEST(MerkleIndex, ProvesNothingFromWhatHasChanged) {
    World world(Backend::rocksdb);
    world.append(small_events(2'000), 9);
    auto index = open_index(world, 500);
    follow(world, *index);
    const std::uint64_t size = world.end().value;
    ASSERT_TRUE(index->inclusion(700, size));
    rewrite(world, Seq{720});  // its tile is that of leaves 512 to 767
    EXPECT_FALSE(index->tile({{0, 2}, 256, false}));
    EXPECT_FALSE(index->entries({{0, 2}, 256, true}));
    EXPECT_FALSE(index->inclusion(700, size));
    EXPECT_TRUE(index->inclusion(800, size));
    EXPECT_TRUE(index->tile({{0, 3}, 256, false}));
    rewrite(world, Seq{size});  // in the tile at the edge, whose hashes are known
    EXPECT_FALSE(index->entries({{0, size / 256}, size % 256, true}));
    EXPECT_TRUE(index->root(size));
}

TEST(MerkleIndex, HasOnlyWhatItHas) {
    World world(Backend::memory);
    world.append(small_events(300), 9);
    auto index = open_index(world, 1'000);
    follow(world, *index);
    const std::uint64_t size = world.end().value;
    EXPECT_FALSE(index->root(size + 1));
    EXPECT_FALSE(index->inclusion(0, size + 1));
    EXPECT_FALSE(index->inclusion(size, size));
    EXPECT_FALSE(index->consistency(1, size + 1));
    EXPECT_FALSE(index->consistency(0, size));
    EXPECT_FALSE(index->tile({{0, 0}, 0, false}));
    EXPECT_FALSE(index->tile({{0, 1}, size - 255, false}));
    EXPECT_FALSE(index->tile({{0, 2}, 1, false}));
    EXPECT_FALSE(index->tile({{1, 0}, 2, false}));
    EXPECT_FALSE(index->tile({{9, 0}, 1, false}));
    EXPECT_FALSE(index->entries({{1, 0}, 1, true}));
    EXPECT_FALSE(index->entries({{0, 1}, size - 255, true}));
}

}  // namespace
}  // namespace creditd::tests
