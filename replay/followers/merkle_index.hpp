// The Merkle tree over all events, as tiles: what proofs are made of. It vouches for what it has
// read: every block must continue the chain of hashes from the one before. Family `merkle`:
//
//   key    'S'                             the right edge of the tree, and the block it ends with
//   value  u8 format ‖ tip of the chain ‖ hashes of the partial tiles         (see `save_edge`)
//   key    'T' ‖ u8 level ‖ u64 index      a full tile above level 0, big-endian
//   value  256 hashes
//
// Tiles of level 0 (32 bytes an event) are not kept: they are hashed again from the events, and
// must give the hash that stands in the tile above. Written by the follower thread; read by any.
#pragma once

#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "replay/fold.hpp"
#include "replay/followers/sorted_run.hpp"
#include "replay/journal.hpp"
#include "replay/proof/tile_tree.hpp"

namespace creditd::replay {
class Database;
}  // namespace creditd::replay

namespace creditd::replay::followers {

class MerkleIndex final : public RunFollower {
public:
    /// `journal` has been opened, and outlives the index like `database`. Fails where the journal
    /// is not the one that the tree was made from.
    static std::expected<std::unique_ptr<MerkleIndex>, FollowerFailure> open(Database& database,
                                                                             const Journal& journal,
                                                                             RunOptions options);

    /// Verifies that the block continues the chain, and hashes its events.
    std::expected<void, FollowerFailure> check_block(const BlockView& block) override;

    /// Leaves of the tree up to here were read back, and the hash of the block that holds them was
    /// found where the writer has put it: in the block behind, or at the end of the chain.
    std::uint64_t verified_size() const;

    template <class T>
    using Result = std::expected<T, proof::ProofError>;
    /// Of the tree as it was with so many leaves; not more than have been consumed.
    Result<Hash256> root(std::uint64_t size) const;
    Result<proof::Proof> inclusion(std::uint64_t index, std::uint64_t size) const;
    Result<proof::Proof> consistency(std::uint64_t from, std::uint64_t to) const;
    /// `width` hashes, or entries in their bundle.
    Result<proof::TileHashes> tile(const proof::TileRequest& request) const;
    Result<std::string> entries(const proof::TileRequest& request) const;

protected:
    void gather(std::span<const FollowedEvent> events) override;
    std::size_t open_entries() const override { return open_.size(); }
    void close_run(Seq to) override;
    bool write_entries(RunWriter& writer, std::size_t entries) override;
    void drop_closing() override;

private:
    using Tiles = std::map<proof::TileId, proof::TileHashes>;
    /// Leaves as they are in the journal, their entries with them if wanted.
    struct Leaves {
        proof::TileHashes hashes;
        std::string bundle;
    };

    MerkleIndex(Database& database, const Journal& journal, RunOptions options);
    std::expected<void, FollowerFailure> restore_edge(Seq cursor);
    std::string save_edge(Seq to) const;
    proof::NodeReader nodes(std::uint64_t size) const;
    Result<void> check_size(std::uint64_t size) const;
    bool is_at_edge(const proof::TileId& id) const;
    Result<proof::TileHashes> stored_tile(const proof::TileId& id) const;
    /// Reads as many leaves as `edge` has, or a full tile where that is null, and verifies them;
    /// bundles the entries of the first.
    Result<Leaves> read_leaves(std::uint64_t tile_index, const proof::TileHashes* edge,
                               std::uint64_t bundled) const;
    Result<void> vouch(std::uint64_t tile_index, const proof::TileHashes& leaves,
                       const proof::TileHashes* edge) const;

    const Journal& journal_;
    // Follower thread only: the chain so far, where it was a block ago, and the leaves of its last
    // block, the first of which is of `leaves_from_`.
    Fold fold_;
    ChainTip tip_before_;
    Seq leaves_from_{};
    proof::TileHashes leaves_;

    mutable std::mutex mutex_;
    proof::TileTree tree_;
    Tiles open_;
    Tiles closing_;
    std::uint64_t verified_ = 0;
    // Of the closing run; follower thread only.
    std::string closing_edge_;
    bool is_edge_written_ = false;
    proof::TileId next_{};
};

}  // namespace creditd::replay::followers
