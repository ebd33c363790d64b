// The naive ledger's rules for subscriptions that the calendar renews.
#include <algorithm>
#include <chrono>

#include "tests/sim/auditor/book.hpp"

namespace creditd::sim::audit {

namespace {

constexpr std::int64_t day_us = 24 * 3600 * microseconds;

bool is_offered(const PlanTerms& terms, const std::string& interval) {
    if (terms.prices.empty()) return interval == "month";
    return terms.prices.contains(interval);
}

std::int64_t end_of(const Subscription& subscription) {
    const std::int64_t months = subscription.interval == "year" ? 12 : 1;
    std::int64_t cycles = subscription.cycle + 1;
    while (months_after(subscription.anchor, cycles * months) <= subscription.period_start) {
        ++cycles;
    }
    return months_after(subscription.anchor, cycles * months);
}

void begin_at(std::int64_t now, Subscription& subscription) {
    subscription.is_running = true;
    subscription.is_trial = false;
    subscription.anchor = subscription.period_start = now;
    subscription.cycle = 0;
    subscription.cancels = false;
    subscription.next_plan.clear();
    subscription.period_end = end_of(subscription);
}

Outcome done(const std::string& account) {
    Outcome outcome;
    outcome.status = 200;
    outcome.account = account;
    return outcome;
}

}  // namespace

std::int64_t months_after(std::int64_t moment, std::int64_t months) {
    namespace chrono = std::chrono;
    const chrono::sys_time<chrono::microseconds> at{chrono::microseconds{moment}};
    const auto day = chrono::floor<chrono::days>(at);
    const chrono::year_month_day date{day};
    const auto month =
        chrono::year_month(date.year(), date.month()) + chrono::months{static_cast<int>(months)};
    const chrono::year_month_day_last last{month.year(), chrono::month_day_last{month.month()}};
    const chrono::sys_days to{
        chrono::year_month_day{month.year(), month.month(), std::min(date.day(), last.day())}};
    return moment + chrono::microseconds{to - day}.count();
}

const PlanTerms* Book::plan_on_offer(const std::string& id, const std::string& interval) const {
    const auto found = catalog.plans.find(id);
    const bool is_on =
        found != catalog.plans.end() && found->second.active && is_offered(found->second, interval);
    return is_on ? &found->second : nullptr;
}

Outcome Book::subscribe(std::int64_t now, const Wish& wish) {
    const auto found = accounts.find(wish.account);
    if (found == accounts.end()) return refused(404, "account_not_found");
    std::optional<Subscription>& today = found->second.subscription;
    const std::string interval = wish.interval.value_or("month");
    const PlanTerms* const terms = plan_on_offer(wish.plan.value(), interval);
    const bool is_running = today && today->is_running;
    const bool is_same = is_running && today->plan == wish.plan && today->interval == interval;
    if (is_same) return done(wish.account);
    if (terms == nullptr) return refused(404, "plan_not_found");
    if (is_running) return refused(409, "subscription_exists");
    Subscription fresh;
    fresh.plan = *wish.plan;
    fresh.interval = interval;
    begin_at(now, fresh);
    if (terms->trial_days > 0 && !today) {
        fresh.is_trial = true;
        fresh.anchor = fresh.period_end = now + terms->trial_days * day_us;
    }
    today = fresh;
    give_cycle(now, wish.account, *terms);
    return done(wish.account);
}

Outcome Book::change_subscription(std::int64_t now, const Wish& wish) {
    const auto found = accounts.find(wish.account);
    if (found == accounts.end()) return refused(404, "account_not_found");
    std::optional<Subscription>& today = found->second.subscription;
    if (!today || !today->is_running) return refused(404, "subscription_not_found");
    const std::string interval = wish.interval.value_or(today->interval);
    const bool is_same = today->plan == wish.plan && today->interval == interval;
    const PlanTerms* const terms = plan_on_offer(wish.plan.value(), interval);
    if (!is_same && terms == nullptr) return refused(404, "plan_not_found");
    if (is_same || wish.at_period_end.value_or(false)) {
        today->cancels = false;
        today->next_plan = is_same ? "" : *wish.plan;
        today->next_interval = interval;
        return done(wish.account);
    }
    const auto old = catalog.plans.find(today->plan);
    if (old != catalog.plans.end() && old->second.on_change == "expire") {
        lose(wish.account, leftovers(wish.account));
    }
    today->plan = *wish.plan;
    today->interval = interval;
    begin_at(now, *today);
    give_cycle(now, wish.account, *terms);
    return done(wish.account);
}

Outcome Book::cancel_subscription(const Wish& wish, bool resumes) {
    const auto found = accounts.find(wish.account);
    if (found == accounts.end()) return refused(404, "account_not_found");
    std::optional<Subscription>& today = found->second.subscription;
    if (!today || !today->is_running) return refused(404, "subscription_not_found");
    if (resumes) {
        today->cancels = false;
        today->next_plan.clear();
    } else if (wish.at_period_end.value_or(false)) {
        today->cancels = true;
        today->next_plan.clear();
    } else {
        end_subscription(wish.account);
    }
    return done(wish.account);
}

// --- what time does ------------------------------------------------------------------------------

/// The period is over.
void Book::renew(std::int64_t now, const std::string& account) {
    Subscription& today = *accounts.at(account).subscription;
    const auto old = catalog.plans.find(today.plan);
    const bool is_known = old != catalog.plans.end();
    const PlanTerms* const successor =
        today.next_plan.empty() ? nullptr : plan_on_offer(today.next_plan, today.next_interval);
    const bool is_over = today.cancels || (successor == nullptr && !is_known);
    if (is_over) return end_subscription(account);
    if (!is_known) {
        lose(account, leftovers(account));
    } else if (old->second.rollover == "capped") {
        std::vector<Share> shares = leftovers(account);
        std::int64_t surplus = -old->second.rollover_max;
        for (const Share& share : shares) surplus += share.amount;
        for (Share& share : shares) {
            share.amount = std::clamp<std::int64_t>(surplus, 0, share.amount);
            surplus -= share.amount;
        }
        lose(account, shares);
    }
    today.period_start = today.period_end;
    if (successor != nullptr) {
        today.plan = today.next_plan;
        today.interval = today.next_interval;
        today.anchor = today.period_start;
        today.cycle = 0;
    } else if (!today.is_trial) {
        ++today.cycle;
    }
    today.is_trial = false;
    today.next_plan.clear();
    today.period_end = end_of(today);
    give_cycle(now, account, successor != nullptr ? *successor : old->second);
}

void Book::end_subscription(const std::string& account) {
    Subscription& today = *accounts.at(account).subscription;
    const auto terms = catalog.plans.find(today.plan);
    if (terms == catalog.plans.end() || terms->second.on_end == "expire") {
        lose(account, leftovers(account));
    }
    today.is_running = false;
    today.cancels = false;
    today.next_plan.clear();
}

/// What is left of the plan's credits, in burn order.
std::vector<Share> Book::leftovers(const std::string& account) const {
    std::vector<Share> shares;
    for (const Number number : movable(account)) {
        const Grant& grant = grants.at(number);
        if (grant.kind == "plan") shares.push_back({number, grant.remaining - reserved(number)});
    }
    return shares;
}

void Book::lose(const std::string& account, const std::vector<Share>& shares) {
    for (const Share& share : shares) {
        Grant& grant = grants.at(share.grant.value());
        change(grant, -share.amount);
        grant.lost += share.amount;
        accounts.at(account).totals.expired += share.amount;
    }
}

void Book::give_cycle(std::int64_t now, const std::string& account, const PlanTerms& terms) {
    if (terms.credits == 0) return;
    const Subscription& today = *accounts.at(account).subscription;
    Grant grant;
    grant.account = account;
    grant.kind = "plan";
    grant.amount = terms.credits;
    grant.priority = terms.priority;
    grant.features = terms.features;
    grant.effective_at = now;
    if (terms.rollover == "none") grant.expires_at = today.period_end;
    const auto price = terms.prices.find(today.interval);
    if (price != terms.prices.end() && !today.is_trial) grant.cost = as_answered(price->second);
    accounts.at(account).totals.granted += terms.credits;
    add_grant(now, std::move(grant));
}

}  // namespace creditd::sim::audit
