#include <cstdio>

#include "replay/event_lookup.hpp"
#include "replay/event_stream.hpp"
#include "replay/explain/explain.hpp"
#include "replay/ids.hpp"
#include "replay/progress_line.hpp"
#include "replay/tool/commands.hpp"
#include "replay/tool/json_text.hpp"

namespace creditd::replay::tool {
namespace {

bool may_be_refunded(const EventBody& body) {
    return std::holds_alternative<CreditsDeducted>(body) ||
           std::holds_alternative<HoldCaptured>(body);
}

/// How much of a deduction has come back, from the log alone: reads everything after it.
std::expected<Credits, JournalError> refunded_since(const Journal& journal, Seq deduction) {
    const auto from = tip_at_or_before(journal, deduction);
    if (!from) return std::unexpected(from.error());
    Credits refunded{};
    ProgressLine line;
    const std::uint64_t last = journal.tip().seq.value;
    const auto read = read_events(journal, *from, [&](const EventBatch& batch) {
        for (const Event& event : batch.events()) {
            const auto* const refund = std::get_if<CreditsRefunded>(&event.body);
            if (refund == nullptr || refund->deduction.seq() != deduction) continue;
            refunded = refund->refunded_total;
        }
        const std::uint64_t done = batch.tip().seq.value;
        line.show({"journal", done, last, done >= last});
        return true;
    });
    if (!read) return std::unexpected(read.error());
    return refunded;
}

void print(const CommonOptions& options, const Explanation& explanation) {
    const std::string text = explanation_text(explanation);
    if (!options.json) {
        std::fwrite(text.data(), 1, text.size(), stdout);
        return;
    }
    std::string out;
    JsonText json(out, explanation.decimals);
    json.open();
    json.text("transaction", transaction_text(explanation.event.seq));
    json.text("account", explanation.event.account);
    json.text("text", text);
    json.close();
    std::printf("%s\n", out.c_str());
}

}  // namespace

Exit explain(const CommonOptions& options, const std::string& id) {
    const auto seq = transaction_seq(id);
    if (!seq) {
        return fail(options, Exit::usage, "an id is written txn_42, grt_42 or hold_42");
    }
    auto ledger = LedgerFolder::open(options);
    if (!ledger) return fail(options, ledger.error());
    const auto decimals = (*ledger)->decimals();
    if (!decimals) return fail(options, decimals.error());
    const Journal& journal = (*ledger)->journal();
    EventLookup lookup(journal);
    auto explanation = read_explanation(lookup, *seq, *decimals);
    if (!explanation) return fail(options, explanation.error());
    if (!*explanation) {
        return fail(options, Exit::failed_check, "there is no such transaction in the log");
    }
    if (may_be_refunded((*explanation)->event.body)) {
        const auto refunded = refunded_since(journal, *seq);
        if (!refunded) return fail(options, refunded.error());
        (*explanation)->refunded = *refunded;
    }
    print(options, **explanation);
    return Exit::fine;
}

}  // namespace creditd::replay::tool
