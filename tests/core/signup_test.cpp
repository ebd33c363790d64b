// Rules of the plan that new accounts are subscribed to.
#include <gtest/gtest.h>

#include "tests/core/subscription_asks.hpp"

namespace creditd::tests {
namespace {

Ask signs_up_to(std::string plan) {
    CatalogSettings settings;
    settings.signup_plan = std::move(plan);
    return offer(settings);
}

TEST(SignupPlan, IsSubscribedToWithTheAccount) {
    given(until(2024, 1, 31), offer(basic_plan()), signs_up_to("basic"))
        .when(account("ann"))
        .then(done(), events_are({"account_created", "subscription_moved"}), moved({}, 500),
              balance("ann", 500), period_is("ann", midnight(2024, 1, 31), midnight(2024, 2, 29)))
        .when(account("ann"))
        .then(events_are({"account_updated"}), balance("ann", 500))
        .given(until(2024, 2, 29))
        .when(sweep())
        .then(balance("ann", 500), total("ann", Total::granted, 1'000));
}

TEST(SignupPlan, IsAnnouncedByTheAccountThatItComesWith) {
    const auto followed_by = [](Scene scene) {
        for (const DecidedEvent& decided : scene.world().events()) {
            const auto* const body = std::get_if<AccountCreated>(&decided.event.body);
            if (body != nullptr) return int{body->followed_by};
        }
        return -1;
    };
    EXPECT_EQ(followed_by(given(account("ann"))), 0);
    EXPECT_EQ(followed_by(given(offer(basic_plan()), signs_up_to("basic"), account("ann"))), 1);
}

TEST(SignupPlan, IsOfAnIntervalThatItHas) {
    Plan yearly = basic_plan();
    yearly.prices.erase(yearly.prices.begin());
    given(until(2024, 1, 31), offer(yearly), signs_up_to("basic"))
        .when(account("ann"))
        .then(period_is("ann", midnight(2024, 1, 31), midnight(2025, 1, 31)));
}

TEST(SignupPlan, ThatIsGoneChangesNothing) {
    given(signs_up_to("gold")).when(account("ann")).then(done(), events_are({"account_created"}));
}

TEST(SignupPlan, WorksInABatch) {
    given(offer(basic_plan()), signs_up_to("basic"))
        .when(batch({account("ann"), deduct("ann", 100), account("bob")}))
        .then(done(), balance("ann", 400), balance("bob", 500));
}

}  // namespace
}  // namespace creditd::tests
