#include "core/budgets.hpp"

#include "core/canary.hpp"
#include "core/utc.hpp"

namespace creditd {
namespace {

Duration slot_length(const BudgetTerms& terms) {
    return Duration{one_hour.value * terms.hours / rolling_slots};
}

/// What began before this no longer counts.
Timestamp horizon(const BudgetTerms& terms, Timestamp now) {
    if (canary(Canary::budget_not_reset)) return {};
    if (terms.window != BudgetWindow::rolling) return slot_of(terms, now);
    return slot_of(terms, Timestamp{now.value - one_hour.value * terms.hours});
}

void charge(Budget& budget, Credits amount, Timestamp now) {
    const Timestamp oldest = horizon(budget.terms, now);
    std::erase_if(budget.spent, [oldest](const Spent& spent) { return spent.since < oldest; });
    const Timestamp slot = slot_of(budget.terms, now);
    if (budget.spent.empty() || budget.spent.back().since < slot)
        budget.spent.push_back({slot, {}});
    budget.spent.back().amount += amount;
}

void give_back(Budget& budget, Credits amount, Timestamp used_at) {
    const Timestamp slot = slot_of(budget.terms, used_at);
    const auto found = std::ranges::find(budget.spent, slot, &Spent::since);
    // The window may have passed it; a budget that does not say from where it counts may be
    // younger.
    if (found != budget.spent.end()) found->amount -= std::min(amount, found->amount);
}

}  // namespace

bool covers(const BudgetTerms& terms, const BudgetedUse& use) {
    return (terms.user.empty() || terms.user == use.user) &&
           (terms.feature.empty() || terms.feature == use.feature);
}

bool count_alike(const BudgetTerms& one, const BudgetTerms& other) {
    BudgetTerms same_limit = one;
    same_limit.limit = other.limit;
    return same_limit == other;
}

Timestamp slot_of(const BudgetTerms& terms, Timestamp moment) {
    switch (terms.window) {
        case BudgetWindow::day: return begin_of_day(moment, terms.utc_offset);
        case BudgetWindow::month: return begin_of_month(moment, terms.utc_offset);
        case BudgetWindow::rolling: break;
    }
    const std::int64_t length = slot_length(terms).value;
    return Timestamp{moment.value - moment.value % length};
}

Credits spent_of(const Budget& budget, Timestamp now) {
    const Timestamp oldest = horizon(budget.terms, now);
    Credits sum{};
    for (const Spent& spent : budget.spent) {
        if (spent.since >= oldest) sum += spent.amount;
    }
    return sum;
}

Credits held_by(const Account& account, const BudgetTerms& terms) {
    Credits sum{};
    for (const Hold& hold : account.extra().holds) {
        if (covers(terms, {hold.usage.user, hold.usage.feature})) sum += hold.remaining();
    }
    return sum;
}

Timestamp budget_resets_at(const Budget& budget, Timestamp now) {
    const BudgetTerms& terms = budget.terms;
    switch (terms.window) {
        case BudgetWindow::day: return slot_of(terms, now) + Duration::days(1);
        case BudgetWindow::month: return begin_of_next_month(now, terms.utc_offset);
        case BudgetWindow::rolling: break;
    }
    for (const Spent& spent : budget.spent) {
        if (spent.since < horizon(terms, now)) continue;
        const Duration length{one_hour.value * terms.hours};
        return spent.since + length + slot_length(terms);
    }
    return now;
}

std::string window_text(const BudgetTerms& terms) {
    switch (terms.window) {
        case BudgetWindow::day: return "day";
        case BudgetWindow::month: return "month";
        case BudgetWindow::rolling: break;
    }
    return std::to_string(terms.hours) + "h";
}

void charge_budgets(Account& account, const BudgetedUse& use, Credits amount, Timestamp now) {
    if (account.arrangements().budgets.empty() || amount.is_zero()) return;
    for (Budget& budget : account.touch_arrangements().budgets) {
        if (covers(budget.terms, use)) charge(budget, amount, now);
    }
}

void give_back_to_budgets(Account& account, const BudgetedUse& use, Credits amount,
                          Timestamp used_at, Seq used) {
    if (account.arrangements().budgets.empty()) return;
    for (Budget& budget : account.touch_arrangements().budgets) {
        const bool is_later = used > budget.counts_from || canary(Canary::budget_repaid_for_others);
        if (is_later && covers(budget.terms, use)) give_back(budget, amount, used_at);
    }
}

Refusal budget_refusal(const Account& account, const BudgetedUse& use, Credits amount,
                       Timestamp now) {
    for (const Budget& budget : account.arrangements().budgets) {
        if (!covers(budget.terms, use)) continue;
        const Credits held =
            canary(Canary::budget_without_holds) ? Credits{} : held_by(account, budget.terms);
        const Credits used = spent_of(budget, now) + held;
        if (used + amount <= budget.terms.limit) continue;
        const Credits left = std::max(Credits{}, budget.terms.limit - used);
        Refusal refusal{RefusalCode::budget_exceeded, amount, left, amount - left};
        refusal.detail.touch() = {
            budget.terms.id, window_text(budget.terms), budget_resets_at(budget, now), {}};
        return refusal;
    }
    return {};
}

}  // namespace creditd
