// Tiles: where they stand, how wide they are, that trees of several levels give the same proofs,
// and that an edge that was saved goes on as if nothing had been.
#include "replay/proof/tile_tree.hpp"

#include <gtest/gtest.h>

#include <random>

#include "tests/replay/proof/trees.hpp"

namespace creditd::tests {
namespace {

using namespace proof;

TEST(TilePath, IsReadAndWritten) {
    const std::vector<std::pair<std::string, TileRequest>> paths{
        {"0/000", {{0, 0}, 256, false}},
        {"0/001.p/1", {{0, 1}, 1, false}},
        {"5/255", {{5, 255}, 256, false}},
        {"63/999.p/255", {{63, 999}, 255, false}},
        {"1/x001/000", {{1, 1'000}, 256, false}},
        {"0/x001/x234/067", {{0, 1'234'067}, 256, false}},
        {"0/x001/x234/067.p/9", {{0, 1'234'067}, 9, false}},
        {"entries/000", {{0, 0}, 256, true}},
        {"entries/x123/456.p/7", {{0, 123'456}, 7, true}}};
    for (const auto& [path, request] : paths) {
        EXPECT_EQ(parse_tile_path(path), request) << path;
        EXPECT_EQ(tile_path(request), path);
    }
}

TEST(TilePath, HasOneSpelling) {
    for (const char* path : {"",
                             "0",
                             "0/",
                             "/000",
                             "0/0",
                             "0/00",
                             "0/0000",
                             "0/x000/000",
                             "0/x000",
                             "0/000/000",
                             "0/001/",
                             "00/000",
                             "64/000",
                             "-1/000",
                             "+1/000",
                             "a/000",
                             "0/ 00",
                             "0/000.p/0",
                             "0/000.p/256",
                             "0/000.p/01",
                             "0/000.p/",
                             "0/000.p",
                             "0/000.p/1.p/1",
                             "0/000.p/1/",
                             "entries",
                             "entries/",
                             "entries/0/000",
                             "Entries/000",
                             "0/x01/000",
                             "0/X001/000",
                             "0/x001/x000",
                             "0/x001/x001/x001/x001/x001/001",
                             "0/-01",
                             "0/x-01/001"}) {
        EXPECT_FALSE(parse_tile_path(path)) << path;
    }
}

TEST(TileTree, WidthsAreThoseOfTheSpecification) {
    // The example of C2SP tlog-tiles: 70 000 leaves.
    EXPECT_EQ(tile_width_at({0, 0}, 70'000), 256U);
    EXPECT_EQ(tile_width_at({0, 272}, 70'000), 256U);
    EXPECT_EQ(tile_width_at({0, 273}, 70'000), 112U);
    EXPECT_EQ(tile_width_at({0, 274}, 70'000), 0U);
    EXPECT_EQ(tile_width_at({1, 0}, 70'000), 256U);
    EXPECT_EQ(tile_width_at({1, 1}, 70'000), 17U);
    EXPECT_EQ(tile_width_at({2, 0}, 70'000), 1U);
    EXPECT_EQ(tile_width_at({2, 1}, 70'000), 0U);
    EXPECT_EQ(tile_width_at({3, 0}, 70'000), 0U);
    EXPECT_EQ(tile_width_at({1, 0}, 256), 1U);
    EXPECT_EQ(tile_width_at({0, 1}, 256), 0U);
    EXPECT_EQ(tile_width_at({63, 0}, UINT64_MAX >> 16), 0U);
}

TEST(TileTree, ProvesAcrossLevels) {
    constexpr std::uint64_t size = 70'000;
    KeptTree tree;
    std::vector<Hash256> leaves;
    for (std::uint64_t i = 0; i < size; ++i) {
        leaves.push_back(leaf_hash("entry-" + std::to_string(i)));
        tree.append(leaves.back());
    }
    std::mt19937_64 random(1);
    for (int round = 0; round < 200; ++round) {
        const std::uint64_t to = 1 + random() % size;
        const std::uint64_t from = 1 + random() % to;
        const std::uint64_t index = random() % to;
        const TreeHead head = tree.head(to);
        ASSERT_TRUE(
            verify_inclusion(leaves[index], index, to, tree.inclusion(index, to), head.root));
        ASSERT_FALSE(verify_inclusion(leaves[(index + 1) % size], index, to,
                                      tree.inclusion(index, to), head.root));
        ASSERT_TRUE(verify_consistency(tree.head(from), head, tree.consistency(from, to)));
    }
}

TEST(TileTree, GoesOnFromASavedEdge) {
    KeptTree whole;
    TileTree edge;
    const TileTree::Sink nowhere = [](const TileId&, const TileHashes&) {};
    for (std::uint64_t i = 0; i < 66'000; ++i) {
        const Hash256 leaf = leaf_hash(std::to_string(i));
        whole.append(leaf);
        edge.append(leaf, nowhere);
        const bool is_turn = i < 600 || i % 997 == 0 || i % 256 > 253;
        if (!is_turn) continue;
        auto restored = TileTree::restore(edge.size(), edge.save());
        ASSERT_TRUE(restored) << i;
        edge = std::move(*restored);
        for (unsigned level = 0; level < tile_levels; ++level) {
            ASSERT_EQ(edge.edge(level), whole.edge().edge(level)) << i << ", level " << level;
        }
    }
}

TEST(TileTree, RestoresNothingElse) {
    TileTree tree;
    for (int i = 0; i < 300; ++i) {
        tree.append(leaf_hash(std::to_string(i)), [](const TileId&, const TileHashes&) {});
    }
    const std::string bytes = tree.save();
    EXPECT_TRUE(TileTree::restore(300, bytes));
    EXPECT_FALSE(TileTree::restore(301, bytes));
    EXPECT_FALSE(TileTree::restore(299, bytes));
    EXPECT_FALSE(TileTree::restore(300, bytes.substr(1)));
    EXPECT_FALSE(TileTree::restore(300, bytes + "x"));
    EXPECT_FALSE(TileTree::restore(300, {}));
    EXPECT_TRUE(TileTree::restore(0, {}));
}

}  // namespace
}  // namespace creditd::tests
