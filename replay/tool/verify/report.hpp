// What verify prints of a log in which everything holds, as text or JSON; what does not hold is
// told by ledger_folder.hpp. One thread.
#pragma once

#include "replay/tool/verify/verification.hpp"

namespace creditd::replay::tool {

/// Where the log was found.
enum class LogPlace : std::uint8_t { folder, archive, backup };

void print_findings(const CommonOptions& options, const Findings& found,
                    const LogEvidence& evidence, LogPlace place);

}  // namespace creditd::replay::tool
