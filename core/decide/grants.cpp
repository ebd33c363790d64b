#include "core/decide/context.hpp"

namespace creditd::deciding {

Refusal decide(Context& context, const GrantCredits& command, Target target) {
    const Account& account = *target.account;
    const Timestamp effective = std::max(context.now, command.effective_at.value_or(context.now));
    // A grant whose time is over before it begins would be in the books and never of use.
    if (resolve_expiry(command.expiry, context.now) <= effective) {
        return refuse(RefusalCode::time_past);
    }
    if (account.closed()) return refuse(RefusalCode::account_closed);
    if (!has_room(account, command.amount, 1)) return refuse(RefusalCode::balance_range);
    GrantTerms terms{command.kind,
                     command.priority,
                     effective,
                     resolve_expiry(command.expiry, context.now),
                     command.features,
                     command.cost,
                     command.cost.minor > 0 ? command.amount : Credits{}};
    const bool pending = effective > context.now;
    const Credits repaid = pending ? Credits{} : std::min(account.debt(), command.amount);
    Event& event =
        context.emit(target.no, account, CreditsGranted{command.amount, std::move(terms), repaid});
    if (!pending) {
        event.balances.after += command.amount;
        event.balances.available += command.amount;
    }
    return accepted;
}

Refusal decide(Context& context, const RevokeGrant& command, Target target) {
    const Account& account = *target.account;
    const Grant* const grant = account.grants.find(command.grant);
    const Credits left = grant == nullptr ? Credits{} : grant->free();
    const Credits amount = command.amount.value_or(left);
    if (amount.is_zero() || amount > left) return refuse(RefusalCode::revoke_exceeds_grant);
    const bool counts = !grant->pending;
    Event& event = context.emit(target.no, account,
                                GrantRevoked{command.grant, amount, amount == grant->remaining});
    if (counts) {
        event.balances.after -= amount;
        event.balances.available -= amount;
    }
    return accepted;
}

}  // namespace creditd::deciding
