#include <algorithm>

#include "tests/support/random_event.hpp"

namespace creditd::tests {

// --- values --------------------------------------------------------------------------------------

std::vector<std::uint8_t> RandomEvents::percents() {
    std::vector<std::uint8_t> percents(chance(50) ? below(limits::plan_alerts_max + 1) : 0);
    for (std::uint8_t& percent : percents) {
        percent = static_cast<std::uint8_t>(below(limits::percent_max + 1));
    }
    return percents;
}

Subscription RandomEvents::subscription() {
    Subscription result;
    result.plan = id();
    result.interval = any(Interval::year);
    result.source = any(SubscriptionSource::provider);
    result.status = any(SubscriptionStatus::ended);
    result.unlimited = chance(20);
    if (chance(80)) result.credits = amount();
    result.features = ids();
    result.alerts = percents();
    result.started_at = time();
    result.anchor = time();
    if (chance(70)) result.cycle = static_cast<std::uint32_t>(random_());
    result.period_start = time();
    result.period_end = chance(10) ? Timestamp::never() : time();
    result.cancel_at_period_end = chance(20);
    if (chance(20)) {
        result.next_plan = id();
        result.next_interval = any(Interval::year);
    }
    if (chance(20)) result.grace_until = time();
    return result;
}

BudgetTerms RandomEvents::budget_terms() {
    BudgetTerms result;
    result.id = id();
    if (chance(50)) result.user = text(limits::text_bytes_max);
    result.feature = maybe_id();
    result.limit = amount();
    result.window = any(BudgetWindow::rolling);
    if (result.window == BudgetWindow::rolling) {
        result.hours = static_cast<std::uint16_t>(1 + below(limits::budget_hours_max));
    }
    if (chance(50)) {
        constexpr int offsets = limits::utc_offset_max - limits::utc_offset_min + 1;
        result.utc_offset =
            static_cast<std::int8_t>(static_cast<int>(below(offsets)) + limits::utc_offset_min);
    }
    return result;
}

AlertTerms RandomEvents::alert_terms() {
    AlertTerms result;
    result.id = id();
    if (chance(50)) {
        result.below = amount();
    } else {
        result.percent = static_cast<std::uint8_t>(below(limits::percent_max + 1));
    }
    if (chance(50)) result.recovered_at = amount();
    return result;
}

AutoTopUpTerms RandomEvents::top_up_terms() {
    return {id(), amount(), chance(50) ? 0 : static_cast<std::uint32_t>(random_()),
            maybe_duration()};
}

// --- bodies --------------------------------------------------------------------------------------

void RandomEvents::fill(SubscriptionMoved& body) {
    body.step = any(SubscriptionStep::heard);
    body.subscription = subscription();
    if (chance(30)) body.previous_plan = id();
    if (chance(50)) body.expired = parts();
    if (chance(60)) {
        body.granted = small_amount();
        body.terms = terms();
        if (chance(30)) body.debt_repaid = amount();
    }
}
void RandomEvents::fill(PromotionRedeemed& body) {
    body = {id(), amount(), terms(), chance(20) ? amount() : Credits{}};
}
void RandomEvents::fill(ReferralMade& body) { body.referrer = id(); }
void RandomEvents::fill(ReferralRewarded& body) {
    body.partner = id();
    body.is_referrer = chance(50);
    if (chance(20)) return;
    body.amount = small_amount();
    body.terms = terms();
    if (chance(20)) body.debt_repaid = amount();
}
void RandomEvents::fill(BudgetSet& body) {
    body.terms = budget_terms();
    body.begins = chance(50);
}
void RandomEvents::fill(BudgetRemoved& body) { body.id = id(); }
void RandomEvents::fill(AlertSet& body) { body.terms = alert_terms(); }
void RandomEvents::fill(AlertRemoved& body) { body.id = id(); }
void RandomEvents::fill(BalanceAlerted& body) {
    body = {id(), any(AlertNews::depleted), chance(20) ? Credits{} : amount()};
}
void RandomEvents::fill(AutoTopUpSet& body) { body.terms = top_up_terms(); }
void RandomEvents::fill(TopUpAsked& body) {
    body = {id(), amount(), money(), static_cast<std::uint32_t>(below(100))};
}

// --- of an account -------------------------------------------------------------------------------

namespace {

/// In the order of their names, each of them once.
template <class Entry, class NameOf>
void put_in_order(std::vector<Entry>& entries, const NameOf& name_of) {
    const auto comes_before = [&](const Entry& a, const Entry& b) {
        return name_of(a) < name_of(b);
    };
    const auto is_same = [&](const Entry& a, const Entry& b) { return name_of(a) == name_of(b); };
    std::sort(entries.begin(), entries.end(), comes_before);
    entries.erase(std::unique(entries.begin(), entries.end(), is_same), entries.end());
}

}  // namespace

Arrangements RandomEvents::arrangements() {
    Arrangements result;
    if (chance(60)) result.subscription = subscription();
    for (std::size_t i = below(5); i > 0; --i) {
        Budget& budget = result.budgets.emplace_back(
            Budget{budget_terms(), {}, Seq{chance(50) ? below(1ULL << 40) : 0}});
        Timestamp since = time();
        for (std::size_t j = below(chance(5) ? limits::budget_spent_max : 4); j > 0; --j) {
            budget.spent.push_back({since, amount()});
            since.value += 1 + static_cast<std::int64_t>(below(1ULL << 32));
        }
    }
    for (std::size_t i = below(5); i > 0; --i) {
        result.alerts.push_back({alert_terms(), any(AlertLevel::depleted)});
    }
    if (chance(50)) {
        result.auto_top_up = {top_up_terms(), chance(50), chance(50) ? Timestamp{} : time(),
                              static_cast<std::uint32_t>(below(10))};
    }
    for (std::size_t i = below(5); i > 0; --i) {
        result.redemptions.push_back({id(), 1 + static_cast<std::uint32_t>(below(10))});
    }
    result.referrer = maybe_id();
    result.referral_rewarded = chance(30);
    put_in_order(result.budgets, [](const Budget& budget) { return budget.terms.id; });
    put_in_order(result.alerts, [](const Alert& alert) { return alert.terms.id; });
    put_in_order(result.redemptions, [](const Redemption& one) { return one.code; });
    return result;
}

}  // namespace creditd::tests
