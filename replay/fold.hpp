// The one pure rule by which readers decide which blocks of a journal count, so that two leaders
// can do no harm: a CLAIM counts only with a higher epoch, any other block only within the epoch
// in force, and both only if seq and prev_hash continue the chain. All else is skipped and counted.
// No I/O, no clock. Owned by whoever reads; one thread.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "core/types.hpp"
#include "replay/block.hpp"

namespace creditd::replay {

enum class FoldVerdict : std::uint8_t {
    accepted,
    other_chain,        // another ledger, or another shard
    stale_epoch,        // of a leader that has been deposed, or a CLAIM that came too late
    unclaimed_epoch,    // of an epoch whose CLAIM has not been seen
    seq_repeated,       // begins at or before the last accepted event
    seq_missing,        // leaves a gap after the last accepted event
    prev_hash_differs,  // follows some other block
};
inline constexpr std::size_t fold_verdicts = 7;

/// Why a block is skipped, in half a sentence ("events before it are missing").
std::string_view describe(FoldVerdict verdict);

/// The rule itself: does a block with this header continue a chain that ends at `tip`?
FoldVerdict judge(const ChainTip& tip, const BlockHeader& header);

class Fold {
public:
    /// Starts after `from`; a tip that is all zero stands for the empty chain.
    explicit Fold(const ChainTip& from = {}) : tip_(from) {}

    /// Accepts the block, which moves the tip past it, or skips it. Hashes only what it accepts.
    FoldVerdict offer(const BlockView& block);

    const ChainTip& tip() const { return tip_; }
    /// Blocks that met this verdict so far.
    std::uint64_t count(FoldVerdict verdict) const;
    std::uint64_t skipped() const;

private:
    ChainTip tip_;
    std::array<std::uint64_t, fold_verdicts> counts_{};
};

}  // namespace creditd::replay
