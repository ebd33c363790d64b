// The naive ledger's rules for accounts and features.
#include "tests/sim/auditor/book.hpp"

namespace creditd::sim::audit {

Outcome Book::put_account(std::int64_t now, const Wish& wish) {
    const bool exists = accounts.contains(wish.account);
    if (exists && accounts.at(wish.account).closed) return refused(409, "account_closed");
    Account& account = accounts[wish.account];
    account.id = wish.account;
    if (wish.credit_limit) account.credit_limit = *wish.credit_limit;
    Outcome outcome;
    outcome.status = exists ? 200 : 201;
    if (!exists) outcome.created_at = now;
    outcome.account = wish.account;
    outcome.account_status = "open";
    outcome.credit_limit = account.credit_limit;
    outcome.balance_before = outcome.balance_after = balance(wish.account);
    outcome.available = available(wish.account);
    return outcome;
}

Outcome Book::set_closed(const Wish& wish, bool closed) {
    const auto found = accounts.find(wish.account);
    if (found == accounts.end()) return refused(404, "account_not_found");
    if (closed && found->second.closed) return refused(409, "account_closed");
    found->second.closed = closed;
    Outcome outcome;
    outcome.status = 200;
    outcome.account = wish.account;
    outcome.account_status = closed ? "closed" : "open";
    outcome.balance_before = outcome.balance_after = balance(wish.account);
    outcome.available = available(wish.account);
    return outcome;
}

Outcome Book::put_feature(const Wish& wish) {
    features[wish.id] = Feature{wish.amount.value(), wish.active.value_or(true)};
    Outcome outcome;
    outcome.status = 200;
    outcome.credits = wish.amount;
    outcome.active = wish.active.value_or(true);
    return outcome;
}

Outcome Book::delete_feature(const Wish& wish) {
    if (features.erase(wish.id) == 0) return refused(404, "feature_not_found");
    Outcome outcome;
    outcome.status = 204;
    return outcome;
}

}  // namespace creditd::sim::audit
