#include "core/canary.hpp"
#include "core/decide/context.hpp"

namespace creditd::deciding {
namespace {

std::optional<PaymentFact> known_payment(const Context& context, const Digest& digest) {
    const auto recent = context.state.window.find_payment(digest);
    if (canary(Canary::payment_twice)) return recent;
    return recent ? recent : context.evidence.payment;
}

}  // namespace

// A payment credits once, for ever: under another key it is answered with the first purchase, if
// it is the same payment in every respect.
Refusal decide(Context& context, const PurchaseCredits& command, Target target) {
    const Account& account = *target.account;
    if (account.closed()) return refuse(RefusalCode::account_closed);
    if (const auto known = known_payment(context, command.payment_digest)) {
        const bool same = known->account_no == target.no && known->amount == command.amount &&
                          known->payment == command.payment;
        if (!same) return refuse(RefusalCode::payment_conflict);
        context.emit(target.no, account, PurchaseRepeated{known->seq});
        return accepted;
    }
    if (resolve_expiry(command.expiry, context.now) <= context.now) {
        return refuse(RefusalCode::time_past);
    }
    if (!has_room(account, command.amount, 1)) return refuse(RefusalCode::balance_range);
    GrantTerms terms;
    terms.kind = GrantKind::purchase;
    terms.effective_at = context.now;
    terms.expires_at = resolve_expiry(command.expiry, context.now);
    terms.cost = command.payment;
    terms.cost_credits = command.payment.minor > 0 ? command.amount : Credits{};
    const Credits repaid = std::min(account.debt(), command.amount);
    Event& event =
        context.emit(target.no, account,
                     CreditsPurchased{command.amount, std::move(terms), repaid, command.provider,
                                      command.payment_id, command.payment_digest, command.payment});
    event.balances.after += command.amount;
    event.balances.available += command.amount;
    return accepted;
}

}  // namespace creditd::deciding
