// The hunt for planted bugs (core/canary.hpp): does the simulation find each one, by which check,
// and after how many seeds? A green run proves nothing without this.
#pragma once

#include <cstdint>
#include <string_view>

#include "core/canary.hpp"

namespace creditd::sim {

struct PlantedBug {
    Canary canary;
    std::string_view name;
};

/// Looks for each in the seeds from 1 on, at most `seeds_max` of them, and prints a table. Returns
/// whether all were found. Only in a build with CREDITD_CANARIES.
bool hunt_canaries(std::uint64_t seeds_max, unsigned jobs);

}  // namespace creditd::sim
