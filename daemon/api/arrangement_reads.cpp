#include "core/budgets.hpp"
#include "core/consequences.hpp"
#include "daemon/api/account_view.hpp"
#include "daemon/api/arrangement_json.hpp"
#include "daemon/api/list_query.hpp"
#include "daemon/api/reads.hpp"

namespace creditd::daemon {
namespace {

/// Looks at the call's account on the ledger thread, then lets `answer(view)` answer.
template <class AnswerWith>
void with_account_view(Call& call, AnswerWith answer) {
    auto view = std::make_shared<std::optional<AccountView>>();
    inspect(
        call,
        [&call, view](const LedgerTurn& turn) {
            *view = view_account(turn, call.parameter(), call.caller.account_prefix);
        },
        [&call, view, answer] {
            if (*view) answer(**view);
            else call.respond_problem(ProblemCode::account_not_found);
        });
}

void render_budget(JsonWriter& json, const AccountView& view, const Budget& budget,
                   unsigned decimals) {
    const Credits spent = spent_of(budget, view.now);
    const Credits held = held_by(view.account, budget.terms);
    render_budget_fields(json, budget.terms, decimals);
    json.credits("spent", spent, decimals);
    json.credits("held", held, decimals);
    json.credits("remaining", std::max(Credits{}, budget.terms.limit - spent - held), decimals);
    json.timestamp("resets_at", budget_resets_at(budget, view.now));
}

void render_alert(JsonWriter& json, const AccountView& view, const Alert& alert,
                  unsigned decimals) {
    render_alert_fields(json, alert.terms, decimals);
    json.credits("threshold", threshold_of(alert.terms, view.account), decimals);
    json.text("level", name_of(alert.level));
}

/// One of the account's own, by the second id in the path.
template <class List, class Render>
void respond_with_named(Call& call, const AccountView& view, const List& list, ProblemCode missing,
                        Render render) {
    for (const auto& entry : list) {
        if (entry.terms.id != call.second_parameter()) continue;
        JsonWriter json(call.begin_json(200));
        json.begin_object();
        render(json, view, entry, call.decimals());
        json.integer("seq", view.seq.value);
        json.end_object();
        call.finish();
        return;
    }
    call.respond_problem(missing);
}

/// All of them: there are few.
template <class List, class Render>
void respond_with_all(Call& call, const AccountView& view, const List& list, Render render) {
    ListPage page;
    page.seq = view.seq;
    for (const auto& entry : list) {
        page.add([&](std::string& out) {
            JsonWriter json(out);
            json.begin_object();
            render(json, view, entry, call.decimals());
            json.end_object();
        });
    }
    respond_with_list(call, page);
}

}  // namespace

void respond_with_subscription(Call& call, const AccountView& view) {
    const auto& subscription = view.account.arrangements().subscription;
    if (!subscription) {
        call.respond_problem(ProblemCode::subscription_not_found);
        return;
    }
    JsonWriter json(call.begin_json(200));
    json.begin_object();
    json.text("account", view.account.id());
    json.begin_object("subscription");
    render_subscription_fields(json, *subscription, call.decimals());
    json.end_object();
    json.credits("available", view.account.available(), call.decimals());
    json.integer("seq", view.seq.value);
    json.end_object();
    call.finish();
}

void handle_get_subscription(Call& call) {
    with_account_view(call,
                      [&call](const AccountView& view) { respond_with_subscription(call, view); });
}

void handle_list_budgets(Call& call) {
    with_account_view(call, [&call](const AccountView& view) {
        respond_with_all(call, view, view.account.arrangements().budgets, render_budget);
    });
}

void handle_get_budget(Call& call) {
    with_account_view(call, [&call](const AccountView& view) {
        respond_with_named(call, view, view.account.arrangements().budgets,
                           ProblemCode::budget_not_found, render_budget);
    });
}

void handle_list_alerts(Call& call) {
    with_account_view(call, [&call](const AccountView& view) {
        respond_with_all(call, view, view.account.arrangements().alerts, render_alert);
    });
}

void handle_get_alert(Call& call) {
    with_account_view(call, [&call](const AccountView& view) {
        respond_with_named(call, view, view.account.arrangements().alerts,
                           ProblemCode::alert_not_found, render_alert);
    });
}

void handle_get_auto_top_up(Call& call) {
    with_account_view(call, [&call](const AccountView& view) {
        const auto& rule = view.account.arrangements().auto_top_up;
        if (!rule) {
            call.respond_problem(ProblemCode::auto_top_up_not_found);
            return;
        }
        JsonWriter json(call.begin_json(200));
        json.begin_object();
        render_auto_top_up_fields(json, rule->terms, call.decimals());
        json.integer("asked_in_month", top_ups_in_month(*rule, view.now));
        const bool has_asked = rule->asked_at != Timestamp{};
        has_asked ? json.timestamp("asked_at", rule->asked_at) : json.null("asked_at");
        json.integer("seq", view.seq.value);
        json.end_object();
        call.finish();
    });
}

}  // namespace creditd::daemon
