#include "replay/tool/what_if/what_if_text.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "replay/tool/csv_row.hpp"
#include "replay/tool/json_text.hpp"
#include "replay/tool/reports/edge_text.hpp"

namespace creditd::replay::tool {
namespace {

constexpr std::string_view caveat =
    "Each use is priced again as it was recorded. No balance is simulated: who would have run out, "
    "bought more or used less is not known.";

std::string_view fault_text(UnitFault fault) {
    switch (fault) {
        case UnitFault::unknown: return "unknown";
        case UnitFault::missing: return "missing";
        case UnitFault::beyond: return "beyond";
        case UnitFault::none: return {};
    }
    assertion_failed("a fault of the enum", __FILE__, __LINE__);
}

/// `units_invalid seconds (missing)`
std::string reason_text(const NoPrice& no_price) {
    std::string text(name_of(no_price.refusal));
    if (!no_price.name.empty()) text += " " + no_price.name;
    if (no_price.fault != UnitFault::none) text += fmt::format(" ({})", fault_text(no_price.fault));
    return text;
}

std::string feature_text(const std::string& feature) {
    return feature.empty() ? "(an amount was given)" : feature;
}

/// The features, the largest difference first.
std::vector<std::pair<std::string, ChangeRow>> sorted_features(const WhatIf& sums) {
    std::vector<std::pair<std::string, ChangeRow>> rows(sums.features.begin(), sums.features.end());
    const auto size = [](const auto& row) {
        const WideCredits difference = row.second.used.difference();
        return difference < 0 ? -difference : difference;
    };
    std::ranges::sort(rows, [&](const auto& a, const auto& b) {
        return size(a) != size(b) ? size(a) > size(b) : a.first < b.first;
    });
    return rows;
}

// --- text ----------------------------------------------------------------------------------------
class TextTable {
public:
    TextTable(std::string& out, unsigned decimals) : out_(out), decimals_(decimals) {}
    void head(std::string_view name, std::string_view count) {
        out_ += fmt::format("\n{:<44}{:>12}{:>22}{:>22}{:>22}\n", name, count, "was", "would be",
                            "difference");
    }
    void row(std::string_view name, const Change& change) {
        const WideCredits difference = change.difference();
        const std::string sign = difference > 0 ? "+" : "";
        out_ +=
            fmt::format("{:<44}{:>12}{:>22}{:>22}{:>22}\n", name, change.count,
                        fixed_text(change.was, decimals_), fixed_text(change.would_be, decimals_),
                        sign + fixed_text(difference, decimals_));
    }

private:
    std::string& out_;
    unsigned decimals_;
};

void append_totals(std::string& out, const WhatIfReport& report) {
    const WhatIf& sums = report.sums;
    TextTable table(out, report.decimals);
    table.head("", "uses");
    table.row("priced anew", sums.uses[static_cast<std::size_t>(Pricing::anew)]);
    table.row("an amount was given: it stays", sums.uses[static_cast<std::size_t>(Pricing::given)]);
    table.row("no price in the other catalog: it stays",
              sums.uses[static_cast<std::size_t>(Pricing::not_priced)]);
    Change refunds;
    refunds.count = sums.refunds.count;
    refunds.was -= sums.refunds.was;
    refunds.would_be -= sums.refunds.would_be;
    table.row("refunds, in proportion", refunds);
    table.row("total", sums.total());
    if (sums.waived.count != 0) {
        table.row("unlimited plans: prices, nothing was taken", sums.waived);
    }
    if (sums.beyond_available != 0) {
        out += fmt::format(
            "\n{} of these uses would have cost more than the account then had available.\n",
            sums.beyond_available);
    }
}

std::string as_text(const WhatIfReport& report) {
    const WhatIf& sums = report.sums;
    std::string out = "What if the prices had been those of " + report.catalog + ", ledger " +
                      report.ledger + "\n";
    out += period_text(report.period) + "\n" + std::string(caveat) + "\n";
    append_totals(out, report);
    TextTable table(out, report.decimals);
    table.head("By feature, less refunds", "uses");
    for (const auto& [feature, row] : sorted_features(sums)) {
        table.row(feature_text(feature), row.used);
    }
    if (!sums.no_price.empty()) {
        table.head("Without a price in the other catalog", "uses");
        for (const auto& [why, change] : sums.no_price) {
            table.row(why.feature + ": " + reason_text(why), change);
        }
    }
    const std::size_t shown = std::min(report.top, sums.accounts.size());
    table.head(fmt::format("By account, less refunds ({} of {})", shown, sums.accounts.size()),
               "uses");
    for (std::size_t i = 0; i < shown; ++i) {
        table.row(sums.accounts[i].account, sums.accounts[i].row.used);
    }
    return out;
}

// --- JSON ----------------------------------------------------------------------------------------
void append_figures(JsonText& json, const Change& change, std::string_view count = "uses") {
    json.number(count, change.count);
    json.wide_amount("was", change.was);
    json.wide_amount("would_be", change.would_be);
    json.wide_amount("difference", change.difference());
}

void append_change(JsonText& json, std::string_view name, const Change& change,
                   std::string_view count = "uses") {
    json.open(name);
    append_figures(json, change, count);
    json.close();
}

void append_row(JsonText& json, std::string_view kind, std::string_view name,
                const ChangeRow& row) {
    json.open();
    if (name.empty()) json.raw(kind, "null");
    else json.text(kind, name);
    append_figures(json, row.used);
    if (row.waived.count != 0) append_change(json, "waived", row.waived);
    json.close();
}

void append_no_price(JsonText& json, const WhatIf& sums) {
    json.open_list("no_price");
    for (const auto& [why, change] : sums.no_price) {
        json.open();
        json.text("feature", why.feature);
        json.text("reason", name_of(why.refusal));
        json.optional_text("name", why.name);
        json.optional_text("fault", fault_text(why.fault));
        json.number("uses", change.count);
        json.wide_amount("kept", change.was);
        json.close();
    }
    json.close_list();
}

std::string as_json(const WhatIfReport& report) {
    const WhatIf& sums = report.sums;
    std::string out;
    JsonText json(out, report.decimals);
    json.open();
    json.text("ledger", report.ledger);
    json.text("catalog", report.catalog);
    append_edge(json, "from", report.period.from);
    append_edge(json, "to", report.period.to);
    append_change(json, "total", sums.total());
    append_change(json, "priced_anew", sums.uses[static_cast<std::size_t>(Pricing::anew)]);
    append_change(json, "amounts_given", sums.uses[static_cast<std::size_t>(Pricing::given)]);
    append_change(json, "not_priced", sums.uses[static_cast<std::size_t>(Pricing::not_priced)]);
    append_change(json, "refunds", sums.refunds, "refunds");
    append_change(json, "waived", sums.waived);
    json.number("beyond_available", sums.beyond_available);
    json.flag("balances_simulated", false);
    append_no_price(json, sums);
    json.open_list("features");
    for (const auto& [feature, row] : sorted_features(sums)) {
        append_row(json, "feature", feature, row);
    }
    json.close_list();
    json.open_list("days");
    for (const auto& [day, change] : sums.days) {
        json.open();
        json.text("day", date_text(Timestamp{day * Duration::days(1).value}));
        append_figures(json, change);
        json.close();
    }
    json.close_list();
    json.number("accounts_total", std::uint64_t{sums.accounts.size()});
    json.open_list("accounts");
    for (const AccountChange& one :
         std::span(sums.accounts).first(std::min(report.top, sums.accounts.size()))) {
        append_row(json, "account", one.account, one.row);
    }
    json.close_list();
    json.close();
    return out + '\n';
}

// --- CSV -----------------------------------------------------------------------------------------
std::string as_csv(const WhatIfReport& report) {
    std::string out = "account,uses,was,would_be,difference,waived_was,waived_would_be\r\n";
    const auto& accounts = report.sums.accounts;
    for (const AccountChange& one :
         std::span(accounts).first(std::min(report.top, accounts.size()))) {
        CsvRow csv(out, report.decimals);
        csv.text(one.account);
        csv.number(one.row.used.count);
        csv.wide_amount(one.row.used.was);
        csv.wide_amount(one.row.used.would_be);
        csv.wide_amount(one.row.used.difference());
        csv.wide_amount(one.row.waived.was);
        csv.wide_amount(one.row.waived.would_be);
        csv.end();
    }
    return out;
}

}  // namespace

std::string spell_what_if(const WhatIfReport& report, ReportFormat format) {
    switch (format) {
        case ReportFormat::text: return as_text(report);
        case ReportFormat::json: return as_json(report);
        case ReportFormat::csv: return as_csv(report);
    }
    assertion_failed("a format of the enum", __FILE__, __LINE__);
}

}  // namespace creditd::replay::tool
