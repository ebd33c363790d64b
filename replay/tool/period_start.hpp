// Where to begin reading the journal for a period: the block that has its first event, found
// without reading what comes before it. One thread.
#pragma once

#include "replay/event_stream.hpp"
#include "replay/tool/period.hpp"

namespace creditd::replay::tool {

/// The end of a block, at or before the first event of the period; all zero: the first block.
std::expected<ChainTip, JournalError> start_of(const Journal& journal, const Period& period);

}  // namespace creditd::replay::tool
