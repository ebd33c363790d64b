// From a data folder to a ledger that may be served: database, journal, head check, indexes,
// recovery, claim. Runs once at start, on the main thread; every step that fails says what is
// wrong and what may be done about it.
#pragma once

#include <expected>
#include <memory>
#include <string>

#include "core/state.hpp"
#include "daemon/basics/config.hpp"
#include "daemon/engine/clock.hpp"
#include "replay/database.hpp"
#include "replay/files.hpp"
#include "replay/followers/account_index.hpp"
#include "replay/followers/history_index.hpp"
#include "replay/followers/key_index.hpp"
#include "replay/rocksdb_journal.hpp"

namespace creditd::daemon {

/// Everything that was opened. Members are in the order in which they depend on each other.
struct OpenedLedger {
    replay::DataFolder folder;
    std::unique_ptr<replay::Database> database;
    std::unique_ptr<replay::RocksDbJournal> journal;
    std::unique_ptr<replay::followers::KeyIndex> keys;
    std::unique_ptr<replay::followers::HistoryIndex> history;
    std::unique_ptr<replay::followers::AccountIndex> accounts;
    std::unique_ptr<State> state;
    Seq recovered{};  // the last event before this start
};

/// Why the daemon does not start. `exit_code`: 1, or 3 for damaged data.
struct StartError {
    std::string message;
    int exit_code = 1;
};

std::expected<OpenedLedger, StartError> open_ledger_folder(const Config& config,
                                                           const Clock& clock);

}  // namespace creditd::daemon
