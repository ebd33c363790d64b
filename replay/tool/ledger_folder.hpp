// A ledger's data folder as the tool opens it: database, journal, head; and what the process
// returns when something is wrong with it. Never needs the daemon. One thread.
#pragma once

#include <expected>
#include <filesystem>
#include <memory>
#include <string>

#include "replay/database.hpp"
#include "replay/files.hpp"
#include "replay/head_file.hpp"
#include "replay/recovery.hpp"
#include "replay/rocksdb_journal.hpp"

namespace creditd::replay::tool {

/// Exit codes of creditd-replay.
enum class Exit : int { fine = 0, failed_check = 1, usage = 2, damaged = 3 };

/// What every command takes.
struct CommonOptions {
    std::filesystem::path folder;
    bool live = false;
    bool json = false;
};

class LedgerFolder {
public:
    /// Opens the database and the journal's end. A folder in use is refused unless `mode` is live.
    static std::expected<std::unique_ptr<LedgerFolder>, JournalError> open(
        const std::filesystem::path& root, OpenMode mode);
    static std::expected<std::unique_ptr<LedgerFolder>, JournalError> open(
        const CommonOptions& options) {
        return open(options.folder, options.live ? OpenMode::live : OpenMode::read_only);
    }

    const DataFolder& paths() const { return paths_; }
    Database& database() { return *database_; }
    RocksDbJournal& journal() { return *journal_; }
    /// The ledger's decimals, from its first event of that kind.
    std::expected<unsigned, JournalError> decimals();
    /// `recover_shown` on this folder.
    std::expected<Recovered, JournalError> recover_with(RecoveryOptions options);

private:
    DataFolder paths_;
    bool is_live_ = false;
    std::unique_ptr<Database> database_;
    std::unique_ptr<RocksDbJournal> journal_;
};

/// `recover`, with progress and warnings on the terminal.
std::expected<Recovered, JournalError> recover_shown(const Journal& journal,
                                                     const std::filesystem::path& snapshots,
                                                     RecoveryOptions options);

/// Is there a ledger at all? False for a mistyped path.
bool is_ledger_folder(const std::filesystem::path& root);

/// Says what is wrong, on stderr or as JSON on stdout, and what to return.
Exit fail(const CommonOptions& options, const JournalError& error);
Exit fail(const CommonOptions& options, Exit exit, std::string_view detail);

}  // namespace creditd::replay::tool
