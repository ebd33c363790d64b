// Reads the stored blocks again and again, a piece at a time, and verifies each of them: checksum,
// events, number, hash of the one before, and at the end of a round that the chain is the one which
// the writer has in memory. Then it begins at the first block again. One thread.
#pragma once

#include <cstdint>
#include <expected>
#include <functional>

#include "replay/journal.hpp"

namespace creditd::replay::audit {

class ChainWalk {
public:
    struct Piece {
        std::uint64_t blocks = 0;
        std::uint64_t bytes = 0;
        Seq last{};           // verified in this round
        bool is_end = false;  // of a round
    };

    /// Verifies the blocks that come next, until `bytes_max` have been read or the round is over.
    /// `written`: where the writer's chain ends. `journal` was opened after that was asked for. An
    /// error says what is wrong, and the walk begins anew.
    std::expected<Piece, JournalError> step(const Journal& journal, const ChainTip& written,
                                            std::uint64_t bytes_max);

private:
    std::expected<Piece, JournalError> verify(const Journal& journal, std::uint64_t bytes_max);

    ChainTip at_{};
    ChainTip goal_{};  // of this round; a later one must still go through it
};

}  // namespace creditd::replay::audit
