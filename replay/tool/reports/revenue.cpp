#include "replay/event_stream.hpp"
#include "replay/progress_line.hpp"
#include "replay/tool/reports/reports.hpp"
#include "replay/tool/reports/revenue_book.hpp"

namespace creditd::replay::tool {

Exit revenue(const CommonOptions& options, const RevenueOptions& wanted) {
    std::optional<Month> only;
    if (!wanted.month.empty()) {
        only = parse_month(wanted.month);
        if (!only) return fail(options, Exit::usage, "a month is written 2026-11");
    }
    auto ledger = LedgerFolder::open(options);
    if (!ledger) return fail(options, ledger.error());
    const Journal& journal = (*ledger)->journal();
    const auto decimals = (*ledger)->decimals();
    if (!decimals) return fail(options, decimals.error());
    RevenueBook book;
    ProgressLine line;
    const std::uint64_t last = journal.tip().seq.value;
    const auto read = read_events(journal, {}, [&](const EventBatch& batch) {
        for (const Event& event : batch.events()) book.take(event);
        const std::uint64_t done = batch.tip().seq.value;
        line.show({"journal", done, last, done >= last});
        return true;
    });
    if (!read) return fail(options, read.error());
    if (const auto wrong = book.disagreement()) {
        return fail(options, Exit::failed_check, *wrong);
    }
    return write_report(options, wanted.report,
                        spell_revenue(book.months(only), *decimals, wanted.report.format));
}

}  // namespace creditd::replay::tool
