#include "core/apply/parts.hpp"
#include "core/budgets.hpp"

namespace creditd::applying {
namespace {

void restore_same_grant(State& state, Account& account, const RestoredPart& part) {
    CREDITD_ASSERT(part.grant == part.burned_from);
    if (Grant* const live = account.grants.find(part.grant)) {
        live->remaining += part.amount;
        CREDITD_ASSERT(live->remaining <= live->amount);
    } else {
        CREDITD_ASSERT(part.amount <= part.original_amount);
        account.grants.insert(
            make_grant(part.grant, part.original_amount, part.amount, part.terms, state.terms));
    }
    account.balance += part.amount;
}

}  // namespace

void restore(State& state, Account& account, const Event& event, const RestoredPart& part) {
    CREDITD_ASSERT(part.amount.is_positive());
    switch (part.into) {
        case RestoredInto::same_grant: restore_same_grant(state, account, part); return;
        case RestoredInto::new_grant:
            CREDITD_ASSERT(part.grant.seq() == event.seq);
            add_grant(state, account, part.grant, part.amount, Credits{}, part.terms);
            return;
        case RestoredInto::revoked_grant: account.add_to_total(Total::revoked, part.amount); return;
    }
    CREDITD_ASSERT(false);
}

void apply_body(State& state, const Event& event, const CreditsDeducted& body) {
    Account& account = state.accounts.touch(event.account_no);
    Credits burned{};
    for (const GrantPart& part : body.burned) {
        burn_free(account, part);
        burned += part.amount;
    }
    CREDITD_ASSERT(burned + body.debt == body.amount && body.debt.value >= 0);
    CREDITD_ASSERT(body.waived.is_zero() || body.amount.is_zero());
    if (body.debt.is_positive()) account.touch_extra().debt += body.debt;
    account.balance -= body.amount;
    CREDITD_ASSERT(account.debt() <= account.credit_limit() || body.debt.is_zero());
    account.add_to_total(Total::consumed, body.amount);
    charge_budgets(account, {body.usage.user, body.usage.feature}, body.amount, event.time);
}

void apply_body(State& state, const Event& event, const CreditsRefunded& body) {
    Account& account = state.accounts.touch(event.account_no);
    repay_debt(account, body.debt_reversed);
    account.balance += body.debt_reversed;
    Credits sum = body.debt_reversed;
    for (const RestoredPart& part : body.restored) {
        restore(state, account, event, part);
        sum += part.amount;
    }
    CREDITD_ASSERT(sum == body.amount && body.amount <= body.refunded_total);
    account.add_to_total(Total::refunded, body.amount);
    if (body.deducted_at != Timestamp{}) {
        give_back_to_budgets(account, {body.user, body.feature}, body.amount, body.deducted_at,
                             body.deduction.seq());
    }
    state.window.set_refunded(body.deduction, body.refunded_total, event.seq);
}

}  // namespace creditd::applying
