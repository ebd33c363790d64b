#include "core/canary.hpp"
#include "core/decide/payments.hpp"
#include "core/decide/subscription_steps.hpp"

namespace creditd::deciding {
namespace {

const Subscription* running(Target target) { return target.account->running_subscription(); }

/// What every command about a running subscription asks first.
Refusal refuse_unless_running(Target target) {
    if (running(target) == nullptr) return refuse(RefusalCode::subscription_not_found);
    if (target.account->closed()) return refuse(RefusalCode::account_closed);
    return accepted;
}

/// As refuse_unless_running, for what only a payment provider may say.
Refusal refuse_unless_of_provider(Target target) {
    Refusal refusal = refuse_unless_running(target);
    if (refusal != accepted) return refusal;
    const bool is_of_provider = running(target)->source == SubscriptionSource::provider;
    return is_of_provider ? accepted : refuse(RefusalCode::subscription_source);
}

const Plan* plan_on_offer(const Context& context, std::string_view id, Interval interval) {
    const Plan* const plan = find_plan(context, id);
    const bool is_on_offer = plan != nullptr && plan->active && is_offered(*plan, interval);
    return is_on_offer ? plan : nullptr;
}

bool has_schedule(const Subscription& subscription) {
    return subscription.cancel_at_period_end || !subscription.next_plan.empty();
}

bool runs_as_asked(const Subscription* subscription, const Subscribe& command) {
    return subscription != nullptr && subscription->plan == command.plan &&
           subscription->interval == command.interval && subscription->source == command.source;
}

/// A step that only changes what stands in the subscription.
void emit_noted(Context& context, Target target, SubscriptionStep step, Subscription subscription) {
    SubscriptionMoved body;
    body.step = step;
    body.subscription = std::move(subscription);
    emit_step(context, target, std::move(body));
}

void emit_resumed(Context& context, Target target) {
    Subscription subscription = *running(target);
    clear_schedule(subscription);
    emit_noted(context, target, SubscriptionStep::resumed, std::move(subscription));
}

/// When a provider says that the first period ends; never: it does not say.
Timestamp paid_until_of(const Subscribe& command) {
    if (command.source != SubscriptionSource::provider) return Timestamp::never();
    return command.period_end.value_or(Timestamp::never());
}

SubscriptionMoved first_cycle(const Context& context, const Account& account, const Plan& plan,
                              Interval interval, SubscriptionSource source, Timestamp paid_until) {
    SubscriptionMoved body;
    body.step = SubscriptionStep::started;
    Subscription& subscription = body.subscription;
    subscription.source = source;
    subscription.started_at = context.now;
    begin_now(context, subscription, plan, interval);
    // A trial is for who never had a subscription; the first cycle begins when it ends.
    const bool has_trial = plan.trial_days > 0 && !account.arrangements().subscription;
    if (has_trial) {
        subscription.status = SubscriptionStatus::trialing;
        subscription.period_end = context.now + Duration::days(plan.trial_days);
    }
    if (!paid_until.is_never()) subscription.period_end = paid_until;
    if (has_trial) subscription.anchor = subscription.period_end;
    return body;
}

Refusal change_now(Context& context, Target target, const Plan& plan, Interval interval,
                   const HeardNews& heard) {
    const Subscription& today = *running(target);
    const Plan* const old_plan = find_plan(context, today.plan);
    SubscriptionMoved body;
    body.step = SubscriptionStep::changed;
    body.previous_plan = today.plan;
    body.subscription = today;
    body.subscription.heard = heard;
    if (old_plan != nullptr && old_plan->on_change == Leftover::expire) {
        body.expired = leftovers(context, *target.account);
    }
    begin_now(context, body.subscription, plan, interval);
    if (!add_cycle_grant(context, *target.account, plan, body)) {
        return refuse(RefusalCode::balance_range);
    }
    emit_step(context, target, std::move(body));
    return accepted;
}

void schedule_change(Context& context, Target target, const Plan& plan, Interval interval) {
    Subscription subscription = *running(target);
    if (subscription.next_plan == plan.id && subscription.next_interval == interval) return;
    clear_schedule(subscription);
    subscription.next_plan = plan.id;
    subscription.next_interval = interval;
    emit_noted(context, target, SubscriptionStep::change_scheduled, std::move(subscription));
}

/// Does what is paid until then go beyond the running cycle? A provider and the calendar may differ
/// by hours about the same one.
bool is_later_cycle(const Subscription& running, Timestamp paid_until) {
    return !paid_until.is_never() && paid_until > running.period_end + Duration::days(1);
}

/// A time that the request gives is over; `field` says which.
Refusal refuse_past(std::string field) {
    Refusal refusal = refuse(RefusalCode::time_past);
    refusal.detail.touch().name = std::move(field);
    return refusal;
}

HeardNews with_cycle(const HeardNews& heard, const SubscriptionNews& news) {
    if (heard.subscription != news.subscription) return {news.subscription, {}, news.at};
    return {heard.subscription, heard.whole_at, std::max(heard.cycle_at, news.at)};
}

bool is_latest_cycle(const HeardNews& heard, const SubscriptionNews& news) {
    return heard.subscription != news.subscription || news.at >= heard.cycle_at;
}

bool is_of_another(const Subscription& today, const std::optional<SubscriptionNews>& news) {
    const std::string& known = today.heard.subscription;
    return news && !known.empty() && known != news->subscription;
}

/// News of another subscription, or from before `heard_until`, say nothing of this one today.
Refusal refuse_unless_news(const Subscription& today, const SubscriptionNews& news,
                           Timestamp heard_until) {
    if (is_of_another(today, news)) return refuse(RefusalCode::subscription_not_found);
    return news.at < heard_until ? refuse_past("created") : accepted;
}

void note_heard(Context& context, Target target, const HeardNews& heard) {
    Subscription subscription = *running(target);
    if (subscription.heard == heard) return;
    subscription.heard = heard;
    emit_noted(context, target, SubscriptionStep::heard, std::move(subscription));
}

/// The cycle that runs is paid, after all or as was known; unless it was said later that it is not.
void note_paid(Context& context, Target target, const std::optional<SubscriptionNews>& news) {
    Subscription subscription = *running(target);
    if (news && !is_latest_cycle(subscription.heard, *news)) return;
    if (news) subscription.heard = with_cycle(subscription.heard, *news);
    if (subscription.status != SubscriptionStatus::past_due) {
        return note_heard(context, target, subscription.heard);
    }
    subscription.status = SubscriptionStatus::active;
    subscription.grace_until = {};
    emit_noted(context, target, SubscriptionStep::resumed, std::move(subscription));
}

/// What has been paid for comes first, then the grace.
void suspend(Context& context, Target target, const HeardNews& heard) {
    const Subscription& today = *running(target);
    if (today.status == SubscriptionStatus::past_due) return note_heard(context, target, heard);
    emit_unpaid(context, target, std::max(context.now, today.period_end), heard);
}

void cancel_at_period_end(Context& context, Target target, const HeardNews& heard) {
    Subscription subscription = *running(target);
    // The period of one that is past due may be over already: then its end is now.
    if (subscription.period_end <= context.now) return emit_end(context, target, heard);
    if (subscription.cancel_at_period_end) return note_heard(context, target, heard);
    clear_schedule(subscription);
    subscription.cancel_at_period_end = true;
    subscription.heard = heard;
    emit_noted(context, target, SubscriptionStep::cancel_scheduled, std::move(subscription));
}

}  // namespace

Refusal decide(Context& context, const Subscribe& command, Target target) {
    if (has_paid_cycle(context, command.payment)) return accepted;
    const RefusalCode wrong = check_cycle_payment(context, command.payment);
    if (wrong != RefusalCode::none) return refuse(wrong);
    const Account& account = *target.account;
    const bool runs = runs_as_asked(running(target), command);
    const Plan* const plan = plan_on_offer(context, command.plan, command.interval);
    if (!runs && plan == nullptr) return refuse(RefusalCode::plan_not_found);
    const Timestamp paid_until = paid_until_of(command);
    if (!runs && paid_until <= context.now) return refuse_past("period_end");
    if (account.closed()) return refuse(RefusalCode::account_closed);
    if (runs) {
        // Bought again before it ended: another cycle, which the payment pays for.
        if (command.payment && is_later_cycle(*running(target), paid_until)) {
            return decide(
                context,
                RenewSubscription{command.account, paid_until, command.payment, command.news},
                target);
        }
        // Paid twice, by two subscriptions: somebody has to give one of them back.
        if (command.payment && is_of_another(*running(target), command.news)) {
            return refuse(RefusalCode::payment_conflict);
        }
        if (command.payment) emit_used_payment(context, target, *command.payment);
        return accepted;
    }
    if (running(target) != nullptr) return refuse(RefusalCode::subscription_exists);
    SubscriptionMoved body =
        first_cycle(context, account, *plan, command.interval, command.source, paid_until);
    if (command.news) body.subscription.heard = with_cycle({}, *command.news);
    if (!add_cycle_grant(context, account, *plan, body)) {
        return refuse(RefusalCode::balance_range);
    }
    emit_step(context, target, std::move(body));
    if (command.payment) emit_cycle_payment(context, target, *command.payment);
    return accepted;
}

Refusal decide(Context& context, const ChangeSubscription& command, Target target) {
    const Subscription* const today = running(target);
    if (today == nullptr) return refuse(RefusalCode::subscription_not_found);
    const Interval interval = command.interval.value_or(today->interval);
    const bool is_same = today->plan == command.plan && today->interval == interval;
    const Plan* const plan = plan_on_offer(context, command.plan, interval);
    if (!is_same && plan == nullptr) return refuse(RefusalCode::plan_not_found);
    if (target.account->closed()) return refuse(RefusalCode::account_closed);
    if (is_same) {
        if (has_schedule(*today)) emit_resumed(context, target);
        return accepted;
    }
    if (!command.at_period_end) return change_now(context, target, *plan, interval, today->heard);
    schedule_change(context, target, *plan, interval);
    return accepted;
}

Refusal decide(Context& context, const CancelSubscription& command, Target target) {
    Refusal refusal = refuse_unless_running(target);
    if (refusal != accepted) return refusal;
    const HeardNews heard = running(target)->heard;
    if (command.at_period_end) cancel_at_period_end(context, target, heard);
    else emit_end(context, target, heard);
    return accepted;
}

Refusal decide(Context& context, const ResumeSubscription&, Target target) {
    Refusal refusal = refuse_unless_running(target);
    if (refusal != accepted) return refusal;
    const Subscription& today = *running(target);
    if (canary(Canary::cycle_granted_again)) {
        const Plan* const plan = plan_on_offer(context, today.plan, today.interval);
        if (plan != nullptr) return change_now(context, target, *plan, today.interval, today.heard);
    }
    if (has_schedule(today)) emit_resumed(context, target);
    return accepted;
}

// What a provider says is paid is granted, even where the calendar or a wish for the end would have
// it otherwise; a period that has been granted already is not granted again.
Refusal decide(Context& context, const RenewSubscription& command, Target target) {
    if (has_paid_cycle(context, command.payment)) return accepted;
    const RefusalCode wrong = check_cycle_payment(context, command.payment);
    if (wrong != RefusalCode::none) return refuse(wrong);
    if (running(target) == nullptr) return refuse(RefusalCode::subscription_not_found);
    if (command.period_end && *command.period_end <= context.now) return refuse_past("period_end");
    Refusal refusal = refuse_unless_of_provider(target);
    if (refusal != accepted) return refusal;
    const Subscription& subscription = *running(target);
    // A cycle before the one that runs was not granted when it should have been: somebody has to
    // look at it.
    if (command.payment && command.period_end && *command.period_end <= subscription.period_start) {
        return refuse(RefusalCode::payment_conflict);
    }
    if (command.period_end && *command.period_end <= subscription.period_end) {
        note_paid(context, target, command.news);
        if (command.payment) emit_used_payment(context, target, *command.payment);
        return accepted;
    }
    NextCycle next = next_cycle(context, *target.account, command.period_end);
    if (next.plan == nullptr) return refuse(RefusalCode::plan_not_found);
    if (!next.has_room) return refuse(RefusalCode::balance_range);
    if (command.news) {
        next.body.subscription.heard = with_cycle(subscription.heard, *command.news);
    }
    emit_step(context, target, std::move(next.body));
    if (command.payment) emit_cycle_payment(context, target, *command.payment);
    return accepted;
}

Refusal decide(Context& context, const SuspendSubscription& command, Target target) {
    Refusal refusal = refuse_unless_of_provider(target);
    if (refusal != accepted) return refusal;
    const Subscription& today = *running(target);
    HeardNews heard = today.heard;
    if (command.news) {
        refusal =
            refuse_unless_news(today, *command.news, std::max(heard.whole_at, heard.cycle_at));
        if (refusal != accepted) return refusal;
        heard = with_cycle(heard, *command.news);
    }
    suspend(context, target, heard);
    return accepted;
}

// Whether it is paid is said by its cycles too, and the later word counts. Everything else only the
// news of the whole say.
Refusal decide(Context& context, const FollowSubscription& command, Target target) {
    Refusal refusal = refuse_unless_of_provider(target);
    if (refusal != accepted) return refusal;
    const Subscription& today = *running(target);
    refusal = refuse_unless_news(today, command.news, today.heard.whole_at);
    if (refusal != accepted) return refusal;
    const HeardNews heard{command.news.subscription, command.news.at, today.heard.cycle_at};
    if (command.status == SubscriptionStatus::ended) {
        emit_end(context, target, heard);
        return accepted;
    }
    if (command.status == SubscriptionStatus::past_due) {
        const bool is_paid_since = command.news.at < heard.cycle_at;
        if (is_paid_since) note_heard(context, target, heard);
        else suspend(context, target, heard);
        return accepted;
    }
    if (command.cancel_at_period_end) {
        cancel_at_period_end(context, target, heard);
        return accepted;
    }
    const bool has_other_plan =
        !command.plan.empty() && (today.plan != command.plan || today.interval != command.interval);
    if (has_other_plan) {
        const Plan* const plan = plan_on_offer(context, command.plan, command.interval);
        if (plan == nullptr) return refuse(RefusalCode::plan_not_found);
        return change_now(context, target, *plan, command.interval, heard);
    }
    if (!today.cancel_at_period_end) {
        note_heard(context, target, heard);
        return accepted;
    }
    // A change that waits for the period's end stays.
    Subscription resumed = today;
    resumed.heard = heard;
    resumed.cancel_at_period_end = false;
    emit_noted(context, target, SubscriptionStep::resumed, std::move(resumed));
    return accepted;
}

void emit_subscription_due(Context& context, Target target) {
    const Subscription& subscription = *running(target);
    CREDITD_ASSERT(subscription.due_at() <= context.now);
    const bool is_canceled = subscription.cancel_at_period_end && !canary(Canary::canceled_renews);
    const bool is_over = subscription.status == SubscriptionStatus::past_due || is_canceled ||
                         target.account->closed();
    if (!is_over && subscription.source == SubscriptionSource::provider) {
        emit_unpaid(context, target, subscription.period_end, subscription.heard);
        return;
    }
    NextCycle next;
    if (!is_over) next = next_cycle(context, *target.account, {});
    if (next.plan == nullptr) emit_end(context, target, subscription.heard);
    else emit_step(context, target, std::move(next.body));
}

void emit_signup_subscription(Context& context) {
    const Plan* const plan = find_plan(context, context.state.catalog().settings.signup_plan);
    if (plan == nullptr) return;
    // The account is not in the state yet: it is what the events so far have made of it.
    const Event made = context.out.back().event;
    Account account(made.account, context.now);
    account.balance = made.balances.after;
    const Interval interval =
        is_offered(*plan, Interval::month) ? Interval::month : plan->prices.front().interval;
    SubscriptionMoved body = first_cycle(context, account, *plan, interval,
                                         SubscriptionSource::calendar, Timestamp::never());
    add_cycle_grant(context, account, *plan, body);
    emit_step(context, {made.account_no, &account}, std::move(body));
}

}  // namespace creditd::deciding
