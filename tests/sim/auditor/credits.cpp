// The naive ledger's rules for credits that come and go at once.
#include <algorithm>

#include "tests/sim/auditor/book.hpp"
#include "tests/sim/auditor/price.hpp"

namespace creditd::sim::audit {

namespace {

/// However often a hold grew, what it made debt is one debt, and last.
std::vector<Share> join_debt(std::vector<Share> shares) {
    std::int64_t debt = 0;
    for (const Share& share : shares) {
        if (!share.grant) debt += share.amount;
    }
    std::erase_if(shares, [](const Share& share) { return !share.grant; });
    if (debt > 0) shares.push_back({std::nullopt, debt});
    return shares;
}

}  // namespace

Outcome refused(int status, const std::string& code) {
    Outcome outcome;
    outcome.status = status;
    outcome.code = code;
    return outcome;
}

std::optional<std::int64_t> expiry(std::int64_t now, const Wish& wish) {
    if (wish.expires_in_s) return now + *wish.expires_in_s * microseconds;
    return wish.expires_at;
}

Money as_answered(Money money) {
    for (char& letter : money.currency) {
        if (letter >= 'a' && letter <= 'z') letter = static_cast<char>(letter - 'a' + 'A');
    }
    return money;
}

std::string placeholder(Number number) { return "?" + std::to_string(number); }

Outcome Book::begin(std::int64_t now, const std::string& account, const std::string& type) const {
    Outcome outcome;
    outcome.status = 201;
    outcome.type = type;
    outcome.account = account;
    outcome.created_at = now;
    outcome.balance_before = balance(account);
    return outcome;
}

void Book::finish(Outcome& outcome, std::int64_t amount) {
    const std::string& account = outcome.account.value();
    outcome.amount = amount;
    outcome.balance_after = balance(account);
    outcome.delta = *outcome.balance_after - outcome.balance_before.value();
    if (!outcome.available) outcome.available = available(account);
    if (!outcome.id) outcome.id = placeholder(++last_number);
}

/// Would the balance, once all that is pending has come, still be in range?
bool Book::has_room(const std::string& account, std::int64_t amount) const {
    return balance(account) + pending(account) + amount < amount_limit;
}

Grant& Book::store(Grant grant) {
    Grant& stored = grants[grant.number] = std::move(grant);
    change(stored, 0);
    return stored;
}

void Book::change(Grant& grant, std::int64_t by) {
    grant.remaining += by;
    std::set<Number>& lasting = accounts.at(grant.account).grants;
    if (grant.remaining == 0) lasting.erase(grant.number);
    else lasting.insert(grant.number);
}

/// Gives it a number and the credits their effect, if its time has come.
Number Book::add_grant(std::int64_t now, Grant grant) {
    grant.number = ++last_number;
    grant.remaining = grant.amount;
    grant.effective_at = std::max(now, grant.effective_at);
    Grant& added = store(std::move(grant));
    if (added.effective_at <= now) make_effective(added);
    return added.number;
}

Outcome Book::grant(std::int64_t now, const Wish& wish) {
    const auto found = accounts.find(wish.account);
    if (found == accounts.end()) return refused(404, "account_not_found");
    if (found->second.closed) return refused(409, "account_closed");
    const std::int64_t amount = wish.amount.value();
    if (!has_room(wish.account, amount)) return refused(422, "balance_range");
    Outcome outcome = begin(now, wish.account, "grant");
    Grant grant;
    grant.account = wish.account;
    grant.kind = wish.grant_kind.value_or("admin");
    grant.amount = amount;
    grant.priority = wish.priority.value_or(50);
    grant.effective_at = wish.effective_at.value_or(now);
    grant.expires_at = expiry(now, wish);
    if (wish.features) grant.features = *wish.features;
    if (wish.cost) grant.cost = as_answered(*wish.cost);
    found->second.totals.granted += amount;
    const Grant& made = grants.at(add_grant(now, std::move(grant)));
    outcome.id = placeholder(made.number);
    outcome.transaction = placeholder(++last_number);
    outcome.grant_kind = made.kind;
    outcome.remaining = made.remaining;
    outcome.priority = made.priority;
    outcome.effective_at = made.effective_at;
    outcome.expires_at = made.expires_at;
    finish(outcome, amount);
    return outcome;
}

/// What a deduction or a hold costs; or why it cannot be had.
std::optional<Outcome> Book::price(const Wish& wish, Need& need) const {
    if (!wish.feature) {
        need.amount = wish.amount.value();
        return {};
    }
    const auto found = catalog.features.find(*wish.feature);
    if (found == catalog.features.end()) return refused(404, "feature_not_found");
    if (accounts.at(wish.account).closed) return refused(409, "account_closed");
    if (!found->second.active) return refused(422, "feature_inactive");
    const Price price =
        price_of(found->second, {wish.quantity.value_or(1), wish.units, wish.options});
    if (!price.refusal.empty()) return refused(422, price.refusal);
    need.amount = price.amount;
    need.feature = wish.feature;
    need.lines = price.lines;
    return {};
}

void Book::tell_price(const Need& need, Outcome& outcome) const {
    if (!need.feature) return;
    outcome.lines = need.lines;
    outcome.price_book = price_book;
}

Outcome Book::quote(std::int64_t now, const Wish& wish) const {
    if (!accounts.contains(wish.account)) return refused(404, "account_not_found");
    Need need;
    if (const auto refusal = price(wish, need)) return *refusal;
    Outcome outcome;
    outcome.status = 200;
    outcome.required = need.amount;
    outcome.available = available_for(wish.account, need.feature);
    outcome.lines = need.lines;
    Outcome refusal;
    outcome.sufficient = covers(wish.account, need, refusal) &&
                         !over_budget(now, wish.account, wish.user.value_or(""),
                                      need.feature.value_or(""), need.amount);
    return outcome;
}

/// Are credits and credit limit enough? If not, fills the refusal.
bool Book::covers(const std::string& account, const Need& need, Outcome& refusal) const {
    const std::int64_t free = available_for(account, need.feature);
    const std::int64_t spendable = free + accounts.at(account).credit_limit;
    if (need.amount <= spendable) return true;
    refusal = refused(402, "insufficient_credits");
    refusal.required = need.amount;
    refusal.available = free;
    refusal.shortfall = need.amount - spendable;
    return false;
}

/// Which grants would pay, in burn order; the rest is debt.
std::vector<Share> Book::plan(const std::string& account, const Need& need) const {
    std::vector<Share> shares;
    std::int64_t left = need.amount;
    for (const Number number : burnable(account, need.feature)) {
        const std::int64_t part = std::min(left, grants.at(number).remaining - reserved(number));
        if (part > 0) shares.push_back({number, part});
        left -= part;
    }
    if (left > 0) shares.push_back({std::nullopt, left});
    return shares;
}

/// Burns the shares as one deduction. Its number is that of the transaction.
Number Book::burn(std::int64_t amount, Deduction use, const std::vector<Share>& shares,
                  Outcome& outcome) {
    const std::string& account = use.account;
    for (const Share& share : shares) {
        if (share.grant) {
            change(grants.at(*share.grant), -share.amount);
            outcome.burned.push_back({placeholder(*share.grant), share.amount});
        } else {
            accounts.at(account).debt += share.amount;
            outcome.debt = outcome.debt.value_or(0) + share.amount;
        }
    }
    accounts.at(account).totals.consumed += amount;
    const Number number = ++last_number;
    charge(number, use, amount);
    use.amount = amount;
    use.refundable = join_debt(shares);
    deductions[number] = std::move(use);
    return number;
}

Outcome Book::deduct(std::int64_t now, const Wish& wish) {
    const auto found = accounts.find(wish.account);
    if (found == accounts.end()) return refused(404, "account_not_found");
    Need need;
    if (const auto refusal = price(wish, need)) return *refusal;
    if (found->second.closed) return refused(409, "account_closed");
    Outcome outcome = begin(now, wish.account, "deduction");
    const std::int64_t required = need.amount;
    Outcome refusal;
    if (!covers(wish.account, need, refusal)) {
        const std::int64_t partial = required - refusal.shortfall.value();
        if (!wish.allow_partial.value_or(false) || partial <= 0) return refusal;
        need.amount = partial;
    }
    if (wish.allow_partial.value_or(false)) {
        outcome.required = required;
        outcome.shortfall = required - need.amount;
    }
    const std::string user = wish.user.value_or("");
    const std::string feature = need.feature.value_or("");
    if (const auto over = over_budget(now, wish.account, user, feature, need.amount)) return *over;
    const Number number = burn(need.amount, Deduction{wish.account, 0, 0, {}, user, feature, now},
                               plan(wish.account, need), outcome);
    outcome.id = placeholder(number);
    outcome.available = available_for(wish.account, need.feature);
    tell_price(need, outcome);
    finish(outcome, need.amount);
    return outcome;
}

}  // namespace creditd::sim::audit
