// Streaming verification of a stored chain: every checksum, every hash, every number, in order.
// The daemon's start, the auditor's tool and backups read the journal through this and through
// nothing else. Reads only; any thread, also beside the writer.
#pragma once

#include <cstdint>
#include <expected>
#include <functional>

#include "core/types.hpp"
#include "replay/journal.hpp"

namespace creditd::replay {

/// Gets each verified block in order, and the tip of the chain with it. Returns whether to go on.
using VerifiedBlockVisitor = std::function<bool(const BlockView&, const ChainTip&)>;

struct ChainReport {
    ChainTip tip{};  // where verification stopped: the journal's tip, unless the visitor had enough
    std::uint64_t blocks = 0;
    std::uint64_t events = 0;
    std::uint64_t bytes = 0;
};

/// Verifies all that follows `from` (all zero: from the first event), up to the tip at the time of
/// the call. `from` must be on the chain, at the end of a block. The stores of today accept only
/// what continues the chain, so a block that the fold would skip is damage. An error names the
/// first event that is bad or missing; the blocks before it have been visited.
std::expected<ChainReport, JournalError> verify_chain(const Journal& journal, const ChainTip& from,
                                                      const VerifiedBlockVisitor& visitor);

/// Does the journal reach `mark`, and is the chain there the same? `mark_name` is what says so
/// ("the head file"), for the error.
std::expected<void, JournalError> check_reaches(const Journal& journal, const ChainTip& mark,
                                                std::string_view mark_name);

}  // namespace creditd::replay
