#include <cstdio>
#include <system_error>

#include "replay/event_stream.hpp"
#include "replay/log_signer.hpp"
#include "replay/sha256.hpp"
#include "replay/snapshot_store.hpp"
#include "replay/tool/claim.hpp"
#include "replay/tool/commands.hpp"
#include "replay/tool/json_text.hpp"

namespace creditd::replay::tool {
namespace {

/// The sound part of a journal, in a database of its own, with a claim after it. The damaged
/// database is only read.
class Salvage {
public:
    explicit Salvage(const std::filesystem::path& root) : paths_{root} {}

    std::expected<void, JournalError> open(Seq to);
    /// Position that the old journal, or the head, knows of.
    Seq known() const { return known_; }
    std::expected<ChainTip, JournalError> copy_and_claim();
    /// Puts the new database in the old one's place, and the head behind it.
    std::expected<void, JournalError> put_in_place(const ChainTip& tip);
    const std::filesystem::path& kept() const { return kept_; }
    /// The log had signed what is lost: it begins anew, under another key.
    bool is_log_retired() const { return is_log_retired_; }

private:
    std::filesystem::path fresh() const { return paths_.root / "db.accepted"; }

    DataFolder paths_;
    std::unique_ptr<Database> old_database_;
    std::unique_ptr<RocksDbJournal> old_journal_;
    std::filesystem::path kept_;
    Seq known_{};
    bool is_log_retired_ = false;
};

std::expected<void, JournalError> Salvage::open(Seq to) {
    DatabaseOptions options;
    options.folder = paths_.database();
    options.mode = OpenMode::salvage;
    auto database = Database::open(std::move(options));
    if (!database) return std::unexpected(database.error());
    old_database_ = std::move(*database);
    if (RocksDbJournal journal(*old_database_); const auto tip = journal.open()) {
        known_ = tip->seq;
    }
    if (const auto head = read_head(paths_.head()); head && *head) {
        known_ = std::max(known_, (*head)->tip.seq);
    }
    old_journal_ = std::make_unique<RocksDbJournal>(*old_database_);
    if (const auto opened = old_journal_->open_up_to(to); !opened) {
        return std::unexpected(opened.error());
    }
    return {};
}

std::expected<ChainTip, JournalError> Salvage::copy_and_claim() {
    std::error_code error;
    std::filesystem::remove_all(fresh(), error);  // of an attempt that was interrupted
    DatabaseOptions options;
    options.folder = fresh();
    auto database = Database::open(std::move(options));
    if (!database) return std::unexpected(database.error());
    RocksDbJournal journal(**database);
    if (const auto opened = journal.open(); !opened) return opened;
    const auto copied = journal.copy_from(*old_journal_);
    if (!copied) return copied;
    const auto claimed = claim_next_epoch(journal, copied->chain);
    if (!claimed) return claimed;
    if (const auto flushed = (*database)->flush(); !flushed) {
        return std::unexpected(flushed.error());
    }
    return claimed;
}

std::expected<void, JournalError> Salvage::put_in_place(const ChainTip& tip) {
    old_journal_.reset();
    old_database_.reset();
    // Every snapshot goes: one from before the loss would be sound, but none may know more.
    remove_snapshots_after(paths_.snapshots(), Seq{tip.seq.value - 1});
    kept_ = paths_.root / ("db.lost-after-" + std::to_string(tip.seq.value - 1));
    for (int i = 2; std::filesystem::exists(kept_); ++i) {
        kept_ = paths_.root /
                ("db.lost-after-" + std::to_string(tip.seq.value - 1) + "-" + std::to_string(i));
    }
    const auto retired = retire_signed_log(paths_.root, Seq{tip.seq.value - 1},
                                           ".lost-after-" + std::to_string(tip.seq.value - 1));
    if (!retired) {
        return std::unexpected(JournalError{JournalFault::io, retired.error().detail});
    }
    is_log_retired_ = *retired;
    std::error_code error;
    std::filesystem::rename(paths_.database(), kept_, error);
    if (!error) std::filesystem::rename(fresh(), paths_.database(), error);
    if (error) return std::unexpected(JournalError{JournalFault::io, error.message()});
    if (const auto synced = sync_folder(paths_.root); !synced) {
        return std::unexpected(JournalError{JournalFault::io, synced.error().detail});
    }
    return write_head(paths_.head(), Head{tip, true});
}

void print(const CommonOptions& options, const ChainTip& tip, Seq to, Seq known,
           const Salvage& salvage) {
    if (options.json) {
        std::string out;
        JsonText json(out, 0);
        json.open();
        json.flag("ok", true);
        json.number("kept_to", to);
        json.number("known_to", known);
        json.number("claim_seq", tip.seq);
        json.number("epoch", tip.epoch.value);
        json.text("chain_hash", to_hex(tip.hash.bytes));
        json.text("old_database", salvage.kept().string());
        json.flag("new_log_key", salvage.is_log_retired());
        json.close();
        std::printf("%s\n", out.c_str());
        return;
    }
    std::printf("the ledger goes on after seq %s in epoch %llu; the claim is seq %s\n",
                grouped(to.value).c_str(), static_cast<unsigned long long>(tip.epoch.value),
                grouped(tip.seq.value).c_str());
    std::printf("the old database is kept in %s\n", salvage.kept().c_str());
    if (salvage.is_log_retired()) {
        std::printf("the log had signed some of what is lost: it begins anew, under another key\n");
    }
}

}  // namespace

Exit accept_loss(const CommonOptions& options, Seq to, bool is_confirmed) {
    Salvage salvage(options.folder);
    if (const auto opened = salvage.open(to); !opened) return fail(options, opened.error());
    const Seq known = std::max(salvage.known(), to);
    const std::string what =
        "This gives up events " + std::to_string(to.value + 1) + " to " +
        std::to_string(known.value) +
        " for good, though they were acknowledged. The old database is kept aside.";
    if (!is_confirmed && !confirm(what, std::to_string(to.value))) {
        return fail(options, Exit::usage, "not confirmed: nothing was done (see --yes)");
    }
    const auto claimed = salvage.copy_and_claim();
    if (!claimed) return fail(options, claimed.error());
    if (const auto placed = salvage.put_in_place(*claimed); !placed) {
        return fail(options, placed.error());
    }
    print(options, *claimed, to, known, salvage);
    return Exit::fine;
}

}  // namespace creditd::replay::tool
