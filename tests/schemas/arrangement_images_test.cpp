// Arrangements in snapshots: they come back as they were, leave no trace where there are none, and
// are refused where a state could not have them.
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>

#include "core/state_digest.hpp"
#include "tests/schemas/sample_arrangements.hpp"
#include "tests/schemas/sample_state.hpp"
#include "tests/support/random_event.hpp"

namespace creditd::schemas {
namespace {

constexpr AccountNo first{0};

std::string chunk_of(const Account& account) {
    SnapshotEncoder encoder;
    return std::string(encoder.encode_chunk(first, {&account, 1}, TermsTable{}));
}

std::string canonical(const Account& account) {
    std::string bytes;
    append_canonical_account(bytes, account, TermsTable{});
    return bytes;
}

Account arranged(const Arrangements& arrangements) {
    Account account("ann", Timestamp{5});
    account.touch_arrangements() = arrangements;
    return account;
}

TEST(ArrangementImages, ComeBackAsTheyWere) {
    tests::RandomEvents random(41);
    for (int i = 0; i < 1'000; ++i) {
        const Account account = arranged(random.arrangements());
        TermsTable terms;
        std::vector<Account> out;
        const auto decoded = decode_chunk(chunk_of(account), first, terms, out);
        ASSERT_TRUE(decoded) << decoded.error().detail;
        ASSERT_EQ(out.at(0).arrangements(), account.arrangements()) << i;
        ASSERT_EQ(canonical(out[0]), canonical(account)) << i;
    }
}

TEST(ArrangementImages, LeaveNoTraceWhereThereAreNone) {
    const Account plain("ann", Timestamp{5});
    const Account emptied = arranged({});
    EXPECT_TRUE(emptied.extra().arrangements);
    EXPECT_EQ(chunk_of(emptied), chunk_of(plain));
    EXPECT_EQ(canonical(emptied), canonical(plain));
}

TEST(ArrangementImages, OfTheLedgerAreOnlyWhatIsSet) {
    const LedgerImage image = tests::arranged_ledger();
    SnapshotEncoder encoder;
    const auto decoded = decode_ledger(
        encoder.encode_ledger(image.head, image.catalog, image.redemptions, image.account_count));
    ASSERT_TRUE(decoded) << decoded.error().detail;
    EXPECT_EQ(*decoded, image);
    const LedgerImage before = tests::sample_ledger();
    const auto old =
        decode_ledger(encoder.encode_ledger(before.head, before.catalog, {}, before.account_count));
    ASSERT_TRUE(old);
    EXPECT_FALSE(old->head.test_clock);
    EXPECT_TRUE(old->redemptions.empty());
}

/// How the chunk is refused of an account with everything, after one change.
CodecError refusal_after(const std::function<void(Arrangements&)>& change) {
    Arrangements arrangements = tests::sample_arrangements();
    change(arrangements);
    TermsTable terms;
    std::vector<Account> out;
    const auto decoded = decode_chunk(chunk_of(arranged(arrangements)), first, terms, out);
    return decoded ? CodecError{CodecFault::damaged, "accepted"} : decoded.error();
}

TEST(ArrangementImages, AreRefusedOutOfOrder) {
    EXPECT_EQ(refusal_after([](Arrangements&) {}), (CodecError{CodecFault::damaged, "accepted"}));
    const auto reversed = [](auto& list) { std::reverse(list.begin(), list.end()); };
    EXPECT_EQ(refusal_after([&](Arrangements& all) { reversed(all.budgets); }),
              (CodecError{CodecFault::inconsistent, "budgets"}));
    EXPECT_EQ(refusal_after([&](Arrangements& all) { reversed(all.alerts); }),
              (CodecError{CodecFault::inconsistent, "alerts"}));
    EXPECT_EQ(refusal_after([&](Arrangements& all) { reversed(all.redemptions); }),
              (CodecError{CodecFault::inconsistent, "redemptions"}));
    EXPECT_EQ(refusal_after([&](Arrangements& all) { reversed(all.budgets[0].spent); }),
              (CodecError{CodecFault::inconsistent, "budget.spent"}));
    EXPECT_EQ(refusal_after([](Arrangements& all) { all.budgets[1] = all.budgets[0]; }),
              (CodecError{CodecFault::inconsistent, "budgets"}));
}

TEST(ArrangementImages, AreRefusedOutsideTheirBounds) {
    EXPECT_EQ(
        refusal_after([](Arrangements& all) { all.budgets[0].spent[0].since.value = INT64_MIN; }),
        (CodecError{CodecFault::out_of_range, "budget.spent.since"}));
    EXPECT_EQ(refusal_after([](Arrangements& all) { all.budgets[0].spent[1].amount.value = -1; }),
              (CodecError{CodecFault::out_of_range, "budget.spent.amount"}));
    EXPECT_EQ(refusal_after([](Arrangements& all) { all.auto_top_up->terms.cool_down.value = -1; }),
              (CodecError{CodecFault::out_of_range, "auto_top_up.cool_down"}));
    EXPECT_EQ(refusal_after([](Arrangements& all) { all.subscription->period_end.value = -1; }),
              (CodecError{CodecFault::out_of_range, "subscription.period_end"}));
    EXPECT_EQ(refusal_after([](Arrangements& all) { all.alerts[0].terms.below.value = -1; }),
              (CodecError{CodecFault::out_of_range, "alert.below"}));
}

// Whatever is arranged is part of the state's hash.
TEST(ArrangementImages, EachFieldChangesTheCanonicalBytes) {
    const std::vector<std::function<void(Arrangements&)>> changes{
        [](Arrangements&) {},
        [](Arrangements& all) { all.subscription.reset(); },
        [](Arrangements& all) { all.subscription->plan = "other"; },
        [](Arrangements& all) { all.subscription->interval = Interval::month; },
        [](Arrangements& all) { all.subscription->source = SubscriptionSource::calendar; },
        [](Arrangements& all) { all.subscription->status = SubscriptionStatus::ended; },
        [](Arrangements& all) { all.subscription->unlimited = false; },
        [](Arrangements& all) { all.subscription->credits = Credits{1}; },
        [](Arrangements& all) { all.subscription->features = {"chat"}; },
        [](Arrangements& all) { all.subscription->alerts = {1}; },
        [](Arrangements& all) { all.subscription->started_at = Timestamp{1}; },
        [](Arrangements& all) { all.subscription->anchor = Timestamp{1}; },
        [](Arrangements& all) { all.subscription->cycle = 9; },
        [](Arrangements& all) { all.subscription->period_start = Timestamp{1}; },
        [](Arrangements& all) { all.subscription->period_end = Timestamp{1}; },
        [](Arrangements& all) { all.subscription->cancel_at_period_end = false; },
        [](Arrangements& all) { all.subscription->next_plan.clear(); },
        [](Arrangements& all) { all.subscription->next_interval = Interval::month; },
        [](Arrangements& all) { all.subscription->grace_until = Timestamp{}; },
        [](Arrangements& all) { all.budgets.pop_back(); },
        [](Arrangements& all) { all.budgets[0].terms.id = "a"; },
        [](Arrangements& all) { all.budgets[0].terms.user = "bob"; },
        [](Arrangements& all) { all.budgets[0].terms.feature = "chat"; },
        [](Arrangements& all) { all.budgets[0].terms.limit = Credits{1}; },
        [](Arrangements& all) { all.budgets[0].terms.window = BudgetWindow::day; },
        [](Arrangements& all) { all.budgets[0].terms.hours = 1; },
        [](Arrangements& all) { all.budgets[0].terms.utc_offset = 1; },
        [](Arrangements& all) { all.budgets[0].counts_from = Seq{7}; },
        [](Arrangements& all) { all.budgets[0].spent.pop_back(); },
        [](Arrangements& all) { all.budgets[0].spent[0].since = Timestamp{1}; },
        [](Arrangements& all) { all.budgets[0].spent[0].amount = Credits{7}; },
        [](Arrangements& all) { all.alerts.pop_back(); },
        [](Arrangements& all) { all.alerts[0].terms.id = "a"; },
        [](Arrangements& all) { all.alerts[0].terms.below = Credits{1}; },
        [](Arrangements& all) { all.alerts[0].terms.percent = 1; },
        [](Arrangements& all) { all.alerts[0].terms.recovered_at = Credits{1}; },
        [](Arrangements& all) { all.alerts[0].level = AlertLevel::depleted; },
        [](Arrangements& all) { all.auto_top_up.reset(); },
        [](Arrangements& all) { all.auto_top_up->terms.package = "other"; },
        [](Arrangements& all) { all.auto_top_up->terms.threshold = Credits{1}; },
        [](Arrangements& all) { all.auto_top_up->terms.monthly_max = 9; },
        [](Arrangements& all) { all.auto_top_up->terms.cool_down = Duration{1}; },
        [](Arrangements& all) { all.auto_top_up->is_armed = true; },
        [](Arrangements& all) { all.auto_top_up->asked_at = Timestamp{1}; },
        [](Arrangements& all) { all.auto_top_up->asked_in_month = 9; },
        [](Arrangements& all) { all.redemptions.pop_back(); },
        [](Arrangements& all) { all.redemptions[0].code = "A"; },
        [](Arrangements& all) { all.redemptions[0].count = 9; },
        [](Arrangements& all) { all.referrer = "acc-8"; },
        [](Arrangements& all) { all.referral_rewarded = false; }};
    std::vector<std::string> seen;
    for (const auto& change : changes) {
        Arrangements arrangements = tests::sample_arrangements();
        change(arrangements);
        seen.push_back(canonical(arranged(arrangements)));
    }
    std::sort(seen.begin(), seen.end());
    EXPECT_EQ(std::unique(seen.begin(), seen.end()), seen.end());
}

TEST(ArrangementImages, OfTheLedgerChangeTheCanonicalBytes) {
    const auto bytes_of = [](const LedgerImage& image) {
        std::string bytes;
        append_canonical_ledger(bytes, image.head, image.catalog, image.redemptions, 1);
        return bytes;
    };
    const LedgerImage image = tests::arranged_ledger();
    LedgerImage wall = image;
    wall.head.test_clock = false;
    LedgerImage counted = image;
    counted.redemptions["SPRING"] = 2;
    LedgerImage forgotten = image;
    forgotten.redemptions.clear();
    LedgerImage alerting = image;
    alerting.catalog.plans.at("pro").set.alerts = {5};
    for (const LedgerImage& other : {wall, counted, forgotten, alerting}) {
        EXPECT_NE(bytes_of(other), bytes_of(image));
    }
}

}  // namespace
}  // namespace creditd::schemas
