#include "replay/fold.hpp"

#include <numeric>

#include "core/assert.hpp"

namespace creditd::replay {

std::string_view describe(FoldVerdict verdict) {
    switch (verdict) {
        case FoldVerdict::accepted: return "it continues the chain";
        case FoldVerdict::other_chain: return "it belongs to another ledger or shard";
        case FoldVerdict::stale_epoch: return "its leader had been deposed";
        case FoldVerdict::unclaimed_epoch: return "the claim of its epoch is missing";
        case FoldVerdict::seq_repeated: return "it repeats events that came before";
        case FoldVerdict::seq_missing: return "events before it are missing";
        case FoldVerdict::prev_hash_differs: return "its prev_hash is not the hash before it";
    }
    CREDITD_ASSERT(!"a fold verdict outside the enum");
}

FoldVerdict judge(const ChainTip& tip, const BlockHeader& header) {
    using enum FoldVerdict;
    if (!tip.is_empty() && header.chain != tip.chain) return other_chain;
    if (header.is_claim && header.epoch <= tip.epoch) return stale_epoch;
    if (!header.is_claim && header.epoch < tip.epoch) return stale_epoch;
    if (!header.is_claim && header.epoch > tip.epoch) return unclaimed_epoch;
    if (header.first_seq < tip.seq.next()) return seq_repeated;
    if (header.first_seq > tip.seq.next()) return seq_missing;
    if (header.prev_hash != tip.hash) return prev_hash_differs;
    return accepted;
}

FoldVerdict Fold::offer(const BlockView& block) {
    const FoldVerdict verdict = judge(tip_, block.header());
    ++counts_[static_cast<std::size_t>(verdict)];
    if (verdict != FoldVerdict::accepted) return verdict;
    const Seq expected = tip_.seq.next();
    tip_ = block.tip(block.hash());
    CREDITD_ASSERT(block.first_seq() == expected && tip_.seq >= expected);
    return verdict;
}

std::uint64_t Fold::count(FoldVerdict verdict) const {
    return counts_[static_cast<std::size_t>(verdict)];
}

std::uint64_t Fold::skipped() const {
    const auto all = std::accumulate(counts_.begin(), counts_.end(), std::uint64_t{0});
    return all - count(FoldVerdict::accepted);
}

}  // namespace creditd::replay
