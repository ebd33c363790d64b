// The claim with which the tool begins a new epoch, after a loss and in a restored ledger.
// One thread.
#pragma once

#include "replay/journal.hpp"

namespace creditd::replay::tool {

/// Appends it, durable on return, with the time of the wall clock. The journal is open.
std::expected<ChainTip, JournalError> claim_next_epoch(Journal& journal, const ChainId& chain);

}  // namespace creditd::replay::tool
