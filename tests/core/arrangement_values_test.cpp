// Arrangements as values: two are equal, and have the same digest, when everything of them is.
#include <gtest/gtest.h>

#include <functional>
#include <set>

#include "core/state_digest.hpp"

namespace creditd {
namespace {

using Change = std::function<void(Arrangements&)>;

Arrangements full() {
    Arrangements full;
    full.subscription.emplace().plan = "basic";
    full.subscription->alerts = {10};
    full.subscription->heard.subscription = "sub_1";
    full.budgets = {{{"b", "ada", "image", Credits{9}, BudgetWindow::day, 0, 3},
                     {{Timestamp{7}, Credits{2}}},
                     Seq{4}}};
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
        [](Arrangements& a) { a.budgets[0].counts_from = Seq{5}; },
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
}  // namespace creditd
