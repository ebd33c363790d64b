#include "core/budgets.hpp"
#include "core/decide/context.hpp"
#include "core/execute.hpp"
#include "daemon/api/body.hpp"
#include "daemon/api/reads.hpp"
#include "text/json_writer.hpp"

namespace creditd::daemon {
namespace {

struct Quote {
    Refusal refusal;
    Credits required{};
    Credits waived{};  // the price, where an unlimited plan covers it: nothing is required
    Credits available{};
    bool sufficient = false;
    std::vector<PriceLine> lines;
    Seq seq{};
};

/// What the deduction would cost and whether it would pass, on the state as it is.
Quote quote(const LedgerTurn& turn, const DeductCredits& command, std::string_view prefix) {
    Quote result;
    result.seq = turn.state.head.seq;
    const auto no = command.account.starts_with(prefix) ? turn.state.accounts.find(command.account)
                                                        : std::nullopt;
    if (!no) {
        result.refusal.code = RefusalCode::account_not_found;
        return result;
    }
    const deciding::Priced priced = deciding::price(turn.state, command.price);
    result.refusal = priced.refusal;
    if (priced.refusal != deciding::accepted) return result;
    State trial(turn.state);
    std::vector<DecidedEvent> dropped;
    execute_due(trial, *no, turn.now, turn.policy, dropped);
    const Account& account = trial.accounts.get(*no);
    const bool is_free = deciding::is_waived(account, priced.usage.feature);
    (is_free ? result.waived : result.required) = priced.amount;
    result.lines = priced.usage.lines;
    result.available = available_for(trial, account, priced.usage.feature, turn.now);
    const Refusal over = budget_refusal(account, {command.price.user, command.price.feature},
                                        result.required, turn.now);
    const bool has_credits = result.required <= result.available + account.credit_limit();
    result.sufficient = !account.closed() && (is_free || (has_credits && over == Refusal{}));
    return result;
}

void render_quote(std::string& out, const Quote& quote, unsigned decimals) {
    JsonWriter json(out);
    json.begin_object();
    json.credits("required", quote.required, decimals);
    if (quote.waived.is_positive()) json.credits("waived", quote.waived, decimals);
    json.credits("available", quote.available, decimals);
    json.boolean("sufficient", quote.sufficient);
    json.begin_array("lines");
    for (const PriceLine& line : quote.lines) {
        json.begin_object();
        json.text("rule", line.rule);
        json.credits("amount", line.amount, decimals);
        json.end_object();
    }
    json.end_array();
    json.integer("seq", quote.seq.value);
    json.end_object();
}

}  // namespace

void handle_quote(Call& call) {
    auto parsed = parse_body(call, CommandKind::deduct, call.parameter());
    if (!parsed) return;
    auto command = std::make_shared<DeductCredits>(std::get<DeductCredits>(parsed->body));
    auto result = std::make_shared<Quote>();
    inspect(
        call,
        [&call, command, result](const LedgerTurn& turn) {
            *result = quote(turn, *command, call.caller.account_prefix);
        },
        [&call, result] {
            if (result->refusal.code != RefusalCode::none) {
                call.respond_refusal(result->refusal, 0, false);
                return;
            }
            render_quote(call.begin_json(200), *result, call.decimals());
            call.finish();
        });
}

}  // namespace creditd::daemon
