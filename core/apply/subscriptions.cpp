#include <algorithm>

#include "core/apply/parts.hpp"
#include "core/consequences.hpp"

namespace creditd::applying {
namespace {

/// Adds at its place by id, unless it is there: then its level stays.
void add_plan_alert(std::vector<Alert>& alerts, std::uint8_t percent) {
    Alert alert;
    alert.terms.id = plan_alert_id(percent);
    alert.terms.percent = percent;
    const auto by_id = [](const Alert& a, const Alert& b) { return a.terms.id < b.terms.id; };
    const auto place = std::lower_bound(alerts.begin(), alerts.end(), alert, by_id);
    if (place != alerts.end() && place->terms.id == alert.terms.id) return;
    alerts.insert(place, std::move(alert));
}

/// A plan's alerts are there for as long as the subscription runs.
void keep_plan_alerts(std::vector<Alert>& alerts, const Subscription& subscription) {
    const std::vector<std::uint8_t> none;
    const auto& percents = subscription.is_running() ? subscription.alerts : none;
    std::erase_if(alerts, [&](const Alert& alert) {
        return is_plan_alert(alert) && std::ranges::count(percents, alert.terms.percent) == 0;
    });
    for (const std::uint8_t percent : percents) add_plan_alert(alerts, percent);
}

void assert_sound(const Event& event, const SubscriptionMoved& body) {
    const Subscription& subscription = body.subscription;
    CREDITD_ASSERT(!subscription.plan.empty());
    CREDITD_ASSERT(subscription.period_start < subscription.period_end);
    CREDITD_ASSERT((body.step == SubscriptionStep::ended) == !subscription.is_running());
    const bool is_past_due = subscription.status == SubscriptionStatus::past_due;
    CREDITD_ASSERT(is_past_due == (subscription.grace_until > Timestamp{}));
    CREDITD_ASSERT(!subscription.cancel_at_period_end || subscription.next_plan.empty());
    CREDITD_ASSERT(body.granted.value >= 0);
    CREDITD_ASSERT(body.granted.is_positive() || body.debt_repaid.is_zero());
    CREDITD_ASSERT(body.terms.effective_at <= event.time);
}

}  // namespace

void apply_body(State& state, const Event& event, const SubscriptionMoved& body) {
    assert_sound(event, body);
    Account& account = state.accounts.touch(event.account_no);
    const Subscription* const before = account.running_subscription();
    CREDITD_ASSERT((body.step == SubscriptionStep::started) == (before == nullptr));
    for (const GrantPart& part : body.expired) {
        const Grant* const grant = account.grants.find(part.grant);
        CREDITD_ASSERT(grant != nullptr && !grant->pending);
        CREDITD_ASSERT(state.terms.get(grant->terms).kind == GrantKind::plan);
        burn_free(account, part);
        account.balance -= part.amount;
        account.add_to_total(Total::expired, part.amount);
    }
    if (body.granted.is_positive()) {
        CREDITD_ASSERT(body.terms.kind == GrantKind::plan);
        add_grant(state, account, GrantId::of(event.seq, 0), body.granted, body.debt_repaid,
                  body.terms);
        account.add_to_total(Total::granted, body.granted);
    }
    Arrangements& arrangements = account.touch_arrangements();
    arrangements.subscription = body.subscription;
    keep_plan_alerts(arrangements.alerts, body.subscription);
}

}  // namespace creditd::applying
