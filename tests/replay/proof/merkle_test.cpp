// The tree of RFC 6962: the vectors that its implementations share, every proof of every small
// tree, and that nothing but the true proof of the true thing is accepted.
#include "replay/proof/merkle.hpp"

#include <gtest/gtest.h>

#include "tests/replay/proof/trees.hpp"

namespace creditd::tests {
namespace {

using namespace proof;

const std::vector<std::string> vector_entries{bytes_of(""),
                                              bytes_of("00"),
                                              bytes_of("10"),
                                              bytes_of("2021"),
                                              bytes_of("3031"),
                                              bytes_of("40414243"),
                                              bytes_of("5051525354555657"),
                                              bytes_of("606162636465666768696a6b6c6d6e6f")};

constexpr std::array<std::string_view, 8> vector_roots{
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"};

KeptTree tree_of(std::size_t size) {
    KeptTree tree;
    for (std::size_t i = 0; i < size; ++i) tree.append("entry-" + std::to_string(i));
    return tree;
}

std::vector<std::string> hex_of_all(const Proof& hashes) {
    std::vector<std::string> texts;
    for (const Hash256& hash : hashes) texts.push_back(hex_of(hash));
    return texts;
}

TEST(Merkle, TheSharedVectors) {
    KeptTree tree;
    EXPECT_EQ(hex_of(tree.head().root),
              "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    for (std::size_t i = 0; i < vector_entries.size(); ++i) {
        tree.append(vector_entries[i]);
        EXPECT_EQ(hex_of(tree.head().root), vector_roots[i]);
    }
    EXPECT_EQ(hex_of_all(tree.inclusion(5, 7)),
              (std::vector<std::string>{
                  "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
                  "b08693ec2e721597130641e8211e7eedccb4c26413963eee6c1e2ed16ffb1a5f",
                  std::string(vector_roots[3])}));
    EXPECT_EQ(hex_of_all(tree.consistency(3, 8)),
              (std::vector<std::string>{
                  "0298d122906dcfc10892cb53a73992fc5b9f493ea4c9badb27b791b4127a7fe7",
                  "07506a85fd9dd2f120eb694f86011e5bb4662e5c415a62917033d4a9624487e7",
                  std::string(vector_roots[1]),
                  "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4"}));
}

TEST(Merkle, RootsAreThoseOfTheDefinition) {
    std::vector<std::string> entries;
    KeptTree tree;
    for (std::size_t size = 0; size < 600; ++size) {
        if (size % 7 == 0 || size > 500) {
            ASSERT_EQ(tree.head().root, slow_root(entries)) << size;
        }
        entries.push_back("entry-" + std::to_string(size));
        tree.append(entries.back());
    }
    for (const std::size_t size : {1U, 255U, 256U, 257U, 511U, 512U, 513U}) {
        EXPECT_EQ(tree.head(size).root, slow_root(std::span(entries).first(size))) << size;
    }
}

TEST(Merkle, EveryLeafOfEverySmallTreeIsProved) {
    const KeptTree tree = tree_of(70);
    for (std::uint64_t size = 1; size <= tree.size(); ++size) {
        const Hash256 root = tree.head(size).root;
        for (std::uint64_t index = 0; index < size; ++index) {
            const Hash256 leaf = leaf_hash("entry-" + std::to_string(index));
            Proof path = tree.inclusion(index, size);
            ASSERT_TRUE(verify_inclusion(leaf, index, size, path, root)) << index << " of " << size;
            for (std::uint64_t other = 0; other < size; ++other) {
                ASSERT_EQ(verify_inclusion(leaf, other, size, path, root), other == index);
            }
            ASSERT_FALSE(verify_inclusion(leaf, size, size, path, root));
            for (Hash256& hash : path) {
                hash.bytes[index % 32] ^= 1;
                ASSERT_FALSE(verify_inclusion(leaf, index, size, path, root));
                hash.bytes[index % 32] ^= 1;
            }
            path.push_back(leaf);
            ASSERT_FALSE(verify_inclusion(leaf, index, size, path, root));
            path.resize(path.size() - 1);
            if (path.empty()) continue;
            path.pop_back();
            ASSERT_FALSE(verify_inclusion(leaf, index, size, path, root));
        }
    }
}

TEST(Merkle, EverySmallTreeContinuesEverySmallerOne) {
    const KeptTree tree = tree_of(70);
    for (std::uint64_t to = 1; to <= tree.size(); ++to) {
        const TreeHead newer = tree.head(to);
        for (std::uint64_t from = 1; from <= to; ++from) {
            const TreeHead older = tree.head(from);
            Proof steps = tree.consistency(from, to);
            ASSERT_TRUE(verify_consistency(older, newer, steps)) << from << " to " << to;
            TreeHead other = older;
            other.root.bytes[to % 32] ^= 1;
            ASSERT_FALSE(verify_consistency(other, newer, steps));
            other = newer;
            other.root.bytes[from % 32] ^= 1;
            ASSERT_FALSE(verify_consistency(older, other, steps));
            for (Hash256& hash : steps) {
                hash.bytes[from % 32] ^= 1;
                ASSERT_FALSE(verify_consistency(older, newer, steps));
                hash.bytes[from % 32] ^= 1;
            }
            steps.push_back(newer.root);
            ASSERT_FALSE(verify_consistency(older, newer, steps));
        }
    }
}

TEST(Merkle, WhatIsNotThereIsNotProved) {
    const KeptTree tree = tree_of(9);
    EXPECT_FALSE(prove_inclusion(9, 9, tree.nodes(9)));
    EXPECT_FALSE(prove_inclusion(0, 0, tree.nodes(0)));
    EXPECT_FALSE(prove_consistency(0, 9, tree.nodes(9)));
    EXPECT_FALSE(prove_consistency(9, 8, tree.nodes(8)));
    EXPECT_FALSE(verify_consistency({}, tree.head(), {}));
    EXPECT_FALSE(verify_consistency(tree.head(9), tree.head(8), {}));
    // A reader's failure comes through.
    const NodeReader broken = [](unsigned, std::uint64_t) -> std::expected<Hash256, ProofError> {
        return std::unexpected(ProofError("the disk is gone"));
    };
    EXPECT_EQ(prove_inclusion(3, 9, broken).error(), "the disk is gone");
    EXPECT_EQ(prove_consistency(3, 9, broken).error(), "the disk is gone");
    EXPECT_EQ(tree_root(9, broken).error(), "the disk is gone");
}

}  // namespace
}  // namespace creditd::tests
