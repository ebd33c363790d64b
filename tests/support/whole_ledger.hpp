// A ledger with every kind of event that moves credits, and those beside them: the random commands
// of random_commands.hpp, mixed with plans, promotions, referrals, budgets and alerts, while months
// pass. For what must be right for every ledger. The same seed makes the same. One thread.
#pragma once

#include <random>
#include <string>

#include "tests/support/ledger_world.hpp"

namespace creditd::tests {

/// Adds `steps` commands, or passages of time, to a new world.
void fill_whole_ledger(LedgerWorld& world, std::uint64_t seed, std::size_t steps);

}  // namespace creditd::tests
