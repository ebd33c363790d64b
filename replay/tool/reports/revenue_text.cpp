#include <fmt/format.h>

#include <array>

#include "replay/tool/csv_row.hpp"
#include "replay/tool/json_text.hpp"
#include "replay/tool/reports/revenue_book.hpp"

namespace creditd::replay::tool {
namespace {

constexpr std::array<std::string_view, 6> columns{"deferred_before", "sold",     "recognised",
                                                  "breakage",        "returned", "deferred_after"};

std::array<Worth, 6> cells_of(const RevenueRow& row) {
    return {row.opening,      row.flow.sold,     row.flow.used,
            row.flow.expired, row.flow.returned, row.closing};
}

std::string integer(WideCredits value) { return fixed_text(value, 0); }

/// `500 EUR / 1000.000000`, `free`, `on credit`.
std::string basis_text(const Basis& basis, unsigned decimals) {
    if (basis.on_credit) return "on credit";
    if (basis.currency.is_none()) return "free";
    return fmt::format("{} {} / {}", basis.cost, basis.currency.text(),
                       fixed_text(basis.credits, decimals));
}

std::map<Currency, RevenueRow> by_currency(const RevenueMonth& month) {
    std::map<Currency, RevenueRow> sums;
    for (const RevenueRow& row : month.rows) {
        if (row.basis.currency.is_none()) continue;
        RevenueRow& sum = sums[row.basis.currency];
        sum.basis.currency = row.basis.currency;
        sum.opening.add(row.opening);
        sum.flow.add(row.flow);
        sum.closing.add(row.closing);
    }
    return sums;
}

std::string as_text(const std::vector<RevenueMonth>& months, unsigned decimals) {
    std::string out =
        "Money in minor units of its currency, by what was paid for how many "
        "credits; months of UTC.\n";
    const auto line = [&](std::string_view name, const RevenueRow& row, bool is_money) {
        out += fmt::format("  {:<34}", name);
        for (const Worth& cell : cells_of(row)) {
            out += fmt::format("{:>18}",
                               is_money ? integer(cell.money) : fixed_text(cell.credits, decimals));
        }
        out += '\n';
    };
    for (const RevenueMonth& month : months) {
        out += '\n' + fmt::format("{:<36}", month_text(month.month));
        for (const std::string_view column : columns) out += fmt::format("{:>18}", column);
        out += '\n';
        for (const RevenueRow& row : month.rows) {
            line(basis_text(row.basis, decimals), row, false);
            if (!row.basis.currency.is_none()) line("", row, true);
        }
        for (const auto& [currency, sum] : by_currency(month)) {
            line("total " + currency.text(), sum, true);
        }
    }
    return out;
}

void append_money(JsonText& json, const RevenueRow& row) {
    const auto cells = cells_of(row);
    json.open("money");
    for (std::size_t i = 0; i < cells.size(); ++i) json.raw(columns[i], integer(cells[i].money));
    json.close();
}

void append_row(JsonText& json, const RevenueRow& row) {
    json.open();
    json.text("basis", row.basis.on_credit            ? "on_credit"
                       : row.basis.currency.is_none() ? "free"
                                                      : "paid");
    if (!row.basis.currency.is_none()) {
        json.text("currency", row.basis.currency.text());
        json.number("cost", row.basis.cost);
        json.amount("per", Credits{row.basis.credits});
        append_money(json, row);
    }
    const auto cells = cells_of(row);
    json.open("credits");
    for (std::size_t i = 0; i < cells.size(); ++i) {
        json.wide_amount(columns[i], cells[i].credits);
    }
    json.close();
    json.close();
}

std::string as_json(const std::vector<RevenueMonth>& months, unsigned decimals) {
    std::string out;
    JsonText json(out, decimals);
    json.open();
    json.open_list("months");
    for (const RevenueMonth& month : months) {
        json.open();
        json.text("month", month_text(month.month));
        json.open_list("rows");
        for (const RevenueRow& row : month.rows) append_row(json, row);
        json.close_list();
        json.open_list("totals");
        for (const auto& [currency, sum] : by_currency(month)) {
            json.open();
            json.text("currency", currency.text());
            append_money(json, sum);
            json.close();
        }
        json.close_list();
        json.close();
    }
    json.close_list();
    json.close();
    return out + '\n';
}

std::string as_csv(const std::vector<RevenueMonth>& months, unsigned decimals) {
    std::string out = "month,basis,currency,cost,per";
    for (const std::string_view column : columns) out += fmt::format(",credits_{}", column);
    for (const std::string_view column : columns) out += fmt::format(",money_{}", column);
    out += "\r\n";
    for (const RevenueMonth& month : months) {
        for (const RevenueRow& row : month.rows) {
            CsvRow csv(out, decimals);
            csv.text(month_text(month.month));
            csv.text(basis_text(row.basis, decimals));
            csv.text(row.basis.currency.text());
            csv.wide_number(row.basis.cost);
            csv.amount(Credits{row.basis.credits});
            for (const Worth& cell : cells_of(row)) csv.wide_amount(cell.credits);
            for (const Worth& cell : cells_of(row)) csv.wide_number(cell.money);
            csv.end();
        }
    }
    return out;
}

}  // namespace

std::string spell_revenue(const std::vector<RevenueMonth>& months, unsigned decimals,
                          ReportFormat format) {
    switch (format) {
        case ReportFormat::text: return as_text(months, decimals);
        case ReportFormat::json: return as_json(months, decimals);
        case ReportFormat::csv: return as_csv(months, decimals);
    }
    assertion_failed("a format of the enum", __FILE__, __LINE__);
}

}  // namespace creditd::replay::tool
