#include "core/digest_arrangements.hpp"

namespace creditd::digesting {
namespace {

void write_texts(Writer& writer, const std::vector<std::string>& texts) {
    writer.count(texts.size());
    for (const std::string& text : texts) writer.text(text);
}

void write_percents(Writer& writer, const std::vector<std::uint8_t>& percents) {
    writer.count(percents.size());
    for (const std::uint8_t percent : percents) writer.count(percent);
}

void write(Writer& writer, const Subscription& subscription) {
    writer.text(subscription.plan);
    writer.choice(subscription.interval);
    writer.choice(subscription.source);
    writer.choice(subscription.status);
    writer.flag(subscription.unlimited);
    writer.number(subscription.credits);
    write_texts(writer, subscription.features);
    write_percents(writer, subscription.alerts);
    writer.number(subscription.started_at);
    writer.number(subscription.anchor);
    writer.count(subscription.cycle);
    writer.number(subscription.period_start);
    writer.number(subscription.period_end);
    writer.flag(subscription.cancel_at_period_end);
    writer.text(subscription.next_plan);
    writer.choice(subscription.next_interval);
    writer.number(subscription.grace_until);
    if (subscription.heard == HeardNews{}) return;
    writer.mark("heard");
    writer.text(subscription.heard.subscription);
    writer.number(subscription.heard.whole_at);
    writer.number(subscription.heard.cycle_at);
}

void write(Writer& writer, const Budget& budget) {
    const BudgetTerms& terms = budget.terms;
    writer.text(terms.id);
    writer.text(terms.user);
    writer.text(terms.feature);
    writer.number(terms.limit);
    writer.choice(terms.window);
    writer.count(terms.hours);
    writer.number(std::int64_t{terms.utc_offset});
    writer.count(budget.spent.size());
    for (const Spent& spent : budget.spent) {
        writer.number(spent.since);
        writer.number(spent.amount);
    }
    if (budget.counts_from == Seq{}) return;
    writer.mark("counts_from");
    writer.number(budget.counts_from);
}

void write(Writer& writer, const Alert& alert) {
    writer.text(alert.terms.id);
    writer.number(alert.terms.below);
    writer.count(alert.terms.percent);
    writer.number(alert.terms.recovered_at);
    writer.choice(alert.level);
}

void write(Writer& writer, const AutoTopUp& top_up) {
    writer.text(top_up.terms.package);
    writer.number(top_up.terms.threshold);
    writer.count(top_up.terms.monthly_max);
    writer.number(top_up.terms.cool_down);
    writer.flag(top_up.is_armed);
    writer.number(top_up.asked_at);
    writer.count(top_up.asked_in_month);
}

void write(Writer& writer, const Redemption& redemption) {
    writer.text(redemption.code);
    writer.count(redemption.count);
}

template <class Entry>
void write_all(Writer& writer, const std::vector<Entry>& entries) {
    writer.count(entries.size());
    for (const Entry& entry : entries) write(writer, entry);
}

template <class Value>
void write_if_any(Writer& writer, const std::optional<Value>& value) {
    writer.flag(value.has_value());
    if (value) write(writer, *value);
}

}  // namespace

void write_waived(Writer& writer, Credits waived) {
    if (waived.is_zero()) return;
    writer.mark("waived");
    writer.number(waived);
}

void write_alerts(Writer& writer, const std::vector<std::uint8_t>& alerts) {
    if (alerts.empty()) return;
    writer.mark("alerts");
    write_percents(writer, alerts);
}

void write_arrangements(Writer& writer, const Arrangements& arrangements) {
    if (arrangements == Arrangements{}) return;
    writer.mark("arrangements");
    write_if_any(writer, arrangements.subscription);
    write_all(writer, arrangements.budgets);
    write_all(writer, arrangements.alerts);
    write_if_any(writer, arrangements.auto_top_up);
    write_all(writer, arrangements.redemptions);
    writer.text(arrangements.referrer);
    writer.flag(arrangements.referral_rewarded);
}

void write_test_clock(Writer& writer, const LedgerHead& head) {
    if (head.test_clock) writer.mark("test_clock");
}

void write_redemptions(Writer& writer, const Redemptions& redemptions) {
    if (redemptions.empty()) return;
    writer.mark("redemptions");
    writer.count(redemptions.size());
    for (const auto& [code, count] : redemptions) {
        writer.text(code);
        writer.number(count);
    }
}

}  // namespace creditd::digesting
