#include "core/apply/parts.hpp"
#include "core/budgets.hpp"

namespace creditd::applying {
namespace {

/// Puts it at its place by id, or in the place of the one that has its id.
template <class Entry>
Entry& entry_of(std::vector<Entry>& list, const std::string& id) {
    auto at = std::ranges::lower_bound(list, id, {}, [](const Entry& e) { return e.terms.id; });
    if (at == list.end() || at->terms.id != id) at = list.insert(at, Entry{});
    return *at;
}

template <class Entry>
void remove_entry(std::vector<Entry>& list, const std::string& id) {
    const auto erased = std::erase_if(list, [&id](const Entry& e) { return e.terms.id == id; });
    CREDITD_ASSERT(erased == 1);
}

void count_redemption(std::vector<Redemption>& redemptions, const std::string& code) {
    auto at = std::ranges::lower_bound(redemptions, code, {}, &Redemption::code);
    if (at == redemptions.end() || at->code != code) at = redemptions.insert(at, {code, 0});
    ++at->count;
}

Arrangements& arrangements_of(State& state, const Event& event) {
    return state.accounts.touch(event.account_no).touch_arrangements();
}

}  // namespace

void apply_body(State& state, const Event& event, const PromotionRedeemed& body) {
    Account& account = state.accounts.touch(event.account_no);
    add_grant(state, account, GrantId::of(event.seq, 0), body.amount, body.debt_repaid, body.terms);
    account.add_to_total(Total::granted, body.amount);
    count_redemption(account.touch_arrangements().redemptions, body.code);
    state.add_redemption(body.code);
}

void apply_body(State& state, const Event& event, const ReferralMade& body) {
    Arrangements& arrangements = arrangements_of(state, event);
    CREDITD_ASSERT(arrangements.referrer.empty() && !body.referrer.empty());
    arrangements.referrer = body.referrer;
}

void apply_body(State& state, const Event& event, const ReferralRewarded& body) {
    Account& account = state.accounts.touch(event.account_no);
    if (!body.is_referrer) {
        Arrangements& arrangements = account.touch_arrangements();
        CREDITD_ASSERT(arrangements.referrer == body.partner && !arrangements.referral_rewarded);
        arrangements.referral_rewarded = true;
    }
    if (body.amount.is_zero()) return;
    add_grant(state, account, GrantId::of(event.seq, 0), body.amount, body.debt_repaid, body.terms);
    account.add_to_total(Total::granted, body.amount);
}

// What was used under other terms is not comparable where the window is another. Logs that do not
// say where a budget begins to count are applied as ever.
void apply_body(State& state, const Event& event, const BudgetSet& body) {
    Budget& budget = entry_of(arrangements_of(state, event).budgets, body.terms.id);
    if (!count_alike(budget.terms, body.terms)) budget.spent.clear();
    if (body.begins) budget.counts_from = event.seq;
    budget.terms = body.terms;
}

void apply_body(State& state, const Event& event, const BudgetRemoved& body) {
    remove_entry(arrangements_of(state, event).budgets, body.id);
}

void apply_body(State& state, const Event& event, const AlertSet& body) {
    Alert& alert = entry_of(arrangements_of(state, event).alerts, body.terms.id);
    if (alert.terms != body.terms) alert.level = AlertLevel::normal;
    alert.terms = body.terms;
}

void apply_body(State& state, const Event& event, const AlertRemoved& body) {
    remove_entry(arrangements_of(state, event).alerts, body.id);
}

void apply_body(State& state, const Event& event, const BalanceAlerted& body) {
    auto& alerts = arrangements_of(state, event).alerts;
    const auto found =
        std::ranges::find(alerts, body.alert, [](const Alert& a) { return a.terms.id; });
    CREDITD_ASSERT(found != alerts.end());
    switch (body.news) {
        case AlertNews::low: found->level = AlertLevel::low; return;
        case AlertNews::recovered: found->level = AlertLevel::normal; return;
        case AlertNews::depleted: found->level = AlertLevel::depleted; return;
    }
}

void apply_body(State& state, const Event& event, const AutoTopUpSet& body) {
    std::optional<AutoTopUp>& rule = arrangements_of(state, event).auto_top_up;
    if (!rule) rule.emplace();
    rule->terms = body.terms;
    rule->is_armed = true;
}

void apply_body(State& state, const Event& event, const AutoTopUpRemoved&) {
    if (!state.accounts.get(event.account_no).arrangements().auto_top_up) return;
    arrangements_of(state, event).auto_top_up.reset();
}

void apply_body(State& state, const Event& event, const TopUpAsked& body) {
    std::optional<AutoTopUp>& rule = arrangements_of(state, event).auto_top_up;
    CREDITD_ASSERT(rule && rule->terms.package == body.package && rule->is_armed);
    rule->is_armed = false;
    rule->asked_at = event.time;
    rule->asked_in_month = body.number;
}

void apply_body(State& state, const Event&, const ClockAdvanced&) {
    CREDITD_ASSERT(state.head.test_clock);
}

}  // namespace creditd::applying
