// From core's refusals and the daemon's own "not now" to problem documents: the only place where a
// refusal meets an HTTP status.
#pragma once

#include <string>

#include "core/refusal.hpp"
#include "daemon/basics/problem.hpp"
#include "daemon/engine/operation.hpp"

namespace creditd::daemon {

ProblemCode problem_of(RefusalCode code);
ProblemCode problem_of(Unavailable reason);

/// Members of a refusal's document, e.g. `"required":5,"available":2,"shortfall":3`.
std::string refusal_members(const Refusal& refusal, unsigned decimals);

}  // namespace creditd::daemon
