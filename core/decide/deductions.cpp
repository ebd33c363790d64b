#include "core/budgets.hpp"
#include "core/canary.hpp"
#include "core/decide/context.hpp"

namespace creditd::deciding {
namespace {

void emit_deduction(Context& context, Target target, const DeductCredits& command, Priced priced,
                    Credits amount, Credits available) {
    const Account& account = *target.account;
    BurnPlan burn = plan_burn(context.state, account, priced.usage.feature, amount, context.now);
    Event& event = context.emit(
        target.no, account,
        CreditsDeducted{amount, priced.amount, command.allow_partial, std::move(priced.usage),
                        std::move(burn.parts), burn.uncovered});
    event.balances.after -= amount;
    event.balances.available = available - amount;
}

/// Covered by an unlimited plan: recorded and counted, and nothing is taken.
void emit_waived(Context& context, Target target, const DeductCredits& command, Priced priced) {
    const Account& account = *target.account;
    CreditsDeducted body;
    body.required = priced.amount;
    body.waived = priced.amount;
    body.partial_allowed = command.allow_partial;
    body.usage = std::move(priced.usage);
    const Credits available =
        available_for(context.state, account, body.usage.feature, context.now);
    context.emit(target.no, account, std::move(body)).balances.available = available;
}

}  // namespace

Refusal decide(Context& context, const DeductCredits& command, Target target) {
    const Account& account = *target.account;
    Priced priced = price(context.state, command.price);
    // What does not exist comes before the state of what does.
    if (priced.refusal.code == RefusalCode::feature_not_found) return priced.refusal;
    if (account.closed()) return refuse(RefusalCode::account_closed);
    if (priced.refusal != accepted) return priced.refusal;
    if (is_waived(account, priced.usage.feature)) {
        emit_waived(context, target, command, std::move(priced));
        return accepted;
    }
    const Credits available =
        available_for(context.state, account, priced.usage.feature, context.now);
    const Credits spendable = available + account.credit_limit();
    Credits amount = priced.amount;
    const bool is_refused = canary(Canary::last_credit_refused) && amount == spendable;
    if (amount > spendable || is_refused) {
        if (is_refused || !command.allow_partial || !spendable.is_positive()) {
            return insufficient(amount, available, account.credit_limit());
        }
        amount = spendable;
    }
    Refusal over =
        budget_refusal(account, {command.price.user, command.price.feature}, amount, context.now);
    if (over != accepted) return over;
    // The balance is never below what is available, so it ends above the credit limit's depth.
    CREDITD_ASSERT(checked_add(account.balance, -amount));
    emit_deduction(context, target, command, std::move(priced), amount, available);
    return accepted;
}

}  // namespace creditd::deciding
