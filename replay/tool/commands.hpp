// The commands of creditd-replay, one file each. They print to stdout, say what is wrong on stderr
// and return the exit code. Read-only, except snapshot, rebuild, accept-loss and restore.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "replay/tool/ledger_folder.hpp"
#include "replay/tool/period.hpp"

namespace creditd::replay::tool {

/// Everything that can be verified without the daemon, from the first event on, of a data folder or
/// an archive.
struct VerifyOptions {
    std::vector<std::string> keys;                  // vkeys from outside; none: the log's own
    std::vector<std::filesystem::path> receipts;    // each must be of an event of this log
    std::filesystem::path since;                    // a checkpoint that was verified before
    std::vector<std::string> witnesses;             // vkeys; some must have cosigned a checkpoint
    std::optional<std::size_t> witnesses_required;  // so many of them; nothing: all
};
Exit verify(const CommonOptions& options, const VerifyOptions& wanted);

struct BalanceOptions {
    std::string account;
    std::optional<Position> at;
};
Exit balance(const CommonOptions& options, const BalanceOptions& wanted);

enum class ExportFormat : std::uint8_t { jsonl, csv, hledger, beancount, sqlite, archive };
struct ExportOptions {
    ExportFormat format = ExportFormat::jsonl;
    Period period;
    std::string account;           // empty: all, and what touches no account
    std::filesystem::path output;  // empty: stdout
};
Exit export_events(const CommonOptions& options, const ExportOptions& wanted);
/// The formats that are double-entry books; `export_events` calls it.
Exit export_books(const CommonOptions& options, const ExportOptions& wanted);
/// A folder that can be verified without a database; likewise.
Exit export_archive(const CommonOptions& options, const ExportOptions& wanted);

/// Says why a transaction is what it is, in the words of the daemon. `id`: `txn_42`, or the grant
/// or hold that it made.
Exit explain(const CommonOptions& options, const std::string& id);

Exit state_hash(const CommonOptions& options, std::optional<Seq> at);

/// Writes a snapshot of the whole log.
Exit write_snapshot(const CommonOptions& options);

/// Deletes everything that is derived from the journal.
Exit rebuild(const CommonOptions& options, bool is_confirmed);

/// Goes on without the events after `to`: the recorded way on after a loss.
Exit accept_loss(const CommonOptions& options, Seq to, bool is_confirmed);

/// Adds to the backup in `target` what it has not, or begins one. A folder in use is read as far as
/// it is certain to be durable.
Exit back_up(const CommonOptions& options, const std::string& target);

struct RestoreOptions {
    std::filesystem::path folder;  // must be new, or empty
    std::optional<Position> to;    // the last event that may be in it
    std::vector<std::string> keys;
};
/// Makes a data folder of the backup that `options.folder` names, after verifying all of it.
Exit restore(const CommonOptions& options, const RestoreOptions& wanted);

/// Asks on the terminal for `word`; false where it is not typed, or nobody is there.
bool confirm(const std::string& what, const std::string& word);

}  // namespace creditd::replay::tool
