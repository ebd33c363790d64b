// Rules of transfers: what the sender burns, the receiver gets, grant for grant, on the same terms.
#include <gtest/gtest.h>

#include "tests/core/given_when_then.hpp"

namespace creditd::tests {
namespace {

TEST(Transfers, MoveCreditsInTwoEvents) {
    given(account("ann"), account("bob"), grant("ann", 10))
        .when(transfer("ann", "bob", 4))
        .then(done(), events_are({"transferred_out", "transferred_in"}), balance("ann", 6),
              balance("bob", 4), total("ann", Total::transferred_out, 4),
              total("bob", Total::transferred_in, 4), that([](const World& world) {
                  const Balances& sender = world.last_as<TransferredIn>().sender;
                  EXPECT_EQ(sender.before, Credits{10});
                  EXPECT_EQ(sender.after, Credits{6});
                  EXPECT_EQ(sender.available, Credits{6});
                  EXPECT_FALSE(world.news().front().origin);
                  ASSERT_TRUE(world.last().origin);
                  EXPECT_EQ(world.last().origin->first_seq, world.news().front().seq);
              }));
}

TEST(Transfers, BurnInBurnOrderAndKeepEveryTerm) {
    given(account("ann"), account("bob"), grant("ann", 10),
          grant("ann", 5,
                {.kind = GrantKind::promo,
                 .priority = 7,
                 .expires_in = 600,
                 .features = {"image"},
                 .cost = 99}))
        .when(transfer("ann", "bob", 8))
        .then(burned({{2, 5}, {1, 3}}), grants_left("bob", {{3, 5}, {4, 3}}),
              that([](const World& world) {
                  const auto& moved = world.last_as<TransferredIn>().moved;
                  ASSERT_EQ(moved.size(), 2U);
                  EXPECT_EQ(moved[0].terms.kind, GrantKind::promo);
                  EXPECT_EQ(moved[0].terms.priority, 7);
                  EXPECT_EQ(moved[0].terms.features, std::vector<std::string>{"image"});
                  EXPECT_EQ(moved[0].terms.cost, (Money{99, Currency::of("USD")}));
                  EXPECT_EQ(moved[0].terms.cost_credits, Credits{5});
                  EXPECT_EQ(moved[0].terms.expires_at, world.now() + Duration::seconds(600));
              }));
}

TEST(Transfers, RepayTheReceiversDebtFirst) {
    given(account("ann"), account("bob", {.credit_limit = 20}), grant("ann", 5), grant("ann", 5),
          deduct("bob", 7))
        .when(transfer("ann", "bob", 10))
        .then(debt("bob", 0), balance("bob", 3), grants_left("bob", {{4, 3}}),
              that([](const World& world) {
                  const auto& moved = world.last_as<TransferredIn>().moved;
                  EXPECT_EQ(moved[0].debt_repaid, Credits{5});
                  EXPECT_EQ(moved[1].debt_repaid, Credits{2});
              }));
}

TEST(Transfers, NeedCreditsOfTheSendersOwn) {
    given(account("ann", {.credit_limit = 100}), account("bob"), grant("ann", 10))
        .when(transfer("ann", "bob", 11))
        .then(insufficient(11, 10, 1), balance("bob", 0));
    given(account("ann"), account("bob"), grant("ann", 10), hold("ann", 4))
        .when(transfer("ann", "bob", 7))
        .then(insufficient(7, 6, 1));
    given(account("ann"), account("bob"), grant("ann", 10), hold("ann", 4))
        .when(transfer("ann", "bob", 6))
        .then(done(), available("ann", 0), balance("ann", 4));
}

TEST(Transfers, OutOfDebtAreLimitedByIt) {
    given(account("ann", {.credit_limit = 5}), account("bob"),
          grant("ann", 10, {.features = {"image"}}), deduct("ann", 5))
        .when(transfer("ann", "bob", 6))
        .then(insufficient(6, 5, 1));
    given(account("ann", {.credit_limit = 5}), account("bob"),
          grant("ann", 10, {.features = {"image"}}), deduct("ann", 5))
        .when(transfer("ann", "bob", 5))
        .then(done(), balance("ann", 0), debt("ann", 5), balance("bob", 5));
}

TEST(Transfers, MeetWhatIsDueOnBothSides) {
    given(account("ann"), account("bob"), grant("ann", 10, {.expires_in = 60}), grant("ann", 3),
          grant("bob", 10, {.expires_in = 60}), later(60))
        .when(transfer("ann", "bob", 3))
        .then(events_are({"grant_expired", "grant_expired", "transferred_out", "transferred_in"}),
              balance("ann", 0), balance("bob", 3));
}

TEST(Transfers, OfCreditsBackMakeNewGrantsOnTheSameTerms) {
    given(account("ann"), account("bob"), grant("ann", 10, {.priority = 3}),
          transfer("ann", "bob", 10))
        .when(transfer("bob", "ann", 10))
        .then(done(), grants_left("ann", {{3, 10}}), balance("bob", 0),
              that([](const World& world) {
                  EXPECT_EQ(world.account("ann").grants.begin()->priority, 3);
              }));
}

TEST(Transfers, OfTransferredGrantsMayBeRevoked) {
    given(account("ann"), account("bob"), grant("ann", 10), transfer("ann", "bob", 10))
        .when(revoke(2, 4))
        .then(done(), balance("bob", 6));
}

}  // namespace
}  // namespace creditd::tests
