// What would have been charged at the prices of another catalog: reads the period once, in order.
#include "catalog/catalog_file.hpp"
#include "replay/progress_line.hpp"
#include "replay/sha256.hpp"
#include "replay/tool/period_start.hpp"
#include "replay/tool/reports/reports.hpp"
#include "replay/tool/what_if/what_if_text.hpp"

namespace creditd::replay::tool {
namespace {

/// Unless more or fewer are asked for.
constexpr std::size_t accounts_in_text = 20;

std::expected<WhatIf, JournalError> reprice_period(const Journal& journal, const Period& period,
                                                   const OtherPrices& prices) {
    const auto from = start_of(journal, period);
    if (!from) return std::unexpected(from.error());
    WhatIfBook book(prices);
    ProgressLine line;
    const std::uint64_t last = journal.tip().seq.value;
    const auto read = read_events(journal, *from, [&](const EventBatch& batch) {
        for (const Event& event : batch.events()) {
            if (period.is_after(event)) return false;
            if (!period.is_before(event)) book.take(event);
        }
        const std::uint64_t done = batch.tip().seq.value;
        line.show({"journal", done, last, done >= last});
        return true;
    });
    if (!read) return std::unexpected(read.error());
    EventLookup lookup(journal);
    return book.settle(lookup);
}

}  // namespace

Exit what_if(const CommonOptions& options, const WhatIfOptions& wanted) {
    auto ledger = LedgerFolder::open(options);
    if (!ledger) return fail(options, ledger.error());
    const auto decimals = (*ledger)->decimals();
    if (!decimals) return fail(options, decimals.error());
    auto catalog = read_catalog_file(wanted.catalog.string(), *decimals);
    if (!catalog) return fail(options, Exit::usage, catalog.error());
    const OtherPrices prices(std::move(catalog->features));
    auto sums = reprice_period((*ledger)->journal(), wanted.period, prices);
    if (!sums) return fail(options, sums.error());
    if (!adds_up(*sums)) {
        return fail(options, Exit::failed_check,
                    "the sums by account, by feature and by day are not the same");
    }
    const bool is_text = wanted.report.format == ReportFormat::text;
    const WhatIfReport report{to_hex((*ledger)->journal().tip().chain.ledger.bytes),
                              wanted.catalog.filename().string(),
                              *decimals,
                              wanted.period,
                              wanted.top.value_or(is_text ? accounts_in_text : SIZE_MAX),
                              std::move(*sums)};
    if (!wanted.chart.empty()) {
        const Exit drawn =
            write_report(options, {ReportFormat::text, wanted.chart}, draw_what_if(report));
        if (drawn != Exit::fine) return drawn;
    }
    return write_report(options, wanted.report, spell_what_if(report, wanted.report.format));
}

}  // namespace creditd::replay::tool
