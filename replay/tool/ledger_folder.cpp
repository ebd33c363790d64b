#include "replay/tool/ledger_folder.hpp"

#include <algorithm>
#include <cstdio>

#include "replay/event_stream.hpp"
#include "replay/progress_line.hpp"
#include "replay/tool/json_text.hpp"

namespace creditd::replay::tool {
namespace {

std::string_view name_of(JournalFault fault) {
    switch (fault) {
        case JournalFault::io: return "io";
        case JournalFault::shortage: return "shortage";
        case JournalFault::in_use: return "in_use";
        case JournalFault::damaged: return "damaged";
        case JournalFault::shortened: return "shortened";
        case JournalFault::no_head: return "no_head";
        case JournalFault::foreign: return "foreign";
        case JournalFault::deposed: return "deposed";
    }
    assertion_failed("a journal fault of the enum", __FILE__, __LINE__);
}

Exit report(const CommonOptions& options, Exit exit, std::string_view fault,
            std::string_view detail, std::optional<Seq> seq) {
    if (options.json) {
        std::string out;
        JsonText json(out, 0);
        json.open();
        json.flag("ok", false);
        json.text("fault", fault);
        if (seq) json.number("first_bad_seq", *seq);
        json.text("detail", detail);
        json.close();
        std::printf("%s\n", out.c_str());
    } else {
        std::fprintf(stderr, "creditd-replay: %.*s\n", int(detail.size()), detail.data());
        if (seq) {
            std::fprintf(stderr, "creditd-replay: first bad sequence number: %llu\n",
                         static_cast<unsigned long long>(seq->value));
        }
    }
    return exit;
}

}  // namespace

std::expected<std::unique_ptr<LedgerFolder>, JournalError> LedgerFolder::open(
    const std::filesystem::path& root, OpenMode mode) {
    auto folder = std::make_unique<LedgerFolder>();
    folder->paths_.root = root;
    folder->is_live_ = mode == OpenMode::live;
    DatabaseOptions options;
    options.folder = folder->paths_.database();
    options.mode = mode;
    auto database = Database::open(std::move(options));
    if (!database) return std::unexpected(database.error());
    folder->database_ = std::move(*database);
    folder->journal_ = std::make_unique<RocksDbJournal>(*folder->database_);
    if (const auto tip = folder->journal_->open(); !tip) return std::unexpected(tip.error());
    return folder;
}

std::expected<unsigned, JournalError> LedgerFolder::decimals() {
    unsigned decimals = limits::decimals_max;
    const auto read = read_events(*journal_, {}, [&](const EventBatch& batch) {
        for (const Event& event : batch.events()) {
            const auto* opened = std::get_if<LedgerOpened>(&event.body);
            if (opened != nullptr) decimals = opened->decimals;
        }
        return false;  // the ledger is opened in its first block or two
    });
    if (!read) return std::unexpected(read.error());
    return decimals;
}

std::expected<Recovered, JournalError> recover_shown(const Journal& journal,
                                                     const std::filesystem::path& snapshots,
                                                     RecoveryOptions options) {
    ProgressLine line;
    options.progress = [&line](const RecoveryProgress& progress) { line.show(progress); };
    options.warn = [](const std::string& text) {
        std::fprintf(stderr, "creditd-replay: warning: %s\n", text.c_str());
    };
    return recover(journal, snapshots, options);
}

std::expected<Recovered, JournalError> LedgerFolder::recover_with(RecoveryOptions options) {
    // A live folder moves on: a snapshot may know more by now than what was there at the opening.
    if (is_live_) options.last = std::min(options.last, journal_->tip().seq);
    return recover_shown(*journal_, paths_.snapshots(), std::move(options));
}

bool is_ledger_folder(const std::filesystem::path& root) {
    return is_database(DataFolder{root}.database());
}

Exit fail(const CommonOptions& options, const JournalError& error) {
    const Exit exit = error.fault == JournalFault::in_use ? Exit::usage : Exit::damaged;
    const std::string_view hint =
        error.fault == JournalFault::in_use ? " (stop creditd, or look at it with --live)" : "";
    return report(options, exit, name_of(error.fault), error.detail + std::string(hint), error.seq);
}

Exit fail(const CommonOptions& options, Exit exit, std::string_view detail) {
    const std::string_view fault = exit == Exit::usage          ? "usage"
                                   : exit == Exit::failed_check ? "failed_check"
                                                                : "damaged";
    return report(options, exit, fault, detail, std::nullopt);
}

}  // namespace creditd::replay::tool
