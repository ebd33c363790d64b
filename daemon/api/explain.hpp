// The answer to "why is this transaction what it is": the text of replay/explain with the fields
// that programs ask for. Pure: from what has been gathered.
#pragma once

#include <string>

#include "replay/explain/explanation.hpp"

namespace creditd::daemon {

void render_explanation(std::string& out, const replay::Explanation& explanation);

}  // namespace creditd::daemon
