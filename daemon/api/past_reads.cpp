#include <algorithm>
#include <charconv>

#include "core/consequences.hpp"
#include "daemon/api/account_view.hpp"
#include "daemon/api/body.hpp"
#include "daemon/api/loaded_event.hpp"
#include "daemon/api/reads.hpp"
#include "replay/followers/past_account.hpp"
#include "text/time_text.hpp"

namespace creditd::daemon {
namespace {

/// A forecast goes through every cycle on the way, on the ledger thread: no further than this.
constexpr auto forecast_max = Duration::days(10 * 366);

/// A past moment is a position in the log; a future one is a time.
struct Moment {
    std::optional<Seq> seq;
    std::optional<Timestamp> time;
};

std::optional<Moment> parse_moment(std::string_view text) {
    if (const auto time = parse_query_timestamp(text)) return Moment{{}, time};
    std::uint64_t number = 0;
    const auto result = std::from_chars(text.data(), text.data() + text.size(), number);
    if (result.ec != std::errc{} || result.ptr != text.data() + text.size() || number == 0) {
        return std::nullopt;
    }
    return Moment{Seq{number}, {}};
}

bool is_too_far(const Call& call, const Moment& moment) {
    return moment.time && *moment.time > call.api().clock.wall() + forecast_max;
}

std::optional<Moment> read_moment(Call& call) {
    return read_query(call, [&](QueryReader& reader) {
        const auto text = reader.text("at", {.required = true});
        if (!text) return Moment{};
        const auto moment = parse_moment(*text);
        if (!moment) {
            reader.fail("at", "must be an RFC 3339 time or a seq");
        } else if (is_too_far(call, *moment)) {
            reader.fail("at", "must not lie more than ten years ahead");
        }
        return moment.value_or(Moment{});
    });
}

/// What is shown of an account: its balance, or its grants.
struct Shown {
    BalanceView balance;
    std::vector<GrantView> grants;
};

struct Question {
    Moment moment;
    bool is_future = false;
    AccountNo no = AccountNo::none();
    Seq looked_at{};  // the state behind `present`
    Timestamp now{};
    std::optional<Shown> present;  // the account as it is, at the moment's time; nothing: none
    std::optional<Shown> past;
    bool is_readable = true;
};

/// On the ledger thread: a forecast, or what is true as long as nothing happened since the moment.
void look(const LedgerTurn& turn, Question& question, const Call& call) {
    LedgerTurn then{turn};
    question.now = turn.now;
    question.looked_at = turn.state.head.seq;
    if (question.moment.time) {
        then.now = *question.moment.time;
        question.is_future = then.now > turn.now;
    }
    auto view = view_account(then, call.parameter(), call.caller.account_prefix);
    if (!view) return;
    question.no = view->no;
    Shown& shown = question.present.emplace();
    shown.balance = balance_of(view->account, view->seq);
    shown.grants = std::move(view->grants);
}

using PastMoment = replay::followers::PastMoment;

/// The moment as a position and a time. Nothing: the log cannot be read.
std::optional<PastMoment> locate(const Api& api, const Question& question) {
    replay::EventLookup& lookup = reader_lookup(api);
    if (question.moment.time) {
        const auto after = lookup.seq_at(*question.moment.time + Duration{1});
        if (!after) return std::nullopt;
        return PastMoment{std::min(Seq{after->value - 1}, question.looked_at),
                          *question.moment.time};
    }
    const Seq seq = std::min(*question.moment.seq, question.looked_at);
    const auto event = lookup.event(seq);
    if (!event || !*event) return std::nullopt;
    // The last event's time is over, and time has gone on.
    return PastMoment{seq, seq == question.looked_at ? question.now : (*event)->time};
}

bool read_shown(const Api& api, Question& question) {
    if (!catch_up(api, question.looked_at)) return false;
    const auto moment = locate(api, question);
    if (!moment) return false;
    const auto newest = replay::followers::newest_of(api.history, question.no);
    if (!newest) return false;
    if (*newest && **newest <= moment->seq) {
        question.past = std::move(question.present);
    } else {
        const replay::followers::PastSources sources{api.history, api.images, reader_lookup(api)};
        const auto past = replay::followers::read_past(sources, question.no, *moment);
        if (!past) return false;
        if (*past) {
            const Account& account = (*past)->account();
            question.past = Shown{balance_of(account, {}), grants_of(account, (*past)->terms())};
        } else {
            question.past.emplace().balance.account = question.present->balance.account;
        }
    }
    question.past->balance.seq = moment->seq;
    return true;
}

using Answer = void (*)(Call&, const Shown&);

void answer_balance(Call& call, const Shown& shown) { respond_with_balance(call, shown.balance); }

void answer_grants(Call& call, const Shown& shown) {
    AccountView view;
    view.grants = shown.grants;
    view.seq = shown.balance.seq;
    render_grants(call.begin_json(200), view, call.decimals());
    call.finish();
}

void answer_at(Call& call, Answer answer) {
    const auto moment = read_moment(call);
    if (!moment) return;
    auto question = std::make_shared<Question>();
    question->moment = *moment;
    const Api& api = call.api();
    inspect(
        call, [&call, question](const LedgerTurn& turn) { look(turn, *question, call); },
        [&call, &api, question, answer] {
            if (!question->present) {
                call.respond_problem(ProblemCode::account_not_found);
                return;
            }
            if (question->is_future) {
                answer(call, *question->present);
                return;
            }
            call.read([&api, question] { question->is_readable = read_shown(api, *question); },
                      [&call, question, answer] {
                          if (question->is_readable) answer(call, *question->past);
                          else call.respond_unavailable(Unavailable::overloaded);
                      });
        });
}

}  // namespace

void handle_balance_at(Call& call) { answer_at(call, answer_balance); }
void handle_grants_at(Call& call) { answer_at(call, answer_grants); }

}  // namespace creditd::daemon
