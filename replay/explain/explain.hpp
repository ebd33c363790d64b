// Why a transaction is what it is, in sentences that a support person can send to a customer: what
// was used, the lines of its price, which grants paid in which order, what came back, what ended,
// what asked for it. Pure: from the events alone. Any thread.
#pragma once

#include <string>

#include "replay/explain/explanation.hpp"

namespace creditd::replay {

/// Lines of English, each ended by a newline.
std::string explanation_text(const Explanation& explanation);

}  // namespace creditd::replay
