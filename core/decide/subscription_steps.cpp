#include "core/decide/subscription_steps.hpp"

namespace creditd::deciding {
namespace {

const Money* price_of(const Plan& plan, Interval interval) {
    for (const PlanPrice& price : plan.prices) {
        if (price.interval == interval) return &price.price;
    }
    return nullptr;
}

void take_terms(Subscription& subscription, const Plan& plan) {
    subscription.plan = plan.id;
    subscription.unlimited = plan.unlimited;
    subscription.credits = plan.credits;
    subscription.features = plan.features;
    subscription.alerts = plan.alerts;
}

Timestamp end_by_calendar(const Context& context, const Subscription& subscription) {
    const std::string& zone = context.state.catalog().settings.time_zone;
    std::uint32_t count = subscription.cycle;
    Timestamp end{};
    // More than one turn only where a provider's period was longer than the calendar's.
    do {
        end = context.policy.calendar->after(subscription.anchor, subscription.interval, ++count,
                                             zone);
    } while (end <= subscription.period_start);
    return end;
}

/// A trial comes before the anchor, which is its end.
bool is_trial(const Subscription& subscription) {
    return subscription.period_end <= subscription.anchor;
}

Timestamp expiry_of(const Plan& plan, const Subscription& subscription) {
    if (plan.rollover != Rollover::none) return Timestamp::never();
    if (subscription.source == SubscriptionSource::calendar) return subscription.period_end;
    return subscription.period_end + Duration::days(plan.grace_days);
}

/// The front of `parts`, which burns first, without the last `kept`.
std::vector<GrantPart> all_but(const std::vector<GrantPart>& parts, Credits kept) {
    Credits surplus = sum_of(parts) - kept;
    std::vector<GrantPart> result;
    for (const GrantPart& part : parts) {
        if (!surplus.is_positive()) break;
        result.push_back({part.grant, std::min(part.amount, surplus)});
        surplus -= result.back().amount;
    }
    return result;
}

/// What does not last into the next cycle, as the plan of the last one has it.
std::vector<GrantPart> not_rolled_over(const Context& context, const Account& account,
                                       const Plan* plan) {
    if (plan != nullptr && plan->rollover == Rollover::unlimited) return {};
    // A provider may say early that the next cycle is paid: the present one goes on until its end,
    // and what it granted has its own time.
    if (context.now < account.running_subscription()->period_end) return {};
    std::vector<GrantPart> parts = leftovers(context, account);
    if (plan == nullptr) return parts;
    if (plan->rollover == Rollover::capped) return all_but(parts, plan->rollover_max);
    // By the calendar they expire each at its own time, which for most of them is now.
    const bool is_by_time = account.running_subscription()->source == SubscriptionSource::calendar;
    return is_by_time ? std::vector<GrantPart>{} : parts;
}

/// The plan that is to take over, if it still can.
const Plan* successor_of(const Context& context, const Subscription& ending) {
    if (ending.next_plan.empty()) return nullptr;
    const Plan* const plan = find_plan(context, ending.next_plan);
    const bool can = plan != nullptr && plan->active && is_offered(*plan, ending.next_interval);
    return can ? plan : nullptr;
}

}  // namespace

const Plan* find_plan(const Context& context, std::string_view id) {
    const auto& plans = context.state.catalog().plans;
    const auto found = plans.find(id);
    return found == plans.end() ? nullptr : &found->second.set;
}

bool is_offered(const Plan& plan, Interval interval) {
    if (plan.prices.empty()) return interval == Interval::month;
    return price_of(plan, interval) != nullptr;
}

std::vector<GrantPart> leftovers(const Context& context, const Account& account) {
    std::vector<GrantPart> parts;
    for (const Grant& grant : account.grants) {
        const bool counts = !grant.pending && grant.free().is_positive();
        if (!counts || context.state.terms.get(grant.terms).kind != GrantKind::plan) continue;
        parts.push_back({grant.id, grant.free()});
    }
    return parts;
}

void begin_now(const Context& context, Subscription& subscription, const Plan& plan,
               Interval interval) {
    subscription.interval = interval;
    subscription.status = SubscriptionStatus::active;
    subscription.anchor = subscription.period_start = context.now;
    subscription.cycle = 0;
    subscription.grace_until = {};
    clear_schedule(subscription);
    take_terms(subscription, plan);
    subscription.period_end = end_by_calendar(context, subscription);
}

void clear_schedule(Subscription& subscription) {
    subscription.cancel_at_period_end = false;
    subscription.next_plan.clear();
    subscription.next_interval = Interval::month;
}

NextCycle next_cycle(const Context& context, const Account& account,
                     std::optional<Timestamp> paid_until) {
    const Subscription& ending = *account.running_subscription();
    const Plan* const successor = successor_of(context, ending);
    const Plan* const old_plan = find_plan(context, ending.plan);
    NextCycle result;
    result.plan = successor == nullptr ? old_plan : successor;
    if (result.plan == nullptr) return result;
    result.body.expired = not_rolled_over(context, account, old_plan);
    Subscription& next = result.body.subscription = ending;
    next.status = SubscriptionStatus::active;
    next.grace_until = {};
    next.period_start = ending.period_end;
    result.body.step = SubscriptionStep::renewed;
    if (successor != nullptr) {
        result.body.step = SubscriptionStep::changed;
        result.body.previous_plan = ending.plan;
        next.interval = ending.next_interval;
        next.anchor = next.period_start;
        next.cycle = 0;
    } else if (!is_trial(ending)) {
        ++next.cycle;
    }
    next.next_plan.clear();
    next.next_interval = Interval::month;
    take_terms(next, *result.plan);
    next.period_end = paid_until ? *paid_until : end_by_calendar(context, next);
    result.has_room = add_cycle_grant(context, account, *result.plan, result.body);
    return result;
}

bool add_cycle_grant(const Context& context, const Account& account, const Plan& plan,
                     SubscriptionMoved& body) {
    if (plan.credits.is_zero()) return true;
    if (!has_room(account, plan.credits - sum_of(body.expired), 1)) return false;
    const Subscription& subscription = body.subscription;
    body.granted = plan.credits;
    body.terms.kind = GrantKind::plan;
    body.terms.priority = plan.priority;
    body.terms.features = plan.features;
    // A cycle may be paid before it begins, or begin while nothing was running.
    body.terms.effective_at = std::min(subscription.period_start, context.now);
    body.terms.expires_at = expiry_of(plan, subscription);
    const Money* const price = price_of(plan, subscription.interval);
    if (price != nullptr && price->minor > 0 &&
        subscription.status != SubscriptionStatus::trialing) {
        body.terms.cost = *price;
        body.terms.cost_credits = plan.credits;
    }
    body.debt_repaid = std::min(account.debt(), body.granted);
    return true;
}

void emit_unpaid(Context& context, Target target, Timestamp since, const HeardNews& heard) {
    const Subscription& subscription = *target.account->running_subscription();
    const Plan* const plan = find_plan(context, subscription.plan);
    if (plan == nullptr || (plan->grace_days == 0 && since <= context.now)) {
        emit_end(context, target, heard);
        return;
    }
    SubscriptionMoved body;
    body.step = SubscriptionStep::past_due;
    body.subscription = subscription;
    body.subscription.status = SubscriptionStatus::past_due;
    body.subscription.grace_until = since + Duration::days(plan->grace_days);
    body.subscription.heard = heard;
    emit_step(context, target, std::move(body));
}

void emit_end(Context& context, Target target, const HeardNews& heard) {
    const Subscription& subscription = *target.account->running_subscription();
    const Plan* const plan = find_plan(context, subscription.plan);
    SubscriptionMoved body;
    body.step = SubscriptionStep::ended;
    body.subscription = subscription;
    body.subscription.status = SubscriptionStatus::ended;
    body.subscription.grace_until = {};
    body.subscription.heard = heard;
    clear_schedule(body.subscription);
    if (plan == nullptr || plan->on_end == Leftover::expire) {
        body.expired = leftovers(context, *target.account);
    }
    emit_step(context, target, std::move(body));
}

void emit_step(Context& context, Target target, SubscriptionMoved body) {
    const Credits change = body.granted - sum_of(body.expired);
    Event& event = context.emit(target.no, *target.account, std::move(body));
    event.balances.after += change;
    event.balances.available += change;
}

}  // namespace creditd::deciding
