#include "replay/archive/archive_journal.hpp"
#include "replay/chain.hpp"
#include "replay/tool/backup/backup_target.hpp"
#include "replay/tool/verify/abort_report.hpp"
#include "replay/tool/verify/archive_check.hpp"
#include "replay/tool/verify/report.hpp"

namespace creditd::replay::tool {
namespace {

Exit fail(const CommonOptions& options, const Contradiction& contradiction) {
    return fail(options, contradiction.exit, contradiction.detail);
}

/// The database does not open. How far is what can still be read sound?
JournalError name_first_bad(const CommonOptions& options, JournalError error) {
    if (error.seq || error.fault == JournalFault::in_use || options.live) return error;
    auto salvaged = LedgerFolder::open(options.folder, OpenMode::salvage);
    if (!salvaged) {
        if (salvaged.error().seq) error.seq = salvaged.error().seq;
        return error;
    }
    const auto read = verify_chain((*salvaged)->journal(), {}, [](auto&, auto&) { return true; });
    error.seq = read ? read->tip.seq.next() : read.error().seq;
    return error;
}

Exit verify_folder(const CommonOptions& options, const VerifyOptions& wanted) {
    const auto found = find_log(options.folder, false);
    if (!found) return fail(options, found.error());
    auto evidence = LogEvidence::of(*found, wanted, {});
    if (!evidence) return fail(options, evidence.error());
    const Vouchers vouchers = Vouchers::of(options.folder);
    auto ledger = LedgerFolder::open(options);
    if (!ledger) return fail(options, name_first_bad(options, ledger.error()));
    const auto snapshots = (*ledger)->paths().snapshots();
    Verification verification((*ledger)->journal(), snapshots, &vouchers, *evidence, true);
    const auto verified = verification.run(name_event_on_abort(options.json));
    if (!verified) return fail(options, verified.error());
    if (verification.contradiction()) return fail(options, *verification.contradiction());
    print_findings(options, *verified, *evidence, LogPlace::folder);
    return Exit::fine;
}

/// What of an archive is compared with its manifest, after its log was verified.
std::expected<void, Contradiction> compare_manifest(const archive::ArchiveJournal& journal,
                                                    const LogEvidence& evidence,
                                                    const Findings& verified,
                                                    const FoundLog& found) {
    const archive::Manifest& manifest = journal.manifest();
    const auto damaged = [](std::string detail) {
        return std::unexpected(Contradiction{Exit::damaged, std::move(detail)});
    };
    if (verified.tip != manifest.tip) return damaged("the chain does not end as the manifest says");
    auto files = check_archive_files(journal.layout(), manifest, found);
    if (!files) return files;
    const std::uint64_t size = evidence.checkpoint() ? evidence.checkpoint()->head.size : 0;
    if (size == manifest.signed_size) return {};
    return damaged("the checkpoint is not of the size that the manifest says");
}

Exit verify_archive(const CommonOptions& options, const VerifyOptions& wanted) {
    auto opened = archive::ArchiveJournal::of(options.folder);
    if (!opened) return fail(options, opened.error());
    archive::ArchiveJournal& journal = **opened;
    if (const auto tip = journal.open(); !tip) {
        return fail(options, journal.first_damage(tip.error()));
    }
    const auto found = find_log(options.folder, true);
    if (!found) return fail(options, found.error());
    auto evidence = LogEvidence::of(*found, wanted, journal.layout().tiles());
    if (!evidence) return fail(options, evidence.error());
    const std::filesystem::path no_snapshots;
    Verification verification(journal, no_snapshots, nullptr, *evidence, false);
    const auto verified = verification.run(name_event_on_abort(options.json));
    if (!verified) return fail(options, verified.error());
    const auto compared = compare_manifest(journal, *evidence, *verified, *found);
    if (!compared) return fail(options, compared.error());
    if (verification.contradiction()) return fail(options, *verification.contradiction());
    print_findings(options, *verified, *evidence, LogPlace::archive);
    return Exit::fine;
}

Exit verify_backup(const CommonOptions& options, const VerifyOptions& wanted) {
    const auto target = open_target(options.folder.string());
    if (!target) return fail(options, Exit::usage, target.error());
    const auto checked = check_backup(options, **target, wanted, {});
    if (!checked) return checked.error();
    print_findings(options, checked->findings, checked->evidence, LogPlace::backup);
    return Exit::fine;
}

}  // namespace

Exit verify(const CommonOptions& options, const VerifyOptions& wanted) {
    if (is_backup(options.folder.string())) return verify_backup(options, wanted);
    return archive::is_archive(options.folder) ? verify_archive(options, wanted)
                                               : verify_folder(options, wanted);
}

}  // namespace creditd::replay::tool
