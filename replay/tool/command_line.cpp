#include "replay/tool/command_line.hpp"

namespace creditd::replay::tool {

CLI::App* add_command(CLI::App& app, CommonOptions& common, const std::string& name,
                      const std::string& what, bool may_be_live) {
    CLI::App* const command = app.add_subcommand(name, what);
    command->add_option("DIR", common.folder, "the ledger's data folder")->required();
    command->add_flag("--json", common.json, "answer in JSON, for machines");
    if (may_be_live) {
        command->add_flag("--live", common.live,
                          "look at a folder that creditd has open, as it is at this moment");
    }
    return command;
}

bool read_position(const std::string& text, std::optional<Position>& position) {
    if (text.empty()) return true;
    position = parse_position(text);
    return position.has_value();
}

void ReportCommands::add_report_options(CLI::App& command) {
    command.add_option("--format", report_.format, "text (default), json or csv")
        ->transform(CLI::CheckedTransformer(
                        std::map<std::string, ReportFormat>{{"text", ReportFormat::text},
                                                            {"json", ReportFormat::json},
                                                            {"csv", ReportFormat::csv}},
                        CLI::ignore_case)
                        .description(""));
    command.add_option("-o,--output", report_.output,
                       "a file instead of stdout, or s3://BUCKET/NAME: then what is printed is an "
                       "address with which anybody may read it for a while");
    command.add_option("--share", report_.share, "how long that address holds, 1s to 7d (1d)");
}

void ReportCommands::add_to(CLI::App& app, CommonOptions& common) {
    CLI::App* const statement =
        add_command(app, common, "statement",
                    "Show what moved in an account, from its balance at the beginning of a period "
                    "to that at its end",
                    true);
    statement->add_option("ACCOUNT", statement_.account, "the account's id")->required();
    statement->add_option("--from", from_, "first moment or sequence number, inclusive");
    statement->add_option("--to", to_, "last moment or sequence number, exclusive");
    add_report_options(*statement);

    CLI::App* const revenue = add_command(
        app, common, "revenue",
        "Show by month what was sold, recognised, expired, returned and is still deferred, by "
        "currency and cost basis",
        true);
    revenue->add_option("--month", revenue_.month, "this month only: 2026-11");
    add_report_options(*revenue);

    CLI::App* const diff = add_command(
        app, common, "diff",
        "Show what differs between two moments of a ledger, or between two ledgers. Exit 1 if "
        "something does",
        true);
    diff->add_option("OTHER", diff_.other, "the data folder of the other ledger");
    diff->add_option("--from", from_, "of one ledger: the earlier moment or sequence number");
    diff->add_option("--to", to_, "the later one, or that of both ledgers; without: the end");

    CLI::App* const what_if =
        add_command(app, common, "what-if",
                    "Show what each customer's uses would have cost at the prices of another "
                    "catalog. No balance is simulated",
                    true);
    what_if->add_option("--catalog", what_if_.catalog, "the other catalog: TOML, or JSON (.json)")
        ->required();
    what_if->add_option("--from", from_, "first moment or sequence number, inclusive");
    what_if->add_option("--to", to_, "last moment or sequence number, exclusive");
    what_if->add_option(
        "--top", what_if_.top,
        "accounts to list, the largest difference first; without: 20 in text, else all");
    what_if->add_option("--chart", what_if_.chart,
                        "an SVG file for a chart of both totals by day, month or year");
    add_report_options(*what_if);
}

std::optional<Exit> ReportCommands::run(const std::string& name, const CommonOptions& common) {
    if (name != "statement" && name != "revenue" && name != "diff" && name != "what-if")
        return std::nullopt;
    Period period;
    if (!read_position(from_, period.from) || !read_position(to_, period.to)) {
        return fail(common, Exit::usage,
                    "a moment is written 2026-11-20 or 2026-11-20T12:00:00Z, a position as digits");
    }
    if (period.is_backwards()) return fail(common, Exit::usage, "--to is before --from");
    if (common.json) report_.format = ReportFormat::json;
    if (name == "statement") {
        statement_.period = period;
        statement_.report = report_;
        return statement(common, statement_);
    }
    if (name == "revenue") {
        revenue_.report = report_;
        return revenue(common, revenue_);
    }
    if (name == "what-if") {
        what_if_.period = period;
        what_if_.report = report_;
        return what_if(common, what_if_);
    }
    diff_.moments = period;
    return diff(common, diff_);
}

}  // namespace creditd::replay::tool
