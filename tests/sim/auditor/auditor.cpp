#include "tests/sim/auditor/auditor.hpp"

#include <algorithm>
#include <utility>

#include "tests/sim/auditor/shape.hpp"

namespace creditd::sim {

using audit::Book;
using audit::Number;
using audit::refused;

namespace {

bool is_read(const Wish& wish) {
    return wish.kind == WishKind::read_balance || wish.kind == WishKind::read_hold ||
           wish.kind == WishKind::quote;
}

/// Recorded under the key: 2xx, and 402, 409 and 422.
/// Of a release that found its hold closed nothing is recorded: it did nothing.
bool is_recorded(const Wish& wish, const Outcome& outcome) {
    if (wish.kind == WishKind::release && !outcome.type) return false;
    if (outcome.changes == 0) return false;
    return outcome.status < 300 || outcome.status == 402 || outcome.status == 409 ||
           outcome.status == 422;
}

}  // namespace

Outcome Auditor::execute(std::int64_t now_us, const Wish& wish) {
    Outcome outcome;
    if (is_read(wish)) {
        outcome = would(now_us, wish);
    } else if (wish.kind == WishKind::batch && !wish.atomic) {
        outcome = execute_independent(now_us, wish);
    } else {
        outcome = execute_one(now_us, wish);
    }
    name_ids(outcome);
    return outcome;
}

Noted Auditor::hear(std::int64_t now_us, const News& news) {
    Noted noted = book_.hear(now_us, news);
    audit("news " + news.id);
    return noted;
}

Outcome Auditor::would(std::int64_t now_us, const Wish& wish) const {
    const std::optional<Number> id = number_of(wish.id);
    Book part = book_.part(wish, id);
    for (const std::string& account : targets(wish)) part.settle(account, now_us);
    return named(carry_out(part, now_us, wish, id));
}

Outcome Auditor::would_with_account(std::int64_t now_us, const Wish& wish) const {
    const std::optional<Number> id = number_of(wish.id);
    Book part = book_.part(wish, id);
    if (!wish.account.empty()) part.accounts[wish.account].id = wish.account;
    return named(carry_out(part, now_us, wish, id));
}

/// What is due at a moment happens at that moment: a hold that ends lets go of credits whose grant
/// may expire only later. So each moment begins anew with the book as it is.
std::vector<Outcome> Auditor::possible(const Wish& wish, Period period) const {
    const std::optional<Number> id = number_of(wish.id);
    const Book part = book_.part(wish, id);
    const std::vector<std::string> accounts = targets(wish);
    std::vector<Outcome> all;
    for (const std::int64_t moment : part.moments(period.from_us, period.to_us)) {
        Book trial = part;
        for (const std::string& account : accounts) trial.settle(account, moment);
        all.push_back(named(carry_out(trial, moment, wish, id)));
    }
    return all;
}

/// Accounts that it is about: of these everything that is due happens first.
std::vector<std::string> Auditor::targets(const Wish& wish) const {
    std::vector<std::string> accounts;
    accounts.reserve(wish.operations.size() + 2);
    if (const auto account = account_of(wish)) accounts.push_back(*account);
    if (book_.accounts.contains(wish.to)) accounts.push_back(wish.to);
    for (const Wish& operation : wish.operations) {
        for (std::string& account : targets(operation)) accounts.push_back(std::move(account));
    }
    return accounts;
}

Outcome Auditor::execute_one(std::int64_t now, const Wish& wish) {
    if (const auto bad = audit::malformed(wish)) return *bad;
    if (wish.dry_run) {
        const auto late = audit::out_of_time(now, wish);
        return late ? *late : would(now, wish);
    }
    if (auto known = replay(wish)) return *known;
    if (const auto late = audit::out_of_time(now, wish)) return *late;
    for (const std::string& account : targets(wish)) book_.settle(account, now);
    std::optional<std::string> account = account_of(wish);
    const Outcome outcome = wish.kind == WishKind::batch
                                ? carry_out_atomic(now, wish, account)
                                : carry_out(book_, now, wish, number_of(wish.id));
    audit("wish " + std::to_string(static_cast<int>(wish.kind)) + " with key " + wish.key);
    if (wish.key.empty() || !is_recorded(wish, outcome)) return outcome;
    if (outcome.status >= 300) {
        if (!account) return outcome;
        if (!book_.may_refuse(now, *account)) {
            Outcome too_often = refused(429, "refusal_limit");
            too_often.index = outcome.index;
            return too_often;
        }
        book_.accounts.at(*account).refusals.push_back(now);
    }
    recorded_[wish.key] = {audit::fingerprint(wish), outcome};
    return outcome;
}

/// The recorded answer, or that the key was used for something else.
std::optional<Outcome> Auditor::replay(const Wish& wish) const {
    const auto found = recorded_.find(wish.key);
    if (wish.key.empty() || found == recorded_.end()) return {};
    if (found->second.request != audit::fingerprint(wish)) {
        return refused(422, "idempotency_key_reused");
    }
    Outcome outcome = found->second.outcome;
    outcome.replayed = true;
    return outcome;
}

Outcome Auditor::carry_out(Book& book, std::int64_t now, const Wish& wish,
                           std::optional<Number> id) {
    switch (wish.kind) {
        case WishKind::put_account: return book.put_account(now, wish);
        case WishKind::close_account: return book.set_closed(wish, true);
        case WishKind::reopen_account: return book.set_closed(wish, false);
        case WishKind::grant: return book.grant(now, wish);
        case WishKind::purchase: return book.purchase(now, wish);
        case WishKind::deduct: return book.deduct(now, wish);
        case WishKind::refund: return book.refund(now, wish, id);
        case WishKind::revoke: return book.revoke(now, wish, id);
        case WishKind::place_hold: return book.place_hold(now, wish);
        case WishKind::capture: return book.capture(now, wish, id);
        case WishKind::extend: return book.extend(now, wish, id);
        case WishKind::release: return book.release(now, id);
        case WishKind::transfer: return book.transfer(now, wish);
        case WishKind::put_feature: return book.put_feature(wish);
        case WishKind::put_package: return book.put_package(wish);
        case WishKind::put_promotion: return book.put_promotion(wish);
        case WishKind::delete_feature:
        case WishKind::delete_package:
        case WishKind::delete_plan:
        case WishKind::delete_promotion: return book.remove(wish);
        case WishKind::put_catalog: return book.put_catalog(wish);
        case WishKind::redeem: return book.redeem(now, wish);
        case WishKind::read_balance: return book.read_balance(wish.account);
        case WishKind::read_hold: return book.read_hold(id);
        case WishKind::quote: return book.quote(now, wish);
        case WishKind::place_order: return book.place_order(wish);
        case WishKind::settle_order: return book.settle_order(now, wish);
        case WishKind::cancel_order: return book.cancel_order(wish);
        case WishKind::put_plan: return book.put_plan(wish);
        case WishKind::subscribe: return book.subscribe(now, wish);
        case WishKind::change_subscription: return book.change_subscription(now, wish);
        case WishKind::cancel_subscription: return book.cancel_subscription(wish, false);
        case WishKind::resume_subscription: return book.cancel_subscription(wish, true);
        case WishKind::put_budget: return book.put_budget(wish);
        case WishKind::remove_budget: return book.remove_budget(wish);
        case WishKind::read_order:
        case WishKind::batch: break;
    }
    return refused(400, "invalid_request");
}

/// All or nothing. `account` becomes that of the operation that was refused.
Outcome Auditor::carry_out_atomic(std::int64_t now, const Wish& batch,
                                  std::optional<std::string>& account) {
    Book before = book_;
    Outcome outcome;
    outcome.status = 200;
    for (const Wish& operation : batch.operations) {
        const auto late = audit::out_of_time(now, operation);
        outcome.results.push_back(late ? *late
                                       : carry_out(book_, now, operation, number_of(operation.id)));
        Outcome& last = outcome.results.back();
        // Here nothing may be left undone, not even the release of a hold that is closed already.
        const bool is_idle =
            operation.kind == WishKind::release && last.status == 200 && !last.type;
        if (is_idle) last = refused(409, "hold_closed");
        if (outcome.results.back().status < 300) continue;
        book_ = std::move(before);
        account = account_of(operation);
        Outcome refusal = outcome.results.back();
        refusal.index = static_cast<std::int64_t>(outcome.results.size()) - 1;
        return refusal;
    }
    return outcome;
}

Outcome Auditor::execute_independent(std::int64_t now, const Wish& batch) {
    if (batch.key.empty()) return refused(400, "idempotency_key_missing");
    Outcome outcome;
    outcome.status = 200;
    outcome.results.reserve(batch.operations.size());
    for (std::size_t index = 0; index < batch.operations.size(); ++index) {
        Wish operation = batch.operations[index];
        if (operation.key.empty()) operation.key = batch.key + "/" + std::to_string(index);
        outcome.results.push_back(execute_one(now, operation));
    }
    return outcome;
}

std::map<std::string, Outcome> Auditor::balances(std::int64_t now_us) const {
    Book then = book_;
    std::map<std::string, Outcome> all;
    for (const auto& [id, account] : then.accounts) {
        then.settle(id, now_us);
        all[id] = then.read_balance(id);
    }
    return all;
}

void Auditor::audit(const std::string& what) {
    if (!violation_.empty() || ++unaudited_ < audit_interval_) return;
    unaudited_ = 0;
    const std::string broken = book_.violation();
    if (!broken.empty()) violation_ = "after " + what + ": " + broken;
}

std::optional<Number> Auditor::number_of(const std::string& id) const {
    const auto found = numbers_.find(id);
    if (found == numbers_.end()) return {};
    return found->second;
}

Outcome Auditor::named(Outcome outcome) const {
    name_ids(outcome);
    return outcome;
}

Outcome Auditor::hold_of(const std::string& id) const {
    return named(book_.read_hold(number_of(id)));
}

std::optional<std::string> Auditor::account_of(const Wish& wish) const {
    return book_.account_of(wish, number_of(wish.id));
}

std::int64_t Auditor::refusals_after(std::int64_t time_us, const std::string& account) const {
    return book_.accounts.contains(account) ? book_.refusals_after(time_us, account) : 0;
}

std::string Auditor::learn(const std::string& placeholder, const std::string& id) {
    const auto [known, is_new] = ids_.emplace(placeholder, id);
    if (known->second != id) return placeholder + " is " + known->second + " and also " + id;
    const Number number = std::stoi(placeholder.substr(1));
    const auto [same, is_first] = numbers_.emplace(id, number);
    if (same->second != number) return id + " names two things, one is " + placeholder;
    return {};
}

std::string Auditor::learn(const Outcome& predicted, const Outcome& actual) {
    std::string trouble;
    audit::each_id(predicted, actual, [&](const std::string& expected, const std::string& id) {
        if (!expected.starts_with('?') || !trouble.empty()) return;
        trouble = learn(expected, id);
    });
    return trouble;
}

void Auditor::name_ids(Outcome& outcome) const {
    audit::each_id(outcome, outcome, [&](std::string& mine, const std::string&) {
        if (const auto found = ids_.find(mine); found != ids_.end()) mine = found->second;
    });
}

}  // namespace creditd::sim
