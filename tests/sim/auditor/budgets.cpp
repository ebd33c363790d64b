// The naive ledger's rules for budgets.
#include <algorithm>
#include <chrono>

#include "tests/sim/auditor/book.hpp"

namespace creditd::sim::audit {

std::int64_t Budget::begin_of(std::int64_t moment) const {
    namespace chrono = std::chrono;
    const chrono::sys_time<chrono::microseconds> at{chrono::microseconds{moment}};
    chrono::sys_days day = chrono::floor<chrono::days>(at);
    if (window == "month") {
        const chrono::year_month_day date{day};
        day = chrono::sys_days{chrono::year_month_day{date.year(), date.month(), chrono::day{1}}};
    }
    return chrono::microseconds{day.time_since_epoch()}.count();
}

Outcome Book::put_budget(const Wish& wish) {
    const auto found = accounts.find(wish.account);
    if (found == accounts.end()) return refused(404, "account_not_found");
    Outcome outcome;
    outcome.status = 200;
    outcome.account = wish.account;
    Budget fresh{wish.user.value_or(""),
                 wish.feature.value_or(""),
                 wish.interval.value(),
                 wish.amount.value(),
                 {},
                 {}};
    auto& budgets = found->second.budgets;
    const auto known = budgets.find(wish.id);
    // What was used counts on where only the limit is another.
    const bool is_same = known != budgets.end() && known->second.user == fresh.user &&
                         known->second.feature == fresh.feature &&
                         known->second.window == fresh.window;
    if (is_same) {
        fresh.spent = known->second.spent;
        fresh.uses = known->second.uses;
    }
    budgets[wish.id] = std::move(fresh);
    return outcome;
}

Outcome Book::remove_budget(const Wish& wish) {
    const auto found = accounts.find(wish.account);
    if (found == accounts.end()) return refused(404, "account_not_found");
    if (found->second.budgets.erase(wish.id) == 0) return refused(404, "budget_not_found");
    Outcome outcome;
    outcome.status = 204;
    outcome.account = wish.account;
    return outcome;
}

void Book::charge(Number number, const Deduction& use, std::int64_t amount) {
    for (auto& [id, budget] : accounts.at(use.account).budgets) {
        if (!budget.covers(use.user, use.feature)) continue;
        budget.spent[budget.begin_of(use.used_at)] += amount;
        budget.uses.insert(number);
    }
}

/// To those that have counted it.
void Book::uncharge(Number number, const Deduction& use, std::int64_t amount) {
    for (auto& [id, budget] : accounts.at(use.account).budgets) {
        if (budget.uses.contains(number)) budget.spent.at(budget.begin_of(use.used_at)) -= amount;
    }
}

/// The first budget that so much more would exceed; what holds keep counts as used.
std::optional<Outcome> Book::over_budget(std::int64_t now, const std::string& account,
                                         const std::string& user, const std::string& feature,
                                         std::int64_t amount) const {
    for (const auto& [id, budget] : accounts.at(account).budgets) {
        if (!budget.covers(user, feature)) continue;
        const auto spent = budget.spent.find(budget.begin_of(now));
        std::int64_t used = spent == budget.spent.end() ? 0 : spent->second;
        for (const Number number : open_holds) {
            const Hold& hold = holds.at(number);
            const bool counts =
                hold.account == account && budget.covers(hold.user, hold.feature.value_or(""));
            if (counts) used += hold.amount - hold.captured;
        }
        if (used + amount <= budget.limit) continue;
        Outcome refusal = refused(402, "budget_exceeded");
        refusal.required = amount;
        refusal.available = std::max<std::int64_t>(0, budget.limit - used);
        refusal.shortfall = amount - *refusal.available;
        return refusal;
    }
    return {};
}

}  // namespace creditd::sim::audit
