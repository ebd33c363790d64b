// What verify prints of a log in which everything holds, as text or JSON; what does not hold is
// told by ledger_folder.hpp. One thread.
#pragma once

#include "replay/tool/verify/verification.hpp"

namespace creditd::replay::tool {

void print_findings(const CommonOptions& options, const Findings& found,
                    const LogEvidence& evidence, bool is_archive);

}  // namespace creditd::replay::tool
