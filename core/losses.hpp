// Which credits of which grants were lost: to time, or to a revocation. What is neither left nor
// lost of a grant has been spent.
#pragma once

#include <vector>

#include "core/event.hpp"

namespace creditd {

/// In this event. What comes back into a revoked grant counts: it is revoked at once.
std::vector<GrantPart> lost_in(const EventBody& body);

}  // namespace creditd
