// The catalog of `serve --catalog`: compared with the ledger's and applied before the daemon
// serves. Runs once at start, on the main thread, while nobody else has the ledger.
#pragma once

#include <string>

#include "daemon/app/open_ledger.hpp"

namespace creditd::daemon {

/// Writes what differs as one block of events; nothing where nothing does. On an error nothing was
/// written.
std::expected<void, StartError> apply_catalog_file(OpenedLedger& ledger, const std::string& path,
                                                   const Clock& clock);

}  // namespace creditd::daemon
