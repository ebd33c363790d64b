#include <algorithm>
#include <charconv>

#include "daemon/api/account_view.hpp"
#include "daemon/api/body.hpp"
#include "daemon/api/loaded_event.hpp"
#include "daemon/api/reads.hpp"
#include "daemon/basics/query_text.hpp"
#include "daemon/basics/time_text.hpp"

namespace creditd::daemon {
namespace {

/// A past moment is a position in the log; a future one is a time.
struct Moment {
    std::optional<Seq> seq;
    std::optional<Timestamp> time;
};

std::optional<Moment> parse_moment(std::string_view text) {
    if (const auto time = parse_timestamp(text)) return Moment{{}, time};
    std::uint64_t number = 0;
    const auto result = std::from_chars(text.data(), text.data() + text.size(), number);
    if (result.ec != std::errc{} || result.ptr != text.data() + text.size() || number == 0) {
        return std::nullopt;
    }
    return Moment{Seq{number}, {}};
}

std::optional<Moment> read_moment(Call& call) {
    FieldErrors errors;
    std::optional<Moment> moment;
    const auto parameters = QueryParameters::parse(call.request().query);
    if (!parameters) {
        errors.add(parameters.error().pointer, parameters.error().detail);
    } else {
        QueryReader reader(*parameters, errors);
        const auto text = reader.text("at", {.required = true});
        if (text) moment = parse_moment(*text);
        if (text && !moment) reader.fail("at", "must be an RFC 3339 time or a seq");
        reader.finish();
    }
    if (errors.empty()) return moment;
    respond_field_errors(call, errors);
    return std::nullopt;
}

/// What an account's last event up to a position left behind.
struct PastBalance {
    BalanceView view;
    bool is_readable = true;
};

PastBalance read_past(const Api& api, AccountNo no, const std::string& account, Moment moment) {
    PastBalance past;
    past.view.account = account;
    const Seq acknowledged = api.engine.durable();
    past.is_readable = catch_up(api, acknowledged);
    if (past.is_readable && moment.time) {
        // The last event that is not later than the moment.
        const auto after = reader_lookup(api).seq_at(*moment.time + Duration{1});
        past.is_readable = after.has_value();
        if (after) moment.seq = Seq{after->value - 1};
    }
    if (!past.is_readable) return past;
    past.view.seq = std::min(*moment.seq, acknowledged);
    const auto page = api.history.page(no, {}, past.view.seq.next(), 1);
    past.is_readable = page.has_value();
    if (!page || page->seqs.empty()) return past;
    const auto loaded = load_event(api, page->seqs.front());
    past.is_readable = loaded.has_value();
    if (!loaded) return past;
    const Balances& balances = loaded->event.balances;
    past.view.balance = balances.after;
    past.view.held = balances.held;
    past.view.available = balances.after - balances.held;
    return past;
}

struct Question {
    Moment moment;
    bool is_future = false;
    AccountNo no = AccountNo::none();
    std::optional<BalanceView> view;
    PastBalance past;
};

/// On the ledger thread: a forecast at once, or which account the past is asked of.
void look(const LedgerTurn& turn, Question& question, const Call& call) {
    const std::string& prefix = call.caller.account_prefix;
    LedgerTurn then{turn};
    question.is_future = question.moment.time && *question.moment.time > turn.now;
    if (question.is_future) then.now = *question.moment.time;
    question.view = view_balance(then, call.parameter(), prefix);
    if (question.view) question.no = *turn.state.accounts.find(call.parameter());
}

}  // namespace

void handle_balance_at(Call& call) {
    const auto moment = read_moment(call);
    if (!moment) return;
    auto question = std::make_shared<Question>();
    question->moment = *moment;
    const Api& api = call.api();
    inspect(
        call, [&call, question](const LedgerTurn& turn) { look(turn, *question, call); },
        [&call, &api, question] {
            if (!question->view || question->is_future) {
                respond_with_balance(call, question->view);
                return;
            }
            call.read(
                [&api, question] {
                    question->past =
                        read_past(api, question->no, question->view->account, question->moment);
                },
                [&call, question] {
                    if (!question->past.is_readable) {
                        call.respond_unavailable(Unavailable::overloaded);
                    } else {
                        respond_with_balance(call, question->past.view);
                    }
                });
        });
}

}  // namespace creditd::daemon
