// creditd-replay: the auditor's tool. Reads a ledger's data folder without the daemon.
#include <CLI/CLI.hpp>

#include <cstdio>

#include "replay/tool/commands.hpp"

namespace creditd::replay::tool {
namespace {

constexpr const char* examples = R"(Examples:
  creditd-replay verify /var/lib/creditd
  creditd-replay balance /var/lib/creditd user-42 --at 2026-11-20T12:00:00Z
  creditd-replay balance /var/lib/creditd user-42 --at 81234 --json
  creditd-replay export /var/lib/creditd --format csv --from 2026-11-01 --to 2026-12-01 -o nov.csv
  creditd-replay export /var/lib/creditd --format jsonl --account user-42
  creditd-replay state-hash /var/lib/creditd
  creditd-replay accept-loss /var/lib/creditd --to 81233

Exit codes: 0 fine, 1 a check failed, 2 wrong use, or the folder is in use, 3 damaged data.)";

/// Everything that the command line can say.
struct Arguments {
    CommonOptions common;
    BalanceOptions balance;
    ExportOptions events;
    std::string balance_at;
    std::string from;
    std::string to;
    std::uint64_t seq = 0;
    bool is_confirmed = false;
};

CLI::App* add_command(CLI::App& app, Arguments& arguments, const std::string& name,
                      const std::string& what, bool may_be_live) {
    CLI::App* const command = app.add_subcommand(name, what);
    command->add_option("DIR", arguments.common.folder, "the ledger's data folder")->required();
    command->add_flag("--json", arguments.common.json, "answer in JSON, for machines");
    if (may_be_live) {
        command->add_flag("--live", arguments.common.live,
                          "look at a folder that creditd has open, as it is at this moment");
    }
    return command;
}

void add_readers(CLI::App& app, Arguments& arguments) {
    add_command(app, arguments, "verify",
                "Verify everything from the first event: the chain and every hash, every balance, "
                "snapshots, personal parts, the head file. Names the first bad sequence number",
                true);
    auto* const balance = add_command(app, arguments, "balance",
                                      "Show an account's balance, now or at any past moment", true);
    balance->add_option("ACCOUNT", arguments.balance.account, "the account's id")->required();
    balance->add_option("--at", arguments.balance_at,
                        "a moment (2026-11-20T12:00:00Z) or a sequence number");
    auto* const events =
        add_command(app, arguments, "export", "Write the events as JSON lines or CSV", true);
    events->add_option("--format", arguments.events.format, "jsonl or csv")
        ->required()
        ->transform(CLI::CheckedTransformer(std::map<std::string, ExportFormat>{
            {"jsonl", ExportFormat::jsonl}, {"csv", ExportFormat::csv}}));
    events->add_option("--from", arguments.from, "first moment or sequence number, inclusive");
    events->add_option("--to", arguments.to, "last moment or sequence number, exclusive");
    events->add_option("--account", arguments.events.account, "this account's events only");
    events->add_option("-o,--output", arguments.events.output, "a file instead of stdout");
    auto* const hash =
        add_command(app, arguments, "state-hash",
                    "Show the hash of the whole state: equal ledgers, equal hashes", true);
    hash->add_option("--at", arguments.seq, "a sequence number instead of the end");
}

void add_writers(CLI::App& app, Arguments& arguments) {
    add_command(app, arguments, "snapshot",
                "Write a snapshot of the whole log, for a fast start. Changes the folder", false);
    auto* const rebuild = add_command(
        app, arguments, "rebuild",
        "Delete every index and snapshot: the next start rebuilds them. Changes the folder", false);
    rebuild->add_flag("--yes", arguments.is_confirmed, "do not ask");
    auto* const accept = add_command(
        app, arguments, "accept-loss",
        "After a loss: go on without the events after --to, in a new epoch that records it. "
        "Changes the folder; keeps the old database aside",
        false);
    accept->add_option("--to", arguments.seq, "the last event that is kept; the end of a block")
        ->required();
    accept->add_flag("--yes", arguments.is_confirmed, "do not ask");
}

/// A position, if one was given; false where it is not one.
bool read_position(const std::string& text, std::optional<Position>& position) {
    if (text.empty()) return true;
    position = parse_position(text);
    return position.has_value();
}

Exit run(const CLI::App& app, Arguments& arguments) {
    const CommonOptions& common = arguments.common;
    if (!is_ledger_folder(common.folder)) {
        return fail(common, Exit::usage, "there is no ledger in " + common.folder.string());
    }
    if (!read_position(arguments.balance_at, arguments.balance.at) ||
        !read_position(arguments.from, arguments.events.from) ||
        !read_position(arguments.to, arguments.events.to)) {
        return fail(common, Exit::usage,
                    "a moment is written 2026-11-20 or 2026-11-20T12:00:00Z, a position as digits");
    }
    const CLI::App* const command = app.get_subcommands().front();
    const std::string name = command->get_name();
    const Seq seq{arguments.seq};
    if (name == "verify") return verify(common);
    if (name == "balance") return balance(common, arguments.balance);
    if (name == "export") return export_events(common, arguments.events);
    if (name == "state-hash") {
        const bool is_given = command->count("--at") > 0;
        return state_hash(common, is_given ? std::optional(seq) : std::nullopt);
    }
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
    add_writers(app, arguments);
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
