#include "core/apply/parts.hpp"

namespace creditd::applying {
namespace {

/// A grant that counts only later: it is in the list, but not in the balance.
void add_pending(State& state, Account& account, GrantId id, Credits amount,
                 const GrantTerms& terms) {
    CREDITD_ASSERT(amount.is_positive());
    Grant grant = make_grant(id, amount, amount, terms, state.terms);
    grant.pending = true;
    account.grants.insert(grant);
    account.touch_extra().pending += amount;
}

void add_by_time(State& state, const Event& event, Credits amount, Credits debt_repaid,
                 const GrantTerms& terms) {
    Account& account = state.accounts.touch(event.account_no);
    const GrantId id = GrantId::of(event.seq, 0);
    if (terms.effective_at > event.time) {
        CREDITD_ASSERT(debt_repaid.is_zero());
        add_pending(state, account, id, amount, terms);
    } else {
        add_grant(state, account, id, amount, debt_repaid, terms);
    }
}

}  // namespace

void apply_body(State& state, const Event& event, const CreditsGranted& body) {
    add_by_time(state, event, body.amount, body.debt_repaid, body.terms);
    state.accounts.touch(event.account_no).add_to_total(Total::granted, body.amount);
}

void apply_body(State& state, const Event& event, const CreditsPurchased& body) {
    state.window.add_payment(body.payment_digest, payment_fact_of(event, body));
    add_by_time(state, event, body.amount, body.debt_repaid, body.terms);
    Account& account = state.accounts.touch(event.account_no);
    account.add_to_total(Total::purchased, body.amount);
    CREDITD_ASSERT(body.bonus.value >= 0 && body.bonus_debt_repaid <= body.bonus);
    if (body.bonus.is_zero()) return;
    CREDITD_ASSERT(body.bonus_terms.effective_at <= event.time);
    add_grant(state, account, GrantId::of(event.seq, 1), body.bonus, body.bonus_debt_repaid,
              body.bonus_terms);
    account.add_to_total(Total::granted, body.bonus);
}

void apply_body(State&, const Event& event, const PurchaseRepeated& body) {
    CREDITD_ASSERT(body.original < event.seq);
}

void apply_body(State& state, const Event& event, const GrantActivated& body) {
    Account& account = state.accounts.touch(event.account_no);
    Grant* const grant = account.grants.find(body.grant);
    CREDITD_ASSERT(grant != nullptr && grant->pending && grant->effective_at <= event.time);
    CREDITD_ASSERT(grant->remaining == body.amount && body.debt_repaid <= body.amount);
    account.touch_extra().pending -= body.amount;
    repay_debt(account, body.debt_repaid);
    account.balance += body.amount;
    grant->pending = false;
    grant->remaining -= body.debt_repaid;
    if (grant->remaining.is_zero()) account.grants.erase(grant);
}

void apply_body(State& state, const Event& event, const GrantExpired& body) {
    Account& account = state.accounts.touch(event.account_no);
    const Grant* const grant = account.grants.find(body.grant);
    CREDITD_ASSERT(grant != nullptr && !grant->pending && grant->expires_at <= event.time);
    CREDITD_ASSERT(grant->free() == body.amount);
    burn_free(account, {body.grant, body.amount});
    account.balance -= body.amount;
    account.add_to_total(Total::expired, body.amount);
}

void apply_body(State& state, const Event& event, const GrantRevoked& body) {
    Account& account = state.accounts.touch(event.account_no);
    const Grant* const grant = account.grants.find(body.grant);
    CREDITD_ASSERT(grant != nullptr && body.amount <= grant->free());
    const bool pending = grant->pending;
    CREDITD_ASSERT(!body.whole || body.amount == grant->remaining);
    burn_free(account, {body.grant, body.amount});
    if (pending) {
        account.touch_extra().pending -= body.amount;
    } else {
        account.balance -= body.amount;
    }
    account.add_to_total(Total::revoked, body.amount);
    if (body.whole) state.window.add_revoked(body.grant, event.seq);
}

}  // namespace creditd::applying
