#include "core/apply/parts.hpp"

namespace creditd::applying {

void repay_debt(Account& account, Credits amount) {
    if (amount.is_zero()) return;
    CREDITD_ASSERT(amount.is_positive() && amount <= account.debt());
    account.touch_extra().debt -= amount;
}

void add_grant(State& state, Account& account, GrantId id, Credits amount, Credits debt_repaid,
               const GrantTerms& terms) {
    CREDITD_ASSERT(amount.is_positive() && debt_repaid <= amount);
    repay_debt(account, debt_repaid);
    const Credits remaining = amount - debt_repaid;
    if (remaining.is_positive()) {
        account.grants.insert(make_grant(id, amount, remaining, terms, state.terms));
    }
    account.balance += amount;
}

void burn_free(Account& account, const GrantPart& part) {
    Grant* const grant = account.grants.find(part.grant);
    CREDITD_ASSERT(grant != nullptr);
    CREDITD_ASSERT(part.amount.is_positive() && part.amount <= grant->free());
    grant->remaining -= part.amount;
    if (grant->remaining.is_zero()) account.grants.erase(grant);
}

void burn_reserved(Account& account, const GrantPart& part) {
    Grant* const grant = account.grants.find(part.grant);
    CREDITD_ASSERT(grant != nullptr);
    CREDITD_ASSERT(part.amount.is_positive() && part.amount <= grant->reserved);
    grant->reserved -= part.amount;
    grant->remaining -= part.amount;
    if (grant->remaining.is_zero()) account.grants.erase(grant);
}

}  // namespace creditd::applying
