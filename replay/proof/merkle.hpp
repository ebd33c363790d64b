// The Merkle tree of RFC 6962 (section 2.1): its hashes, and proofs that a leaf is in it and that a
// larger tree continues a smaller one, made and verified. Where the hashes come from is the
// caller's (`NodeReader`); trees that grow are in tile_tree.hpp.
// Pure functions; any thread.
#pragma once

#include <cstdint>
#include <expected>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/types.hpp"

namespace creditd::replay::proof {

/// Why a proof cannot be made or does not hold, in half a sentence.
using ProofError = std::string;

using Proof = std::vector<Hash256>;

Hash256 leaf_hash(std::string_view entry);
Hash256 node_hash(const Hash256& left, const Hash256& right);
/// The root of the tree without leaves.
Hash256 empty_root();
/// The root of a complete tree; the count of `hashes` is a power of two.
Hash256 complete_root(std::span<const Hash256> hashes);

/// The root of the complete subtree over the leaves [index * 2^height, (index + 1) * 2^height).
/// Asked only for subtrees that lie wholly within the tree in question.
using NodeReader =
    std::function<std::expected<Hash256, ProofError>(unsigned height, std::uint64_t index)>;

std::expected<Hash256, ProofError> tree_root(std::uint64_t size, const NodeReader& nodes);

/// PATH(index, D[size]): from the leaf's sibling to the root's child.
std::expected<Proof, ProofError> prove_inclusion(std::uint64_t index, std::uint64_t size,
                                                 const NodeReader& nodes);
/// PROOF(from, D[to]), with 1 <= from <= to; empty where they are the same.
std::expected<Proof, ProofError> prove_consistency(std::uint64_t from, std::uint64_t to,
                                                   const NodeReader& nodes);

/// Does the tree of `size` leaves with this root have this leaf at `index`?
bool verify_inclusion(const Hash256& leaf, std::uint64_t index, std::uint64_t size,
                      std::span<const Hash256> proof, const Hash256& root);

/// The head of a tree: how many leaves, and their root.
struct TreeHead {
    std::uint64_t size = 0;
    Hash256 root{};
    constexpr bool operator==(const TreeHead&) const = default;
};

/// Are the first leaves of the tree `to` those of the tree `from`, which is not empty?
bool verify_consistency(const TreeHead& from, const TreeHead& to, std::span<const Hash256> proof);

}  // namespace creditd::replay::proof
