// Which target the words of the command line name, and a look at the backup that is there: every
// file, every event and what the log has signed. One thread.
#pragma once

#include <memory>

#include "replay/backup/backup_journal.hpp"
#include "replay/tool/verify/verification.hpp"

namespace creditd::replay::tool {

/// A folder, or `s3://BUCKET/PREFIX`. Errors are sentences, of wrong use.
std::expected<std::unique_ptr<backup::Target>, std::string> open_target(const std::string& name);

/// Does the name look like a backup, whole or not?
bool is_backup(const std::string& name);

/// A backup, or its beginning up to some point, in which everything holds.
struct CheckedBackup {
    backup::Manifest manifest;
    std::unique_ptr<backup::BackupJournal> journal;
    Findings findings;
    LogEvidence evidence;
    /// What the log has signed reaches beyond the point, and could not be compared.
    bool is_signature_beyond = false;
};

/// Reads everything up to there. What does not hold has been told when it returns without it.
/// `target` outlives the result.
std::expected<CheckedBackup, Exit> check_backup(const CommonOptions& options,
                                                const backup::Target& target,
                                                const VerifyOptions& wanted,
                                                const backup::UpTo& up_to);

}  // namespace creditd::replay::tool
