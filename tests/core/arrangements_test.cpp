// Rules of arrangements in general: for whom they can be made, how many there may be, what follows
// first, and that a state is another one when anything of them is.
#include <gtest/gtest.h>

#include <functional>
#include <set>

#include "core/consequences.hpp"
#include "core/state_digest.hpp"
#include "tests/core/arrangement_asks.hpp"

namespace creditd::tests {
namespace {

TEST(Arrangements, AreOfAccountsThatExist) {
    Scene scene = given(package("small", 50));
    for (const Ask& ask :
         {budget("ann", "b", 1), remove_budget("ann", "b"), alert("ann", "a", {.below = 1}),
          remove_alert("ann", "a"), auto_top_up("ann"), remove_auto_top_up("ann")}) {
        scene.when(ask).then(refused(RefusalCode::account_not_found));
    }
}

TEST(Arrangements, AreNotMadeWithAClosedAccountAndCanBeEnded) {
    given(package("small", 50), account("ann"), budget("ann", "b", 1),
          alert("ann", "a", {.below = 1}), auto_top_up("ann"), sweep(), close("ann"))
        .when(budget("ann", "b", 2))
        .then(recorded(RefusalCode::account_closed))
        .when(alert("ann", "a", {.below = 2}))
        .then(recorded(RefusalCode::account_closed))
        .when(auto_top_up("ann", {.threshold = 9}))
        .then(recorded(RefusalCode::account_closed))
        .when(remove_budget("ann", "b"))
        .then(done())
        .when(remove_alert("ann", "a"))
        .then(done())
        .when(remove_auto_top_up("ann"))
        .then(done(), that([](const World& world) {
                  EXPECT_EQ(world.account("ann").arrangements(), Arrangements{});
              }));
}

TEST(Arrangements, AreMadeOnceUnderOneKey) {
    given(account("ann"), budget("ann", "b", 5).under("b"),
          alert("ann", "a", {.below = 5}).under("a"), budget("ann", "b", 7))
        .when(budget("ann", "b", 5).under("b"))
        .then(answered_as_before(), that([](const World& world) {
                  EXPECT_EQ(world.account("ann").arrangements().budgets[0].terms.limit, Credits{7});
              }))
        .when(alert("ann", "a", {.below = 5}).under("a"))
        .then(answered_as_before());
}

TEST(Arrangements, HaveRoomForSoManyBudgets) {
    Scene scene = given(account("ann"));
    scene.world().check_every_event = false;
    for (std::size_t i = 0; i < limits::account_budgets_max; ++i) {
        scene.given(budget("ann", "b" + std::to_string(i), 1));
    }
    scene.when(budget("ann", "one-more", 1))
        .then(recorded(RefusalCode::balance_range))
        .when(budget("ann", "b7", 2))
        .then(done())
        .given(remove_budget("ann", "b0"))
        .when(budget("ann", "one-more", 1))
        .then(done());
}

TEST(Arrangements, HaveRoomForSoManyAlerts) {
    Scene scene = given(account("ann"));
    for (std::size_t i = 0; i < limits::account_alerts_max; ++i) {
        scene.given(alert("ann", "a" + std::to_string(i), {.below = 0, .percent = 1}));
    }
    scene.when(alert("ann", "one-more", {.below = 1}))
        .then(recorded(RefusalCode::balance_range))
        .when(alert("ann", "a7", {.percent = 2}))
        .then(done())
        .given(remove_alert("ann", "a0"))
        .when(alert("ann", "one-more", {.below = 1}))
        .then(done());
}

TEST(Arrangements, GoWithTheStateThatIsStartedFrom) {
    given(package("small", 50), account("ann"), grant("ann", 30), budget("ann", "b", 10),
          deduct("ann", 4), alert("ann", "a", {.below = 27}), sweep(), auto_top_up("ann"),
          forget_window())
        .then(spent("ann", "b", 4), level("ann", "a", AlertLevel::low))
        .when(deduct("ann", 7))
        .then(recorded(RefusalCode::budget_exceeded))
        .given(remove_budget("ann", "b"), deduct("ann", 7))
        .when(sweep())
        .then(events_are({"top_up_asked"}));
}

// --- consequences --------------------------------------------------------------------------------
CatalogSettings rewarding(std::int64_t referrer, std::int64_t referred) {
    CatalogSettings settings;
    settings.referral = {Credits{referrer}, Credits{referred}, {}};
    return settings;
}

TEST(Consequences, RewardAReferralBeforeAnAlertIsTold) {
    given(settings(rewarding(7, 30)), account("bob"), account("ann"), grant("ann", 20),
          referral("ann", "bob"), alert("ann", "few", {.below = 50}))
        .when(sweep())
        .then(events_are({"balance_alerted"}), balance("bob", 0))
        .when(purchase("ann", 10, "p1"))
        .then(events_are({"credits_purchased"}))
        .when(sweep())
        .then(events_are({"referral_rewarded", "referral_rewarded", "balance_alerted"}),
              told({{"few", AlertNews::recovered, 50}}), balance("bob", 7), balance("ann", 60))
        .when(purchase("ann", 10, "p2"))
        .then(events_are({"credits_purchased"}))
        .when(sweep())
        .then(events_are({}), balance("bob", 7));
}

TEST(Consequences, AreOfThePurchaseAndNotOfOtherCredits) {
    given(settings(rewarding(7, 3)), account("bob"), account("ann"), referral("ann", "bob"),
          grant("ann", 50), deduct("ann", 10))
        .when(sweep())
        .then(events_are({}), balance("bob", 0));
}

TEST(Consequences, OfAnAccountWithoutArrangementsAreNone) {
    given(account("ann", {.credit_limit = 5}), grant("ann", 1), deduct("ann", 3))
        .then(that([](const World& world) {
            EXPECT_TRUE(consequence_due(world.account("ann")).is_never());
            EXPECT_FALSE(pending_alert(world.account("ann")).has_value());
        }));
}

TEST(Consequences, TopUpsOfAnEarlierMonthDoNotCount) {
    AutoTopUp rule;
    rule.asked_at = midnight(2024, 2, 1);
    rule.asked_in_month = 3;
    EXPECT_EQ(top_ups_in_month(rule, midnight(2024, 2, 29)), 3U);
    EXPECT_EQ(top_ups_in_month(rule, midnight(2024, 3, 1) + Duration{-1}), 3U);
    EXPECT_EQ(top_ups_in_month(rule, midnight(2024, 3, 1)), 0U);
}

// --- the clock -----------------------------------------------------------------------------------
TEST(TestClock, AdvancesOnlyOnALedgerThatHasOne) {
    World wall;
    wall.run(AdvanceClock{});
    refused(RefusalCode::clock_not_testable).check(wall);

    const State empty;
    World tested({{open_ledger(empty, {4, 5, 6}, 6, midnight(2024, 1, 10), true), {}}});
    tested.advance(Duration::days(3));
    tested.run(AdvanceClock{});
    done().check(tested);
    events_are({"clock_advanced"}).check(tested);
    EXPECT_EQ(tested.last().time, midnight(2024, 1, 13));
    EXPECT_EQ(tested.state().head.time, midnight(2024, 1, 13));
    const World untested({{open_ledger(empty, {4, 5, 6}, 6, midnight(2024, 1, 10)), {}}});
    const World again({{open_ledger(empty, {4, 5, 6}, 6, midnight(2024, 1, 10), true), {}}});
    EXPECT_NE(canonical_bytes(untested.state()), canonical_bytes(again.state()));
}

// --- as values -----------------------------------------------------------------------------------
using Change = std::function<void(Arrangements&)>;

Arrangements full() {
    Arrangements full;
    full.subscription.emplace().plan = "basic";
    full.subscription->alerts = {10};
    full.subscription->heard.subscription = "sub_1";
    full.budgets = {
        {{"b", "ada", "image", Credits{9}, BudgetWindow::day, 0, 3}, {{Timestamp{7}, Credits{2}}}}};
    full.alerts = {{{"a", Credits{5}, 0, Credits{6}}, AlertLevel::low}};
    full.auto_top_up.emplace().terms = {"small", Credits{3}, 4, Duration{5}};
    full.redemptions = {{"SPRING", 1}};
    full.referrer = "bob";
    return full;
}

const std::vector<Change>& changes() {
    static const std::vector<Change> all{
        [](Arrangements&) {},
        [](Arrangements& a) { a = {}; },
        [](Arrangements& a) { a.subscription.reset(); },
        [](Arrangements& a) { a.subscription->plan = "other"; },
        [](Arrangements& a) { a.subscription->alerts = {11}; },
        [](Arrangements& a) { a.subscription->features = {"image"}; },
        [](Arrangements& a) { a.subscription->heard = {}; },
        [](Arrangements& a) { a.subscription->heard.whole_at = Timestamp{1}; },
        [](Arrangements& a) { a.subscription->heard.cycle_at = Timestamp{1}; },
        [](Arrangements& a) { a.budgets.clear(); },
        [](Arrangements& a) { a.budgets.emplace_back(); },
        [](Arrangements& a) { a.budgets[0].terms.id = "c"; },
        [](Arrangements& a) { a.budgets[0].terms.user = "eve"; },
        [](Arrangements& a) { a.budgets[0].terms.feature = ""; },
        [](Arrangements& a) { a.budgets[0].terms.limit = Credits{8}; },
        [](Arrangements& a) { a.budgets[0].terms.window = BudgetWindow::month; },
        [](Arrangements& a) { a.budgets[0].terms.hours = 1; },
        [](Arrangements& a) { a.budgets[0].terms.utc_offset = -3; },
        [](Arrangements& a) { a.budgets[0].spent.clear(); },
        [](Arrangements& a) { a.budgets[0].spent[0].since = Timestamp{8}; },
        [](Arrangements& a) { a.budgets[0].spent[0].amount = Credits{3}; },
        [](Arrangements& a) { a.alerts.clear(); },
        [](Arrangements& a) { a.alerts[0].terms.id = "b"; },
        [](Arrangements& a) { a.alerts[0].terms.below = Credits{4}; },
        [](Arrangements& a) { a.alerts[0].terms.percent = 4; },
        [](Arrangements& a) { a.alerts[0].terms.recovered_at = Credits{7}; },
        [](Arrangements& a) { a.alerts[0].level = AlertLevel::depleted; },
        [](Arrangements& a) { a.auto_top_up.reset(); },
        [](Arrangements& a) { a.auto_top_up->terms.package = "large"; },
        [](Arrangements& a) { a.auto_top_up->terms.threshold = Credits{4}; },
        [](Arrangements& a) { a.auto_top_up->terms.monthly_max = 5; },
        [](Arrangements& a) { a.auto_top_up->terms.cool_down = Duration{6}; },
        [](Arrangements& a) { a.auto_top_up->is_armed = false; },
        [](Arrangements& a) { a.auto_top_up->asked_at = Timestamp{1}; },
        [](Arrangements& a) { a.auto_top_up->asked_in_month = 1; },
        [](Arrangements& a) { a.redemptions[0].code = "WINTER"; },
        [](Arrangements& a) { a.redemptions[0].count = 2; },
        [](Arrangements& a) { a.referrer = "cyd"; },
        [](Arrangements& a) { a.referral_rewarded = true; }};
    return all;
}

TEST(ArrangementValues, AreEqualWhenAllOfThemIs) {
    std::vector<Arrangements> seen;
    for (const Change& change : changes()) {
        Arrangements changed = full();
        change(changed);
        for (const Arrangements& other : seen) {
            EXPECT_NE(changed, other) << "change " << &change - changes().data();
        }
        const Arrangements copy = changed;
        EXPECT_EQ(copy, changed);
        seen.push_back(changed);
    }
}

TEST(ArrangementValues, MakeAnotherDigestWhenAnyOfThemIsAnother) {
    std::set<std::string> seen;
    for (const Change& change : changes()) {
        Account account("ann", Timestamp{5});
        account.touch_arrangements() = full();
        change(account.touch_arrangements());
        std::string bytes;
        append_canonical_account(bytes, account, TermsTable{});
        EXPECT_TRUE(seen.insert(bytes).second) << "change " << &change - changes().data();
    }
}

TEST(ArrangementValues, SayWhenASubscriptionMovesAndWhatItCovers) {
    Subscription subscription;
    subscription.period_end = Timestamp{9};
    subscription.grace_until = Timestamp{12};
    subscription.unlimited = true;
    subscription.features = {"image"};
    EXPECT_EQ(subscription.due_at(), Timestamp{9});
    EXPECT_TRUE(subscription.covers("image"));
    EXPECT_FALSE(subscription.covers("video"));
    EXPECT_FALSE(subscription.covers(""));
    subscription.status = SubscriptionStatus::past_due;
    EXPECT_EQ(subscription.due_at(), Timestamp{12});
    subscription.status = SubscriptionStatus::ended;
    EXPECT_TRUE(subscription.due_at().is_never());
    EXPECT_FALSE(subscription.covers("image"));
}

}  // namespace
}  // namespace creditd::tests
