#include "core/canary.hpp"
#include "core/decide/context.hpp"

namespace creditd::deciding {
namespace {

/// The receiver's grants: one for each part burned, on the same terms. Debt is repaid first.
std::vector<MovedPart> moved_parts(const Context& context, const Account& sender,
                                   const std::vector<GrantPart>& burned, Credits receiver_debt) {
    std::vector<MovedPart> moved;
    moved.reserve(burned.size());
    for (const GrantPart& part : burned) {
        const Grant* const grant = sender.grants.find(part.grant);
        CREDITD_ASSERT(grant != nullptr);
        const Credits repaid = std::min(receiver_debt, part.amount);
        receiver_debt -= repaid;
        moved.push_back({part.grant, part.amount, repaid, terms_of(*grant, context.state.terms)});
    }
    return moved;
}

}  // namespace

Refusal decide(Context& context, const TransferCredits& command, Target sender, Target receiver) {
    const Account& from = *sender.account;
    const Account& to = *receiver.account;
    if (from.closed() || to.closed()) return refuse(RefusalCode::account_closed);
    // Credit limits do not move: only what the sender's own grants cover.
    if (command.amount > from.available()) {
        return insufficient(command.amount, from.available(), Credits{});
    }
    BurnPlan plan = plan_move(from, command.amount, context.now);
    // What is due has happened: whatever is available is in grants that may burn.
    CREDITD_ASSERT(plan.uncovered.is_zero());
    if (!has_room(to, command.amount, plan.parts.size())) {
        return refuse(RefusalCode::balance_range);
    }
    std::vector<MovedPart> moved = moved_parts(context, from, plan.parts, to.debt());
    Event& out = context.emit(sender.no, from,
                              TransferredOut{command.to, command.amount, std::move(plan.parts)});
    out.balances.after -= command.amount;
    out.balances.available -= command.amount;
    if (canary(Canary::transfer_half_done)) return accepted;
    const Balances sender_after = out.balances;  // `out` moves when the next event is emitted
    Event& in =
        context.emit(receiver.no, to,
                     TransferredIn{command.from, command.amount, std::move(moved), sender_after});
    in.balances.after += command.amount;
    in.balances.available += command.amount;
    return accepted;
}

}  // namespace creditd::deciding
