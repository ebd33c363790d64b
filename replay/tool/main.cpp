// creditd-replay: the auditor's tool. Reads a ledger's data folder without the daemon.
#include <cstdio>

#include "replay/archive/archive_journal.hpp"
#include "replay/tool/backup/backup_target.hpp"
#include "replay/tool/command_line.hpp"

namespace creditd::replay::tool {
namespace {

constexpr const char* examples = R"(Examples:
  creditd-replay verify /var/lib/creditd
  creditd-replay verify /var/lib/creditd --key "$VKEY" --since last-year.checkpoint
  creditd-replay balance /var/lib/creditd user-42 --at 2026-11-20T12:00:00Z
  creditd-replay balance /var/lib/creditd user-42 --at 81234 --json
  creditd-replay export /var/lib/creditd --format csv --from 2026-11-01 --to 2026-12-01 -o nov.csv
  creditd-replay export /var/lib/creditd --format jsonl --account user-42
  creditd-replay export /var/lib/creditd --format hledger -o credits.journal
  creditd-replay export /var/lib/creditd --format archive -o ledger-2026
  creditd-replay statement /var/lib/creditd user-42 --from 2026-11-01 --to 2026-12-01
  creditd-replay revenue /var/lib/creditd --month 2026-11 --format csv
  creditd-replay diff /var/lib/creditd --from 2026-11-01 --to 2026-12-01
  creditd-replay what-if /var/lib/creditd --catalog new.toml --from 2026-11-01 --chart new.svg
  creditd-replay explain /var/lib/creditd txn_81234
  creditd-replay state-hash /var/lib/creditd
  creditd-replay backup /var/lib/creditd --to /mnt/backup/creditd --live
  creditd-replay restore /mnt/backup/creditd --to-dir /var/lib/creditd
  creditd-replay accept-loss /var/lib/creditd --to 81233

Exit codes: 0 fine, 1 a check failed, 2 wrong use, or the folder is in use, 3 damaged data.)";

/// Everything that the command line can say.
struct Arguments {
    CommonOptions common;
    VerifyOptions log;
    BalanceOptions balance;
    ExportOptions events;
    ReportCommands reports;
    std::string balance_at;
    std::string from;
    std::string to;
    std::string id;
    std::string target;
    RestoreOptions restore;
    std::uint64_t seq = 0;
    bool is_confirmed = false;
};

void add_verify(CLI::App& app, Arguments& arguments) {
    auto* const verify = add_command(
        app, arguments.common, "verify",
        "Verify everything from the first event, of a data folder or an archive: the chain and "
        "every "
        "hash, every balance, the signed tree, snapshots, personal parts, the head file. Names the "
        "first bad sequence number",
        true);
    verify->add_option("--key", arguments.log.keys,
                       "the log's key (a vkey) from somewhere else than the log; may be repeated");
    verify->add_option("--receipt", arguments.log.receipts,
                       "a .tlog-proof that must be of an event of this log; may be repeated");
    verify->add_option("--witness", arguments.log.witnesses,
                       "a witness's key (a vkey) that must have cosigned the log; may be repeated");
    verify
        ->add_option("--witnesses-required", arguments.log.witnesses_required,
                     "so many of these witnesses are enough, in place of all")
        ->check(CLI::Range(1, 64));
    verify->add_option(
        "--since", arguments.log.since,
        "a checkpoint that was verified before: the log must continue it, and what it "
        "covers is hashed but not applied again where a snapshot allows");
}

void add_readers(CLI::App& app, Arguments& arguments) {
    add_verify(app, arguments);
    auto* const balance = add_command(app, arguments.common, "balance",
                                      "Show an account's balance, now or at any past moment", true);
    balance->add_option("ACCOUNT", arguments.balance.account, "the account's id")->required();
    balance->add_option("--at", arguments.balance_at,
                        "a moment (2026-11-20T12:00:00Z) or a sequence number");
    auto* const events = add_command(app, arguments.common, "export",
                                     "Write the events as JSON lines or CSV, the credits as "
                                     "double-entry books, or the whole log as "
                                     "an archive that needs no database",
                                     true);
    events
        ->add_option("--format", arguments.events.format,
                     "jsonl, csv, hledger (also for ledger), beancount, sqlite or archive")
        ->required()
        ->transform(CLI::CheckedTransformer(
            std::map<std::string, ExportFormat>{{"jsonl", ExportFormat::jsonl},
                                                {"csv", ExportFormat::csv},
                                                {"hledger", ExportFormat::hledger},
                                                {"beancount", ExportFormat::beancount},
                                                {"sqlite", ExportFormat::sqlite},
                                                {"archive", ExportFormat::archive}}));
    events->add_option("--from", arguments.from, "first moment or sequence number, inclusive");
    events->add_option("--to", arguments.to, "last moment or sequence number, exclusive");
    events->add_option("--account", arguments.events.account, "this account's events only");
    events->add_option("-o,--output", arguments.events.output,
                       "a file instead of stdout; of an archive the new folder");
    auto* const why = add_command(app, arguments.common, "explain",
                                  "Say why a transaction is what it is, as the API does", true);
    why->add_option("ID", arguments.id, "the transaction, or the grant or hold that it made")
        ->required();
    auto* const hash =
        add_command(app, arguments.common, "state-hash",
                    "Show the hash of the whole state: equal ledgers, equal hashes", true);
    hash->add_option("--at", arguments.seq, "a sequence number instead of the end");
}

void add_writers(CLI::App& app, Arguments& arguments) {
    add_command(app, arguments.common, "snapshot",
                "Write a snapshot of the whole log, for a fast start. Changes the folder", false);
    auto* const rebuild = add_command(
        app, arguments.common, "rebuild",
        "Delete every index and snapshot: the next start rebuilds them. Changes the folder", false);
    rebuild->add_flag("--yes", arguments.is_confirmed, "do not ask");
    auto* const accept = add_command(
        app, arguments.common, "accept-loss",
        "After a loss: go on without the events after --to, in a new epoch that records it. "
        "Changes the folder; keeps the old database aside",
        false);
    accept->add_option("--to", arguments.seq, "the last event that is kept; the end of a block")
        ->required();
    accept->add_flag("--yes", arguments.is_confirmed, "do not ask");
}

void add_backups(CLI::App& app, Arguments& arguments) {
    auto* const backup = add_command(
        app, arguments.common, "backup",
        "Add to a backup what it has not yet, or begin one; read back before it counts. With "
        "--live while creditd serves",
        true);
    backup->add_option("--to", arguments.target, "the backup's folder, or s3://BUCKET/PREFIX")
        ->required();
    auto* const restore =
        app.add_subcommand("restore",
                           "Make a data folder of a backup, after verifying all of it; in a new "
                           "epoch. Never overwrites");
    restore
        ->add_option("TARGET", arguments.common.folder,
                     "the backup's folder, or s3://BUCKET/PREFIX")
        ->required();
    restore->add_option("--to-dir", arguments.restore.folder, "the new data folder")->required();
    restore->add_option("--to", arguments.to,
                        "a sequence number or a moment: the last whole write up to there is the "
                        "end; without: everything");
    restore->add_option("--key", arguments.restore.keys,
                        "the log's key (a vkey) from somewhere else; may be repeated");
    restore->add_flag("--json", arguments.common.json, "answer in JSON, for machines");
}

constexpr const char* wrong_position =
    "a moment is written 2026-11-20 or 2026-11-20T12:00:00Z, a position as digits";

/// Those that need no data folder.
std::optional<Exit> run_without_folder(const std::string& name, Arguments& arguments) {
    const CommonOptions& common = arguments.common;
    if (name == "verify" &&
        (archive::is_archive(common.folder) || is_backup(common.folder.string()))) {
        return verify(common, arguments.log);
    }
    if (name != "restore") return std::nullopt;
    if (!read_position(arguments.to, arguments.restore.to)) {
        return fail(common, Exit::usage, wrong_position);
    }
    return restore(common, arguments.restore);
}

Exit run(const CLI::App& app, Arguments& arguments) {
    const CommonOptions& common = arguments.common;
    const CLI::App* const command = app.get_subcommands().front();
    const std::string name = command->get_name();
    if (const auto done = run_without_folder(name, arguments)) return *done;
    if (!is_ledger_folder(common.folder)) {
        return fail(common, Exit::usage, "there is no ledger in " + common.folder.string());
    }
    if (!read_position(arguments.balance_at, arguments.balance.at) ||
        !read_position(arguments.from, arguments.events.period.from) ||
        !read_position(arguments.to, arguments.events.period.to)) {
        return fail(common, Exit::usage, wrong_position);
    }
    const Seq seq{arguments.seq};
    if (const auto reported = arguments.reports.run(name, common)) return *reported;
    if (name == "verify") return verify(common, arguments.log);
    if (name == "balance") return balance(common, arguments.balance);
    if (name == "export") return export_events(common, arguments.events);
    if (name == "explain") return explain(common, arguments.id);
    if (name == "state-hash") {
        const bool is_given = command->count("--at") > 0;
        return state_hash(common, is_given ? std::optional(seq) : std::nullopt);
    }
    if (name == "backup") return back_up(common, arguments.target);
    if (name == "snapshot") return write_snapshot(common);
    if (name == "rebuild") return rebuild(common, arguments.is_confirmed);
    return accept_loss(common, seq, arguments.is_confirmed);
}

Exit start(int argc, char** argv) {
    CLI::App app{"The auditor's tool of creditd: reads a ledger's data folder, without the daemon.",
                 "creditd-replay"};
    app.footer(examples);
    app.set_version_flag("--version", CREDITD_VERSION);
    app.require_subcommand(1);
    Arguments arguments;
    add_readers(app, arguments);
    arguments.reports.add_to(app, arguments.common);
    add_writers(app, arguments);
    add_backups(app, arguments);
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        return app.exit(error) == 0 ? Exit::fine : Exit::usage;
    }
    return run(app, arguments);
}

}  // namespace
}  // namespace creditd::replay::tool

int main(int argc, char** argv) {
    return static_cast<int>(creditd::replay::tool::start(argc, argv));
}
