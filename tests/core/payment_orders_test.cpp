// News of one payment in every order, each piece told twice: the same end, and credits once.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <numeric>

#include "tests/core/payment_asks.hpp"

namespace creditd::tests {
namespace {

constexpr std::size_t news_count = 6;
constexpr std::size_t orders_count = 720;
// With sanitizers, which are slow, every eighth of them.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr int orders_stride = 8;
#else
constexpr int orders_stride = 1;
#endif

template <class Order>
bool next_order(Order& order) {
    bool goes_on = true;
    for (int i = 0; i < orders_stride && goes_on; ++i) {
        goes_on = std::next_permutation(order.begin(), order.end());
    }
    return goes_on;
}
using Sequence = std::array<std::size_t, news_count>;

/// Of 100 cents, 25 go back for good, the other 75 on the way only; the dispute is won.
std::vector<PaymentNews> all_news() {
    return {paid("pay"),
            refunded("pay", "re_1", 25, 25),
            refunded("pay", "re_2", 75, 100),
            refunded("pay", "re_2", 75, 25, RefundStatus::failed),
            disputed("pay", DisputeStatus::open),
            disputed("pay", DisputeStatus::won)};
}

/// Where the facts come from that a command needs: from the disk, the window having been forgotten,
/// from both, or from the window alone.
void tell(World& world, const Ask& ask, std::size_t mode) {
    if (mode % 3 == 0) world.forget_window();
    if (mode % 3 == 2) ask.as_of(world.state().window.from()).run(world);
    else ask.run(world);
}

/// What must not depend on the order: the standing but for positions, the balance, the debt.
struct End {
    PaymentStanding standing;
    Credits balance{};
    Credits available{};
    Credits debt{};
    std::size_t purchases = 0;
    bool operator==(const End&) const = default;
};

End end_of(const World& world) {
    End end;
    end.standing = standing_of(world, "pay");
    end.standing.purchase = {};
    for (PaymentLot& lot : end.standing.lots) lot.grant = {};
    end.balance = world.account("ann").balance;
    end.available = world.account("ann").available();
    end.debt = world.account("ann").debt();
    for (const DecidedEvent& made : world.events()) {
        if (std::holds_alternative<CreditsPurchased>(made.event.body)) ++end.purchases;
    }
    return end;
}

/// Every order of the news after `before`; all must end alike, and telling it again does nothing.
End end_of_every_order(const std::vector<Ask>& before, const NoteSpec& spec = {"ann", {}, "p"}) {
    Sequence order{};
    std::iota(order.begin(), order.end(), 0);
    const std::vector<PaymentNews> news = all_news();
    std::optional<End> first;
    std::size_t count = 0;
    do {
        World world;
        for (const Ask& ask : before) ask.run(world);
        for (const std::size_t which : order) {
            tell(world, note(news[which], spec), count);
            tell(world, note(news[which], spec), count);
            EXPECT_EQ(world.outcome().kind, OutcomeKind::nothing_done);
        }
        for (const std::size_t which : order) {
            tell(world, note(news[which], spec), count + 1);
            EXPECT_EQ(world.outcome().kind, OutcomeKind::nothing_done);
        }
        const End end = end_of(world);
        if (!first) first = end;
        EXPECT_EQ(end == *first, true) << "order " << count << ": balance " << end.balance.value
                                       << " and " << first->balance.value;
        ++count;
        if (testing::Test::HasFailure()) break;
    } while (next_order(order));
    EXPECT_EQ(count, orders_count / orders_stride);
    return *first;
}

std::vector<Ask> opened(ClawBack how = ClawBack::debt, PackageSpec spec = {}) {
    return {claw_back(how), package("p", 100, spec), account("ann")};
}
std::vector<Ask> both(std::vector<Ask> asks, const std::vector<Ask>& more) {
    asks.insert(asks.end(), more.begin(), more.end());
    return asks;
}
/// The payment is heard of first, then something happens to its credits.
std::vector<Ask> once_paid(const std::vector<Ask>& then, ClawBack how = ClawBack::debt,
                           PackageSpec spec = {}) {
    auto asks = both(opened(how, spec), {note(paid("pay"), {"ann", {}, "p"})});
    return both(std::move(asks), then);
}

void expect_end(const End& end, std::int64_t balance, std::int64_t debt,
                const std::vector<Taken>& lots) {
    EXPECT_EQ(end.purchases, 1U);
    EXPECT_EQ(end.balance.value, balance);
    EXPECT_EQ(end.debt.value, debt);
    ASSERT_EQ(end.standing.lots.size(), lots.size());
    for (std::size_t i = 0; i < lots.size(); ++i) {
        EXPECT_EQ(end.standing.lots[i].taken.value, lots[i].taken);
        EXPECT_EQ(end.standing.lots[i].owed.value, lots[i].owed);
        EXPECT_EQ(end.standing.lots[i].written_off.value, lots[i].written_off);
    }
}

TEST(PaymentOrders, EndAlikeWhateverComesFirst) {
    expect_end(end_of_every_order(opened()), 75, 0, {{25}});
    expect_end(end_of_every_order(opened(ClawBack::write_off)), 75, 0, {{25}});
}

TEST(PaymentOrders, EndAlikeWithABonus) {
    expect_end(end_of_every_order(opened(ClawBack::debt, {.bonus = 10})), 82, 0, {{25}, {3}});
    expect_end(end_of_every_order(once_paid({deduct("ann", 105)}, ClawBack::debt, {.bonus = 10})),
               -23, 23, {{5, 20}, {0, 3}});
}

TEST(PaymentOrders, EndAlikeOfAnOrder) {
    const auto asks = both(opened(), {place_order("ann", "o", {.package = "p"})});
    const End end = end_of_every_order(asks, {.order = "o"});
    expect_end(end, 75, 0, {{25}});
    EXPECT_EQ(end.standing.order, "o");
}

TEST(PaymentOrders, EndAlikeAfterAPurchaseWithoutNews) {
    const auto asks = both(opened(), {buy("ann", "p", "pay"), deduct("ann", 30)});
    expect_end(end_of_every_order(asks), 45, 0, {{25}});
}

TEST(PaymentOrders, EndAlikeWhateverWasSpentBefore) {
    expect_end(end_of_every_order(once_paid({deduct("ann", 60)})), 15, 0, {{25}});
    expect_end(end_of_every_order(once_paid({deduct("ann", 90)})), -15, 15, {{10, 15}});
    expect_end(end_of_every_order(once_paid({deduct("ann", 60)}, ClawBack::write_off)), 15, 0,
               {{25}});
    expect_end(end_of_every_order(once_paid({deduct("ann", 90)}, ClawBack::write_off)), 0, 0,
               {{10, 0, 15}});
}

TEST(PaymentOrders, EndAlikeWithCreditsOfAnotherKindBeside) {
    const auto asks = once_paid({deduct("ann", 100), grant("ann", 50)});
    expect_end(end_of_every_order(asks), 25, 25, {{0, 25}});
}

TEST(PaymentOrders, EndAlikeAfterTheLotHasExpired) {
    const PackageSpec short_lived{.expires_in = 60};
    const auto spent = [&](std::int64_t amount) {
        return once_paid({deduct("ann", amount), later(61)}, ClawBack::debt, short_lived);
    };
    expect_end(end_of_every_order(spent(30)), -25, 25, {{0, 25}});
    expect_end(end_of_every_order(spent(10)), -10, 10, {{0, 10, 15}});
}

TEST(PaymentOrders, EndAlikeWhileAHoldKeepsTheLot) {
    expect_end(end_of_every_order(once_paid({hold("ann", 40)})), 75, 0, {{25}});
    expect_end(end_of_every_order(once_paid({hold("ann", 90)})), 75, 15, {{10, 15}});
    expect_end(end_of_every_order(once_paid({hold("ann", 90), capture(1, 50)})), 25, 15,
               {{10, 15}});
}

TEST(PaymentOrders, EndAlikeAfterARevocation) {
    expect_end(end_of_every_order(once_paid({deduct("ann", 10), revoke(1)})), -10, 10,
               {{0, 10, 15}});
    expect_end(end_of_every_order(once_paid({revoke(1, 80)})), 0, 0, {{20, 0, 5}});
}

}  // namespace
}  // namespace creditd::tests
