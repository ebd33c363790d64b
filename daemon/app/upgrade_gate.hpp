// The upgrade gate: a program that is not the one which last served a ledger must replay it to the
// same state before it serves. Keeps the state mark (replay/state_mark.hpp) of this program.
#pragma once

#include <expected>

#include "daemon/app/open_ledger.hpp"

namespace creditd::daemon {

/// At start, before anything is changed. An error with exit code 3: this program would make another
/// ledger of the same events.
std::expected<void, StartError> pass_upgrade_gate(const replay::DataFolder& folder,
                                                  const replay::Journal& journal, unsigned threads);

/// Notes that this program's state at `seq`, the durable end of a block, has this hash. What cannot
/// be written is logged: the mark before it stays in force.
void mark_state(const replay::DataFolder& folder, const replay::Journal& journal, Seq seq,
                const Hash256& state);

}  // namespace creditd::daemon
