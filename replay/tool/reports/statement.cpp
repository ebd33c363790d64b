// A statement's lines are what is recorded of the account. A period that begins or ends at a moment
// opens and closes on the balance of that moment: what was due, and is recorded only later, is a
// line of its own at the end, and is taken back at the beginning of the next period.
#include "core/execute.hpp"
#include "replay/event_stream.hpp"
#include "replay/sha256.hpp"
#include "replay/tool/books/book_writer.hpp"
#include "replay/tool/reports/moments.hpp"
#include "replay/tool/reports/statement_text.hpp"
#include "schemas/event_kind.hpp"

namespace creditd::replay::tool {
namespace {

/// Where a period begins or ends.
struct Edge {
    StatementBalance balance;
    Credits recorded{};  // without what is due
    Seq seq{};           // the last event before it
};

Edge edge_of(State& state, std::string_view id, std::optional<Timestamp> moment) {
    Edge edge;
    edge.seq = state.head.seq;
    const auto no = state.accounts.find(id);
    if (!no) return edge;
    edge.recorded = state.accounts.get(*no).balance;
    if (moment && *moment >= state.head.time) {
        std::vector<DecidedEvent> due;
        execute_due(state, *no, *moment, Policy{}, due);
    }
    const Account& account = state.accounts.get(*no);
    edge.balance = {true,           account.balance,  account.held, account.available(),
                    account.debt(), account.pending()};
    return edge;
}

std::expected<Edge, JournalError> edge_before(LedgerFolder& ledger, const std::string& id,
                                              const std::optional<Position>& position) {
    const auto recovered = recorded_before(ledger, position);
    if (!recovered) return std::unexpected(recovered.error());
    return edge_of(*recovered->state, id, moment_before(position));
}

StatementLine line_of(const Event& event) {
    return {event.time,
            "txn_" + std::to_string(event.seq.value),
            std::string(schemas::name_of(schemas::kind_of(event.body))),
            note_of(event.body),
            event.balances.after - event.balances.before,
            event.balances.after};
}

class StatementMaker {
public:
    StatementMaker(LedgerFolder& ledger, const StatementOptions& wanted)
        : ledger_(ledger), wanted_(wanted) {}

    std::expected<Statement, JournalError> make();

private:
    void add_unrecorded(const char* type, std::optional<Timestamp> at, Credits amount);
    void take(const EventBatch& batch, Seq after, Seq last);
    std::expected<void, JournalError> read_lines(Seq after, Seq last);

    LedgerFolder& ledger_;
    const StatementOptions& wanted_;
    Statement statement_;
    std::vector<Movement> movements_;
};

void StatementMaker::add_unrecorded(const char* type, std::optional<Timestamp> at, Credits amount) {
    if (amount.is_zero()) return;
    const auto& lines = statement_.lines;
    const Credits before = lines.empty() ? statement_.opening.balance : lines.back().balance;
    statement_.lines.push_back({at.value_or(Timestamp{}), {}, type, {}, amount, before + amount});
}

void StatementMaker::take(const EventBatch& batch, Seq after, Seq last) {
    for (const Event& event : batch.events()) {
        if (event.seq <= after || event.seq > last || event.account != wanted_.account) continue;
        movements_of(event, movements_);
        if (!movements_.empty()) statement_.lines.push_back(line_of(event));
    }
}

std::expected<void, JournalError> StatementMaker::read_lines(Seq after, Seq last) {
    if (last <= after) return {};
    const auto from = tip_at_or_before(ledger_.journal(), after);
    if (!from) return std::unexpected(from.error());
    const auto read = read_events(ledger_.journal(), *from, [&](const EventBatch& batch) {
        take(batch, after, last);
        return batch.tip().seq < last;
    });
    if (!read) return std::unexpected(read.error());
    return {};
}

std::expected<Statement, JournalError> StatementMaker::make() {
    Edge opening;
    const Period& period = wanted_.period;
    if (period.from) {
        const auto edge = edge_before(ledger_, wanted_.account, period.from);
        if (!edge) return std::unexpected(edge.error());
        opening = *edge;
    }
    const auto closing = edge_before(ledger_, wanted_.account, period.to);
    if (!closing) return std::unexpected(closing.error());
    statement_.opening = opening.balance;
    statement_.closing = closing->balance;
    const Credits taken_back = opening.recorded - opening.balance.balance;
    add_unrecorded("due_before", period.from ? period.from->time : std::nullopt, taken_back);
    if (auto read = read_lines(opening.seq, closing->seq); !read) {
        return std::unexpected(read.error());
    }
    add_unrecorded("due", moment_before(period.to), closing->balance.balance - closing->recorded);
    return std::move(statement_);
}

}  // namespace

Exit statement(const CommonOptions& options, const StatementOptions& wanted) {
    auto ledger = LedgerFolder::open(options);
    if (!ledger) return fail(options, ledger.error());
    const auto decimals = (*ledger)->decimals();
    if (!decimals) return fail(options, decimals.error());
    auto made = StatementMaker(**ledger, wanted).make();
    if (!made) return fail(options, made.error());
    if (!made->closing.is_there) {
        return fail(options, Exit::failed_check, "there is no such account at that moment");
    }
    made->account = wanted.account;
    made->ledger = to_hex((*ledger)->journal().tip().chain.ledger.bytes);
    made->decimals = *decimals;
    made->period = wanted.period;
    if (!made->adds_up()) {
        return fail(options, Exit::failed_check,
                    "the lines do not lead from the balance at the opening to that at the closing");
    }
    return write_report(options, wanted.report, spell_statement(*made, wanted.report.format));
}

}  // namespace creditd::replay::tool
