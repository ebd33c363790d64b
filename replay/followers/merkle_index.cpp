#include "replay/followers/merkle_index.hpp"

#include <rocksdb/db.h>

#include <algorithm>
#include <cstring>

#include "core/assert.hpp"
#include "replay/chain.hpp"
#include "replay/database.hpp"
#include "replay/followers/encoding.hpp"
#include "replay/proof/entry.hpp"

namespace creditd::replay::followers {
namespace {

using proof::ProofError;
using proof::tile_height;
using proof::tile_width;
using proof::TileHashes;
using proof::TileId;
using proof::TileRequest;

constexpr std::string_view edge_key = "S";
constexpr std::uint8_t edge_format = 1;

std::string key_of(const TileId& id) {
    std::string key = "T";
    append_be(key, id.level, 1);
    append_be(key, id.index, 8);
    return key;
}

void append_hash(std::string& out, const Hash256& hash) {
    out.append(reinterpret_cast<const char*>(hash.bytes.data()), hash.bytes.size());
}

Hash256 hash_from(std::string_view bytes) {
    Hash256 hash;
    if (bytes.size() == hash.bytes.size()) {
        std::memcpy(hash.bytes.data(), bytes.data(), bytes.size());
    }
    return hash;
}

std::string at_leaf(std::uint64_t index, std::string_view what) {
    return "event " + std::to_string(proof::seq_of(index).value) + ": " + std::string(what);
}

/// The edge as it is stored.
struct Edge {
    ChainTip tip;
    std::string_view hashes;
};

std::optional<Edge> read_edge(std::string_view value) {
    Reader reader(value);
    if (reader.byte() != edge_format) return std::nullopt;
    Edge edge;
    const std::string_view ledger = reader.take(edge.tip.chain.ledger.bytes.size());
    std::ranges::copy(ledger, edge.tip.chain.ledger.bytes.begin());
    edge.tip.chain.shard = static_cast<std::uint16_t>(reader.be(2));
    edge.tip.epoch = Epoch{reader.be(8)};
    edge.tip.seq = Seq{reader.be(8)};
    edge.tip.time = Timestamp{static_cast<std::int64_t>(reader.be(8))};
    edge.tip.hash = hash_from(reader.take(sizeof(Hash256)));
    if (reader.is_bad()) return std::nullopt;
    edge.hashes = value.substr(1 + 16 + 2 + 8 + 8 + 8 + sizeof(Hash256));
    return edge;
}

}  // namespace

MerkleIndex::MerkleIndex(Database& database, const Journal& journal, RunOptions options)
    : RunFollower(database.db(), database.family("merkle"), std::move(options)),
      journal_(journal) {}

std::expected<std::unique_ptr<MerkleIndex>, FollowerFailure> MerkleIndex::open(
    Database& database, const Journal& journal, RunOptions options) {
    auto index =
        std::unique_ptr<MerkleIndex>(new MerkleIndex(database, journal, std::move(options)));
    const auto cursor = index->restore();
    if (!cursor) return std::unexpected(cursor.error());
    if (auto restored = index->restore_edge(*cursor); !restored) {
        return std::unexpected(std::move(restored.error()));
    }
    return index;
}

// --- following -----------------------------------------------------------------------------------
std::expected<void, FollowerFailure> MerkleIndex::check_block(const BlockView& block) {
    if (block.last_seq() <= fold_.tip().seq) return {};
    const ChainTip before = fold_.tip();
    const FoldVerdict verdict = fold_.offer(block);
    const ChainTip end = journal_.tip();
    const ChainTip& here = fold_.tip();
    if (verdict != FoldVerdict::accepted) {
        return std::unexpected("the block of event " + std::to_string(block.first_seq().value) +
                               " does not continue the chain: " + std::string(describe(verdict)));
    }
    if (end.seq == here.seq && end.hash != here.hash) {
        return std::unexpected("the block of event " + std::to_string(block.first_seq().value) +
                               " is not the one that was written");
    }
    tip_before_ = before;
    leaves_from_ = block.first_seq();
    leaves_.clear();
    leaves_.reserve(block.header().count);
    for (const std::string_view event : block) leaves_.push_back(proof::entry_hash(event));
    const std::scoped_lock lock(mutex_);
    verified_ = end.seq == here.seq ? here.seq.value : before.seq.value;
    return {};
}

void MerkleIndex::gather(std::span<const FollowedEvent> events) {
    // Only what was checked: its block is the last one that was.
    CREDITD_ASSERT(events.front().seq >= leaves_from_);
    const std::size_t first = events.front().seq.value - leaves_from_.value;
    CREDITD_ASSERT(first + events.size() <= leaves_.size());
    const proof::TileTree::Sink keep = [this](const TileId& id, const TileHashes& hashes) {
        if (id.level > 0) open_[id] = hashes;
    };
    const std::scoped_lock lock(mutex_);
    CREDITD_ASSERT(tree_.size() + 1 == events.front().seq.value);
    for (const Hash256& leaf : std::span(leaves_).subspan(first, events.size())) {
        tree_.append(leaf, keep);
    }
}

void MerkleIndex::close_run(Seq to) {
    closing_edge_ = save_edge(to);
    is_edge_written_ = false;
    const std::scoped_lock lock(mutex_);
    CREDITD_ASSERT(closing_.empty());
    std::swap(closing_, open_);
    next_ = {};
}

bool MerkleIndex::write_entries(RunWriter& writer, std::size_t entries) {
    if (!is_edge_written_) writer.put(edge_key, closing_edge_);
    is_edge_written_ = true;
    std::string value;
    auto at = closing_.lower_bound(next_);
    for (; entries > 0 && at != closing_.end(); --entries, ++at) {
        value.clear();
        for (const Hash256& hash : at->second) append_hash(value, hash);
        writer.put(key_of(at->first), value);
    }
    if (at == closing_.end()) return false;
    next_ = at->first;
    return true;
}

void MerkleIndex::drop_closing() {
    const std::scoped_lock lock(mutex_);
    closing_.clear();
}

/// With the end of the last block that is wholly in the tree: a run may end within a block, which
/// is then verified again.
std::string MerkleIndex::save_edge(Seq to) const {
    const ChainTip& tip = fold_.tip().seq > to ? tip_before_ : fold_.tip();
    CREDITD_ASSERT(tip.seq <= to && tree_.size() == to.value);
    std::string value;
    append_be(value, edge_format, 1);
    for (const std::uint8_t byte : tip.chain.ledger.bytes) append_be(value, byte, 1);
    append_be(value, tip.chain.shard, 2);
    append_be(value, tip.epoch.value, 8);
    append_be(value, tip.seq.value, 8);
    append_be(value, static_cast<std::uint64_t>(tip.time.value), 8);
    append_hash(value, tip.hash);
    return value + tree_.save();
}

std::expected<void, FollowerFailure> MerkleIndex::restore_edge(Seq cursor) {
    if (cursor == Seq{}) return {};
    std::string value;
    const auto status = db().Get({}, family(), rocksdb::Slice("S", 1), &value);
    if (!status.ok()) return std::unexpected("reading the tree's edge: " + status.ToString());
    const auto edge = read_edge(value);
    auto tree = edge ? proof::TileTree::restore(cursor.value, edge->hashes) : std::nullopt;
    if (!tree || edge->tip.seq > cursor) {
        return std::unexpected(FollowerFailure("the tree's edge is malformed"));
    }
    if (const auto reached = check_reaches(journal_, edge->tip, "the Merkle tree"); !reached) {
        return std::unexpected(reached.error().detail);
    }
    fold_ = Fold(edge->tip);
    tree_ = std::move(*tree);
    verified_ = edge->tip.seq.value;
    return {};
}

// --- reading -------------------------------------------------------------------------------------
std::uint64_t MerkleIndex::verified_size() const {
    const std::scoped_lock lock(mutex_);
    return std::min(verified_, tree_.size());
}

proof::NodeReader MerkleIndex::nodes(std::uint64_t size) const {
    return proof::nodes_of_tiles(size,
                                 [this](const TileRequest& request) { return tile(request); });
}

MerkleIndex::Result<void> MerkleIndex::check_size(std::uint64_t size) const {
    const std::scoped_lock lock(mutex_);
    if (size <= tree_.size()) return {};
    return std::unexpected(ProofError("the tree does not have so many leaves"));
}

MerkleIndex::Result<Hash256> MerkleIndex::root(std::uint64_t size) const {
    if (auto there = check_size(size); !there) return std::unexpected(there.error());
    return proof::tree_root(size, nodes(size));
}

MerkleIndex::Result<proof::Proof> MerkleIndex::inclusion(std::uint64_t index,
                                                         std::uint64_t size) const {
    if (auto there = check_size(size); !there) return std::unexpected(there.error());
    return proof::prove_inclusion(index, size, nodes(size));
}

MerkleIndex::Result<proof::Proof> MerkleIndex::consistency(std::uint64_t from,
                                                           std::uint64_t to) const {
    if (auto there = check_size(to); !there) return std::unexpected(there.error());
    return proof::prove_consistency(from, to, nodes(to));
}

/// Is this the partial tile at the right end of its level? Under the lock.
bool MerkleIndex::is_at_edge(const TileId& id) const {
    return id.index == tree_.size() >> (tile_height * (id.level + 1));
}

MerkleIndex::Result<TileHashes> MerkleIndex::tile(const TileRequest& request) const {
    const TileId& id = request.id;
    {
        const std::scoped_lock lock(mutex_);
        if (request.width == 0 || request.width > proof::tile_width_at(id, tree_.size())) {
            return std::unexpected(ProofError("the tree has no such tile"));
        }
        const TileHashes* found = is_at_edge(id) ? &tree_.edge(id.level) : nullptr;
        for (const Tiles* tiles : {&open_, &closing_}) {
            if (const auto at = tiles->find(id); at != tiles->end()) found = &at->second;
        }
        if (found != nullptr) {
            return TileHashes(found->begin(),
                              found->begin() + static_cast<std::ptrdiff_t>(request.width));
        }
    }
    Result<TileHashes> hashes;
    if (id.level > 0) {
        hashes = stored_tile(id);
    } else {
        auto leaves = read_leaves(id.index, nullptr, 0);
        if (!leaves) return std::unexpected(std::move(leaves.error()));
        hashes = std::move(leaves->hashes);
    }
    if (hashes) hashes->resize(request.width);
    return hashes;
}

MerkleIndex::Result<TileHashes> MerkleIndex::stored_tile(const TileId& id) const {
    const std::string key = key_of(id);
    std::string value;
    const auto status = db().Get({}, family(), key, &value);
    if (!status.ok()) return std::unexpected("reading a tile: " + status.ToString());
    if (value.size() != tile_width * sizeof(Hash256)) {
        return std::unexpected(ProofError("a stored tile is malformed"));
    }
    TileHashes hashes;
    hashes.reserve(tile_width);
    for (std::size_t at = 0; at < value.size(); at += sizeof(Hash256)) {
        hashes.push_back(hash_from(std::string_view(value).substr(at, sizeof(Hash256))));
    }
    return hashes;
}

MerkleIndex::Result<std::string> MerkleIndex::entries(const TileRequest& request) const {
    std::optional<TileHashes> edge;
    {
        const std::scoped_lock lock(mutex_);
        if (request.width == 0 || request.id.level != 0 ||
            request.width > proof::tile_width_at(request.id, tree_.size())) {
            return std::unexpected(ProofError("the tree has no such entries"));
        }
        if (is_at_edge(request.id)) {
            edge = tree_.edge(0);
            edge->resize(request.width);
        }
    }
    auto leaves = read_leaves(request.id.index, edge ? &*edge : nullptr, request.width);
    if (!leaves) return std::unexpected(std::move(leaves.error()));
    return std::move(leaves->bundle);
}

MerkleIndex::Result<MerkleIndex::Leaves> MerkleIndex::read_leaves(std::uint64_t tile_index,
                                                                  const TileHashes* edge,
                                                                  std::uint64_t bundled) const {
    Leaves leaves;
    leaves.hashes.reserve(tile_width);
    const std::uint64_t count = edge != nullptr ? edge->size() : tile_width;
    const std::uint64_t begin = tile_index * tile_width;
    Seq next = proof::seq_of(begin);
    const Seq end = proof::seq_of(begin + count);
    ProofError error;
    const auto read = journal_.read(next, [&](const StoredBlock& stored) {
        const auto block = BlockView::parse(stored.bytes);
        if (!block || block->first_seq() > next) {
            error = at_leaf(begin + leaves.hashes.size(), "its block is damaged or missing");
            return false;
        }
        Seq seq = block->first_seq();
        for (auto at = block->begin(); at != block->end() && next < end; ++at, seq = seq.next()) {
            if (seq < next) continue;
            leaves.hashes.push_back(proof::entry_hash(*at));
            if (leaves.hashes.size() <= bundled) proof::append_bundled(leaves.bundle, *at);
            next = next.next();
        }
        return next < end;
    });
    if (!read) return std::unexpected(at_leaf(begin + leaves.hashes.size(), read.error().detail));
    if (!error.empty()) return std::unexpected(error);
    if (next < end) return std::unexpected(at_leaf(begin + leaves.hashes.size(), "is missing"));
    if (auto vouched = vouch(tile_index, leaves.hashes, edge); !vouched) {
        return std::unexpected(std::move(vouched.error()));
    }
    return leaves;
}

/// Are these the leaves that the tree was made from? Of a full tile all are needed to tell.
MerkleIndex::Result<void> MerkleIndex::vouch(std::uint64_t tile_index, const TileHashes& leaves,
                                             const TileHashes* edge) const {
    if (edge != nullptr) {
        if (leaves == *edge) return {};
    } else {
        const std::uint64_t place = tile_index % tile_width;
        const auto above = tile({{1, tile_index / tile_width}, place + 1, false});
        if (!above) return std::unexpected(above.error());
        if (above->back() == proof::complete_root(leaves)) return {};
    }
    return std::unexpected(at_leaf(tile_index * tile_width,
                                   "it, or one of the 255 behind it, is not what it was when the "
                                   "tree was made"));
}

}  // namespace creditd::replay::followers
