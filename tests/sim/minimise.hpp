// From a failing seed to a short story: fewer operations and fewer faults, while a check still
// fails. Bounded: a shorter story is worth seconds, not minutes.
#pragma once

#include "tests/sim/runner.hpp"

namespace creditd::sim {

/// The outcome of the shortest run that was found, with its story.
SeedOutcome minimise(const SimulationOptions& failing);

}  // namespace creditd::sim
