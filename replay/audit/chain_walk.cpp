#include "replay/audit/chain_walk.hpp"

#include "core/assert.hpp"
#include "replay/chain.hpp"

namespace creditd::replay::audit {

std::expected<ChainWalk::Piece, JournalError> ChainWalk::step(const Journal& journal,
                                                              const ChainTip& written,
                                                              std::uint64_t bytes_max) {
    CREDITD_ASSERT(bytes_max > 0);
    if (written.is_empty()) return Piece{.is_end = true};
    if (at_.is_empty()) goal_ = written;
    auto piece = verify(journal, bytes_max);
    if (!piece || piece->is_end) at_ = {};
    return piece;
}

std::expected<ChainWalk::Piece, JournalError> ChainWalk::verify(const Journal& journal,
                                                                std::uint64_t bytes_max) {
    bool is_other = false;
    Piece piece;
    const auto report = verify_chain(journal, at_, [&](const BlockView& block, const ChainTip& at) {
        piece.blocks += 1;
        piece.bytes += block.bytes().size();
        piece.is_end = at.seq >= goal_.seq;
        is_other = piece.is_end && at != goal_;
        return !piece.is_end && piece.bytes < bytes_max;
    });
    if (!report) return std::unexpected(report.error());
    if (is_other || (piece.blocks == 0 && at_.seq < goal_.seq)) {
        return std::unexpected(
            JournalError{JournalFault::damaged,
                         "seq " + std::to_string(goal_.seq.value) +
                             ": the stored chain is not the one that was written",
                         goal_.seq});
    }
    at_ = report->tip;
    piece.last = at_.seq;
    return piece;
}

}  // namespace creditd::replay::audit
