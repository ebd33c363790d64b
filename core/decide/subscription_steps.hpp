// The steps of a subscription, each as one event with all its effects on credits: how a cycle
// begins and what it grants, what is left of the one before, how it ends. Shared by the commands
// (subscriptions.cpp) and by time (emit_subscription_due). Pure, like all of decide.
#pragma once

#include "core/decide/context.hpp"

namespace creditd::deciding {

/// What the catalog says of the plan today; null: it is gone.
const Plan* find_plan(const Context& context, std::string_view id);
/// A plan without prices is free, by the month.
bool is_offered(const Plan& plan, Interval interval);

/// What remains of the credits of plans, whichever, and no hold keeps; in burn order.
std::vector<GrantPart> leftovers(const Context& context, const Account& account);

/// Begins the first cycle of a plan: the old plan and all that was scheduled is over. No grant yet.
void begin_now(const Context& context, Subscription& subscription, const Plan& plan,
               Interval interval);

/// Nothing is to happen at the period's end but a renewal.
void clear_schedule(Subscription& subscription);

/// The next cycle, from the end of the last one, of the same plan or of the one that is to take
/// over. `paid_until`: what a provider says, else the calendar tells the end. Null `plan`: neither
/// is in the catalog any longer. `has_room`: the cycle's grant fits; else nothing is granted.
struct NextCycle {
    const Plan* plan = nullptr;
    SubscriptionMoved body;
    bool has_room = true;
};
NextCycle next_cycle(const Context& context, const Account& account,
                     std::optional<Timestamp> paid_until);

/// Adds the grant of the cycle that begins, on top of what `body` says expires. Not if there is no
/// room for it: then says so.
bool add_cycle_grant(const Context& context, const Account& account, const Plan& plan,
                     SubscriptionMoved& body);

/// Unpaid since `since`: past due, or at its end at once where the plan has no days of grace.
/// `heard`: what a provider has said until then, with what it says now.
void emit_unpaid(Context& context, Target target, Timestamp since, const HeardNews& heard);
void emit_end(Context& context, Target target, const HeardNews& heard);
/// The event itself, with the balances that `body` makes.
void emit_step(Context& context, Target target, SubscriptionMoved body);

}  // namespace creditd::deciding
