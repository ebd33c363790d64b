#include "replay/tool/reports/statement_text.hpp"

#include <fmt/format.h>

#include "replay/tool/csv_row.hpp"
#include "replay/tool/json_text.hpp"
#include "replay/tool/reports/edge_text.hpp"

namespace creditd::replay::tool {
namespace {

/// The moment at which a period begins or ends; empty where it is a sequence number.
std::string edge_time(const std::optional<Position>& position) {
    return position && position->time ? time_text(*position->time) : std::string();
}

std::string as_text(const Statement& statement) {
    const auto amount = [&](Credits value) { return fixed_text(value.value, statement.decimals); };
    std::string out = "Statement of " + statement.account + ", ledger " + statement.ledger + "\n";
    out += period_text(statement.period) + "\n\n";
    const auto row = [&](std::string_view time, std::string_view id, std::string_view what,
                         std::string_view moved, Credits balance) {
        out +=
            fmt::format("{:<28}{:<14}{:<40}{:>20}{:>20}\n", time, id, what, moved, amount(balance));
    };
    row(edge_time(statement.period.from), "", "opening balance", "", statement.opening.balance);
    for (const StatementLine& line : statement.lines) {
        const std::string what = line.note.empty() ? line.type : line.type + " " + line.note;
        row(line.time == Timestamp{} ? "" : time_text(line.time), line.transaction, what,
            amount(line.amount), line.balance);
    }
    row(edge_time(statement.period.to), "", "closing balance", "", statement.closing.balance);
    out += '\n';
    for (const auto& [type, total] : statement.totals()) {
        out +=
            fmt::format("{:<82}{:>20}\n", "total " + type, fixed_text(total, statement.decimals));
    }
    const StatementBalance& closing = statement.closing;
    if (closing.held.is_positive()) out += "held        " + amount(closing.held) + "\n";
    if (closing.debt.is_positive()) out += "debt        " + amount(closing.debt) + "\n";
    if (closing.pending.is_positive()) out += "pending     " + amount(closing.pending) + "\n";
    return out;
}

void append_balance(JsonText& json, std::string_view name, const StatementBalance& balance) {
    json.open(name);
    json.amount("balance", balance.balance);
    json.amount("held", balance.held);
    json.amount("available", balance.available);
    json.amount("debt", balance.debt);
    json.amount("pending", balance.pending);
    json.close();
}

std::string as_json(const Statement& statement) {
    std::string out;
    JsonText json(out, statement.decimals);
    json.open();
    json.text("account", statement.account);
    json.text("ledger", statement.ledger);
    append_edge(json, "from", statement.period.from);
    append_edge(json, "to", statement.period.to);
    append_balance(json, "opening", statement.opening);
    json.open_list("lines");
    for (const StatementLine& line : statement.lines) {
        json.open();
        if (line.time != Timestamp{}) json.time("time", line.time);
        json.optional_text("transaction", line.transaction);
        json.text("type", line.type);
        json.optional_text("note", line.note);
        json.amount("amount", line.amount);
        json.amount("balance", line.balance);
        json.close();
    }
    json.close_list();
    json.open("totals");
    for (const auto& [type, total] : statement.totals()) json.wide_amount(type, total);
    json.close();
    append_balance(json, "closing", statement.closing);
    json.close();
    return out + '\n';
}

std::string as_csv(const Statement& statement) {
    std::string out = "time,transaction,type,note,amount,balance\r\n";
    const auto row = [&](const StatementLine& line, const std::string& time, bool is_edge) {
        CsvRow csv(out, statement.decimals);
        csv.text(time);
        csv.text(line.transaction);
        csv.text(line.type);
        csv.text(line.note);
        csv.amount(is_edge ? std::nullopt : std::optional(line.amount));
        csv.amount(line.balance);
        csv.end();
    };
    StatementLine edge;
    edge.type = "opening_balance";
    edge.balance = statement.opening.balance;
    row(edge, edge_time(statement.period.from), true);
    for (const StatementLine& line : statement.lines) {
        row(line, line.time == Timestamp{} ? "" : time_text(line.time), false);
    }
    edge.type = "closing_balance";
    edge.balance = statement.closing.balance;
    row(edge, edge_time(statement.period.to), true);
    return out;
}

}  // namespace

bool Statement::adds_up() const {
    Credits balance = opening.balance;
    for (const StatementLine& line : lines) {
        balance += line.amount;
        if (line.balance != balance) return false;
    }
    return balance == closing.balance;
}

std::map<std::string, WideCredits> Statement::totals() const {
    std::map<std::string, WideCredits> totals;
    for (const StatementLine& line : lines) totals[line.type] += line.amount.value;
    return totals;
}

std::string spell_statement(const Statement& statement, ReportFormat format) {
    switch (format) {
        case ReportFormat::text: return as_text(statement);
        case ReportFormat::json: return as_json(statement);
        case ReportFormat::csv: return as_csv(statement);
    }
    assertion_failed("a format of the enum", __FILE__, __LINE__);
}

}  // namespace creditd::replay::tool
