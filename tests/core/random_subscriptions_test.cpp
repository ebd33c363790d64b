// What holds for every history of subscriptions: seeded random commands while months pass.
#include <gtest/gtest.h>

#include <map>
#include <random>

#include "tests/core/subscription_asks.hpp"

namespace creditd::tests {
namespace {

using Seeds = testing::TestWithParam<std::uint64_t>;

const std::vector<std::string> plan_ids{"a", "b", "c", "d"};

/// Drives one world: a few accounts, plans whose terms change, time in steps of hours to months.
class Driver {
public:
    Driver(World& world, std::uint64_t seed) : world_(world), random_(seed) {
        world_.check_every_event = true;
        for (const std::string& id : plan_ids) put_plan(id);
        for (int i = 0; i < 3; ++i) account(name(i), {.credit_limit = 40}).run(world_);
    }

    void step() {
        const std::string who = name(static_cast<int>(below(3)));
        const std::string plan = plan_ids[below(plan_ids.size())];
        switch (below(14)) {
            case 0: put_plan(plan); return;
            case 1: later(static_cast<std::int64_t>(1 + below(40)) * one_day).run(world_); return;
            case 2: world_.sweep(); return;
            case 3:
            case 4: subscribe_somehow(who, plan); return;
            case 5: change_to(who, plan, chance()).run(world_); return;
            case 6: cancel(who, below(4) != 0).run(world_); return;
            case 7: resume(who).run(world_); return;
            case 8: renew(who, ends_in()).run(world_); return;
            case 9: suspend(who).run(world_); return;
            case 10: hold(who, amount(), {.expires_in = one_day}).run(world_); return;
            case 11: grant(who, amount(), {.expires_in = 9 * one_day}).run(world_); return;
            default: deduct(who, amount()).run(world_); return;
        }
    }

private:
    std::uint64_t below(std::uint64_t bound) { return random_() % bound; }
    bool chance() { return below(2) == 0; }
    std::int64_t amount() { return static_cast<std::int64_t>(1 + below(200)); }
    static std::string name(int i) { return "account-" + std::to_string(i); }
    std::optional<std::int64_t> ends_in() {
        if (chance()) return std::nullopt;
        return static_cast<std::int64_t>(1 + below(60)) * one_day;
    }

    void put_plan(const std::string& id) {
        if (below(12) == 0) {
            remove_plan(id).run(world_);
            return;
        }
        Plan plan = chance() ? basic_plan() : premium_plan();
        plan.id = id;
        plan.active = below(8) != 0;
        plan.unlimited = below(6) == 0;
        plan.credits = Credits{static_cast<std::int64_t>(below(3) * 150)};
        plan.rollover = static_cast<Rollover>(below(3));
        plan.rollover_max = Credits{amount()};
        plan.on_change = static_cast<Leftover>(below(2));
        plan.on_end = static_cast<Leftover>(below(2));
        plan.trial_days = static_cast<std::uint16_t>(below(3) * 4);
        plan.grace_days = static_cast<std::uint16_t>(below(3) * 3);
        if (chance()) plan.alerts = {20};
        offer(plan).run(world_);
    }

    void subscribe_somehow(const std::string& who, const std::string& plan) {
        SubscribeSpec spec;
        if (below(4) == 0) spec.interval = Interval::year;
        if (chance()) {
            spec.source = SubscriptionSource::provider;
            spec.ends_in = ends_in();
        }
        subscribe(who, plan, spec).run(world_);
    }

    World& world_;
    std::mt19937_64 random_;
};

/// Of one account: where the cycles of one subscription meet, and that each is granted once.
class PeriodBook {
public:
    void add(const SubscriptionMoved& body) {
        const Subscription& now = body.subscription;
        switch (body.step) {
            case SubscriptionStep::started: EXPECT_FALSE(runs_); break;
            case SubscriptionStep::renewed:
                EXPECT_EQ(now.period_start, last_.period_end);
                ++renewals;
                break;
            case SubscriptionStep::changed: {
                const bool at_period_end = now.period_start == last_.period_end;
                EXPECT_TRUE(at_period_end || now.period_start < last_.period_end ||
                            last_.status == SubscriptionStatus::past_due);
                break;
            }
            default:
                EXPECT_EQ(now.period_start, last_.period_start);
                EXPECT_EQ(now.period_end, last_.period_end);
                EXPECT_EQ(body.granted, Credits{});
                break;
        }
        EXPECT_LT(now.period_start, now.period_end);
        EXPECT_TRUE(body.granted.is_zero() || body.granted == now.credits);
        runs_ = now.is_running();
        last_ = now;
    }
    std::size_t renewals = 0;

private:
    bool runs_ = false;
    Subscription last_;
};

TEST_P(Seeds, OfSubscriptionsKeepTheLawsAndGrantEachPeriodOnce) {
    World world;
    Driver driver(world, GetParam());
    for (int i = 0; i < 1'500; ++i) driver.step();
    std::map<std::string, PeriodBook> books;
    for (const DecidedEvent& decided : world.events()) {
        const auto* const body = std::get_if<SubscriptionMoved>(&decided.event.body);
        if (body != nullptr) books[decided.event.account].add(*body);
    }
    std::size_t renewals = 0;
    for (const auto& book : books) renewals += book.second.renewals;
    EXPECT_GT(renewals, 30U);
    const World auditor{world.events()};
    EXPECT_EQ(canonical_bytes(auditor.state()), canonical_bytes(world.state()));
    for (const auto& book : books) {
        EXPECT_EQ(auditor.account(book.first).arrangements(),
                  world.account(book.first).arrangements());
    }
}

INSTANTIATE_TEST_SUITE_P(Subscriptions, Seeds, testing::Range<std::uint64_t>(1, 7));

}  // namespace
}  // namespace creditd::tests
