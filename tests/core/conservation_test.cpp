// The law that must hold after every event: each way to break it is noticed, and by its own name.
#include "core/conservation.hpp"

#include <gtest/gtest.h>

#include "tests/core/given_when_then.hpp"

namespace creditd::tests {
namespace {

/// Ann owes nothing, has 10 and 20 of which a hold keeps 4, and 5 that count only later.
Scene sound() {
    return given(account("ann", {.credit_limit = 5}), grant("ann", 10), grant("ann", 20),
                 grant("ann", 5, {.effective_in = 60}), hold("ann", 4));
}

/// The rule that Ann breaks after `damage`.
std::string broken_by(const std::function<void(Account&)>& damage) {
    Scene scene = sound();
    State damaged(scene.world().state());
    const AccountNo ann = *damaged.accounts.find("ann");
    damage(damaged.accounts.touch(ann));
    return std::string(broken_rule(damaged, ann).value_or("none"));
}

TEST(Conservation, HoldsForASoundAccount) {
    EXPECT_EQ(broken_by([](Account&) {}), "none");
}

TEST(Conservation, KnowsAGrantThatHasLessThanNothingOrMoreThanItBeganWith) {
    const std::string rule = "a grant's amounts or the burn order";
    EXPECT_EQ(broken_by([](Account& ann) { ann.grants.begin()->remaining = Credits{0}; }), rule);
    EXPECT_EQ(broken_by([](Account& ann) { ann.grants.begin()->remaining = Credits{11}; }), rule);
    EXPECT_EQ(broken_by([](Account& ann) { ann.grants.begin()->reserved = Credits{-1}; }), rule);
    EXPECT_EQ(broken_by([](Account& ann) { ann.grants.begin()->reserved = Credits{11}; }), rule);
}

TEST(Conservation, KnowsGrantsThatAreOutOfOrder) {
    EXPECT_EQ(
        broken_by([](Account& ann) { std::swap(ann.grants.begin()[0], ann.grants.begin()[1]); }),
        "a grant's amounts or the burn order");
}

TEST(Conservation, KnowsAReservationWithoutItsOtherHalf) {
    const std::string rule = "reserved = sum over open holds, per grant";
    EXPECT_EQ(broken_by([](Account& ann) { ann.grants.begin()->reserved += Credits{1}; }), rule);
    EXPECT_EQ(broken_by([](Account& ann) {
                  ann.touch_extra().holds[0].reserved.push_back({GrantId{77}, Credits{1}});
              }),
              rule);
}

TEST(Conservation, KnowsAHoldThatDoesNotAddUp) {
    const std::string rule = "held = sum of open holds";
    EXPECT_EQ(broken_by([](Account& ann) { ann.held += Credits{1}; }), rule);
    EXPECT_EQ(broken_by([](Account& ann) { ann.touch_extra().holds[0].amount += Credits{1}; }),
              rule);
    EXPECT_EQ(broken_by([](Account& ann) { ann.touch_extra().holds[0].on_credit += Credits{1}; }),
              rule);
}

TEST(Conservation, KnowsABalanceThatIsNotThatOfItsGrants) {
    const std::string rule = "balance = effective grants - debt";
    EXPECT_EQ(broken_by([](Account& ann) { ann.balance += Credits{1}; }), rule);
    EXPECT_EQ(broken_by([](Account& ann) { ann.touch_extra().debt += Credits{1}; }), rule);
    EXPECT_EQ(broken_by([](Account& ann) { ann.touch_extra().pending += Credits{1}; }), rule);
}

TEST(Conservation, KnowsATotalThatCameFromNowhere) {
    for (std::size_t i = 0; i < totals_count; ++i) {
        EXPECT_EQ(
            broken_by([i](Account& ann) { ann.add_to_total(static_cast<Total>(i), Credits{1}); }),
            "conservation of credits");
    }
}

TEST(Conservation, KnowsADebtBelowNothing) {
    EXPECT_EQ(broken_by([](Account& ann) {
                  ann.touch_extra().debt = Credits{-1};
                  ann.balance += Credits{1};
                  ann.add_to_total(Total::granted, Credits{1});
              }),
              "debt is not negative");
}

}  // namespace
}  // namespace creditd::tests
