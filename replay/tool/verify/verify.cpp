#include <unistd.h>

#include <csignal>
#include <cstdio>

#include "replay/archive/archive_journal.hpp"
#include "replay/chain.hpp"
#include "replay/tool/verify/archive_check.hpp"
#include "replay/tool/verify/report.hpp"

namespace creditd::replay::tool {
namespace {

/// For the handler below: the event that is being applied, and how to speak.
std::atomic<std::uint64_t> applying{0};
std::atomic<bool> speaks_json{false};

// A log that is sound in every byte may still hold an event that does not fit, if it was forged:
// then an assertion of core stops the process, and this says where.
void name_the_event(int) {
    const bool json = speaks_json.load();
    const char* const format = json
                                   ? "{\"ok\":false,\"fault\":\"damaged\",\"first_bad_seq\":%llu,"
                                     "\"detail\":\"the event does not fit the ledger before it\"}\n"
                                   : "creditd-replay: the event does not fit the ledger before it\n"
                                     "creditd-replay: first bad sequence number: %llu\n";
    char text[160];
    const int size =
        std::snprintf(text, sizeof text, format, static_cast<unsigned long long>(applying.load()));
    const ssize_t written =
        ::write(json ? STDOUT_FILENO : STDERR_FILENO, text, static_cast<std::size_t>(size));
    ::_exit(written == size ? static_cast<int>(Exit::damaged) : EXIT_FAILURE);
}

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
    Verification verification((*ledger)->journal(), snapshots, &vouchers, *evidence);
    const auto verified = verification.run(applying);
    if (!verified) return fail(options, verified.error());
    if (verification.contradiction()) return fail(options, *verification.contradiction());
    print_findings(options, *verified, *evidence, false);
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
    Verification verification(journal, no_snapshots, nullptr, *evidence);
    const auto verified = verification.run(applying);
    if (!verified) return fail(options, verified.error());
    const auto compared = compare_manifest(journal, *evidence, *verified, *found);
    if (!compared) return fail(options, compared.error());
    if (verification.contradiction()) return fail(options, *verification.contradiction());
    print_findings(options, *verified, *evidence, true);
    return Exit::fine;
}

}  // namespace

Exit verify(const CommonOptions& options, const VerifyOptions& wanted) {
    speaks_json = options.json;
    std::signal(SIGABRT, name_the_event);
    return archive::is_archive(options.folder) ? verify_archive(options, wanted)
                                               : verify_folder(options, wanted);
}

}  // namespace creditd::replay::tool
