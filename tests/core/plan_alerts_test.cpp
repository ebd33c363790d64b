// Alerts that a plan brings beside an account's own: each has room of its own, all of them fit into
// a snapshot, and a high one is told in every cycle.
#include <gtest/gtest.h>

#include "schemas/snapshot_codec.hpp"
#include "tests/core/arrangement_asks.hpp"

namespace creditd::tests {
namespace {

Plan alerting(std::vector<std::uint8_t> alerts, std::string id = "basic") {
    Plan plan = basic_plan();
    plan.id = std::move(id);
    plan.credits = Credits{200};
    plan.alerts = std::move(alerts);
    return plan;
}
const std::vector<std::uint8_t> as_many_as_may_be = {10, 20, 30, 40, 50, 60, 70, 80};
static_assert(limits::plan_alerts_max == 8);

/// ann has as many alerts of her own as she may have.
Scene with_all_of_ones_own(Scene scene) {
    for (std::size_t i = 0; i < limits::account_alerts_max; ++i) {
        scene.when(alert("ann", "own-" + std::to_string(i), {.percent = 1})).then(done());
    }
    return scene;
}

void expect_fits_a_snapshot(const World& world) {
    const Account& ann = world.account("ann");
    EXPECT_EQ(ann.arrangements().alerts.size(),
              limits::account_alerts_max + limits::plan_alerts_max);
    schemas::SnapshotEncoder encoder;
    EXPECT_FALSE(encoder.encode_chunk(AccountNo{0}, {&ann, 1}, world.state().terms).empty());
}

TEST(PlanAlertsRoom, APlanBringsItsOwnToAFullAccount) {
    with_all_of_ones_own(given(offer(alerting(as_many_as_may_be)), account("ann")))
        .when(subscribe("ann", "basic"))
        .then(done(), that(expect_fits_a_snapshot));
}

TEST(PlanAlertsRoom, APlansTakeNoneFromOnesOwn) {
    with_all_of_ones_own(
        given(offer(alerting(as_many_as_may_be)), account("ann"), subscribe("ann", "basic")))
        .then(that(expect_fits_a_snapshot))
        .when(alert("ann", "one-more", {.percent = 1}))
        .then(recorded(RefusalCode::balance_range))
        .when(alert("ann", "own-3", {.below = 7}))
        .then(done());
}

TEST(PlanAlertsRoom, MakingAPlansOnesOwnTakesRoomToo) {
    with_all_of_ones_own(
        given(offer(alerting(as_many_as_may_be)), account("ann"), subscribe("ann", "basic")))
        .when(alert("ann", "plan-10", {.below = 7}))
        .then(recorded(RefusalCode::balance_range))
        .given(remove_alert("ann", "own-3"))
        .when(alert("ann", "plan-10", {.below = 7}))
        .then(done());
}

TEST(PlanAlertsRoom, NamesLikeAPlansAreOnesOwnWhereNoPlanHasThem) {
    Scene scene = given(account("ann"));
    for (std::uint8_t i = 1; i <= limits::account_alerts_max; ++i) {
        scene.given(alert("ann", "plan-" + std::to_string(i), {.percent = i}));
    }
    scene.when(alert("ann", "plan-99", {.percent = 99})).then(recorded(RefusalCode::balance_range));
}

TEST(PlanAlertsLevel, AHighOneIsToldInEveryCycle) {
    given(until(2024, 1, 10), offer(alerting({95})), account("ann"), subscribe("ann", "basic"),
          deduct("ann", 50))
        .when(sweep())
        .then(told({{"plan-95", AlertNews::low, 190}}))
        .given(until(2024, 2, 10))
        .when(sweep())
        .then(told({{"plan-95", AlertNews::recovered, 190}}))
        .given(deduct("ann", 50))
        .when(sweep())
        .then(told({{"plan-95", AlertNews::low, 190}}));
}

}  // namespace
}  // namespace creditd::tests
