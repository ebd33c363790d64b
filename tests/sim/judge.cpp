// The judge's predictions, and what the log says.
#include "tests/sim/judge.hpp"

#include <algorithm>

#include "tests/sim/auditor/lines.hpp"
#include "tests/sim/crash.hpp"
#include "tests/sim/laws.hpp"
#include "tests/sim/reading_payments.hpp"

namespace creditd::sim {
namespace {

/// The daemon counts refusals from window to window, the auditor in those that have just passed:
/// two windows' worth may fall into one.
constexpr std::int64_t refusals_max = 40;
constexpr unsigned audit_interval = 100;

[[noreturn]] void differs(const Event& event, const std::string& what) {
    throw Failure{"the auditor comes to the same", what + ", at seq " +
                                                       std::to_string(event.seq.value) +
                                                       " of account '" + event.account + "'"};
}

/// An event that nobody asked for, in the auditor's words.
std::string what_of(const Event& event) {
    if (std::holds_alternative<GrantActivated>(event.body)) return "grant_activated";
    if (std::holds_alternative<GrantExpired>(event.body)) return "grant_expired";
    if (std::holds_alternative<HoldCaptured>(event.body)) return "hold_captured";
    if (std::holds_alternative<HoldReleased>(event.body)) return "hold_released";
    if (std::holds_alternative<SubscriptionMoved>(event.body)) return "subscription_moved";
    return "something else";
}

}  // namespace

Judge::Judge() {
    auditor_.set_refusals_max(refusals_max);
    auditor_.set_audit_interval(audit_interval);
}

Plea Judge::sent(const Request& request, Timestamp now) {
    if (request.name == "stripe news" && !request.is_malformed) told(stripe_news_of(request.body));
    Plea plea{wish_of(request), end_, now, logged_};
    if (request.is_read()) return plea;
    if (plea.wish && plea.wish->kind == WishKind::batch && !plea.wish->atomic) {
        for (const Wish& one : plea.wish->operations) remember(one.key, request, one);
    } else if (!request.is_malformed) {
        remember(request.key, request, plea.wish);
    }
    return plea;
}

void Judge::remember(const std::string& key, const Request& request, std::optional<Wish> wish) {
    if (cases_.contains(key)) return;
    cases_.emplace(key, Case{request.content(), std::move(wish), false, {}, {}});
}

void Judge::happened(const Event& event, const State& after) {
    end_ = event.seq;
    latest_ = std::max(latest_, event.time);
    logged_ = event.time;
    note_catalog(event);
    if (origins_.is_unasked(event)) return pass_time(event, after);
    if (!event.account_no.is_none()) touched_.push_back(event.account_no);
    note_order(event);
    if (!event.origin) return;  // a part of a command waits for its end
    if (event.origin->key.empty()) {
        carry_out_own(event);
    } else {
        const auto found = cases_.find(event.origin->key);
        if (found == cases_.end()) differs(event, "nobody asked for " + event.origin->key);
        if (found->second.wish) carry_out(found->second, event);
        found->second.is_done = true;
    }
    if (!touched_orders_.empty()) check_orders(event);
    for (const AccountNo no : touched_) {
        const std::string name(after.accounts.get(no).id());
        check_account(after, no, "after key " + event.origin->key);
        note_balance(name, event, false);
    }
    touched_.clear();
}

/// What nobody asked for must be due, and the first thing that is.
void Judge::pass_time(const Event& event, const State& after) {
    if (event.account_no.is_none()) return;
    note_moments(event);
    const auto due = auditor_.pass_one(event.account, event.time.value);
    const std::string what = what_of(event);
    if (!due) differs(event, "nothing is due, and there is " + what);
    if (due->what != what) differs(event, due->what + " is due, and there is " + what);
    check_account(after, event.account_no, "after " + what);
    note_balance(event.account, event, true);
}

/// A read before the event may have looked at the account at any moment since its last one.
void Judge::note_moments(const Event& event) {
    std::vector<Balance>& balances = history_[event.account];
    if (balances.empty()) return;
    Wish look;
    look.account = event.account;
    const Period period{balances.back().time.value, event.time.value};
    for (const Outcome& one : auditor_.possible(look, period)) {
        balances.push_back({event.seq, event.time, true, one.balance_after.value(),
                            one.held.value(), one.available.value()});
    }
}

void Judge::check_nothing_due(const Case& one, const Event& event) {
    for (const std::string& account : auditor_.targets(*one.wish)) {
        const auto due = auditor_.pass_one(account, event.time.value);
        if (due) differs(event, due->what + " was due before " + one.content);
    }
}

void Judge::carry_out(Case& one, const Event& event) {
    check_nothing_due(one, event);
    Outcome predicted = auditor_.execute(event.time.value, *one.wish);
    if (!auditor_.violation().empty()) throw Failure{"the auditor is sound", auditor_.violation()};
    const auto* const refused = std::get_if<CommandRefused>(&event.body);
    const bool agrees = refused == nullptr ? predicted.status < 300
                                           : predicted.code == name_of(refused->refusal.code);
    if (!agrees) {
        const std::string what =
            refused == nullptr ? "done" : "refused: " + std::string(name_of(refused->refusal.code));
        differs(event, one.content + " was " + what + ", predicted: " + write_outcome(predicted));
    }
    one.seq = event.seq;
    one.predicted = std::move(predicted);
}

void Judge::note_balance(const std::string& account, const Event& event, bool is_by_time) {
    const Outcome now = auditor_.balance_of(account);
    if (now.status != 200) return;  // its creation is not over yet
    history_[account].push_back({event.seq, event.time, is_by_time, now.balance_after.value(),
                                 now.held.value(), now.available.value()});
}

void Judge::note_catalog(const Event& event) {
    if (const auto* const set = std::get_if<FeatureSet>(&event.body)) {
        features_[set->key].emplace_back(event.seq, true);
    } else if (const auto* const removed = std::get_if<FeatureRemoved>(&event.body)) {
        features_[removed->key].emplace_back(event.seq, false);
    } else if (std::holds_alternative<AccountCreated>(event.body)) {
        created_.emplace(event.account, event.seq);
    }
    const bool is_of_catalog = std::holds_alternative<FeatureSet>(event.body) ||
                               std::holds_alternative<FeatureRemoved>(event.body) ||
                               std::holds_alternative<OfferSet>(event.body) ||
                               std::holds_alternative<OfferRemoved>(event.body);
    if (is_of_catalog) catalog_changed_ = event.seq;
}

void Judge::check_account(const State& state, AccountNo no, const std::string& what) const {
    const Account& account = state.accounts.get(no);
    const Outcome predicted = auditor_.balance_of(std::string(account.id()));
    const auto text = [](std::int64_t balance, std::int64_t held, std::int64_t available) {
        return std::to_string(balance) + ", held " + std::to_string(held) + ", available " +
               std::to_string(available);
    };
    const std::string mine = predicted.status != 200
                                 ? "nothing"
                                 : text(predicted.balance_after.value(), predicted.held.value(),
                                        predicted.available.value());
    const std::string theirs =
        text(account.balance.value, account.held.value, account.available().value);
    if (mine == theirs) return;
    throw Failure{"the auditor comes to the same", std::string(account.id()) + " has " + theirs +
                                                       ", predicted " + mine + ", " + what};
}

void Judge::conclude(const State& state) const {
    for (std::uint32_t i = 0; i < state.accounts.count(); ++i) {
        check_account(state, AccountNo{i}, "at the end");
    }
}

}  // namespace creditd::sim
