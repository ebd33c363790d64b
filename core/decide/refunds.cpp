#include "core/canary.hpp"
#include "core/decide/payments.hpp"

namespace creditd::deciding {
namespace {

/// A part of the deduction, walked in reverse burn order. `grant` is null for the debt.
struct BurnedShare {
    const GrantFact* grant = nullptr;
    Credits amount{};
};

/// Shares of `amount` after skipping the first `skip`, in reverse burn order: what was debt was
/// taken last and comes back first.
std::vector<BurnedShare> shares_of(const DeductionFact& deduction, Credits skip, Credits amount) {
    std::vector<BurnedShare> result;
    const auto take = [&](const GrantFact* grant, Credits part) {
        const Credits skipped = std::min(skip, part);
        skip -= skipped;
        const Credits taken = std::min(amount, part - skipped);
        amount -= taken;
        if (taken.is_positive()) result.push_back({grant, taken});
    };
    take(nullptr, deduction.debt);
    CREDITD_ASSERT(deduction.grants.size() == deduction.burned.size());
    for (std::size_t i = deduction.burned.size(); i-- > 0;) {
        take(&deduction.grants[i], deduction.burned[i].amount);
    }
    CREDITD_ASSERT(amount.is_zero());
    return result;
}

GrantTerms renewed_terms(const GrantTerms& terms, const Context& context) {
    GrantTerms renewed = terms;
    renewed.kind = GrantKind::refund;
    renewed.effective_at = context.now;
    renewed.expires_at = context.now + context.policy.refund_grant_lifetime;
    return renewed;
}

CreditsRefunded plan_refund(const Context& context, const Account& account,
                            const DeductionFact& deduction, Credits refunded, Credits amount) {
    CreditsRefunded body;
    body.deduction = deduction.id;
    body.amount = amount;
    body.refunded_total = refunded + amount;
    body.user = deduction.user;
    body.feature = deduction.feature;
    body.model = deduction.model;
    if (!account.arrangements().budgets.empty()) body.deducted_at = deduction.deducted_at;
    std::uint16_t new_grants = 0;
    const auto next_grant = [&] { return GrantId::of(context.next_seq(), new_grants++); };
    for (const BurnedShare& share : shares_of(deduction, refunded, amount)) {
        if (share.grant == nullptr) {
            body.debt_reversed = std::min(share.amount, account.debt());
            const Credits repaid = share.amount - body.debt_reversed;
            if (repaid.is_positive()) {
                body.restored.push_back(restore_repaid_debt(context, repaid, next_grant()));
            }
            continue;
        }
        RestoredPart part = restore_share(context, *share.grant, share.amount,
                                          GrantId::of(context.next_seq(), new_grants));
        if (part.into == RestoredInto::new_grant) ++new_grants;
        body.restored.push_back(std::move(part));
    }
    return body;
}

Credits joined_balance(const CreditsRefunded& body) {
    Credits sum = body.debt_reversed;
    for (const RestoredPart& part : body.restored) {
        if (part.into != RestoredInto::revoked_grant) sum += part.amount;
    }
    return sum;
}

}  // namespace

RestoredPart restore_share(const Context& context, const GrantFact& grant, Credits amount,
                           GrantId new_grant) {
    RestoredPart part{grant.id, grant.id, amount, RestoredInto::same_grant, grant.amount, {}};
    if (grant.revoked || context.state.window.is_revoked(grant.id)) {
        part.into = RestoredInto::revoked_grant;
    } else if (grant.terms.expires_at <= context.now) {
        part.into = RestoredInto::new_grant;
        part.grant = new_grant;
        part.original_amount = amount;
        part.terms = renewed_terms(grant.terms, context);
    } else {
        // A live grant needs no terms, but a follower reads them without knowing which live.
        part.terms = grant.terms;
    }
    return part;
}

/// A debt that something else has repaid since comes back as a grant without an end.
RestoredPart restore_repaid_debt(const Context& context, Credits amount, GrantId new_grant) {
    RestoredPart part{GrantId{}, new_grant, amount, RestoredInto::new_grant, amount, {}};
    part.terms.kind = GrantKind::refund;
    part.terms.effective_at = context.now;
    return part;
}

Refusal decide(Context& context, const RefundDeduction& command, Target target) {
    const Account& account = *target.account;
    if (account.closed()) return refuse(RefusalCode::account_closed);
    const DeductionFact& deduction = *context.evidence.deduction;
    // Nothing was taken: it was free, or an unlimited plan covered it.
    if (deduction.amount.is_zero()) return refuse(RefusalCode::not_refundable);
    const auto recent = canary(Canary::refund_twice)
                            ? std::nullopt
                            : context.state.window.find_refunded(deduction.id);
    const Credits refunded = recent.value_or(deduction.refunded_total);
    const Credits left = deduction.amount - refunded;
    const Credits amount = command.amount.value_or(left);
    if (left.is_zero() || amount > left) return refuse(RefusalCode::refund_exceeds_deduction);
    if (!has_room(account, amount, deduction.burned.size() + 1)) {
        return refuse(RefusalCode::balance_range);
    }
    CreditsRefunded body = plan_refund(context, account, deduction, refunded, amount);
    const Credits joined = joined_balance(body);
    Event& event = context.emit(target.no, account, std::move(body));
    event.balances.after += joined;
    event.balances.available += joined;
    return accepted;
}

}  // namespace creditd::deciding
