#include "core/consequences.hpp"

#include <algorithm>

#include "core/utc.hpp"

namespace creditd {
namespace {

constexpr int recovery_divisor = 10;  // a tenth above the threshold, unless the alert says more

Credits recovery_of(const AlertTerms& terms, Credits threshold, const Account& account) {
    if (terms.recovered_at >= threshold) return terms.recovered_at;
    const Credits above = threshold + Credits{threshold.value / recovery_divisor};
    const Subscription* const running = account.running_subscription();
    if (terms.percent == 0 || running == nullptr) return above;
    // A new cycle is enough, or an alert at 95 percent would be told in one cycle only.
    return std::min(above, running->credits);
}

std::optional<AlertNews> news_of(const Alert& alert, const Account& account, Credits threshold) {
    const Credits available = account.available();
    const bool is_low = available < threshold;
    switch (alert.level) {
        case AlertLevel::normal: return is_low ? std::optional(AlertNews::low) : std::nullopt;
        case AlertLevel::low:
            if (!available.is_positive()) return AlertNews::depleted;
            break;
        case AlertLevel::depleted: break;
    }
    if (available >= recovery_of(alert.terms, threshold, account)) return AlertNews::recovered;
    return std::nullopt;
}

}  // namespace

bool is_unlimited(const Account& account) {
    const Subscription* const running = account.running_subscription();
    return running != nullptr && running->unlimited && running->features.empty();
}

Credits threshold_of(const AlertTerms& terms, const Account& account) {
    if (terms.percent == 0) return terms.below;
    const Subscription* const running = account.running_subscription();
    if (running == nullptr) return {};
    const WideCredits part = WideCredits{running->credits.value} * terms.percent / 100;
    return Credits{static_cast<std::int64_t>(part)};
}

std::string plan_alert_id(std::uint8_t percent) { return "plan-" + std::to_string(percent); }

bool is_plan_alert(const Alert& alert) {
    return alert.terms.percent > 0 && alert.terms.id == plan_alert_id(alert.terms.percent);
}

bool is_kept_by_plan(const Alert& alert, const Subscription* running) {
    return running != nullptr && is_plan_alert(alert) &&
           std::ranges::count(running->alerts, alert.terms.percent) > 0;
}

std::optional<PendingAlert> pending_alert(const Account& account) {
    if (is_unlimited(account)) return std::nullopt;
    for (const Alert& alert : account.arrangements().alerts) {
        const Credits threshold = threshold_of(alert.terms, account);
        if (!threshold.is_positive()) continue;
        const auto news = news_of(alert, account, threshold);
        if (news) return PendingAlert{&alert, *news, threshold};
    }
    return std::nullopt;
}

std::uint32_t top_ups_in_month(const AutoTopUp& rule, Timestamp now) {
    return rule.asked_at >= begin_of_month(now) ? rule.asked_in_month : 0;
}

Timestamp top_up_due(const Account& account) {
    const auto& rule = account.arrangements().auto_top_up;
    if (!rule || !rule->is_armed || account.closed()) return Timestamp::never();
    if (account.available() >= rule->terms.threshold || is_unlimited(account)) {
        return Timestamp::never();
    }
    if (rule->asked_at == Timestamp{}) return {};
    const Timestamp cooled = rule->asked_at + rule->terms.cool_down;
    const std::uint32_t most = rule->terms.monthly_max;
    if (most == 0 || rule->asked_in_month < most) return cooled;
    return std::max(cooled, begin_of_next_month(rule->asked_at));
}

void rearm_top_up(Account& account) {
    const auto& rule = account.arrangements().auto_top_up;
    if (!rule || rule->is_armed || account.available() < rule->terms.threshold) return;
    account.touch_arrangements().auto_top_up->is_armed = true;
}

bool is_referral_pending(const Account& account) {
    const Arrangements& arrangements = account.arrangements();
    return !arrangements.referrer.empty() && !arrangements.referral_rewarded &&
           account.total(Total::purchased) > 0;
}

Timestamp consequence_due(const Account& account) {
    if (!account.extra().arrangements) return Timestamp::never();
    if (is_referral_pending(account) || pending_alert(account)) return {};
    return top_up_due(account);
}

}  // namespace creditd
