#include "replay/proof/merkle.hpp"

#include <array>
#include <bit>
#include <cstring>

#include "core/assert.hpp"
#include "replay/sha256.hpp"

namespace creditd::replay::proof {
namespace {

constexpr char leaf_prefix = 0;
constexpr char node_prefix = 1;

/// Leaves [begin, end) of a tree.
struct Range {
    std::uint64_t begin = 0;
    std::uint64_t end = 0;
    std::uint64_t size() const { return end - begin; }
    /// Where RFC 6962 splits it: the largest power of two that is smaller than its size.
    std::uint64_t middle() const { return begin + std::bit_floor(size() - 1); }
    Range left() const { return {begin, middle()}; }
    Range right() const { return {middle(), end}; }
};

using Hash = std::expected<Hash256, ProofError>;
using Done = std::expected<void, ProofError>;

Hash hash_of(const Range& range, const NodeReader& nodes) {
    CREDITD_ASSERT(range.size() > 0);
    if (std::has_single_bit(range.size())) {
        // A range that arises by splitting begins at a multiple of its size, if that is a power.
        const auto height = static_cast<unsigned>(std::countr_zero(range.size()));
        CREDITD_ASSERT(range.begin % range.size() == 0);
        return nodes(height, range.begin >> height);
    }
    const Hash left = hash_of(range.left(), nodes);
    if (!left) return left;
    const Hash right = hash_of(range.right(), nodes);
    if (!right) return right;
    return node_hash(*left, *right);
}

Done add(Proof& proof, const Range& range, const NodeReader& nodes) {
    const Hash hash = hash_of(range, nodes);
    if (!hash) return std::unexpected(hash.error());
    proof.push_back(*hash);
    return {};
}

Done add_path(Proof& proof, std::uint64_t index, const Range& range, const NodeReader& nodes) {
    if (range.size() == 1) return {};
    const bool is_left = index < range.middle();
    if (auto done = add_path(proof, index, is_left ? range.left() : range.right(), nodes); !done) {
        return done;
    }
    return add(proof, is_left ? range.right() : range.left(), nodes);
}

/// SUBPROOF(from - begin, D[begin:end], is_known) of RFC 6962, section 2.1.2.
Done add_subproof(Proof& proof, std::uint64_t from, const Range& range, bool is_known,
                  const NodeReader& nodes) {
    if (from == range.end) return is_known ? Done{} : add(proof, range, nodes);
    const bool is_left = from <= range.middle();
    const Done below = is_left ? add_subproof(proof, from, range.left(), is_known, nodes)
                               : add_subproof(proof, from, range.right(), false, nodes);
    if (!below) return below;
    return add(proof, is_left ? range.right() : range.left(), nodes);
}

/// Takes the hashes of a proof one after the other; running out, or having some left, is a failure.
class Taken {
public:
    explicit Taken(std::span<const Hash256> proof) : rest_(proof) {}
    Hash256 next() {
        if (rest_.empty()) {
            is_short_ = true;
            return {};
        }
        const Hash256 hash = rest_.front();
        rest_ = rest_.subspan(1);
        return hash;
    }
    bool is_exact() const { return rest_.empty() && !is_short_; }

private:
    std::span<const Hash256> rest_;
    bool is_short_ = false;
};

Hash256 root_by_path(const Hash256& leaf, std::uint64_t index, const Range& range, Taken& proof) {
    if (range.size() == 1) return leaf;
    if (index < range.middle()) {
        const Hash256 left = root_by_path(leaf, index, range.left(), proof);
        return node_hash(left, proof.next());
    }
    const Hash256 right = root_by_path(leaf, index, range.right(), proof);
    return node_hash(proof.next(), right);
}

/// The roots that a consistency proof leads to: of the older tree and of the newer one.
struct Roots {
    Hash256 from{};
    Hash256 to{};
};

Roots roots_by_proof(const Hash256& known, std::uint64_t from, const Range& range, bool is_known,
                     Taken& proof) {
    if (from == range.end) {
        const Hash256 hash = is_known ? known : proof.next();
        return {hash, hash};
    }
    if (from <= range.middle()) {
        const Roots left = roots_by_proof(known, from, range.left(), is_known, proof);
        return {left.from, node_hash(left.to, proof.next())};
    }
    const Roots right = roots_by_proof(known, from, range.right(), false, proof);
    const Hash256 left = proof.next();
    return {node_hash(left, right.from), node_hash(left, right.to)};
}

}  // namespace

Hash256 leaf_hash(std::string_view entry) { return sha256_prefixed(leaf_prefix, entry); }

Hash256 node_hash(const Hash256& left, const Hash256& right) {
    std::array<char, 65> bytes;
    bytes[0] = node_prefix;
    std::memcpy(&bytes[1], left.bytes.data(), left.bytes.size());
    std::memcpy(&bytes[33], right.bytes.data(), right.bytes.size());
    return sha256({bytes.data(), bytes.size()});
}

Hash256 empty_root() { return sha256({}); }

Hash256 complete_root(std::span<const Hash256> hashes) {
    CREDITD_ASSERT(std::has_single_bit(hashes.size()));
    if (hashes.size() == 1) return hashes.front();
    std::vector<Hash256> level(hashes.size() / 2);
    for (std::size_t i = 0; i < level.size(); ++i) {
        level[i] = node_hash(hashes[2 * i], hashes[2 * i + 1]);
    }
    for (std::size_t count = level.size() / 2; count > 0; count /= 2) {
        for (std::size_t i = 0; i < count; ++i) {
            level[i] = node_hash(level[2 * i], level[2 * i + 1]);
        }
    }
    return level.front();
}

std::expected<Hash256, ProofError> tree_root(std::uint64_t size, const NodeReader& nodes) {
    if (size == 0) return empty_root();
    return hash_of({0, size}, nodes);
}

std::expected<Proof, ProofError> prove_inclusion(std::uint64_t index, std::uint64_t size,
                                                 const NodeReader& nodes) {
    if (index >= size) return std::unexpected(ProofError("the tree has no such leaf"));
    Proof proof;
    if (auto done = add_path(proof, index, {0, size}, nodes); !done) {
        return std::unexpected(std::move(done.error()));
    }
    return proof;
}

std::expected<Proof, ProofError> prove_consistency(std::uint64_t from, std::uint64_t to,
                                                   const NodeReader& nodes) {
    if (from == 0 || from > to) {
        return std::unexpected(ProofError("the older tree is empty, or not the smaller one"));
    }
    Proof proof;
    if (auto done = add_subproof(proof, from, {0, to}, true, nodes); !done) {
        return std::unexpected(std::move(done.error()));
    }
    return proof;
}

bool verify_inclusion(const Hash256& leaf, std::uint64_t index, std::uint64_t size,
                      std::span<const Hash256> proof, const Hash256& root) {
    if (index >= size) return false;
    Taken taken(proof);
    return root_by_path(leaf, index, {0, size}, taken) == root && taken.is_exact();
}

bool verify_consistency(const TreeHead& from, const TreeHead& to, std::span<const Hash256> proof) {
    if (from.size == 0 || from.size > to.size) return false;
    Taken taken(proof);
    const Roots roots = roots_by_proof(from.root, from.size, {0, to.size}, true, taken);
    return roots.from == from.root && roots.to == to.root && taken.is_exact();
}

}  // namespace creditd::replay::proof
