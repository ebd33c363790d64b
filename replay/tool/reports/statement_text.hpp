// A statement as values, and its three spellings: text for people, JSON and CSV. Pure, any thread.
// Who makes it from a ledger is statement.cpp.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "replay/tool/reports/reports.hpp"

namespace creditd::replay::tool {

struct StatementBalance {
    bool is_there = false;  // is there such an account at all?
    Credits balance{};
    Credits held{};
    Credits available{};
    Credits debt{};
    Credits pending{};
};

struct StatementLine {
    Timestamp time{};
    std::string transaction;  // empty: due, and recorded later
    std::string type;
    std::string note;
    Credits amount{};   // signed: what it did to the balance
    Credits balance{};  // after it
};

struct Statement {
    std::string account;
    std::string ledger;
    unsigned decimals = 0;
    Period period;
    StatementBalance opening;
    StatementBalance closing;
    std::vector<StatementLine> lines;

    /// Each line begins where the one before it ended, and the last ends on the closing balance.
    bool adds_up() const;
    /// Of the lines, by type.
    std::map<std::string, WideCredits> totals() const;
};

std::string spell_statement(const Statement& statement, ReportFormat format);

}  // namespace creditd::replay::tool
