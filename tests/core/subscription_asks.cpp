#include "tests/core/subscription_asks.hpp"

#include <gtest/gtest.h>

#include <chrono>

namespace creditd::tests {
namespace {

template <class Body>
Ask asking(Body body) {
    return Ask([body = std::move(body)](const World&) { return CommandBody(body); });
}

std::optional<Timestamp> moment(const World& world, std::optional<std::int64_t> in) {
    return in ? std::optional{world.now() + Duration::seconds(*in)} : std::nullopt;
}

Money cents(std::int64_t amount) { return {amount, Currency::of("USD")}; }

}  // namespace

Plan basic_plan() {
    Plan plan;
    plan.id = "basic";
    plan.credits = Credits{500};
    plan.prices = {{Interval::month, cents(1'500)}, {Interval::year, cents(21'000)}};
    return plan;
}

Plan premium_plan() {
    Plan plan;
    plan.id = "premium";
    plan.credits = Credits{1'200};
    plan.prices = {{Interval::month, cents(2'900)}};
    return plan;
}

Ask offer(Offer offer) { return asking(SetOffer{std::move(offer)}).without_key(); }
Ask remove_plan(std::string id) {
    return asking(RemoveOffer{OfferKind::plan, std::move(id)}).without_key();
}

Ask subscribe(std::string account, std::string plan, SubscribeSpec spec) {
    return Ask([=](const World& world) {
        return CommandBody(
            Subscribe{account, plan, spec.interval, spec.source, moment(world, spec.ends_in)});
    });
}
Ask subscribe_by_provider(std::string account, std::string plan,
                          std::optional<std::int64_t> ends_in) {
    return subscribe(std::move(account), std::move(plan),
                     {.source = SubscriptionSource::provider, .ends_in = ends_in});
}
Ask change_to(std::string account, std::string plan, bool at_period_end,
              std::optional<Interval> interval) {
    return asking(ChangeSubscription{std::move(account), std::move(plan), interval, at_period_end});
}
Ask cancel(std::string account, bool at_period_end) {
    return asking(CancelSubscription{std::move(account), at_period_end});
}
Ask resume(std::string account) { return asking(ResumeSubscription{std::move(account)}); }
Ask renew(std::string account, std::optional<std::int64_t> ends_in) {
    return Ask([=](const World& world) {
        return CommandBody(RenewSubscription{account, moment(world, ends_in)});
    });
}
Ask suspend(std::string account) { return asking(SuspendSubscription{std::move(account)}); }

Ask redeem(std::string account, std::string code) {
    return asking(RedeemPromotion{std::move(account), std::move(code)});
}
Ask refer(std::string account, std::string referrer) {
    return asking(ReferAccount{std::move(account), std::move(referrer)});
}

Timestamp midnight(int year, unsigned month, unsigned day) {
    const std::chrono::sys_days days =
        std::chrono::year(year) / std::chrono::month(month) / std::chrono::day(day);
    return Timestamp{} + Duration::days(days.time_since_epoch().count());
}
Ask until(int year, unsigned month, unsigned day) {
    return Ask(Ask::Run([=](World& world, const Asked&) {
        world.advance(midnight(year, month, day) - world.now());
        return Outcome{};
    }));
}

const Subscription& subscription_of(const World& world, std::string_view account) {
    const auto& subscription = world.account(account).arrangements().subscription;
    CREDITD_ASSERT(subscription.has_value());
    return *subscription;
}

Check status_is(std::string account, SubscriptionStatus status, Where where) {
    return {[=](const World& world) { EXPECT_EQ(subscription_of(world, account).status, status); },
            where};
}

Check period_is(std::string account, Timestamp start, Timestamp end, Where where) {
    return {[=](const World& world) {
                EXPECT_EQ(subscription_of(world, account).period_start.value, start.value);
                EXPECT_EQ(subscription_of(world, account).period_end.value, end.value);
            },
            where};
}

Check steps_are(std::vector<SubscriptionStep> steps, Where where) {
    return {[steps = std::move(steps)](const World& world) {
                std::vector<SubscriptionStep> found;
                for (const Event& event : world.news()) {
                    const auto* const body = std::get_if<SubscriptionMoved>(&event.body);
                    if (body != nullptr) found.push_back(body->step);
                }
                EXPECT_EQ(found, steps);
            },
            where};
}

Check moved(Parts expired, std::int64_t granted, Where where) {
    return {[expired = std::move(expired), granted](const World& world) {
                ASSERT_TRUE(std::holds_alternative<SubscriptionMoved>(world.last().body));
                const auto& body = world.last_as<SubscriptionMoved>();
                Parts expected;
                for (const Part& part : expired) {
                    expected.emplace_back(world.grant(part.first).value, part.second);
                }
                Parts found;
                for (const GrantPart& part : body.expired) {
                    found.emplace_back(part.grant.value, part.amount.value);
                }
                EXPECT_EQ(found, expected);
                EXPECT_EQ(body.granted.value, granted);
            },
            where};
}

Check nothing_done(Where where) { return outcome_is(OutcomeKind::nothing_done, where); }

}  // namespace creditd::tests
