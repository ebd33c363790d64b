// How the credits of a payment are taken back, and given back. Filled in this order, and emptied in
// the reverse one: what is left of the grant, then what was spent (a debt, or written off), then
// what time has taken already, which nobody owes. So what is taken follows from the standing alone,
// whatever the order of the news.
#include "core/canary.hpp"
#include "core/decide/payments.hpp"

namespace creditd::deciding {
namespace {

bool is_revoked(const Context& context, GrantId grant) {
    const auto& known = context.evidence.revoked;
    return context.state.window.is_revoked(grant) ||
           std::find(known.begin(), known.end(), grant) != known.end();
}

Credits lost_of(const Context& context, GrantId grant) {
    Credits sum = context.state.window.lost_after(grant, context.evidence.as_of);
    for (const GrantPart& part : context.evidence.lost) {
        if (part.grant == grant) sum += part.amount;
    }
    return sum;
}

/// What was spent of the lot, and is not owed for yet. What a hold keeps counts as spent: nobody
/// escapes by a hold, and what it releases then stands against the debt.
Credits spent_of(const Context& context, const Account& account, const PaymentLot& lot) {
    const Grant* const live = account.grants.find(lot.grant);
    const Credits left = live == nullptr ? Credits{} : live->free();
    const Credits spent = lot.amount - left - lot.taken - lost_of(context, lot.grant) - lot.owed;
    return std::max(spent, Credits{});
}

LotReversal reverse(const Context& context, const Account& account, PaymentLot& lot,
                    Credits amount) {
    LotReversal part;
    part.grant = lot.grant;
    const Grant* const live = account.grants.find(lot.grant);
    if (live != nullptr) part.taken = std::min(amount, live->free());
    const Credits rest = amount - part.taken;
    const bool asks = context.state.catalog().settings.claw_back == ClawBack::debt;
    if (asks && !canary(Canary::spent_not_owed))
        part.owed = std::min(rest, spent_of(context, account, lot));
    part.written_off = rest - part.owed;
    if (!canary(Canary::reversal_twice)) lot.taken += part.taken;
    lot.owed += part.owed;
    lot.written_off += part.written_off;
    return part;
}

Refusal emit_reversal(Context& context, Target target, PaymentStanding next) {
    PaymentReversed body;
    for (PaymentLot& lot : next.lots) {
        const Credits amount = to_reverse(next, lot.amount) - lot.reversed();
        if (!amount.is_positive()) continue;
        body.reversed.push_back(reverse(context, *target.account, lot, amount));
        body.amount += body.reversed.back().taken + body.reversed.back().owed;
    }
    if (!checked_add(target.account->balance, -body.amount))
        return refuse(RefusalCode::balance_range);
    body.standing = std::move(next);
    const Credits change = body.amount;
    Event& event = context.emit(target.no, *target.account, std::move(body));
    event.balances.after -= change;
    event.balances.available -= change;
    return accepted;
}

/// What comes back of one lot: its debt, and what was taken of the grant.
struct Returned {
    Credits owed{};
    Credits taken{};
};
Returned give_back(PaymentLot& lot, Credits amount) {
    const Credits written = std::min(amount, lot.written_off);
    const Credits owed = std::min(amount - written, lot.owed);
    const Credits taken = amount - written - owed;
    lot.written_off -= written;
    lot.owed -= owed;
    lot.taken -= taken;
    if (canary(Canary::restoration_twice)) return {owed, taken + taken};
    return {owed, taken};
}

/// Adds what comes back of one lot.
void add_returned(const Context& context, Target target, const PaymentLot& lot,
                  const Returned& returned, std::uint16_t& new_grants, PaymentRestored& body) {
    const auto next_grant = [&] { return GrantId::of(context.next_seq(), new_grants); };
    const Credits lowers = std::min(returned.owed, target.account->debt() - body.debt_reversed);
    body.debt_reversed += lowers;
    const Credits repaid = returned.owed - lowers;
    if (repaid.is_positive()) {
        body.restored.push_back(restore_repaid_debt(context, repaid, next_grant()));
        ++new_grants;
    }
    if (!returned.taken.is_positive()) return;
    const GrantFact grant{lot.grant, target.no, lot.amount, lot.terms,
                          is_revoked(context, lot.grant)};
    body.restored.push_back(restore_share(context, grant, returned.taken, next_grant()));
    if (body.restored.back().into == RestoredInto::new_grant) ++new_grants;
}

Refusal emit_restoration(Context& context, Target target, PaymentStanding next) {
    PaymentRestored body;
    std::uint16_t new_grants = 0;
    for (PaymentLot& lot : next.lots) {
        const Credits amount = lot.reversed() - to_reverse(next, lot.amount);
        if (!amount.is_positive()) continue;
        add_returned(context, target, lot, give_back(lot, amount), new_grants, body);
    }
    Credits joined = body.debt_reversed;
    for (const RestoredPart& part : body.restored) {
        if (part.into != RestoredInto::revoked_grant) joined += part.amount;
    }
    if (!has_room(*target.account, joined, 2 * next.lots.size())) {
        return refuse(RefusalCode::balance_range);
    }
    body.amount = joined;
    body.standing = std::move(next);
    Event& event = context.emit(target.no, *target.account, std::move(body));
    event.balances.after += joined;
    event.balances.available += joined;
    return accepted;
}

}  // namespace

Refusal emit_standing(Context& context, Target target, const PaymentStanding& before,
                      PaymentStanding next) {
    for (const PaymentLot& lot : next.lots) {
        const Credits amount = to_reverse(next, lot.amount);
        if (amount > lot.reversed()) return emit_reversal(context, target, std::move(next));
        if (amount < lot.reversed()) return emit_restoration(context, target, std::move(next));
    }
    if (before == next) return accepted;
    if (target.account == nullptr) context.emit(PaymentNoted{std::move(next)});
    else context.emit(target.no, *target.account, PaymentNoted{std::move(next)});
    return accepted;
}

}  // namespace creditd::deciding
