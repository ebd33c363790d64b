// What the judge makes of answers: those that are in the log, and those that are not.
#include <algorithm>

#include "tests/sim/auditor/lines.hpp"
#include "tests/sim/auditor/shape.hpp"
#include "tests/sim/crash.hpp"
#include "tests/sim/judge.hpp"
#include "tests/sim/reading_payments.hpp"
#include "tests/sim/workload_arrangements.hpp"

namespace creditd::sim {
namespace {

constexpr std::int64_t refusals_of_limit = 20;
constexpr std::int64_t refusals_window_us = 10'000'000;

[[noreturn]] void fail(const char* check, const Request& request, const Outcome& said,
                       const std::string& what) {
    throw Failure{check, what + ": " + request.text() + " was answered " + write_outcome(said)};
}

/// Whether a repeat is marked as one is checked where all answers are remembered.
void forget_replays(Outcome& outcome) {
    outcome.replayed = false;
    for (Outcome& result : outcome.results) forget_replays(result);
}

bool is_never_recorded(const Outcome& outcome) {
    return outcome.status == 400 || outcome.status == 404 || outcome.status == 429;
}

bool is_batch(const Wish& wish) { return wish.kind == WishKind::batch; }

}  // namespace

void Judge::answered(const Request& request, const Plea& plea, const Answer& answer,
                     const Json& body, Timestamp now) {
    latest_ = std::max({latest_, now, plea.sent_at});
    if (request.is_news) return check_news({request, plea}, answer.status, body);
    if (!plea.wish || answer.status == 503) return;
    const Wish& wish = *plea.wish;
    const Outcome said = outcome_of(answer.status, body);
    const Answered at{request, plea};
    if (is_of_order(request)) return check_order(at, wish, said, body);
    if (is_of_arrangement(request)) return check_arrangement(at, wish, said);
    if (wish.kind == WishKind::read_balance) return check_balance(at, wish, said);
    if (wish.kind == WishKind::read_hold) return check_hold(at, wish, said);
    if (wish.kind == WishKind::quote || wish.dry_run) return check_trial(at, wish, said);
    const bool is_one = !is_batch(wish) || wish.atomic;
    if (is_one || said.status >= 300) return check_write(at, wish.key, wish, said);
    if (said.results.size() != wish.operations.size()) {
        fail("each operation has its result", request, said, "not so many results");
    }
    for (std::size_t i = 0; i < said.results.size(); ++i) {
        if (said.results[i].status == 503) continue;
        check_write(at, wish.operations[i].key, wish.operations[i], said.results[i]);
    }
}

void Judge::check_write(const Answered& at, const std::string& key, const Wish& wish,
                        const Outcome& said) {
    const auto found = cases_.find(key);
    if (found == cases_.end() || !found->second.is_done) return check_unlogged(at, wish, said);
    Case& one = found->second;
    if (one.content != at.request.content()) {
        if (said.code != "idempotency_key_reused" && said.status != 400) {
            fail("one request for each key", at.request, said, "it was used for " + one.content);
        }
        return;
    }
    // What is not recorded may have been answered to an attempt before the one that is.
    const bool is_earlier = is_never_recorded(said) && one.seq > at.plea.log_end;
    if (is_earlier) return check_refusal(at, wish, said);
    if (!one.predicted) return;  // compared before: repeats are compared byte for byte
    compare(at, *one.predicted, said);
    one.predicted.reset();
}

void Judge::compare(const Answered& at, const Outcome& predicted, const Outcome& said) {
    Outcome expected = auditor_.named(predicted);
    forget_replays(expected);
    std::string trouble = difference(expected, said);
    if (trouble.empty()) trouble = auditor_.learn(expected, said);
    if (trouble.empty()) return;
    fail("the auditor predicts the same answer", at.request, said,
         trouble + ", predicted " + write_outcome(expected));
}

void Judge::check_unlogged(const Answered& at, const Wish& wish, const Outcome& said) {
    if (said.status >= 300) return check_refusal(at, wish, said);
    if (said.changes == 0) return;  // the same catalog again; what it is, later answers show
    const Outcome hold = auditor_.hold_of(wish.id);
    if (wish.kind != WishKind::release || !hold.hold || hold.hold->status == "open") {
        fail("what is done is in the log", at.request, said, "it is not there");
    }
    compare(at, hold, said);
}

void Judge::check_refusal(const Answered& at, const Wish& wish, const Outcome& said) const {
    bool has_reason = false;
    if (would_be_refused(at, wish, said)) {
        has_reason = true;
    } else if (said.status == 400) {
        has_reason = audit::malformed(wish) || is_late(wish);
    } else if (said.status == 404) {
        has_reason = is_missing(at, wish, said.code);
    } else if (said.code == "refusal_limit") {
        has_reason = has_many_refusals(at, wish);
    } else if (is_batch(wish)) {
        // An account that only the batch would have made cannot remember its refusal.
        has_reason = is_missing(at, wish, "account_not_found");
    }
    if (!has_reason) {
        fail("a refusal has its reason", at.request, said, "there is none, and no record of it");
    }
}

/// What is refused because of the catalog: would it be now, or has that changed meanwhile?
bool Judge::would_be_refused(const Answered& at, const Wish& wish, const Outcome& said) const {
    const auto is_one = [&](const Wish& one) { return would_be_refused(at, one, said); };
    if (is_batch(wish)) return std::ranges::any_of(wish.operations, is_one);
    const bool is_of_catalog =
        wish.kind == WishKind::purchase || wish.kind == WishKind::redeem ||
        wish.kind == WishKind::delete_package || wish.kind == WishKind::place_order ||
        wish.kind == WishKind::delete_plan || wish.kind == WishKind::delete_promotion;
    if (!is_of_catalog || said.status > 404) return false;
    if (catalog_changed_ > at.plea.log_end) return true;
    Wish known = wish;
    if (known.payment) known.payment->id += '?';  // which may have been credited meanwhile
    if (wish.kind == WishKind::place_order) known.id += '?';  // and it may have been placed
    // A batch that is refused has not made its accounts.
    const Outcome would = auditor_.would_with_account(latest_.value, known);
    return would.status == said.status && would.code == said.code;
}

/// Has nothing happened since it was sent, to what the wish is about, but time?
bool Judge::is_settled(const Answered& at, const Wish& wish) const {
    if (catalog_changed_ > at.plea.log_end) return false;
    return std::ranges::all_of(auditor_.targets(wish), [&](const std::string& account) {
        const auto known = history_.find(account);
        return known == history_.end() || known->second.back().seq <= at.plea.log_end;
    });
}

/// Has an account that the wish concerns had its share of refusals since shortly before it was
/// sent?
bool Judge::has_many_refusals(const Answered& at, const Wish& wish) const {
    // It may have been sent while the clock stood ahead, and refused when that was over.
    const Timestamp sent_at = std::min(at.plea.sent_at, logged_);
    const std::int64_t since = sent_at.value - refusals_window_us;
    const auto has_many = [&](const Wish& one) {
        const auto account = auditor_.account_of(one);
        return account && auditor_.refusals_after(since, *account) >= refusals_of_limit;
    };
    return is_batch(wish) ? std::ranges::any_of(wish.operations, has_many) : has_many(wish);
}

bool Judge::is_late(const Wish& wish) const {
    const auto is_late_there = [this](const Wish& one) { return is_late(one); };
    return audit::out_of_time(latest_.value, wish) ||
           std::ranges::any_of(wish.operations, is_late_there);
}

bool Judge::was_there(const std::string& account, Seq end) const {
    const auto found = created_.find(account);
    return found != created_.end() && found->second <= end;
}

/// Was it missing at `end`, or at any time since?
bool Judge::had_gap(const std::string& feature, Seq end) const {
    const auto found = features_.find(feature);
    if (found == features_.end()) return true;
    bool is_set = false;
    for (const auto& [seq, set] : found->second) {
        if (seq > end && !(is_set && set)) return true;
        is_set = set;
    }
    return !is_set;
}

/// May what the wish names have been missing at some time since it was sent?
bool Judge::is_missing(const Answered& at, const Wish& wish, const std::string& code) const {
    const auto is_missing_there = [&](const Wish& one) { return is_missing(at, one, code); };
    if (is_batch(wish)) return std::ranges::any_of(wish.operations, is_missing_there);
    const Seq end = at.plea.log_end;
    if (code == "feature_not_found") return had_gap(wish.feature.value_or(wish.id), end);
    if (code == "account_not_found") {
        const bool has_receiver = wish.kind == WishKind::transfer;
        return !was_there(wish.account, end) || (has_receiver && !was_there(wish.to, end));
    }
    if (code == "order_not_found") {
        const auto known = order_history_.find(wish.id);
        return known == order_history_.end() || known->second.front().first > end;
    }
    return !wish.id.empty() && !auditor_.knows(wish.id);  // an id is heard before it is named
}

// --- reads ---------------------------------------------------------------------------------------

/// When it may have been looked at: after what was in the log when it was sent.
Period Judge::period_of(const Answered& at) const {
    return {at.plea.logged_at.value, latest_.value};
}

/// The balance at the log position that the answer names; and what time alone did since may be in.
void Judge::check_balance(const Answered& at, const Wish& wish, const Outcome& said) const {
    if (said.status >= 300) return check_refusal(at, wish, said);
    const auto is_said = [&](const Balance& one) {
        return one.balance == said.balance_after && one.held == said.held &&
               one.available == said.available;
    };
    const auto found = history_.find(wish.account);
    if (found == history_.end()) fail("reads are true", at.request, said, "no such account");
    const Seq seq{static_cast<std::uint64_t>(said.seq.value())};
    const auto& balances = found->second;
    auto next = std::ranges::upper_bound(balances, seq, {}, &Balance::seq);
    if (next != balances.begin() && is_said(*std::prev(next))) return;
    for (; next != balances.end() && next->is_by_time; ++next) {
        if (is_said(*next)) return;
    }
    // What a subscription brings that renews is its plan's, as it stood there.
    if (catalog_changed_ > seq) return;
    if (next == balances.end()) {
        const auto all = auditor_.possible(wish, period_of(at));
        const auto is_same = [&](const Outcome& one) {
            return one.balance_after == said.balance_after && one.held == said.held &&
                   one.available == said.available;
        };
        if (std::ranges::any_of(all, is_same)) return;
    }
    const auto text = [](const Balance& one) {
        return " seq " + std::to_string(one.seq.value) + (one.is_by_time ? " (time)" : "") +
               " balance " + std::to_string(one.balance) + " held " + std::to_string(one.held);
    };
    std::string had = "at seq " + std::to_string(seq.value) + " it had";
    for (auto one = balances.end() - std::min<std::ptrdiff_t>(6, std::ssize(balances));
         one != balances.end(); ++one) {
        had += text(*one);
    }
    fail("reads are true", at.request, said, had);
}

/// Compared where nothing has happened since but time.
void Judge::check_hold(const Answered& at, const Wish& wish, const Outcome& said) const {
    if (said.status >= 300) return check_refusal(at, wish, said);
    const Outcome hold = auditor_.hold_of(wish.id);
    if (said.seq != static_cast<std::int64_t>(end_.value) || !hold.hold) return;
    if (hold.hold == said.hold) return;
    const auto all = auditor_.possible(wish, period_of(at));
    const auto is_said = [&](const Outcome& one) { return one.hold == said.hold; };
    if (std::ranges::any_of(all, is_said)) return;
    fail("reads are true", at.request, said, "predicted " + write_outcome(hold));
}

/// What would be, and was not done. Compared where nothing has happened meanwhile but time.
void Judge::check_trial(const Answered& at, const Wish& wish, const Outcome& said) const {
    if (!is_settled(at, wish)) return;
    auto all = auditor_.possible(wish, period_of(at));
    for (Outcome& one : all) {
        one.created_at.reset();
        if (difference(one, said).empty()) return;
    }
    fail("trials are true", at.request, said, "predicted " + write_outcome(all.front()));
}

}  // namespace creditd::sim
