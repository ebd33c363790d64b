// The commands of creditd-replay, one file each. They print to stdout, say what is wrong on stderr
// and return the exit code. Read-only, except snapshot, rebuild and accept-loss.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "replay/tool/ledger_folder.hpp"
#include "replay/tool/text.hpp"

namespace creditd::replay::tool {

/// Everything that can be verified without the daemon, from the first event on.
Exit verify(const CommonOptions& options);

struct BalanceOptions {
    std::string account;
    std::optional<Position> at;
};
Exit balance(const CommonOptions& options, const BalanceOptions& wanted);

enum class ExportFormat : std::uint8_t { jsonl, csv };
struct ExportOptions {
    ExportFormat format = ExportFormat::jsonl;
    std::optional<Position> from;  // inclusive
    std::optional<Position> to;    // exclusive
    std::string account;           // empty: all, and what touches no account
    std::filesystem::path output;  // empty: stdout
};
Exit export_events(const CommonOptions& options, const ExportOptions& wanted);

Exit state_hash(const CommonOptions& options, std::optional<Seq> at);

/// Writes a snapshot of the whole log.
Exit write_snapshot(const CommonOptions& options);

/// Deletes everything that is derived from the journal.
Exit rebuild(const CommonOptions& options, bool is_confirmed);

/// Goes on without the events after `to`: the recorded way on after a loss.
Exit accept_loss(const CommonOptions& options, Seq to, bool is_confirmed);

/// Asks on the terminal for `word`; false where it is not typed, or nobody is there.
bool confirm(const std::string& what, const std::string& word);

}  // namespace creditd::replay::tool
