// creditd-replay revenue: exact money, agreeing with the books, the state's totals and itself.
#include <numeric>

#include "replay/tool/reports/revenue_book.hpp"
#include "tests/replay/tool/tool_fixture.hpp"
#include "tests/support/whole_ledger.hpp"

namespace creditd::tests {
namespace {

using namespace creditd::replay::tool;

RevenueBook book_of(const LedgerWorld& world) {
    RevenueBook book;
    for (const DecidedEvent& one : world.events()) book.take(one.event);
    return book;
}

Flow total_of(const RevenueBook& book) {
    Flow total;
    for (const RevenueMonth& month : book.months(std::nullopt)) {
        for (const RevenueRow& row : month.rows) total.add(row.flow);
    }
    return total;
}

WideCredits total_in_state(const State& state, std::initializer_list<Total> which) {
    WideCredits sum = 0;
    for (std::uint32_t i = 0; i < state.accounts.count(); ++i) {
        for (const Total one : which) sum += state.accounts.get(AccountNo{i}).total(one);
    }
    return sum;
}

GrantId grant_with_cost(LedgerWorld& world, std::int64_t credits, Money cost) {
    GrantCredits command;
    command.account = "a";
    command.amount = Credits{credits};
    command.cost = cost;
    EXPECT_EQ(world.run(command).kind, OutcomeKind::done);
    return GrantId::of(world.last().seq, 0);
}

TEST(Revenue, AgreesWithTheBooksAndTheStateOfEveryLedger) {
    for (const std::uint64_t seed : {3U, 4U, 5U, 6U}) {
        LedgerWorld world;
        fill_whole_ledger(world, seed, 2'000);
        const RevenueBook book = book_of(world);
        EXPECT_EQ(book.disagreement().value_or(""), "");
        const Flow total = total_of(book);
        const State& state = world.state();
        EXPECT_EQ(total.sold.credits, total_in_state(state, {Total::granted, Total::purchased}));
        EXPECT_EQ(total.used.credits, total_in_state(state, {Total::consumed}) -
                                          total_in_state(state, {Total::refunded}));
        EXPECT_EQ(total.expired.credits, total_in_state(state, {Total::expired}));
        EXPECT_EQ(total.returned.credits, total_in_state(state, {Total::revoked}));
        WideCredits paid = 0;
        for (const DecidedEvent& one : world.events()) {
            if (const auto* bought = std::get_if<CreditsPurchased>(&one.event.body)) {
                paid += bought->payment.minor;
            } else if (const auto* granted = std::get_if<CreditsGranted>(&one.event.body)) {
                paid += granted->terms.cost.minor;
            } else if (const auto* cycle = std::get_if<SubscriptionMoved>(&one.event.body)) {
                if (cycle->granted.is_positive()) paid += cycle->terms.cost.minor;
            }
        }
        EXPECT_EQ(total.sold.money, paid);
    }
}

TEST(Revenue, MonthsFollowEachOther) {
    LedgerWorld world;
    fill_whole_ledger(world, 7, 2'500);
    const RevenueBook book = book_of(world);
    const auto months = book.months(std::nullopt);
    ASSERT_GT(months.size(), 2U);
    std::map<Basis, Worth> deferred;
    for (const RevenueMonth& month : months) {
        for (const RevenueRow& row : month.rows) {
            EXPECT_EQ(row.opening.credits, deferred[row.basis].credits);
            EXPECT_EQ(row.opening.money, deferred[row.basis].money);
            EXPECT_GE(row.closing.money, 0);
            deferred[row.basis] = row.closing;
        }
        const auto one = book.months(month.month);
        ASSERT_EQ(one.size(), 1U);
        EXPECT_EQ(one.front().rows.size(), month.rows.size());
    }
}

/// 1.00 USD for 7 credits, used one by one: each is worth 14 or 15 cents, all of them 1.00.
TEST(Revenue, AGrantsWholeCostIsRecognisedOnce) {
    LedgerWorld world(0);
    world.put_account("a");
    grant_with_cost(world, 7, {100, Currency::of("USD")});
    WideCredits before = 0;
    for (int i = 1; i <= 7; ++i) {
        world.deduct("a", 1);
        const Flow total = total_of(book_of(world));
        const WideCredits share = total.used.money - before;
        EXPECT_TRUE(share == 14 || share == 15);
        EXPECT_EQ(total.used.money, (200 * i + 7) / 14);  // to the nearest cent
        before = total.used.money;
    }
    EXPECT_EQ(before, 100);
}

TEST(Revenue, ARefundTakesBackWhatWasRecognised) {
    LedgerWorld world(0);
    world.put_account("a");
    grant_with_cost(world, 3, {100, Currency::of("EUR")});
    world.deduct("a", 2);
    const DeductionId deduction{world.last().seq.value};
    EXPECT_EQ(total_of(book_of(world)).used.money, 67);
    world.run(RefundDeduction{deduction, Credits{1}});
    EXPECT_EQ(total_of(book_of(world)).used.money, 33);
    world.deduct("a", 2);
    EXPECT_EQ(total_of(book_of(world)).used.money, 100);
    EXPECT_EQ(total_of(book_of(world)).change().money, 0);
}

/// What is used on credit has no price until a grant that was paid for repays it.
TEST(Revenue, ADebtIsWorthWhatRepaysIt) {
    LedgerWorld world(0);
    world.put_account("a", 10);
    world.deduct("a", 4);
    EXPECT_EQ(total_of(book_of(world)).used.credits, 4);
    EXPECT_EQ(total_of(book_of(world)).used.money, 0);
    grant_with_cost(world, 10, {1'000, Currency::of("EUR")});
    const RevenueBook book = book_of(world);
    EXPECT_EQ(total_of(book).used.credits, 4);
    EXPECT_EQ(total_of(book).used.money, 400);
    EXPECT_EQ(book.disagreement().value_or(""), "");
}

TEST(Revenue, MonthsAreReadAndWritten) {
    EXPECT_EQ(month_text(parse_month("2026-11").value()), "2026-11");
    EXPECT_EQ(month_of(Timestamp{1'700'000'000'000'000}), parse_month("2023-11").value());
    EXPECT_FALSE(parse_month("2026-13"));
    EXPECT_FALSE(parse_month("november"));
}

class RevenueTool : public ToolTest {};

TEST_F(RevenueTool, HasThreeSpellings) {
    fill_whole_ledger(world_, 5, 800);
    store_ledger();
    const ToolRun text = run("revenue " + folder());
    EXPECT_EQ(text.exit, 0) << text.err;
    EXPECT_NE(text.out.find("total EUR"), text.out.npos);
    const ToolRun json = run("revenue --json --month 2023-11 " + folder());
    EXPECT_TRUE(json.out.starts_with("{\"months\":[{\"month\":\"2023-11\",\"rows\":[{\"basis\":"))
        << json.out.substr(0, 200);
    const ToolRun csv = run("revenue --format csv " + folder());
    EXPECT_TRUE(csv.out.starts_with("month,basis,currency,cost,per,credits_deferred_before,"));
    EXPECT_EQ(run("revenue --month soon " + folder()).exit, 2);
}

}  // namespace
}  // namespace creditd::tests
