// The naive ledger's rules for accounts.
#include <utility>

#include "tests/sim/auditor/book.hpp"

namespace creditd::sim::audit {

Outcome Book::put_account(std::int64_t now, const Wish& wish) {
    const bool exists = accounts.contains(wish.account);
    if (exists && accounts.at(wish.account).closed) return refused(409, "account_closed");
    Account& account = accounts[wish.account];
    account.id = wish.account;
    if (wish.credit_limit) account.credit_limit = *wish.credit_limit;
    Outcome outcome;
    outcome.balance_before = balance(wish.account);
    if (!exists) give_signup(now, wish.account);
    outcome.status = exists ? 200 : 201;
    if (!exists) outcome.created_at = now;
    outcome.account = wish.account;
    outcome.account_status = "open";
    outcome.credit_limit = account.credit_limit;
    outcome.balance_after = balance(wish.account);
    outcome.available = available(wish.account);
    return outcome;
}

/// Once, with the account.
void Book::give_signup(std::int64_t now, const std::string& account) {
    const SettingsTerms& settings = catalog.settings;
    if (settings.signup_credits == 0) return;
    Grant grant;
    grant.account = account;
    grant.kind = "signup";
    grant.amount = settings.signup_credits;
    grant.expires_at = after(now, settings.signup_expires_in_s);
    accounts.at(account).totals.granted += grant.amount;
    add_grant(now, std::move(grant));
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

}  // namespace creditd::sim::audit
