// The naive ledger's rules for holds, and its reads.
#include <algorithm>
#include <utility>

#include "tests/sim/auditor/book.hpp"

namespace creditd::sim::audit {

Deduction use_of(std::int64_t now, const Hold& hold) {
    return {hold.account, 0, 0, {}, hold.user, hold.feature.value_or(""), now};
}

HoldState Book::state(const Hold& hold) const {
    const bool open = hold.status == "open";
    return HoldState{placeholder(hold.number),
                     hold.amount,
                     hold.captured,
                     open ? hold.amount - hold.captured : 0,
                     hold.status,
                     hold.expires_at,
                     hold.on_expiry};
}

/// Takes `amount`: from grants in the order in which they were reserved, then from debt.
std::vector<Share> Book::take_shares(std::vector<Share>& from, std::int64_t amount) {
    std::vector<Share> taken;
    for (const bool debt : {false, true}) {
        for (Share& share : from) {
            const std::int64_t part = std::min(amount, share.amount);
            if (share.grant.has_value() == debt || part == 0) continue;
            taken.push_back({share.grant, part});
            share.amount -= part;
            amount -= part;
        }
    }
    std::erase_if(from, [](const Share& share) { return share.amount == 0; });
    return taken;
}

/// Releases what is still reserved; of grants whose time is over it expires at once. Returns how
/// much that was.
std::int64_t Book::close_hold(std::int64_t now, Hold& hold, const std::string& status,
                              std::vector<Part>* expired) {
    const std::vector<Share> released = std::exchange(hold.reserved, {});
    hold.status = status;
    open_holds.erase(hold.number);
    std::int64_t lost = 0;
    for (const Share& share : released) {
        if (!share.grant) continue;
        Grant& grant = grants.at(*share.grant);
        if (!grant.expires_at || now < *grant.expires_at) continue;
        change(grant, -share.amount);
        grant.lost += share.amount;
        accounts.at(grant.account).totals.expired += share.amount;
        if (expired != nullptr) expired->push_back({placeholder(grant.number), share.amount});
        lost += share.amount;
    }
    return lost;
}

Outcome Book::place_hold(std::int64_t now, const Wish& wish) {
    const auto found = accounts.find(wish.account);
    if (found == accounts.end()) return refused(404, "account_not_found");
    Need need;
    if (const auto refusal = price(wish, need)) return *refusal;
    if (found->second.closed) return refused(409, "account_closed");
    Outcome refusal;
    if (!covers(wish.account, need, refusal)) return refusal;
    const std::string user = wish.user.value_or("");
    const std::string feature = need.feature.value_or("");
    if (const auto over = over_budget(now, wish.account, user, feature, need.amount)) return *over;
    Outcome outcome = begin(now, wish.account, "hold");
    Hold hold;
    hold.number = ++last_number;
    hold.account = wish.account;
    hold.amount = need.amount;
    hold.reserved = plan(wish.account, need);
    hold.expires_at = now + wish.expires_in_s.value() * microseconds;
    hold.on_expiry = wish.on_expiry.value_or("release");
    hold.feature = need.feature;
    hold.user = user;
    hold.options = wish.options;
    outcome.id = placeholder(hold.number);
    outcome.transaction = placeholder(++last_number);
    outcome.hold = state(hold);
    tell_price(need, outcome);
    hold.lines = outcome.lines;
    hold.price_book = outcome.price_book;
    open_holds.insert(hold.number);
    holds[hold.number] = std::move(hold);
    finish(outcome, need.amount);
    return outcome;
}

/// What was measured, as a use of the hold's feature today.
std::optional<Outcome> Book::measured(const Wish& wish, const Hold& hold, Need& need) const {
    if (!hold.feature) return refused(422, "units_invalid");
    Wish use;
    use.account = hold.account;
    use.feature = hold.feature;
    use.options = hold.options;
    use.units = wish.units;
    return price(use, need);
}

Outcome Book::capture(std::int64_t now, const Wish& wish, std::optional<Number> id) {
    if (!id || !holds.contains(*id)) return refused(404, "hold_not_found");
    Hold& hold = holds.at(*id);
    if (accounts.at(hold.account).closed) return refused(409, "account_closed");
    if (hold.status != "open") return refused(409, "hold_closed");
    const std::int64_t left = hold.amount - hold.captured;
    Need need{wish.amount.value_or(left), {}, {}};
    if (!wish.units.empty()) {
        if (const auto refusal = measured(wish, hold, need)) return *refusal;
    }
    const std::int64_t amount = need.amount;
    if (amount > left) return refused(422, "capture_exceeds_hold");
    Outcome outcome = begin(now, hold.account, "capture");
    outcome.lines = hold.lines;
    outcome.price_book = hold.price_book;
    tell_price(need, outcome);
    outcome.id =
        placeholder(burn(amount, use_of(now, hold), take_shares(hold.reserved, amount), outcome));
    hold.captured += amount;
    if (amount == left || wish.final_capture.value_or(false)) {
        close_hold(now, hold, "captured", nullptr);
    }
    outcome.hold = state(hold);
    finish(outcome, amount);
    return outcome;
}

Outcome Book::extend(std::int64_t now, const Wish& wish, std::optional<Number> id) {
    if (!id || !holds.contains(*id)) return refused(404, "hold_not_found");
    Hold& hold = holds.at(*id);
    if (accounts.at(hold.account).closed) return refused(409, "account_closed");
    if (hold.status != "open") return refused(409, "hold_closed");
    const Need need{wish.amount.value_or(0), hold.feature, {}};
    Outcome refusal;
    if (need.amount > 0 && !covers(hold.account, need, refusal)) return refusal;
    const std::string feature = need.feature.value_or("");
    if (need.amount > 0) {
        const auto over = over_budget(now, hold.account, hold.user, feature, need.amount);
        if (over) return *over;
    }
    Outcome outcome = begin(now, hold.account, "hold");
    outcome.status = 200;
    for (const Share& share : plan(hold.account, need)) hold.reserved.push_back(share);
    hold.amount += need.amount;
    if (wish.expires_in_s) hold.expires_at = now + *wish.expires_in_s * microseconds;
    outcome.hold = state(hold);
    finish(outcome, need.amount);
    return outcome;
}

Outcome Book::release(std::int64_t now, std::optional<Number> id) {
    if (!id || !holds.contains(*id)) return refused(404, "hold_not_found");
    Hold& hold = holds.at(*id);
    if (hold.status != "open") return read_hold(id);
    Outcome outcome = begin(now, hold.account, "release");
    outcome.status = 200;
    const std::int64_t left = hold.amount - hold.captured;
    close_hold(now, hold, "released", &outcome.expired);
    outcome.hold = state(hold);
    finish(outcome, left);
    return outcome;
}

Outcome Book::read_balance(const std::string& account) const {
    if (!accounts.contains(account)) return refused(404, "account_not_found");
    Outcome outcome;
    outcome.status = 200;
    outcome.account = account;
    outcome.balance_after = balance(account);
    outcome.held = held(account);
    outcome.available = available(account);
    return outcome;
}

Outcome Book::read_hold(std::optional<Number> id) const {
    if (!id || !holds.contains(*id)) return refused(404, "hold_not_found");
    const Hold& hold = holds.at(*id);
    Outcome outcome;
    outcome.status = 200;
    outcome.account = hold.account;
    outcome.id = placeholder(hold.number);
    outcome.amount = hold.amount;
    outcome.hold = state(hold);
    return outcome;
}

std::int64_t Book::refusals_after(std::int64_t time, const std::string& account) const {
    const std::vector<std::int64_t>& times = accounts.at(account).refusals;
    return std::count_if(times.begin(), times.end(),
                         [time](std::int64_t refused_at) { return refused_at > time; });
}

bool Book::may_refuse(std::int64_t now, const std::string& account) const {
    return refusals_after(now - refusal_window_us, account) < refusals_max;
}

std::optional<std::string> Book::account_of(const Wish& wish, std::optional<Number> id) const {
    if (!wish.account.empty()) {
        if (accounts.contains(wish.account)) return wish.account;
        return {};
    }
    // Who has used the payment before is asked first.
    if (wish.kind == WishKind::settle_order) {
        const auto paid = payments.find({"manual", wish.payment.value().id});
        if (paid != payments.end()) return paid->second.account;
    }
    if (const auto order = orders.find(wish.id); order != orders.end()) {
        return order->second.account;
    }
    if (!id) return {};
    if (const auto found = holds.find(*id); found != holds.end()) return found->second.account;
    if (const auto found = grants.find(*id); found != grants.end()) return found->second.account;
    if (const auto found = deductions.find(*id); found != deductions.end()) {
        return found->second.account;
    }
    return {};
}

}  // namespace creditd::sim::audit
