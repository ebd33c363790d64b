// What went over the wire in the auditor's words: a client's request as a wish, the daemon's answer
// as an outcome. Reads the texts for itself, so that nothing of the daemon's parsing is trusted.
// Pure functions, for any thread.
#pragma once

#include <optional>

#include "tests/sim/auditor/story.hpp"
#include "tests/sim/json.hpp"
#include "tests/sim/workload.hpp"

namespace creditd::sim {

/// Nothing: the auditor has no say in it (API keys, lists, single transactions, malformed bodies).
/// In an independent batch each operation has the key that it gets.
std::optional<Wish> wish_of(const Request& request);

/// An answer, or one of the results in a batch.
Outcome outcome_of(unsigned status, const Json& body);

}  // namespace creditd::sim
