#include "replay/tool/backup/backup_target.hpp"

#include "replay/backup/folder_target.hpp"
#include "replay/tool/backup/s3_target.hpp"
#include "replay/tool/verify/abort_report.hpp"

namespace creditd::replay::tool {
namespace {

bool is_bucket(std::string_view name) { return name.starts_with("s3://"); }

std::expected<backup::Manifest, JournalError> manifest_of(const backup::Target& target) {
    auto manifest = backup::read_manifest(target);
    if (!manifest) return std::unexpected(manifest.error());
    if (*manifest) return std::move(**manifest);
    return std::unexpected(JournalError{
        JournalFault::damaged,
        target.where(backup::manifest_name) + " is missing: there is no backup that was finished"});
}

/// What the backup says was signed, as far as it is of events up to `last`.
FoundLog found_in(const backup::Manifest& manifest, Seq last, bool& is_beyond) {
    FoundLog found{std::nullopt, manifest.keys};
    if (manifest.checkpoint.empty()) return found;
    const std::string_view note = manifest.checkpoint;
    const auto head = proof::parse_checkpoint(note.substr(0, note.rfind("\n\n") + 1));
    is_beyond = head && head->head.size > last.value && last < manifest.tip.seq;
    if (!is_beyond) found.note = manifest.checkpoint;
    return found;
}

}  // namespace

std::expected<std::unique_ptr<backup::Target>, std::string> open_target(const std::string& name) {
    if (name.empty()) return std::unexpected("a backup's target is a folder or a bucket");
    if (is_bucket(name)) {
        auto place = read_s3_place(name);
        if (!place) return std::unexpected(std::move(place.error()));
        return std::make_unique<S3Target>(std::move(*place));
    }
    return std::make_unique<backup::FolderTarget>(name);
}

bool is_backup(const std::string& name) {
    if (is_bucket(name)) return true;
    std::error_code error;
    const std::filesystem::path root = name;
    return std::filesystem::exists(root / backup::manifest_name, error) ||
           std::filesystem::exists(root / backup::segments_name, error);
}

std::expected<CheckedBackup, Exit> check_backup(const CommonOptions& options,
                                                const backup::Target& target,
                                                const VerifyOptions& wanted,
                                                const backup::UpTo& up_to) {
    auto manifest = manifest_of(target);
    if (!manifest) return std::unexpected(fail(options, manifest.error()));
    auto journal = std::make_unique<backup::BackupJournal>(target, *manifest, up_to);
    const auto tip = journal->open();
    if (!tip) return std::unexpected(fail(options, tip.error()));
    if (tip->is_empty()) {
        return std::unexpected(fail(options, Exit::usage, "the backup begins after that"));
    }
    bool is_beyond = false;
    const FoundLog found = found_in(*manifest, tip->seq, is_beyond);
    if (is_beyond && !wanted.keys.empty()) {
        return std::unexpected(fail(options, Exit::usage,
                                    "what the log has signed reaches beyond --to: verify the whole "
                                    "backup with --key, then restore without it"));
    }
    auto evidence = LogEvidence::of(found, wanted, {});
    if (!evidence) {
        return std::unexpected(fail(options, evidence.error().exit, evidence.error().detail));
    }
    const std::filesystem::path no_snapshots;
    Verification verification(*journal, no_snapshots, nullptr, *evidence, true);
    const auto verified = verification.run(name_event_on_abort(options.json));
    if (!verified) return std::unexpected(fail(options, verified.error()));
    const bool is_whole = verified->tip.seq == manifest->tip.seq;
    if (verified->tip != *tip || (is_whole && *tip != manifest->tip)) {
        return std::unexpected(
            fail(options, Exit::damaged, "the chain does not end as the manifest says"));
    }
    if (const auto& wrong = verification.contradiction()) {
        return std::unexpected(fail(options, wrong->exit, wrong->detail));
    }
    return CheckedBackup{std::move(*manifest), std::move(journal), *verified, std::move(*evidence),
                         is_beyond};
}

}  // namespace creditd::replay::tool
