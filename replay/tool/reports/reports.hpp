// What finance asks of the log: statements, revenue, differences, other prices. One function each,
// one file each; read-only. They print to stdout or a file, say what is wrong on stderr and return
// the exit code.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "replay/tool/ledger_folder.hpp"
#include "replay/tool/output.hpp"
#include "replay/tool/period.hpp"

namespace creditd::replay::tool {

enum class ReportFormat : std::uint8_t { text, json, csv };

/// Where a report goes, and how it is spelled.
struct ReportOptions {
    ReportFormat format = ReportFormat::text;
    std::filesystem::path output;  // empty: stdout; or s3://BUCKET/NAME
    std::string share{};           // how long the address of one in a bucket holds; empty: a day
};

struct StatementOptions {
    std::string account;
    Period period;
    ReportOptions report;
};
/// What moved in one account, between the balance that it opens on and the one that it closes on.
Exit statement(const CommonOptions& options, const StatementOptions& wanted);

struct RevenueOptions {
    std::string month;  // `2026-11`; empty: every month
    ReportOptions report;
};
/// What was sold, used, ran out, went back and is still owed, by month, currency and cost basis.
Exit revenue(const CommonOptions& options, const RevenueOptions& wanted);

struct DiffOptions {
    std::filesystem::path other;  // empty: two moments of the one ledger
    Period moments;               // of one ledger: `from` and `to`; of two: both at `to`
};
/// 0 where nothing differs, 1 where something does.
Exit diff(const CommonOptions& options, const DiffOptions& wanted);

struct WhatIfOptions {
    std::filesystem::path catalog;  // the other one
    Period period;
    std::optional<std::size_t> top;  // accounts to list; none: 20 in text, else every one
    std::filesystem::path chart;     // empty: none
    ReportOptions report;
};
/// What would have been charged if the prices had been those of another catalog. No balance is
/// simulated.
Exit what_if(const CommonOptions& options, const WhatIfOptions& wanted);

/// Writes what a report made; the exit code says whether that went well.
Exit write_report(const CommonOptions& options, const ReportOptions& report,
                  const std::string& text);

}  // namespace creditd::replay::tool
