#include <csignal>
#include <cstdio>

#include "replay/sha256.hpp"
#include "replay/tool/backup/backup_target.hpp"
#include "replay/tool/claim.hpp"
#include "replay/tool/commands.hpp"
#include "replay/tool/json_text.hpp"

namespace creditd::replay::tool {
namespace {

namespace fs = std::filesystem;
using Restored = std::expected<ChainTip, JournalError>;

/// Why nothing may be restored there, or nothing.
std::optional<std::string> refusal_of(const fs::path& folder) {
    std::error_code error;
    if (!fs::exists(folder, error) && !error) return std::nullopt;
    if (!error && !fs::is_directory(folder, error)) return folder.string() + " is not a folder";
    if (!error && fs::is_empty(folder, error) && !error) return std::nullopt;
    if (error) return folder.string() + ": " + error.message();
    return folder.string() + " is not empty: nothing is ever overwritten";
}

Restored write_journal(const DataFolder& folder, const Journal& source) {
    DatabaseOptions options;
    options.folder = folder.database();
    options.on_fatal = [](const std::string&) {};  // the write that fails says so
    auto database = Database::open(std::move(options));
    if (!database) return std::unexpected(database.error());
    RocksDbJournal journal(**database);
    if (const auto opened = journal.open(); !opened) return opened;
    const auto copied = journal.copy_from(source);
    if (!copied) return copied;
    const auto claimed = claim_next_epoch(journal, copied->chain);
    if (!claimed) return claimed;
    if (const auto flushed = (*database)->flush(); !flushed) {
        return std::unexpected(flushed.error());
    }
    return claimed;
}

/// The head goes first: a ledger that was restored in part does not reach it, so that no daemon
/// would serve that, or begin anew.
Restored write_ledger(const DataFolder& folder, const Journal& source) {
    if (const auto made = ensure_folder(folder.root); !made) {
        return std::unexpected(JournalError{JournalFault::io, made.error().detail});
    }
    if (const auto written = write_head(folder.head(), Head{source.tip(), false}); !written) {
        return std::unexpected(written.error());
    }
    const auto claimed = write_journal(folder, source);
    if (!claimed) return claimed;
    if (const auto written = write_head(folder.head(), Head{*claimed, true}); !written) {
        return std::unexpected(written.error());
    }
    return claimed;
}

void print(const CommonOptions& options, const CheckedBackup& backup, const ChainTip& claim,
           const fs::path& folder) {
    const ChainTip& tip = backup.findings.tip;
    const std::string state = to_hex(backup.findings.state_hash.bytes);
    const bool is_signed = backup.evidence.checkpoint().has_value();
    if (!options.json) {
        std::printf("%s holds the ledger up to seq %s, %s\n", folder.c_str(),
                    grouped(tip.seq.value).c_str(), time_text(tip.time).c_str());
        std::printf("state %s\n", state.c_str());
        std::printf("it goes on in epoch %llu; the claim is seq %s\n",
                    static_cast<unsigned long long>(claim.epoch.value),
                    grouped(claim.seq.value).c_str());
        if (backup.is_signature_beyond) {
            std::printf("what the log has signed reaches beyond: its signature was not compared\n");
        }
        std::printf("no key is restored: the next start makes new ones\n");
        return;
    }
    std::string out;
    JsonText json(out, 0);
    json.open();
    json.flag("ok", true);
    json.number("seq", tip.seq);
    json.time("time", tip.time);
    json.text("state_hash", state);
    json.text("chain_hash", to_hex(tip.hash.bytes));
    json.number("accounts", backup.findings.accounts);
    json.number("signed", is_signed ? backup.evidence.checkpoint()->head.size : 0);
    json.flag("signature_beyond", backup.is_signature_beyond);
    json.number("claim_seq", claim.seq);
    json.number("epoch", claim.epoch.value);
    json.close();
    std::printf("%s\n", out.c_str());
}

}  // namespace

Exit restore(const CommonOptions& options, const RestoreOptions& wanted) {
    if (const auto refused = refusal_of(wanted.folder)) {
        return fail(options, Exit::usage, *refused);
    }
    const auto target = open_target(options.folder.string());
    if (!target) return fail(options, Exit::usage, target.error());
    if (!is_backup(options.folder.string())) {
        return fail(options, Exit::usage, "there is no backup in " + options.folder.string());
    }
    backup::UpTo up_to;
    if (wanted.to && wanted.to->seq) up_to.last = *wanted.to->seq;
    if (wanted.to && wanted.to->time) up_to.until = *wanted.to->time;
    VerifyOptions proof;
    proof.keys = wanted.keys;
    const auto checked = check_backup(options, **target, proof, up_to);
    if (!checked) return checked.error();
    // Reading the backup may have taken long: somebody may have begun a ledger there meanwhile.
    if (const auto refused = refusal_of(wanted.folder)) {
        return fail(options, Exit::usage, *refused);
    }
    // From here on an abort says nothing of the backup.
    std::signal(SIGABRT, SIG_DFL);
    const DataFolder folder{wanted.folder};
    const auto claimed = write_ledger(folder, *checked->journal);
    if (!claimed) {
        if (claimed.error().fault == JournalFault::in_use) return fail(options, claimed.error());
        std::error_code ignored;  // made here, and of no use
        fs::remove_all(folder.database(), ignored);
        fs::remove(folder.head(), ignored);
        return fail(options, claimed.error());
    }
    print(options, *checked, *claimed, wanted.folder);
    return Exit::fine;
}

}  // namespace creditd::replay::tool
