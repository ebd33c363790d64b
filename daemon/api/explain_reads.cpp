#include "daemon/api/explain.hpp"
#include "daemon/api/ids.hpp"
#include "daemon/api/loaded_event.hpp"
#include "daemon/api/reads.hpp"
#include "daemon/basics/http_text.hpp"
#include "replay/explain/explain.hpp"

namespace creditd::daemon {
namespace {

struct ExplainRead {
    /// By refunds that the ledger has in its window: the index may not have them yet.
    std::optional<Credits> refunded_lately;
    std::optional<replay::Explanation> found;
    bool is_readable = true;
};

/// How much of this deduction has been refunded so far, as the index knows it; nothing: it cannot
/// be read.
std::optional<Credits> refunded_of(const Api& api, Seq deduction) {
    const auto refund = api.key_index.find_refund(DeductionId{deduction.value});
    if (!refund) return std::nullopt;
    if (!*refund) return Credits{};
    const auto loaded = load_event(api, **refund);
    if (!loaded) return std::nullopt;
    const auto* const body = std::get_if<CreditsRefunded>(&loaded->event.body);
    return body == nullptr ? Credits{} : body->refunded_total;
}

void read_explanation(const Api& api, Seq seq, ExplainRead& read) {
    read.is_readable = catch_up(api, api.engine.durable());
    if (!read.is_readable) return;
    auto explanation = replay::read_explanation(reader_lookup(api), seq, api.engine.decimals());
    read.is_readable = explanation.has_value();
    if (!explanation || !*explanation) return;
    read.found = std::move(*explanation);
    const auto refunded = read.refunded_lately ? read.refunded_lately : refunded_of(api, seq);
    read.is_readable = refunded.has_value();
    read.found->refunded = refunded.value_or(Credits{});
}

bool wants_text(const Call& call) {
    static constexpr std::array<std::string_view, 2> offered{"application/json", "text/plain"};
    return negotiate(call.request().header(http::Header::accept), offered) == 1;
}

void respond_with_explanation(Call& call, const ExplainRead& read) {
    if (!read.is_readable) {
        call.respond_unavailable(Unavailable::overloaded);
    } else if (!read.found || !read.found->event.account.starts_with(call.caller.account_prefix)) {
        call.respond_problem(ProblemCode::transaction_not_found);
    } else if (wants_text(call)) {
        call.begin_text(200, "text/plain; charset=utf-8") += replay::explanation_text(*read.found);
        call.finish();
    } else {
        render_explanation(call.begin_json(200), *read.found);
        call.finish();
    }
}

}  // namespace

void handle_explain(Call& call) {
    const auto seq = transaction_seq(call.parameter());
    if (!seq || *seq > call.api().engine.durable()) {
        call.respond_problem(ProblemCode::transaction_not_found);
        return;
    }
    auto read = std::make_shared<ExplainRead>();
    // The window first: what it forgets afterwards is in the index.
    inspect(
        call,
        [read, seq](const LedgerTurn& turn) {
            read->refunded_lately = turn.state.window.find_refunded(DeductionId{seq->value});
        },
        [&call, read, seq] {
            call.read([&call, read, seq] { read_explanation(call.api(), *seq, *read); },
                      [&call, read] { respond_with_explanation(call, *read); });
        });
}

}  // namespace creditd::daemon
