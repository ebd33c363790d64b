// The naive ledger's rules for what is given back or given on: refund, revoke, transfer.
#include <algorithm>
#include <utility>

#include "tests/sim/auditor/book.hpp"

namespace creditd::sim::audit {

/// Gives one share of a deduction back.
void Book::restore(std::int64_t now, const std::string& account, const Share& share,
                   Outcome& outcome) {
    Account& owner = accounts.at(account);
    owner.totals.refunded += share.amount;
    Grant fresh;
    fresh.account = account;
    fresh.kind = "refund";
    fresh.amount = share.amount;
    if (!share.grant) {
        // What is no longer owed comes back as a grant without an end.
        const std::int64_t lowered = std::min(owner.debt, share.amount);
        owner.debt -= lowered;
        fresh.amount -= lowered;
        if (fresh.amount == 0) return;
    } else {
        Grant& grant = grants.at(*share.grant);
        if (grant.revoked) {
            owner.totals.revoked += share.amount;
            grant.lost += share.amount;
            outcome.restored.push_back({placeholder(grant.number), share.amount, true});
            return;
        }
        if (!grant.expires_at || now < *grant.expires_at) {
            change(grant, share.amount);
            outcome.restored.push_back({placeholder(grant.number), share.amount});
            return;
        }
        fresh.priority = grant.priority;
        fresh.features = grant.features;
        fresh.cost = grant.cost;
        fresh.expires_at = now + refund_grant_days * 24 * 3600 * microseconds;
    }
    // Unlike other grants it does not repay debt: what was a grant's stays a grant's.
    fresh.number = ++last_number;
    fresh.remaining = fresh.amount;
    fresh.effective_at = now;
    fresh.effective = true;
    outcome.restored.push_back({placeholder(fresh.number), fresh.amount});
    store(std::move(fresh));
}

Outcome Book::refund(std::int64_t now, const Wish& wish, std::optional<Number> id) {
    if (!id || !deductions.contains(*id)) return refused(404, "transaction_not_found");
    Deduction& deduction = deductions.at(*id);
    if (accounts.at(deduction.account).closed) return refused(409, "account_closed");
    if (deduction.amount == 0) return refused(422, "not_refundable");
    const std::int64_t left = deduction.amount - deduction.refunded;
    const std::int64_t amount = wish.amount.value_or(left);
    if (left == 0 || amount > left) return refused(422, "refund_exceeds_deduction");
    if (!has_room(deduction.account, amount)) return refused(422, "balance_range");
    Outcome outcome = begin(now, deduction.account, "refund");
    for (std::int64_t open = amount; open > 0;) {
        Share& last = deduction.refundable.back();
        const Share part{last.grant, std::min(open, last.amount)};
        restore(now, deduction.account, part, outcome);
        open -= part.amount;
        last.amount -= part.amount;
        if (last.amount == 0) deduction.refundable.pop_back();
    }
    deduction.refunded += amount;
    uncharge(*id, deduction, amount);
    outcome.deduction = placeholder(*id);
    outcome.refunded_total = deduction.refunded;
    finish(outcome, amount);
    return outcome;
}

Outcome Book::revoke(std::int64_t now, const Wish& wish, std::optional<Number> id) {
    if (!id || !grants.contains(*id)) return refused(404, "grant_not_found");
    Grant& grant = grants.at(*id);
    const std::int64_t left = grant.remaining - reserved(grant.number);
    const std::int64_t amount = wish.amount.value_or(left);
    if (left == 0 || amount > left) return refused(422, "revoke_exceeds_grant");
    Outcome outcome = begin(now, grant.account, "revocation");
    change(grant, -amount);
    grant.lost += amount;
    grant.revoked = grant.remaining == 0;
    accounts.at(grant.account).totals.revoked += amount;
    outcome.grant = placeholder(grant.number);
    finish(outcome, amount);
    return outcome;
}

Outcome Book::transfer(std::int64_t now, const Wish& wish) {
    const auto sender = accounts.find(wish.account);
    const auto receiver = accounts.find(wish.to);
    if (sender == accounts.end() || receiver == accounts.end()) {
        return refused(404, "account_not_found");
    }
    if (sender->second.closed || receiver->second.closed) return refused(409, "account_closed");
    const std::int64_t amount = wish.amount.value();
    if (!has_room(wish.to, amount)) return refused(422, "balance_range");
    const std::int64_t spendable = available(wish.account);  // The credit limit is no help here.
    if (amount > spendable) {
        Outcome refusal = refused(402, "insufficient_credits");
        refusal.required = amount;
        refusal.available = spendable;
        refusal.shortfall = amount - spendable;
        return refusal;
    }
    Outcome outcome = begin(now, wish.account, "transfer_out");
    std::int64_t left = amount;
    for (const Number number : movable(wish.account)) {
        Grant& source = grants.at(number);
        Grant copy = source;
        copy.account = wish.to;
        copy.amount = std::min(left, source.remaining - reserved(number));
        if (copy.amount == 0) break;
        copy.effective = false;
        change(source, -copy.amount);
        left -= copy.amount;
        const std::int64_t moved = copy.amount;
        const Number made = add_grant(now, std::move(copy));
        outcome.moved.push_back({placeholder(number), placeholder(made), moved});
    }
    sender->second.totals.transferred_out += amount;
    receiver->second.totals.transferred_in += amount;
    outcome.from = Side{wish.account, balance(wish.account), available(wish.account)};
    outcome.to = Side{wish.to, balance(wish.to), available(wish.to)};
    finish(outcome, amount);
    return outcome;
}

}  // namespace creditd::sim::audit
