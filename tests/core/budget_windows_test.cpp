// Rules of the windows of budgets: where days and months begin, how a rolling one moves on, and
// what becomes of what was used when the terms change.
#include <gtest/gtest.h>

#include "core/budgets.hpp"
#include "tests/core/arrangement_asks.hpp"

namespace creditd::tests {
namespace {

Timestamp at(int year, unsigned month, unsigned day_of_month, std::int64_t hours) {
    return midnight(year, month, day_of_month) + Duration::seconds(hours * an_hour);
}
Ask until_hour(int year, unsigned month, unsigned day_of_month, std::int64_t hours) {
    return Ask(Ask::Run([=](World& world, const Asked&) {
        world.advance(at(year, month, day_of_month, hours) - world.now());
        return Outcome{};
    }));
}
/// A microsecond before.
Ask just_before(int year, unsigned month, unsigned day_of_month, std::int64_t hours) {
    return Ask(Ask::Run([=](World& world, const Asked&) {
        world.advance(at(year, month, day_of_month, hours) - world.now());
        world.advance(Duration{-1});
        return Outcome{};
    }));
}
/// On 10 January 2024, 10 o'clock of UTC, ann has a hundred credits and a budget of ten.
Scene budgeted(const BudgetSpec& spec) {
    return given(until_hour(2024, 1, 10, 10), account("ann"), grant("ann", 100),
                 budget("ann", "b", 10, spec));
}

TEST(BudgetDays, EndAtMidnight) {
    budgeted({.window = by_day})
        .given(deduct("ann", 10), just_before(2024, 1, 11, 0))
        .when(deduct("ann", 1))
        .then(over_budget({"b", "day", 1, 0, midnight(2024, 1, 11)}), spent("ann", "b", 10))
        .given(a_moment_later())
        .then(spent("ann", "b", 0))
        .when(deduct("ann", 10))
        .then(done(), spent("ann", "b", 10))
        .when(deduct("ann", 1))
        .then(over_budget({"b", "day", 1, 0, midnight(2024, 1, 12)}));
}

TEST(BudgetDays, EndAtMidnightOfTheirTimeZone) {
    budgeted({.window = by_day, .utc_offset = 7})
        .given(deduct("ann", 10), just_before(2024, 1, 10, 17))
        .when(deduct("ann", 1))
        .then(over_budget({"b", "day", 1, 0, at(2024, 1, 10, 17)}))
        .given(a_moment_later())
        .when(deduct("ann", 1))
        .then(done(), spent("ann", "b", 1));
    budgeted({.window = by_day, .utc_offset = -11})
        .given(deduct("ann", 10), just_before(2024, 1, 10, 11))
        .when(deduct("ann", 1))
        .then(over_budget({"b", "day", 1, 0, at(2024, 1, 10, 11)}))
        .given(a_moment_later())
        .when(deduct("ann", 10))
        .then(done())
        .when(deduct("ann", 1))
        .then(over_budget({"b", "day", 1, 0, at(2024, 1, 11, 11)}));
}

TEST(BudgetMonths, EndWithTheMonth) {
    budgeted({})
        .given(deduct("ann", 10), just_before(2024, 2, 1, 0))
        .when(deduct("ann", 1))
        .then(over_budget({"b", "month", 1, 0, midnight(2024, 2, 1)}))
        .given(a_moment_later())
        .when(deduct("ann", 10))
        .then(done())
        .given(just_before(2024, 3, 1, 0))
        .when(deduct("ann", 1))
        .then(over_budget({"b", "month", 1, 0, midnight(2024, 3, 1)}))
        .given(a_moment_later())
        .when(deduct("ann", 1))
        .then(done(), spent("ann", "b", 1));
}

TEST(BudgetMonths, EndWithTheMonthOfTheirTimeZone) {
    budgeted({.utc_offset = -3})
        .given(until(2024, 2, 1), deduct("ann", 10))
        .when(deduct("ann", 1))
        .then(over_budget({"b", "month", 1, 0, at(2024, 2, 1, 3)}))
        .given(until_hour(2024, 2, 1, 3))
        .when(deduct("ann", 10))
        .then(done(), spent("ann", "b", 10))
        .when(deduct("ann", 1))
        .then(over_budget({"b", "month", 1, 0, at(2024, 3, 1, 3)}));
}

// A window of five hours moves on in slots of 50 seconds, which count until their end has passed.
TEST(RollingBudgets, LetGoOfWhatIsOldEnough) {
    const Timestamp begin = at(2024, 1, 10, 10);
    const std::int64_t until_free = 5 * an_hour + 50;
    budgeted({.window = rolling, .hours = 5})
        .given(deduct("ann", 6), later(2 * an_hour), deduct("ann", 4))
        .when(deduct("ann", 1))
        .then(over_budget({"b", "5h", 1, 0, begin + Duration::seconds(until_free)}))
        .given(later(3 * an_hour + 50), a_moment_later(-1))
        .then(spent("ann", "b", 10))
        .when(deduct("ann", 1))
        .then(over_budget({"b", "5h", 1, 0, begin + Duration::seconds(until_free)}))
        .given(a_moment_later())
        .then(spent("ann", "b", 4))
        .when(deduct("ann", 7))
        .then(over_budget({"b", "5h", 7, 6, begin + Duration::seconds(until_free + 2 * an_hour)}))
        .when(deduct("ann", 6))
        .then(done(), spent("ann", "b", 10));
}

TEST(RollingBudgets, CountASlotAsOne) {
    budgeted({.window = rolling, .hours = 1})
        .given(deduct("ann", 1), later(9), deduct("ann", 2), later(1), deduct("ann", 3))
        .then(spent("ann", "b", 6), that([](const World& world) {
                  const auto& slots = world.account("ann").arrangements().budgets[0].spent;
                  ASSERT_EQ(slots.size(), 2U);
                  EXPECT_EQ(slots[0], (Spent{at(2024, 1, 10, 10), Credits{3}}));
                  EXPECT_EQ(slots[1].since - slots[0].since, Duration::seconds(10));
                  EXPECT_EQ(slots[1].amount, Credits{3});
              }))
        .given(later(an_hour))
        .then(spent("ann", "b", 3))
        .given(deduct("ann", 1))
        .then(that([](const World& world) {
            const auto& slots = world.account("ann").arrangements().budgets[0].spent;
            EXPECT_EQ(slots.size(), 2U) << "what the window has passed goes with the next use";
        }));
}

TEST(RollingBudgets, WithNothingUsedResetNow) {
    budgeted({.window = rolling, .hours = 24})
        .when(deduct("ann", 11))
        .then(over_budget({"b", "24h", 11, 10, at(2024, 1, 10, 10)}))
        .given(hold("ann", 9))
        .when(deduct("ann", 2))
        .then(over_budget({"b", "24h", 2, 1, at(2024, 1, 10, 10)}));
}

// What the window has passed is still there until the next use, and says nothing of the reset.
TEST(RollingBudgets, ForgetWhatHasPassedWhenTheySayWhenTheyReset) {
    budgeted({.window = rolling, .hours = 1})
        .given(deduct("ann", 5), later(2 * an_hour))
        .when(deduct("ann", 11))
        .then(over_budget({"b", "1h", 11, 10, at(2024, 1, 10, 12)}), spent("ann", "b", 0));
}

TEST(RollingBudgets, TakeRefundsIntoTheSlotOfTheUse) {
    budgeted({.window = rolling, .hours = 1})
        .given(deduct("ann", 6), later(60), deduct("ann", 4))
        .when(refund(1, 5))
        .then(done(), spent("ann", "b", 5))
        .given(later(an_hour - 50))
        .then(spent("ann", "b", 4))
        .when(refund(1, 1))
        .then(done(), spent("ann", "b", 4))
        .when(refund(2))
        .then(done(), spent("ann", "b", 0));
}

TEST(BudgetTermsChanged, ToAnotherLimitKeepWhatWasUsed) {
    budgeted({.window = by_day})
        .given(deduct("ann", 8), budget("ann", "b", 9, {.window = by_day}))
        .then(spent("ann", "b", 8))
        .when(deduct("ann", 2))
        .then(over_budget({"b", "day", 2, 1, midnight(2024, 1, 11)}))
        .given(budget("ann", "b", 5, {.window = by_day}))
        .when(deduct("ann", 1))
        .then(over_budget({"b", "day", 1, 0, midnight(2024, 1, 11)}), spent("ann", "b", 8));
}

TEST(BudgetTermsChanged, InAnyOtherWayBeginAnew) {
    for (const BudgetSpec& other : {BudgetSpec{.user = "ada", .window = by_day},
                                    BudgetSpec{.feature = "image", .window = by_day}, BudgetSpec{},
                                    BudgetSpec{.window = rolling, .hours = 2},
                                    BudgetSpec{.window = by_day, .utc_offset = 1}}) {
        budgeted({.window = by_day})
            .given(deduct("ann", 8), budget("ann", "b", 10, other))
            .then(spent("ann", "b", 0));
    }
}

// Before 1970 and at its beginning: days and months begin on the right side of the moment.
TEST(BudgetSlots, BeginBeforeTheirMoment) {
    const Timestamp epoch{};
    const BudgetTerms east{"b", "", "", Credits{1}, by_day, 0, 14};
    EXPECT_EQ(slot_of(east, epoch).value, -14 * Duration::seconds(an_hour).value);
    const BudgetTerms west{"b", "", "", Credits{1}, BudgetWindow::month, 0, -12};
    EXPECT_EQ(slot_of(west, midnight(1970, 3, 1)), at(1970, 2, 1, 12));
    const BudgetTerms longest{"b", "", "", Credits{1}, rolling, limits::budget_hours_max, 0};
    EXPECT_EQ(window_text(longest), "744h");
    EXPECT_EQ(slot_of(longest, epoch + Duration::seconds(7'439)), epoch);
    EXPECT_EQ(slot_of(longest, epoch + Duration::seconds(7'440)), epoch + Duration::seconds(7'440));
}

}  // namespace
}  // namespace creditd::tests
