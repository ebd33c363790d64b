// creditd-replay what-if: which uses are priced again and which keep what they cost, how refunds
// follow, what the chart shows. Sums over whole histories: tests/properties/what_if_test.cpp; the
// program on a daemon's folder: tests/e2e/what_if_test.py.
#include "replay/memory_journal.hpp"
#include "replay/tool/what_if/what_if_text.hpp"
#include "tests/replay/tool/tool_fixture.hpp"

namespace creditd::tests {
namespace {

using namespace creditd::replay::tool;

SetFeature flat(std::string key, std::int64_t price, bool active = true) {
    return {std::move(key), {}, {}, {}, Credits{price}, {}, active};
}
SetFeature by_the_second(std::string key, std::int64_t price) {
    SetFeature feature = flat(std::move(key), 0);
    PerUnit& rule = feature.rules.per.emplace_back();
    rule.credits = Credits{price};
    rule.unit = "seconds";
    return feature;
}
std::vector<MeasuredUnit> seconds(std::int64_t count) {
    return {{"seconds", Measure{count * Measure::one}}};
}

/// A ledger without decimals, an account `a` with 100 credits; `image` costs 10, `audio` 2 a
/// second.
class WhatIfRules : public testing::Test {
protected:
    WhatIfRules() {
        world_.put_account("a");
        world_.grant("a", 100);
        world_.run(flat("image", 10));
        world_.run(by_the_second("audio", 2));
    }
    const Event& deduct(PriceRequest price, bool allow_partial = false) {
        EXPECT_EQ(world_.run(DeductCredits{"a", std::move(price), allow_partial}).kind,
                  OutcomeKind::done);
        return world_.last();
    }
    const Event& image(std::int64_t quantity = 1, bool allow_partial = false) {
        PriceRequest price;
        price.feature = "image";
        price.quantity = quantity;
        return deduct(price, allow_partial);
    }
    HoldId hold_audio(std::int64_t estimate) {
        PlaceHold hold{"a", {}, Duration::days(1)};
        hold.price.feature = "audio";
        hold.price.units = seconds(estimate);
        EXPECT_EQ(world_.run(hold).kind, OutcomeKind::done);
        return HoldId{world_.last().seq.value};
    }
    const Event& capture(const CaptureHold& command) {
        EXPECT_EQ(world_.run(command).kind, OutcomeKind::done);
        return world_.last();
    }
    void refund(Seq deduction, std::int64_t amount) {
        EXPECT_EQ(world_.run(RefundDeduction{DeductionId{deduction.value}, Credits{amount}}).kind,
                  OutcomeKind::done);
    }
    /// Of everything from event `first` on.
    WhatIf settle(const OtherPrices& prices, Seq first = Seq{1}) {
        replay::MemoryJournal journal(std::make_shared<replay::MemoryStore>());
        EXPECT_TRUE(journal.open());
        world_.append_to(journal);
        WhatIfBook book(prices);
        for (const DecidedEvent& one : world_.events()) {
            if (one.event.seq >= first) book.take(one.event);
        }
        replay::EventLookup lookup(journal);
        auto sums = book.settle(lookup);
        EXPECT_TRUE(sums) << sums.error().detail;
        EXPECT_TRUE(adds_up(*sums));
        return std::move(*sums);
    }

