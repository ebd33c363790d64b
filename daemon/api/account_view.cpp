#include "daemon/api/account_view.hpp"

#include "core/consequences.hpp"
#include "core/execute.hpp"
#include "daemon/api/arrangement_json.hpp"
#include "daemon/api/ids.hpp"
#include "daemon/api/render_event.hpp"
#include "text/json_writer.hpp"

namespace creditd::daemon {
namespace {

/// Calls `use(state, account number)` on a state in which nothing of the account is overdue.
template <class Use>
auto with_account(const LedgerTurn& turn, std::string_view id, std::string_view prefix, Use use)
    -> decltype(std::optional{use(turn.state, AccountNo{})}) {
    const auto no = id.starts_with(prefix) ? turn.state.accounts.find(id) : std::nullopt;
    if (!no) return std::nullopt;
    if (turn.state.accounts.get(*no).next_due > turn.now) return use(turn.state, *no);
    // Time's own events are tried on top of the state and dropped: a read writes nothing.
    State trial(turn.state);
    trial.head.time = std::min(trial.head.time, turn.now);  // the look may be into the past
    std::vector<DecidedEvent> dropped;
    execute_due(trial, *no, turn.now, turn.policy, dropped);
    return use(static_cast<const State&>(trial), *no);
}

void render_amounts(JsonWriter& json, const Account& account, unsigned decimals) {
    json.credits("balance", account.balance, decimals);
    json.credits("held", account.held, decimals);
    json.credits("available", account.available(), decimals);
    json.boolean("unlimited", is_unlimited(account));
    json.credits("debt", account.debt(), decimals);
    json.credits("credit_limit", account.credit_limit(), decimals);
}

void render_subscription(JsonWriter& json, const Account& account, unsigned decimals) {
    const auto& subscription = account.arrangements().subscription;
    if (!subscription) {
        json.null("subscription");
        return;
    }
    json.begin_object("subscription");
    render_subscription_fields(json, *subscription, decimals);
    json.end_object();
}

void render_totals(JsonWriter& json, const Account& account, unsigned decimals) {
    static constexpr std::array<std::string_view, totals_count> names{
        "granted", "purchased", "consumed",       "refunded",
        "expired", "revoked",   "transferred_in", "transferred_out"};
    json.begin_object("totals");
    for (std::size_t i = 0; i < names.size(); ++i) {
        json.key(names[i]);
        std::string text;
        append_decimal_wide(text, account.total(static_cast<Total>(i)), decimals);
        json.raw(text);
    }
    json.end_object();
}

void render_profile(JsonWriter& json, const PersonalFields& profile) {
    json.text_or_null("name", profile.name);
    for (const auto& [name, value] :
         {std::pair{"metadata", &profile.metadata}, std::pair{"labels", &profile.labels}}) {
        value->empty() ? json.null(name) : json.raw(name, *value);
    }
}

void render_grant(JsonWriter& json, const GrantView& view, unsigned decimals) {
    json.begin_object();
    json.text("id", grant_text(view.grant.id));
    json.text("kind", name_of(view.terms.kind));
    json.credits("amount", view.grant.amount, decimals);
    json.credits("remaining", view.grant.remaining, decimals);
    json.credits("held", view.grant.reserved, decimals);
    json.integer("priority", view.grant.priority);
    json.text("status", view.grant.pending ? "pending" : "active");
    json.timestamp("effective_at", view.grant.effective_at);
    json.timestamp("expires_at", view.grant.expires_at);
    json.begin_array("features");
    for (const std::string& feature : view.terms.features) json.text(feature);
    json.end_array();
    if (view.terms.cost.minor > 0) {
        json.begin_object("cost");
        json.integer("amount", view.terms.cost.minor);
        json.text("currency", view.terms.cost.currency.text());
        json.end_object();
    } else {
        json.null("cost");
    }
    json.end_object();
}

void render_grant_list(JsonWriter& json, const AccountView& view, unsigned decimals) {
    for (const GrantView& grant : view.grants) render_grant(json, grant, decimals);
}

void render_head(JsonWriter& json, const AccountView& view, const PersonalFields& profile) {
    json.text("account", view.account.id());
    render_profile(json, profile);
    json.text_or_null("parent", view.account.extra().parent);
    json.text("status", view.account.closed() ? "closed" : "open");
}

}  // namespace

BalanceView balance_of(const Account& account, Seq seq) {
    return {std::string(account.id()), account.balance,       account.held,
            account.available(),       is_unlimited(account), seq};
}

std::vector<GrantView> grants_of(const Account& account, const TermsTable& terms) {
    std::vector<GrantView> grants;
    grants.reserve(account.grants.count());
    for (const Grant& grant : account.grants) grants.push_back({grant, terms_of(grant, terms)});
    return grants;
}

std::optional<BalanceView> view_balance(const LedgerTurn& turn, std::string_view id,
                                        std::string_view prefix) {
    return with_account(turn, id, prefix, [&](const State& state, AccountNo no) {
        return balance_of(state.accounts.get(no), turn.state.head.seq);
    });
}

std::optional<AccountView> view_account(const LedgerTurn& turn, std::string_view id,
                                        std::string_view prefix) {
    return with_account(turn, id, prefix, [&](const State& state, AccountNo no) {
        AccountView view;
        view.account = state.accounts.get(no);
        view.no = no;
        view.seq = turn.state.head.seq;
        view.now = turn.now;
        view.grants = grants_of(view.account, state.terms);
        return view;
    });
}

void render_balance(std::string& out, const BalanceView& view, unsigned decimals) {
    JsonWriter json(out);
    json.begin_object();
    json.text("account", view.account);
    json.credits("balance", view.balance, decimals);
    json.credits("held", view.held, decimals);
    json.credits("available", view.available, decimals);
    json.boolean("unlimited", view.unlimited);
    json.integer("seq", view.seq.value);
    json.end_object();
}

void render_account_entry(std::string& out, const AccountView& view, const PersonalFields& profile,
                          unsigned decimals) {
    JsonWriter json(out);
    json.begin_object();
    render_head(json, view, profile);
    render_amounts(json, view.account, decimals);
    json.timestamp("created_at", view.account.created_at());
    json.end_object();
}

void render_account(std::string& out, const AccountView& view, const PersonalFields& profile,
                    unsigned decimals) {
    JsonWriter json(out);
    json.begin_object();
    render_head(json, view, profile);
    render_amounts(json, view.account, decimals);
    json.credits("pending", view.account.pending(), decimals);
    render_totals(json, view.account, decimals);
    render_subscription(json, view.account, decimals);
    json.begin_array("grants");
    render_grant_list(json, view, decimals);
    json.end_array();
    json.timestamp("created_at", view.account.created_at());
    json.integer("seq", view.seq.value);
    json.end_object();
}

void render_grants(std::string& out, const AccountView& view, unsigned decimals) {
    JsonWriter json(out);
    json.begin_object();
    json.begin_array("data");
    render_grant_list(json, view, decimals);
    json.end_array();
    json.boolean("has_more", false);
    json.null("next_cursor");
    json.integer("seq", view.seq.value);
    json.end_object();
}

}  // namespace creditd::daemon
