// The Merkle tree of a world's journal, made anew from the stored bytes each time: what the index
// is compared with, slow and plain.
#pragma once

#include "tests/replay/followers/world.hpp"
#include "tests/replay/proof/trees.hpp"

namespace creditd::tests {

/// The stored bytes of every event up to `end`.
std::vector<std::string> stored_events(const replay::Journal& journal, Seq end);

KeptTree tree_of(const std::vector<std::string>& entries);

/// What a bundle holds.
std::vector<std::string> entries_in(std::string_view bundle);

/// Compares everything that the index says of the tree with this many leaves.
void expect_tree(const followers::MerkleIndex& index, const KeptTree& tree,
                 const std::vector<std::string>& entries, std::uint64_t size,
                 std::mt19937_64& random);

}  // namespace creditd::tests
