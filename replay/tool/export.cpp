#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>

#include "replay/progress_line.hpp"
#include "replay/tool/commands.hpp"
#include "replay/tool/event_text.hpp"
#include "replay/tool/output.hpp"
#include "replay/tool/period_start.hpp"

namespace creditd::replay::tool {
namespace {

class Exporter {
public:
    Exporter(const ExportOptions& wanted, unsigned decimals, Seq last)
        : wanted_(wanted), decimals_(decimals), last_(last), output_(wanted.output) {}

    bool is_open() const { return output_.is_open(); }
    bool start() {
        if (wanted_.format == ExportFormat::csv) append_csv_header(output_.text());
        return true;
    }
    bool take(const EventBatch& batch) {
        std::size_t block = 0;
        for (std::size_t i = 0; i < batch.events().size(); ++i) {
            while (block + 1 < batch.blocks().size() &&
                   batch.blocks()[block + 1].first_event <= i) {
                ++block;
            }
            const Event& event = batch.events()[i];
            if (wanted_.period.is_after(event)) return false;
            if (!wanted_.period.is_before(event) && is_wanted(event))
                append(event, batch.blocks()[block]);
        }
        const std::uint64_t done = batch.tip().seq.value;
        line_.show({"journal", done, last_.value, done >= last_.value});
        has_failed_ = !output_.drain();
        return !has_failed_;
    }
    bool finish() { return !has_failed_ && output_.drain(true); }
    std::uint64_t count() const { return count_; }

private:
    bool is_wanted(const Event& event) const {
        return wanted_.account.empty() || event.account == wanted_.account;
    }
    void append(const Event& event, const BatchBlock& block) {
        ++count_;
        if (wanted_.format == ExportFormat::csv) {
            append_event_csv(output_.text(), event, block, decimals_);
        } else {
            append_event_json(output_.text(), event, block, decimals_);
        }
    }

    const ExportOptions& wanted_;
    unsigned decimals_;
    Seq last_;
    Output output_;
    ProgressLine line_;
    std::uint64_t count_ = 0;
    bool has_failed_ = false;
};

}  // namespace

Exit export_events(const CommonOptions& options, const ExportOptions& wanted) {
    if (wanted.format == ExportFormat::archive) return export_archive(options, wanted);
    if (wanted.format != ExportFormat::jsonl && wanted.format != ExportFormat::csv) {
        return export_books(options, wanted);
    }
    auto ledger = LedgerFolder::open(options);
    if (!ledger) return fail(options, ledger.error());
    const Journal& journal = (*ledger)->journal();
    const auto decimals = (*ledger)->decimals();
    if (!decimals) return fail(options, decimals.error());
    const auto from = start_of(journal, wanted.period);
    if (!from) return fail(options, from.error());
    Exporter exporter(wanted, *decimals, journal.tip().seq);
    if (!exporter.is_open()) {
        return fail(options, Exit::usage, wanted.output.string() + ": " + std::strerror(errno));
    }
    exporter.start();
    const auto read =
        read_events(journal, *from, [&](const EventBatch& batch) { return exporter.take(batch); });
    // What is sound stands in the file, also when the log is damaged further on.
    const bool is_written = exporter.finish();
    if (!read) return fail(options, read.error());
    if (!is_written) return fail(options, Exit::failed_check, "writing the export failed");
    if (!wanted.output.empty()) {
        std::fprintf(stderr, "%s events written to %s\n", grouped(exporter.count()).c_str(),
                     wanted.output.c_str());
    }
    return Exit::fine;
}

}  // namespace creditd::replay::tool
