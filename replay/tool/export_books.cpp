// `export` in the formats that are double-entry books. They are kept from the first event on, also
// where only a later period is written: balances at its start, and where each grant came from.
#include <algorithm>
#include <cerrno>
#include <cstring>

#include "replay/event_stream.hpp"
#include "replay/progress_line.hpp"
#include "replay/sha256.hpp"
#include "replay/tool/books/book_writer.hpp"
#include "replay/tool/commands.hpp"
#include "replay/tool/output.hpp"

namespace creditd::replay::tool {
namespace {

class BookExport {
public:
    BookExport(const Period& period, Output& output, Seq last)
        : period_(period), output_(output), last_(last) {}

    Books& books() { return books_; }
    void set_writer(std::unique_ptr<BookWriter> writer) { writer_ = std::move(writer); }
    bool take(const EventBatch& batch) {
        for (const Event& event : batch.events()) {
            if (!take(event)) return false;
        }
        const std::uint64_t done = batch.tip().seq.value;
        line_.show({"journal", done, last_.value, done >= last_.value});
        return output_.drain();
    }
    /// The end of the log, or of the period, was reached.
    std::expected<void, std::string> finish() {
        if (!disagreement_.empty()) return std::unexpected(disagreement_);
        if (!has_begun_) begin(Timestamp{});
        if (auto finished = writer_->finish(); !finished) return finished;
        if (!output_.drain(true)) return std::unexpected("writing the export failed");
        return {};
    }
    std::uint64_t count() const { return count_; }

private:
    bool take(const Event& event) {
        if (period_.is_after(event)) return false;
        if (!has_begun_ && !period_.is_before(event)) begin(event.time);
        const auto postings = books_.post(event);
        last_time_ = event.time;
        if (!postings.empty() && !books_.agrees_with(event)) {
            disagreement_ = "seq " + std::to_string(event.seq.value) + ": the balance of " +
                            event.account + " is not what the events before it add up to";
            return false;
        }
        if (!has_begun_) return true;
        writer_->event(event, postings);
        ++count_;
        return true;
    }
    /// Balances go on from the time before; income and expenses begin anew.
    void begin(Timestamp first) {
        has_begun_ = true;
        if (!period_.from) return;
        const Timestamp time = period_.from->time    ? *period_.from->time
                               : first > Timestamp{} ? first
                                                     : last_time_;
        ChartOfAccounts& chart = books_.chart();
        const ChartNo against = chart.of_name(Chart::opening);
        for (std::uint32_t i = 0; i < chart.count(); ++i) {
            ChartAccount& account = chart.at(ChartNo{i});
            if (!is_carried(account.chart)) account.balance = 0;
            if (account.balance == 0 || ChartNo{i} == against) continue;
            chart.at(against).balance -= account.balance;
            writer_->opening(time, {ChartNo{i}, account.balance}, {against, -account.balance});
        }
    }

    const Period& period_;
    Output& output_;
    Seq last_;
    Books books_;
    std::unique_ptr<BookWriter> writer_;
    ProgressLine line_;
    std::string disagreement_;
    Timestamp last_time_{};
    bool has_begun_ = false;
    std::uint64_t count_ = 0;
};

std::string period_text(const std::optional<Position>& position) {
    if (!position) return {};
    return position->time ? time_text(*position->time)
                          : "event " + std::to_string(position->seq->value);
}

std::expected<std::unique_ptr<BookWriter>, std::string> make_writer(const ExportOptions& wanted,
                                                                    Output& output,
                                                                    const ChartOfAccounts& chart,
                                                                    const BookTitle& title) {
    if (wanted.format == ExportFormat::sqlite) return write_sqlite(wanted.output, chart, title);
    if (wanted.format == ExportFormat::beancount) {
        return write_beancount(output.text(), chart, title);
    }
    return write_hledger(output.text(), chart, title);
}

}  // namespace

Exit export_books(const CommonOptions& options, const ExportOptions& wanted) {
    if (!wanted.account.empty()) {
        return fail(options, Exit::usage,
                    "--account goes with jsonl and csv: double entry needs both sides");
    }
    auto ledger = LedgerFolder::open(options);
    if (!ledger) return fail(options, ledger.error());
    const Journal& journal = (*ledger)->journal();
    const auto decimals = (*ledger)->decimals();
    if (!decimals) return fail(options, decimals.error());
    const bool is_database = wanted.format == ExportFormat::sqlite;
    Output output(is_database ? std::filesystem::path() : wanted.output);
    if (!output.is_open()) {
        return fail(options, Exit::usage, wanted.output.string() + ": " + std::strerror(errno));
    }
    BookExport books(wanted.period, output, journal.tip().seq);
    const BookTitle title{to_hex(journal.tip().chain.ledger.bytes), *decimals,
                          period_text(wanted.period.from), period_text(wanted.period.to)};
    auto writer = make_writer(wanted, output, books.books().chart(), title);
    if (!writer) return fail(options, Exit::usage, writer.error());
    books.set_writer(std::move(*writer));
    const auto read =
        read_events(journal, {}, [&](const EventBatch& batch) { return books.take(batch); });
    if (!read) return fail(options, read.error());
    if (const auto finished = books.finish(); !finished) {
        return fail(options, Exit::failed_check, finished.error());
    }
    if (!wanted.output.empty()) {
        std::fprintf(stderr, "%s events written to %s\n", grouped(books.count()).c_str(),
                     wanted.output.c_str());
    }
    return Exit::fine;
}

}  // namespace creditd::replay::tool
