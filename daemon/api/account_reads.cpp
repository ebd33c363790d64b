#include "daemon/api/account_view.hpp"
#include "daemon/api/list_query.hpp"
#include "daemon/api/loaded_event.hpp"
#include "daemon/api/reads.hpp"
#include "daemon/basics/query_text.hpp"

namespace creditd::daemon {
namespace {

/// One page looks at no more accounts than this for its filters.
constexpr std::size_t accounts_scanned_max = 1'000;

/// A list of accounts under way: candidates by id, what the ledger knows of them, their profiles.
struct AccountList {
    ListQuery query;
    std::string prefix;
    replay::followers::AccountPage candidates;
    std::vector<AccountView> views;
    ListPage page;
    bool is_readable = true;
};

bool is_wanted(const AccountList& list, const AccountView& view) {
    const auto parent = list.query.filter("parent");
    return !parent || view.account.extra().parent == *parent;
}

/// `label=key:value` or `label=key`, against the stored labels (a flat JSON object).
bool has_label(const PersonalFields& profile, std::string_view wanted) {
    thread_local JsonDocument document;
    // A view: the values of the document point into the text, which must outlive them.
    const std::string_view text = profile.labels.empty() ? std::string_view("{}") : profile.labels;
    const auto labels = document.parse(text);
    if (!labels || !labels->is_object()) return false;
    const std::size_t colon = wanted.find(':');
    for (const JsonValue member : *labels) {
        if (member.key() != wanted.substr(0, colon)) continue;
        return colon == std::string_view::npos || member.text() == wanted.substr(colon + 1);
    }
    return false;
}

void find_candidates(const Api& api, AccountList& list) {
    const bool filters = list.query.filter("parent") || list.query.filter("label");
    list.is_readable = catch_up(api, api.engine.durable());
    if (!list.is_readable) return;
    auto page = api.accounts.page(list.prefix, list.query.after,
                                  filters ? accounts_scanned_max : list.query.limit);
    list.is_readable = page.has_value();
    if (page) list.candidates = std::move(*page);
}

void look_at_candidates(AccountList& list, const LedgerTurn& turn) {
    for (const auto& candidate : list.candidates.accounts) {
        if (auto view = view_account(turn, candidate.id, {}))
            list.views.push_back(std::move(*view));
    }
}

void render_page(const Api& api, AccountList& list) {
    ListPage& page = list.page;
    page.has_more = list.candidates.has_more;
    for (const AccountView& view : list.views) {
        if (page.count == list.query.limit) {
            page.has_more = true;
            break;
        }
        page.last = view.account.id();
        if (!is_wanted(list, view)) continue;
        const auto profile = load_personal(api, view.account.extra().profile_seq);
        list.is_readable = profile.has_value();
        if (!profile) return;
        const auto label = list.query.filter("label");
        if (label && !has_label(*profile, *label)) continue;
        page.add([&](std::string& out) {
            render_account_entry(out, view, *profile, api.engine.decimals());
        });
    }
}

/// The prefix that both the caller's key and the query ask for; nothing where they contradict.
std::optional<std::string> effective_prefix(const Call& call, const ListQuery& query) {
    std::string own = call.caller.account_prefix;
    std::string asked(query.filter("prefix").value_or(""));
    if (asked.starts_with(own)) return asked;
    if (own.starts_with(asked)) return own;
    return std::nullopt;
}

}  // namespace

namespace {

/// The most frequent read, so with less around it than an Inspection.
class BalanceRead final : public Operation {
public:
    explicit BalanceRead(Call& call) : call_(call) {}