    LedgerWorld world_{0};
};

/// (was, would be)
std::pair<std::int64_t, std::int64_t> amounts(const RepricedUse& use) {
    return {use.was.value, use.would_be.value};
}
std::pair<std::int64_t, std::int64_t> amounts(const Change& change) {
    return {static_cast<std::int64_t>(change.was), static_cast<std::int64_t>(change.would_be)};
}
using Amounts = std::pair<std::int64_t, std::int64_t>;

TEST_F(WhatIfRules, AUseByItsFeatureIsPricedAgain) {
    const OtherPrices other({flat("image", 3), by_the_second("audio", 5)});
    const auto use = other.reprice(image(4));
    EXPECT_EQ(use->pricing, Pricing::anew);
    EXPECT_EQ(amounts(*use), Amounts(40, 12));
    const Event& captured = capture({hold_audio(9), {}, true, seconds(7)});
    EXPECT_EQ(amounts(*other.reprice(captured)), Amounts(14, 35));
    // All that was held, as it was estimated.
    EXPECT_EQ(amounts(*other.reprice(capture({hold_audio(6), {}, true}))), Amounts(12, 30));
}

TEST_F(WhatIfRules, AnAmountThatWasGivenStays) {
    const OtherPrices other({flat("image", 3), by_the_second("audio", 5)});
    PriceRequest given;
    given.amount = Credits{7};
    const auto deducted = other.reprice(deduct(given));
    EXPECT_EQ(deducted->pricing, Pricing::given);
    EXPECT_EQ(amounts(*deducted), Amounts(7, 7));
    // A part of a hold is an amount, and so is the rest of it.
    const HoldId hold = hold_audio(9);
    EXPECT_EQ(amounts(*other.reprice(capture({hold, Credits{5}}))), Amounts(5, 5));
    EXPECT_EQ(amounts(*other.reprice(capture({hold, {}, true}))), Amounts(13, 13));
}

TEST_F(WhatIfRules, APartialDeductionTookAllThatThereWas) {
    const Event event = image(12, true);
    ASSERT_EQ(std::get<CreditsDeducted>(event.body).amount, Credits{100});
    EXPECT_EQ(amounts(*OtherPrices({flat("image", 50)}).reprice(event)), Amounts(100, 100));
    EXPECT_EQ(amounts(*OtherPrices({flat("image", 9)}).reprice(event)), Amounts(100, 100));
    EXPECT_EQ(amounts(*OtherPrices({flat("image", 8)}).reprice(event)), Amounts(100, 96));
}

TEST_F(WhatIfRules, WhatHasNoPriceKeepsItsOwnAndSaysWhy) {
    const Event bought = image();
    const auto reason = [&](const OtherPrices& other) {
        const auto use = other.reprice(bought);
        EXPECT_EQ(use->pricing, Pricing::not_priced);
        EXPECT_EQ(amounts(*use), Amounts(10, 10));
        return *use->no_price;
    };
    EXPECT_EQ(reason(OtherPrices({})), (NoPrice{"image", RefusalCode::feature_not_found, {}, {}}));
    EXPECT_EQ(reason(OtherPrices({flat("image", 3, false)})),
              (NoPrice{"image", RefusalCode::feature_inactive, {}, {}}));
    EXPECT_EQ(reason(OtherPrices({by_the_second("image", 3)})),
              (NoPrice{"image", RefusalCode::units_invalid, "seconds", UnitFault::missing}));
    const WhatIf sums = settle(OtherPrices({by_the_second("image", 3)}));
    ASSERT_EQ(sums.no_price.size(), 1U);
    EXPECT_EQ(amounts(sums.no_price.begin()->second), Amounts(10, 10));
}

TEST_F(WhatIfRules, WhatAnUnlimitedPlanCoversIsToldApart) {
    Plan plan;
    plan.id = "all";
    plan.unlimited = true;
    world_.run(SetOffer{plan});
    Subscribe subscribe;
    subscribe.account = "a";
    subscribe.plan = "all";
    EXPECT_EQ(world_.run(subscribe).kind, OutcomeKind::done);
    const OtherPrices other({flat("image", 25)});
    const Event event = image(3);
    ASSERT_TRUE(std::get<CreditsDeducted>(event.body).amount.is_zero());
    EXPECT_TRUE(other.reprice(event)->is_waived);
    const WhatIf sums = settle(other);
    EXPECT_EQ(amounts(sums.waived), Amounts(30, 75));
    EXPECT_EQ(amounts(sums.accounts.front().row.waived), Amounts(30, 75));
    EXPECT_EQ(amounts(sums.total()), Amounts(0, 0));
    EXPECT_EQ(sums.total().count, 0U);
}

TEST_F(WhatIfRules, RefundsInPartsGiveBackTheWholePrice) {
    const Seq bought = image().seq;
    const OtherPrices other({flat("image", 7)});
    std::int64_t before = 0;
    for (const auto& [part, all] : {std::pair{3, 2}, {2, 4}, {5, 7}}) {  // 2.1, 3.5, 7
        refund(bought, part);
        const Change refunds = settle(other).refunds;
        EXPECT_EQ(amounts(refunds).second, all);
        EXPECT_GT(amounts(refunds).second, before);
        before = all;
    }
    EXPECT_EQ(amounts(settle(other).total()), Amounts(0, 0));
}

TEST_F(WhatIfRules, ARefundOfAUseBeforeThePeriodStays) {
    const Seq bought = image().seq;
    const Seq second = image().seq;
    refund(bought, 10);
    refund(second, 5);
    const OtherPrices other({flat("image", 20)});
    EXPECT_EQ(amounts(settle(other).refunds), Amounts(15, 30));
    EXPECT_EQ(amounts(settle(other, second).refunds), Amounts(15, 20));
    EXPECT_EQ(amounts(settle(other, second).total()), Amounts(-5, 0));
}

TEST_F(WhatIfRules, CountsWhatTheAccountCouldNotHavePaid) {
    image(8);                                                                  // 20 are left
    EXPECT_EQ(settle(OtherPrices({flat("image", 12)})).beyond_available, 0U);  // 16 more
    EXPECT_EQ(settle(OtherPrices({flat("image", 13)})).beyond_available, 1U);  // 24 more
}

TEST(WhatIfSums, AreComparedWithEachOther) {
    WhatIf sums;
    sums.uses[0].add(Credits{3}, Credits{4});
    sums.features["image"].used.add(Credits{3}, Credits{4});
    sums.days[1].add(Credits{3}, Credits{4});
    EXPECT_FALSE(adds_up(sums));
    sums.accounts.push_back({"a", sums.features["image"]});
    EXPECT_TRUE(adds_up(sums));
    sums.days[1].take_off(Credits{1}, Credits{0});
    EXPECT_FALSE(adds_up(sums));
}

TEST(WhatIfSums, ProportionsAreRoundedHalvesUp) {
    EXPECT_EQ(proportion(Credits{7}, Credits{5}, Credits{10}), Credits{4});  // 3.5
    EXPECT_EQ(proportion(Credits{7}, Credits{2}, Credits{10}), Credits{1});  // 1.4
    EXPECT_EQ(proportion(Credits{7}, Credits{10}, Credits{10}), Credits{7});
    EXPECT_EQ(proportion(Credits{0}, Credits{5}, Credits{10}), Credits{0});
    const Credits most{limits::credits_minor_max};
    EXPECT_EQ(proportion(most, most, most), most);
}

// --- the chart -----------------------------------------------------------------------------------

std::string chart_of(const std::map<std::int64_t, std::pair<int, int>>& days) {
    WhatIfReport report;
    report.catalog = "a<b>&\"c\"\x01.toml";
    report.decimals = 2;
    for (const auto& [day, amounts] : days) {
        report.sums.days[day].add(Credits{amounts.first}, Credits{amounts.second});
        report.sums.uses[0].add(Credits{amounts.first}, Credits{amounts.second});
    }
    return draw_what_if(report);
}
std::size_t count(const std::string& text, std::string_view word) {
    std::size_t found = 0;
    for (auto at = text.find(word); at != text.npos; at = text.find(word, at + 1)) ++found;
    return found;
}

TEST(WhatIfChart, HasAPairOfBarsForEachDayMonthOrYear) {
    const std::string days = chart_of({{0, {100, 200}}, {61, {123'456, 50}}});
    EXPECT_EQ(count(days, "<g>"), 62U);
    EXPECT_NE(days.find("<title>1970-03-03: was 1 234.56, would be 0.5</title>"), days.npos);
    EXPECT_NE(days.find(">day (UTC)<"), days.npos);
    const std::string months = chart_of({{0, {100, 200}}, {62, {300, 50}}, {63, {1, 1}}});
    EXPECT_EQ(count(months, "<g>"), 3U);
    EXPECT_NE(months.find("<title>1970-03: was 3.01, would be 0.51</title>"), months.npos);
    EXPECT_NE(months.find(">month (UTC)<"), months.npos);
    const std::string years = chart_of({{0, {100, 200}}, {3'653, {300, 50}}});
    EXPECT_EQ(count(years, "<g>"), 11U);
    EXPECT_NE(years.find("<title>1980: was 3, would be 0.5</title>"), years.npos);
    EXPECT_NE(years.find(">year (UTC)<"), years.npos);
}

TEST(WhatIfChart, EscapesWhatComesFromOutside) {
    const std::string chart = chart_of({{0, {100, 200}}});
    EXPECT_NE(chart.find("a&lt;b&gt;&amp;&quot;c&quot; .toml"), chart.npos);
    EXPECT_EQ(chart.find("a<b>"), chart.npos);
}

/// More was given back than used: bars below a line that is labelled.
TEST(WhatIfChart, ShowsWhatIsBelowZero) {
    const std::string chart = chart_of({{0, {-500, -900}}, {1, {400, 100}}});
    EXPECT_NE(chart.find(">-10<"), chart.npos) << chart;
    EXPECT_NE(chart.find(">0<"), chart.npos);
    EXPECT_EQ(count(chart, "height=\"-"), 0U);
}

// --- the program ---------------------------------------------------------------------------------

class WhatIfTool : public ToolTest {
protected:
    std::string catalog() {
        const std::filesystem::path path = temp_.path() / "other.toml";
        std::ofstream(path) << "[[features]]\nkey = \"feature-1\"\ncredits = 2\n";
        return " --catalog " + path.string() + " ";
    }
};

TEST_F(WhatIfTool, ReadsARandomLedger) {
    make_ledger();
    const ToolRun json = run("what-if --json" + catalog() + folder());
    EXPECT_EQ(json.exit, 0) << json.err;
    EXPECT_NE(json.out.find("\"balances_simulated\":false"), json.out.npos);
    EXPECT_NE(json.out.find("{\"feature\":\"feature-0\",\"reason\":\"feature_not_found\""),
              json.out.npos);
    const ToolRun text = run("what-if" + catalog() + folder());
    EXPECT_EQ(text.exit, 0) << text.err;
    EXPECT_NE(text.out.find("No balance is simulated"), text.out.npos);
}

TEST_F(WhatIfTool, RefusesADamagedLogAndAWrongCatalog) {
    make_ledger();
    start_and_stop();
    EXPECT_EQ(run("what-if --catalog " + temp_.path().string() + " " + folder()).exit, 2);
    edit(newest(".sst"), [](std::string& bytes) { bytes[bytes.size() / 2] ^= 1; });
    const ToolRun damaged = run("what-if --json" + catalog() + folder());
    EXPECT_EQ(damaged.exit, 3) << damaged.out << damaged.err;
}

}  // namespace
}  // namespace creditd::tests
