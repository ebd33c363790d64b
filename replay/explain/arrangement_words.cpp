// What a step of a subscription did.
#include "replay/explain/words.hpp"

namespace creditd::replay::explaining {
namespace {

void say_step(Words& words, const SubscriptionMoved& body) {
    const Subscription& now = body.subscription;
    switch (body.step) {
        case SubscriptionStep::started: words << "The plan " << now.plan << " began.\n"; return;
        case SubscriptionStep::renewed:
            words << "The plan " << now.plan << " was renewed.\n";
            return;
        case SubscriptionStep::changed:
            words << "The plan changed from " << body.previous_plan << " to " << now.plan << ".\n";
            return;
        case SubscriptionStep::change_scheduled:
            words << "The plan " << now.plan << " goes on until " << now.period_end
                  << "; then it changes to " << now.next_plan << ".\n";
            return;
        case SubscriptionStep::cancel_scheduled:
            words << "The plan " << now.plan << " was canceled: it goes on until " << now.period_end
                  << " and then ends.\n";
            return;
        case SubscriptionStep::resumed:
            words << "The plan " << now.plan << " goes on as before.\n";
            return;
        case SubscriptionStep::past_due:
            words << "The plan " << now.plan << " has not been paid. Unless it is, it ends at "
                  << now.grace_until << ".\n";
            return;
        case SubscriptionStep::ended: words << "The plan " << now.plan << " ended.\n"; return;
        case SubscriptionStep::heard:
            words << "The payment provider says of the plan " << now.plan
                  << " what was known of it.\n";
            return;
    }
}

bool begins_a_period(SubscriptionStep step) {
    return step == SubscriptionStep::started || step == SubscriptionStep::renewed ||
           step == SubscriptionStep::changed;
}

void say_period(Words& words, const Subscription& now) {
    words << (now.status == SubscriptionStatus::trialing ? "The trial is from "
                                                         : "The period is from ")
          << now.period_start << " to " << now.period_end << ".\n";
    if (!now.unlimited) return;
    words << "Meanwhile nothing is deducted for ";
    if (now.features.empty()) words << "any use.\n";
    else words.list(now.features) << ".\n";
}

/// What did not last into the new period, or beyond the plan, and what did.
void say_leftovers(Words& words, const SubscriptionMoved& body) {
    Credits expired{};
    for (const GrantPart& part : body.expired) expired += part.amount;
    if (!body.expired.empty()) {
        words << "Expired with the plan's rule for what is left: " << expired << ":\n";
        words.parts(body.expired, "of");
    }
    const bool may_stay = body.step == SubscriptionStep::renewed ||
                          body.step == SubscriptionStep::changed ||
                          body.step == SubscriptionStep::ended;
    const Credits stays = words.event().balances.before - expired;
    if (may_stay && stays.is_positive()) {
        words << "Left from before, and still there: " << stays << ".\n";
    }
}

}  // namespace

void say(Words& words, const SubscriptionMoved& body) {
    say_step(words, body);
    if (begins_a_period(body.step)) say_period(words, body.subscription);
    say_leftovers(words, body);
    if (body.granted.is_zero()) {
        if (begins_a_period(body.step)) words << "The plan grants no credits.\n";
        return;
    }
    words << "Granted for the period: " << body.granted << ".\n";
    words.new_grant(GrantId::of(words.event().seq, 0), body.granted, body.terms, body.debt_repaid);
}

}  // namespace creditd::replay::explaining
