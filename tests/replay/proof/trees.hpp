// Trees for the tests of proofs: the definition of RFC 6962, section 2.1, taken literally and
// slowly, to compare with; and trees that grow, with every tile kept.
#pragma once

#include <bit>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "replay/proof/tile_tree.hpp"
#include "replay/sha256.hpp"

namespace creditd::tests {

namespace proof = replay::proof;

inline std::string bytes_of(std::string_view hex) {
    const auto digit = [](char c) { return c <= '9' ? c - '0' : c - 'a' + 10; };
    std::string bytes;
    for (std::size_t i = 0; i < hex.size(); i += 2) {
        bytes += static_cast<char>(digit(hex[i]) * 16 + digit(hex[i + 1]));
    }
    return bytes;
}

inline std::string hex_of(const Hash256& hash) { return replay::to_hex(hash.bytes); }

inline std::string as_text(const Hash256& hash) {
    return {reinterpret_cast<const char*>(hash.bytes.data()), hash.bytes.size()};
}

/// MTH(D[n]).
inline Hash256 slow_root(std::span<const std::string> entries) {
    using namespace std::string_literals;
    if (entries.empty()) return replay::sha256("");
    if (entries.size() == 1) return replay::sha256("\0"s + entries[0]);
    const std::size_t k = std::bit_floor(entries.size() - 1);
    return replay::sha256("\1"s + as_text(slow_root(entries.first(k))) +
                          as_text(slow_root(entries.subspan(k))));
}

/// A tree that keeps all its tiles.
class KeptTree {
public:
    void append(const Hash256& leaf) {
        tree_.append(leaf, [this](const proof::TileId& id, const proof::TileHashes& hashes) {
            full_[id] = hashes;
        });
    }
    void append(std::string_view entry) { append(proof::leaf_hash(entry)); }
    std::uint64_t size() const { return tree_.size(); }
    const proof::TileTree& edge() const { return tree_; }

    proof::TileHashes tile(const proof::TileRequest& request) const {
        const auto found = full_.find(request.id);
        proof::TileHashes hashes =
            found != full_.end() ? found->second : tree_.edge(request.id.level);
        hashes.resize(request.width);
        return hashes;
    }
    /// Of the tree as it was with so many leaves.
    proof::NodeReader nodes(std::uint64_t size) const {
        return proof::nodes_of_tiles(size, [this](const proof::TileRequest& r) { return tile(r); });
    }
    proof::TreeHead head(std::uint64_t size) const {
        return {size, proof::tree_root(size, nodes(size)).value()};
    }
    proof::TreeHead head() const { return head(size()); }
    proof::Proof inclusion(std::uint64_t index, std::uint64_t size) const {
        return proof::prove_inclusion(index, size, nodes(size)).value();
    }
    proof::Proof consistency(std::uint64_t from, std::uint64_t to) const {
        return proof::prove_consistency(from, to, nodes(to)).value();
    }

private:
    proof::TileTree tree_;
    std::map<proof::TileId, proof::TileHashes> full_;
};

}  // namespace creditd::tests
