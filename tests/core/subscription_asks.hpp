// What the rule book says of plans and subscriptions: plans by their catalog terms, commands about
// subscriptions, days of the calendar, and checks of how a subscription stands.
#pragma once

#include "tests/core/given_when_then.hpp"

namespace creditd::tests {

/// 500 credits a month for 15.00 USD, or for 210.00 a year; they expire with their cycle.
Plan basic_plan();
/// 1200 credits a month for 29.00 USD.
Plan premium_plan();

Ask offer(Offer offer);
Ask remove_plan(std::string id);

struct SubscribeSpec {
    Interval interval = Interval::month;
    SubscriptionSource source = SubscriptionSource::calendar;
    std::optional<std::int64_t> ends_in{};  // seconds
};
Ask subscribe(std::string account, std::string plan, SubscribeSpec spec = {});
/// Of a payment provider, by the month.
Ask subscribe_by_provider(std::string account, std::string plan,
                          std::optional<std::int64_t> ends_in = {});
Ask change_to(std::string account, std::string plan, bool at_period_end = false,
              std::optional<Interval> interval = {});
Ask cancel(std::string account, bool at_period_end = true);
Ask resume(std::string account);
Ask renew(std::string account, std::optional<std::int64_t> ends_in = {});
Ask suspend(std::string account);

Ask redeem(std::string account, std::string code);
/// `account` is who was referred.
Ask refer(std::string account, std::string referrer);

inline constexpr std::int64_t one_day = 86'400;
/// Lets time pass until the first moment of a day of UTC.
Ask until(int year, unsigned month, unsigned day);
Timestamp midnight(int year, unsigned month, unsigned day);

const Subscription& subscription_of(const World& world, std::string_view account);
Check status_is(std::string account, SubscriptionStatus status, Where where = CREDITD_HERE);
Check period_is(std::string account, Timestamp start, Timestamp end, Where where = CREDITD_HERE);
/// The steps of subscriptions among the news, in order.
Check steps_are(std::vector<SubscriptionStep> steps, Where where = CREDITD_HERE);
/// What the last step says has expired, and what it has granted.
Check moved(Parts expired, std::int64_t granted, Where where = CREDITD_HERE);
Check nothing_done(Where where = CREDITD_HERE);

}  // namespace creditd::tests
