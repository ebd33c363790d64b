// Runs seeds, each in a process of its own: a failed assertion of creditd then ends one seed and
// not the search, and no seed can leave anything behind for the next.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "tests/sim/simulation.hpp"

namespace creditd::sim {

struct SeedOutcome {
    std::uint64_t seed = 0;
    std::string check;  // that failed; empty: all is well
    std::string what;
    SimulationReport report;
    std::vector<std::string> story;  // if it was asked for

    bool is_good() const { return check.empty(); }
};

/// The options of a whole seed.
SimulationOptions options_of(std::uint64_t seed);

/// Runs one; the folder is made and removed here. `tells`: with its story.
SeedOutcome run(const SimulationOptions& options, bool tells = false);

/// Runs first … last in `jobs` processes, telling of each as it ends, until told to stop.
void run_range(std::uint64_t first, std::uint64_t last, unsigned jobs,
               const std::function<bool(const SeedOutcome&)>& ended, Canary canary = Canary::none);

}  // namespace creditd::sim