    void warm(const State& state, WarmStep step) const override {
        warm_account(state, call_.parameter(), step);
    }
    void execute(const LedgerTurn& turn) override {
        view_ = view_balance(turn, call_.parameter(), call_.caller.account_prefix);
    }
    void complete() override { respond_with_balance(call_, view_); }
    bool is_write() const override { return false; }

private:
    Call& call_;
    std::optional<BalanceView> view_;
};

}  // namespace

void inspect(Call& call, Inspection::Look look, std::move_only_function<void()> then) {
    auto operation = std::make_unique<Inspection>(std::move(look), std::move(then));
    Operation& submitted = *operation;
    call.keep(std::move(operation));
    call.submit(submitted);
}

void respond_with_balance(Call& call, const std::optional<BalanceView>& view) {
    if (!view) {
        call.respond_problem(ProblemCode::account_not_found);
        return;
    }
    render_balance(call.begin_json(200), *view, call.decimals());
    call.finish();
}

void handle_get_balance(Call& call) {
    if (!call.request().query.empty()) {
        handle_balance_at(call);
        return;
    }
    auto operation = std::make_unique<BalanceRead>(call);
    BalanceRead& submitted = *operation;
    call.keep(std::move(operation));
    call.submit(submitted);
}

void handle_get_account(Call& call) {
    struct Found {
        std::optional<AccountView> view;
        std::optional<PersonalFields> profile = PersonalFields{};  // nothing: not readable
    };
    auto found = std::make_shared<Found>();
    const auto answer = [&call, found] {
        if (!found->profile) return call.respond_unavailable(Unavailable::overloaded);
        render_account(call.begin_json(200), *found->view, *found->profile, call.decimals());
        call.finish();
    };
    inspect(
        call,
        [&call, found](const LedgerTurn& turn) {
            found->view = view_account(turn, call.parameter(), call.caller.account_prefix);
        },
        [&call, found, answer] {
            if (!found->view) {
                call.respond_problem(ProblemCode::account_not_found);
                return;
            }
            const Seq profile_seq = found->view->account.extra().profile_seq;
            if (profile_seq == Seq{}) {
                answer();
                return;
            }
            call.read([&call, found,
                       profile_seq] { found->profile = load_personal(call.api(), profile_seq); },
                      answer);
        });
}

namespace {

/// A malformed query too: who looks for the moment says what is wrong.
bool asks_for_a_moment(std::string_view query) {
    if (query.empty()) return false;
    const auto parameters = QueryParameters::parse(query);
    if (!parameters) return true;
    return std::ranges::any_of(parameters->list(), [](const auto& p) { return p.first == "at"; });
}

}  // namespace

void handle_list_grants(Call& call) {
    if (asks_for_a_moment(call.request().query)) {
        handle_grants_at(call);
        return;
    }
    auto view = std::make_shared<std::optional<AccountView>>();
    inspect(
        call,
        [&call, view](const LedgerTurn& turn) {
            *view = view_account(turn, call.parameter(), call.caller.account_prefix);
        },
        [&call, view] {
            if (!*view) {
                call.respond_problem(ProblemCode::account_not_found);
                return;
            }
            render_grants(call.begin_json(200), **view, call.decimals());
            call.finish();
        });
}

void handle_list_accounts(Call& call) {
    auto query = read_list_query(call, {"prefix", "label", "parent"});
    if (!query) return;
    const auto prefix = effective_prefix(call, *query);
    auto list = std::make_shared<AccountList>();
    list->query = std::move(*query);
    // Before the index is read, which may know no account that is younger.
    list->page.seq = call.api().engine.durable();
    if (!prefix) {
        respond_with_list(call, list->page);
        return;
    }
    list->prefix = *prefix;
    const Api& api = call.api();
    const auto answer = [&call, list] {
        if (list->is_readable) respond_with_list(call, list->page);
        else call.respond_unavailable(Unavailable::overloaded);
    };
    const auto render = [&call, &api, list, answer] {
        call.read([&api, list] { render_page(api, *list); }, answer);
    };
    call.read([&api, list] { find_candidates(api, *list); },
              [&call, list, render] {
                  if (!list->is_readable) {
                      call.respond_unavailable(Unavailable::overloaded);
                      return;
                  }
                  inspect(
                      call, [list](const LedgerTurn& turn) { look_at_candidates(*list, turn); },
                      render);
              });
}

}  // namespace creditd::daemon
