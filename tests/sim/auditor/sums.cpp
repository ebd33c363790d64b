// The sums of the naive ledger, what time does to it, and its laws.
#include <algorithm>
#include <limits>
#include <tuple>
#include <utility>

#include "tests/sim/auditor/book.hpp"

namespace creditd::sim::audit {

namespace {

bool may_pay_for(const Grant& grant, const std::optional<std::string>& feature) {
    if (grant.features.empty()) return true;
    return feature && std::find(grant.features.begin(), grant.features.end(), *feature) !=
                          grant.features.end();
}

/// Priority, then earliest expiry (none last), then free before paid, then oldest.
auto burn_rank(const Grant& grant) {
    const bool paid = grant.cost && grant.cost->amount > 0;
    return std::tuple(grant.priority, !grant.expires_at.has_value(), grant.expires_at.value_or(0),
                      paid, grant.number);
}

/// When a thing falls due, its number, and what it is: at one moment the oldest comes first, and a
/// subscription last.
using Due = std::tuple<std::int64_t, Number, int>;
constexpr int due_effective = 0;
constexpr int due_hold = 1;
constexpr int due_expiry = 2;
constexpr int due_subscription = 3;
constexpr Number number_last = std::numeric_limits<Number>::max();

/// The first thing that is due for the account at `now`.
std::optional<Due> earliest(const Book& book, const std::string& account, std::int64_t now) {
    std::optional<Due> first;
    const auto offer = [&](const Due& due) {
        if (!first || due < *first) first = due;
    };
    for (const Number number : book.accounts.at(account).grants) {
        const Grant& grant = book.grants.at(number);
        if (!grant.effective) {
            if (grant.effective_at <= now) offer({grant.effective_at, number, due_effective});
        } else if (grant.expires_at && *grant.expires_at <= now &&
                   grant.remaining > book.reserved(number)) {
            offer({*grant.expires_at, number, due_expiry});
        }
    }
    const std::optional<Subscription>& today = book.accounts.at(account).subscription;
    if (today && today->is_running && today->period_end <= now) {
        offer({today->period_end, number_last, due_subscription});
    }
    for (const Number number : book.open_holds) {
        const Hold& hold = book.holds.at(number);
        if (hold.account == account && hold.expires_at <= now) {
            offer({hold.expires_at, number, due_hold});
        }
    }
    return first;
}

}  // namespace

std::int64_t Book::reserved(Number grant) const {
    std::int64_t sum = 0;
    for (const Number number : open_holds) {
        for (const Share& share : holds.at(number).reserved) {
            if (share.grant == grant) sum += share.amount;
        }
    }
    return sum;
}

std::int64_t Book::balance(const std::string& account) const {
    const Account& owner = accounts.at(account);
    std::int64_t sum = -owner.debt;
    for (const Number number : owner.grants) {
        const Grant& grant = grants.at(number);
        if (grant.effective) sum += grant.remaining;
    }
    return sum;
}

std::int64_t Book::pending(const std::string& account) const {
    std::int64_t sum = 0;
    for (const Number number : accounts.at(account).grants) {
        const Grant& grant = grants.at(number);
        if (!grant.effective) sum += grant.remaining;
    }
    return sum;
}

std::int64_t Book::held(const std::string& account) const {
    std::int64_t sum = 0;
    for (const Number number : open_holds) {
        const Hold& hold = holds.at(number);
        if (hold.account != account) continue;
        for (const Share& share : hold.reserved) sum += share.amount;
    }
    return sum;
}

std::int64_t Book::held_as_debt(const std::string& account) const {
    std::int64_t sum = 0;
    for (const Number number : open_holds) {
        const Hold& hold = holds.at(number);
        if (hold.account != account) continue;
        for (const Share& share : hold.reserved) {
            if (!share.grant) sum += share.amount;
        }
    }
    return sum;
}

std::int64_t Book::available(const std::string& account) const {
    return balance(account) - held(account);
}

std::int64_t Book::available_for(const std::string& account,
                                 const std::optional<std::string>& feature) const {
    std::int64_t sum = -accounts.at(account).debt - held_as_debt(account);
    for (const Number number : burnable(account, feature)) {
        sum += grants.at(number).remaining - reserved(number);
    }
    return sum;
}

std::vector<Number> Book::movable(const std::string& account) const {
    using Ranked = std::pair<decltype(burn_rank(std::declval<Grant>())), Number>;
    std::vector<Ranked> ranked;
    for (const Number number : accounts.at(account).grants) {
        const Grant& grant = grants.at(number);
        if (grant.effective && grant.remaining > reserved(number)) {
            ranked.emplace_back(burn_rank(grant), number);
        }
    }
    std::sort(ranked.begin(), ranked.end());
    std::vector<Number> numbers;
    numbers.reserve(ranked.size());
    for (const auto& [rank, number] : ranked) numbers.push_back(number);
    return numbers;
}

std::vector<Number> Book::burnable(const std::string& account,
                                   const std::optional<std::string>& feature) const {
    std::vector<Number> numbers = movable(account);
    std::erase_if(numbers, [&](Number number) { return !may_pay_for(grants.at(number), feature); });
    return numbers;
}

std::optional<Happening> Book::settle_one(const std::string& account, std::int64_t now) {
    if (!accounts.contains(account)) return {};
    const std::optional<Due> due = earliest(*this, account, now);
    if (!due) return {};
    const auto [time, number, what] = *due;
    if (what == due_effective) {
        make_effective(grants.at(number));
        return Happening{"grant_activated", account};
    }
    if (what == due_expiry) {
        expire_rest(grants.at(number));
        return Happening{"grant_expired", account};
    }
    if (what == due_subscription) {
        renew(now, account);
        return Happening{"subscription_moved", account};
    }
    Hold& hold = holds.at(number);
    const bool is_captured = hold.on_expiry == "capture";
    if (is_captured) {
        Outcome unseen;
        const std::int64_t left = hold.amount - hold.captured;
        burn(left, use_of(now, hold), take_shares(hold.reserved, left), unseen);
        hold.captured += left;
    }
    close_hold(now, hold, "expired", nullptr);
    return Happening{is_captured ? "hold_captured" : "hold_released", account};
}

void Book::settle(const std::string& account, std::int64_t now) {
    while (settle_one(account, now)) continue;
}

std::set<std::int64_t> Book::moments(std::int64_t from, std::int64_t to) const {
    std::set<std::int64_t> all{from, to};
    const auto add = [&](std::int64_t moment) {
        if (from < moment && moment < to) all.insert(moment);
    };
    for (const auto& [number, grant] : grants) {
        add(grant.effective_at);
        if (grant.expires_at) add(*grant.expires_at);
    }
    for (const Number number : open_holds) add(holds.at(number).expires_at);
    for (const auto& [id, account] : accounts) {
        if (account.subscription) add(account.subscription->period_end);
    }
    return all;
}

/// A grant that begins first repays debt.
void Book::make_effective(Grant& grant) {
    Account& account = accounts.at(grant.account);
    const std::int64_t repaid = std::min(account.debt, grant.remaining);
    account.debt -= repaid;
    change(grant, -repaid);
    grant.effective = true;
}

/// What no hold keeps of it expires. Returns how much that was.
std::int64_t Book::expire_rest(Grant& grant) {
    const std::int64_t lost = grant.remaining - reserved(grant.number);
    change(grant, -lost);
    grant.lost += lost;
    accounts.at(grant.account).totals.expired += lost;
    return lost;
}

std::string Book::violation() const {
    std::map<Number, std::int64_t> kept;
    for (const auto& [number, hold] : holds) {
        std::int64_t sum = 0;
        for (const Share& share : hold.reserved) {
            if (share.amount <= 0) return "an empty share in a hold of " + hold.account;
            if (share.grant) kept[*share.grant] += share.amount;
            sum += share.amount;
        }
        const bool open = hold.status == "open";
        if (open != open_holds.contains(number)) return "a hold is not where it belongs";
        if (sum != (open ? hold.amount - hold.captured : 0)) {
            return "a hold of " + hold.account + " does not keep what remains of it";
        }
    }
    struct Sums {
        Wide effective = 0;
        Wide pending = 0;
    };
    std::map<std::string, Sums> sums;
    for (const auto& [number, grant] : grants) {
        if (grant.remaining < kept[number] || grant.remaining > grant.amount) {
            return "a grant of " + grant.account + " has a remainder out of range";
        }
        if ((grant.remaining > 0) != accounts.at(grant.account).grants.contains(number)) {
            return "a grant of " + grant.account + " is not where it belongs";
        }
        (grant.effective ? sums[grant.account].effective : sums[grant.account].pending) +=
            grant.remaining;
    }
    for (const auto& [id, account] : accounts) {
        const Totals& totals = account.totals;
        const Wide came =
            totals.granted + totals.purchased + totals.transferred_in + totals.refunded;
        const Wide went =
            totals.consumed + totals.expired + totals.revoked + totals.transferred_out;
        const Wide balance = sums[id].effective - account.debt;
        if (account.debt < 0) return "negative debt of " + id;
        if (came != went + balance + sums[id].pending) return "credits of " + id + " leak";
        if (balance >= amount_limit || balance <= -amount_limit)
            return "balance out of range: " + id;
    }
    return {};
}

}  // namespace creditd::sim::audit
