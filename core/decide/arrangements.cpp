#include "core/budgets.hpp"
#include "core/consequences.hpp"
#include "core/decide/context.hpp"

namespace creditd::deciding {
namespace {

template <class List>
bool has_id(const List& list, std::string_view id) {
    return std::ranges::any_of(list, [id](const auto& entry) { return entry.terms.id == id; });
}

}  // namespace

Refusal decide(Context& context, const SetBudget& command, Target target) {
    const Account& account = *target.account;
    if (account.closed()) return refuse(RefusalCode::account_closed);
    const auto& budgets = account.arrangements().budgets;
    const auto known = std::ranges::find_if(
        budgets, [&](const Budget& budget) { return budget.terms.id == command.terms.id; });
    const bool is_new = known == budgets.end();
    if (is_new && budgets.size() >= limits::account_budgets_max)
        return refuse(RefusalCode::balance_range);
    const bool begins = is_new || !count_alike(known->terms, command.terms);
    context.emit(target.no, account, BudgetSet{command.terms, begins});
    return accepted;
}

Refusal decide(Context& context, const RemoveBudget& command, Target target) {
    if (!has_id(target.account->arrangements().budgets, command.id)) {
        return refuse(RefusalCode::budget_not_found);
    }
    context.emit(target.no, *target.account, BudgetRemoved{command.id});
    return accepted;
}

Refusal decide(Context& context, const SetAlert& command, Target target) {
    const Account& account = *target.account;
    if (account.closed()) return refuse(RefusalCode::account_closed);
    const Subscription* const running = account.running_subscription();
    const auto others =
        std::ranges::count_if(account.arrangements().alerts, [&](const Alert& alert) {
            return alert.terms.id != command.terms.id && !is_kept_by_plan(alert, running);
        });
    if (static_cast<std::size_t>(others) >= limits::account_alerts_max)
        return refuse(RefusalCode::balance_range);
    context.emit(target.no, account, AlertSet{command.terms});
    return accepted;
}

Refusal decide(Context& context, const RemoveAlert& command, Target target) {
    if (!has_id(target.account->arrangements().alerts, command.id)) {
        return refuse(RefusalCode::alert_not_found);
    }
    context.emit(target.no, *target.account, AlertRemoved{command.id});
    return accepted;
}

Refusal decide(Context& context, const SetAutoTopUp& command, Target target) {
    const auto& packages = context.state.catalog().packages;
    const auto found = packages.find(command.terms.package);
    if (found == packages.end() || !found->second.set.active) {
        return refuse(RefusalCode::package_not_found);
    }
    if (target.account->closed()) return refuse(RefusalCode::account_closed);
    context.emit(target.no, *target.account, AutoTopUpSet{command.terms});
    return accepted;
}

// Removing what is not there changes nothing, but is recorded like any other wish.
Refusal decide(Context& context, const RemoveAutoTopUp&, Target target) {
    context.emit(target.no, *target.account, AutoTopUpRemoved{});
    return accepted;
}

Refusal decide(Context& context, const AdvanceClock&) {
    if (!context.state.head.test_clock) return refuse(RefusalCode::clock_not_testable);
    context.emit(ClockAdvanced{});
    return accepted;
}

namespace {

void emit_alert(Context& context, Target target, const PendingAlert& pending) {
    context.emit(target.no, *target.account,
                 BalanceAlerted{pending.alert->terms.id, pending.news, pending.threshold});
}

/// A rule whose package is no longer sold ends here.
void emit_top_up(Context& context, Target target) {
    const AutoTopUp& rule = *target.account->arrangements().auto_top_up;
    const auto& packages = context.state.catalog().packages;
    const auto found = packages.find(rule.terms.package);
    if (found == packages.end() || !found->second.set.active) {
        context.emit(target.no, *target.account, AutoTopUpRemoved{});
        return;
    }
    const Package& package = found->second.set;
    context.emit(target.no, *target.account,
                 TopUpAsked{package.id, package.credits + package.bonus, package.price,
                            top_ups_in_month(rule, context.now) + 1});
}

}  // namespace

void emit_consequence(Context& context, Target target) {
    if (is_referral_pending(*target.account)) {
        emit_referral_reward(context, target);
    } else if (const auto pending = pending_alert(*target.account)) {
        emit_alert(context, target, *pending);
    } else {
        emit_top_up(context, target);
    }
}

}  // namespace creditd::deciding
