// apply: the only way the state changes. It cannot refuse: an event that does not fit the state is
// a bug (or a forged log) and stops the process. Same events, same state, bit for bit.
#pragma once

#include "core/state.hpp"

namespace creditd {

/// Applies the next event. Asserts its place in the log, its balances and every amount.
void apply(State& state, const Event& event);

/// For a start from a snapshot: puts an event that the snapshot already holds into the window of
/// recent keys, payments, refunds and revocations, without touching accounts.
void apply_to_window(State& state, const Event& event);

}  // namespace creditd
