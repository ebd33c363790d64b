// A Merkle tree that grows at its right edge, kept as tiles of 256 hashes (C2SP tlog-tiles): level
// 0 holds the hashes of leaves, each higher one the roots of full tiles below. Also where tiles
// stand under /tile/. Only the partial tiles of the edge are held here; full ones go to the caller.
// A value: one thread at a time.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "replay/block.hpp"
#include "replay/proof/merkle.hpp"

namespace creditd::replay::proof {

inline constexpr unsigned tile_height = 8;
inline constexpr std::uint64_t tile_width = 1U << tile_height;
/// Enough for every event that there can be.
inline constexpr unsigned tile_levels = 6;
static_assert(block_format::seq_max <= (std::uint64_t{1} << (tile_height * tile_levels)) - 1);

/// Entries of a bundle (below) have a length of 16 bits.
inline constexpr std::size_t entry_bytes_max = 65'535;

/// The place of a tile in a tree.
struct TileId {
    unsigned level = 0;
    std::uint64_t index = 0;
    constexpr auto operator<=>(const TileId&) const = default;
};

/// A tile as it is asked for: the first `width` hashes, 1 to 256, or the entries of those leaves.
struct TileRequest {
    TileId id;
    std::uint64_t width = tile_width;
    bool is_entries = false;
    constexpr bool operator==(const TileRequest&) const = default;
};

/// What follows `/tile/`: `<L>/<N>[.p/<W>]` or `entries/<N>[.p/<W>]`; nothing for all other texts.
std::optional<TileRequest> parse_tile_path(std::string_view path);
std::string tile_path(const TileRequest& request);

/// How many hashes of a tile a tree of `size` leaves has, 0 to 256.
std::uint64_t tile_width_at(const TileId& id, std::uint64_t size);

using TileHashes = std::vector<Hash256>;

class TileTree {
public:
    /// Receives each tile when it has become full.
    using Sink = std::function<void(const TileId&, const TileHashes&)>;

    std::uint64_t size() const { return size_; }
    void append(const Hash256& leaf, const Sink& sink);
    /// The partial tile at the right edge of a level; empty if there is none.
    const TileHashes& edge(unsigned level) const { return levels_[level]; }

    /// The edge as bytes, to go on from; nothing from bytes that are no edge of so many leaves.
    std::string save() const;
    static std::optional<TileTree> restore(std::uint64_t size, std::string_view bytes);

private:
    std::uint64_t size_ = 0;
    std::array<TileHashes, tile_levels + 1> levels_;
};

/// The hashes of a tile, `width` of them at least.
using TileReader = std::function<std::expected<TileHashes, ProofError>(const TileRequest&)>;

/// Nodes out of the tiles of a tree of `size` leaves; reads each tile once.
NodeReader nodes_of_tiles(std::uint64_t size, TileReader tiles);

}  // namespace creditd::replay::proof
