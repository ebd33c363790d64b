// The state of a ledger at a moment or a sequence number, as reports ask for it. At a moment, what
// was due by then has happened, whether or not a job had come by to write it down. One thread.
#pragma once

#include "replay/tool/ledger_folder.hpp"
#include "replay/tool/period.hpp"

namespace creditd::replay::tool {

/// After every event before `position` (exclusive), or after all of them; only what is recorded.
std::expected<Recovered, JournalError> recorded_before(LedgerFolder& ledger,
                                                       const std::optional<Position>& position);

/// The last moment before `position`, where that is a moment.
std::optional<Timestamp> moment_before(const std::optional<Position>& position);

}  // namespace creditd::replay::tool
