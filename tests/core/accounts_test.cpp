// Rules of accounts: made once, changed field by field, closed and reopened.
#include <gtest/gtest.h>

#include "tests/core/given_when_then.hpp"

namespace creditd::tests {
namespace {

TEST(Accounts, AreMadeWithTheirFirstPut) {
    given()
        .when(account("ann"))
        .then(done(), events_are({"account_created"}), balance("ann", 0), available("ann", 0),
              debt("ann", 0));
}

TEST(Accounts, AreNumberedInOrderOfCreation) {
    given(account("ann"), account("bob")).when(account("cyd")).then(that([](const World& world) {
        EXPECT_EQ(world.account("ann").id(), world.state().accounts.get(AccountNo{0}).id());
        EXPECT_EQ(world.account("cyd").id(), world.state().accounts.get(AccountNo{2}).id());
        EXPECT_EQ(world.last().account_no, AccountNo{2});
    }));
}

TEST(Accounts, KeepWhatAnUpdateDoesNotName) {
    given(account("org"), account("ann", {.credit_limit = 50, .parent = "org"}))
        .when(account("ann", {.credit_limit = 70}))
        .then(done(), events_are({"account_updated"}), that([](const World& world) {
                  EXPECT_EQ(world.account("ann").extra().parent, "org");
                  EXPECT_EQ(world.account("ann").credit_limit(), Credits{70});
              }));
    given(account("org"), account("ann", {.credit_limit = 50, .parent = "org"}))
        .when(account("ann"))
        .then(done(), that([](const World& world) {
                  EXPECT_EQ(world.account("ann").extra().parent, "org");
                  EXPECT_EQ(world.account("ann").credit_limit(), Credits{50});
              }));
}

TEST(Accounts, LoseTheirParentWhenItIsSetToNothing) {
    given(account("org"), account("ann", {.parent = "org"}))
        .when(account("ann", {.parent = ""}))
        .then(done(),
              that([](const World& world) { EXPECT_EQ(world.account("ann").extra().parent, ""); }));
}

TEST(Accounts, NeedAParentThatExists) {
    given().when(account("ann", {.parent = "org"})).then(refused(RefusalCode::account_not_found));
    given(account("ann"))
        .when(account("ann", {.parent = "org"}))
        .then(refused(RefusalCode::account_not_found));
}

TEST(Accounts, RememberTheEventOfTheirProfile) {
    World world;
    world.run(PutAccount{"ann", {}, {}, true}, {.personal = "name of Ann"});
    EXPECT_EQ(world.account("ann").extra().profile_seq, world.last().seq);
    const Seq created = world.last().seq;
    world.run(PutAccount{"ann", {}, Credits{5}, false}, {});
    EXPECT_EQ(world.account("ann").extra().profile_seq, created);
    world.run(PutAccount{"ann", {}, {}, true}, {.personal = "new name of Ann"});
    EXPECT_EQ(world.account("ann").extra().profile_seq, world.last().seq);
    EXPECT_EQ(world.events().back().personal, "new name of Ann");
    EXPECT_TRUE(world.last().personal_hash);
}

TEST(Accounts, WithLongIdsAreFoundToo) {
    const std::string id(limits::id_bytes_max, 'x');
    given(account(id), account(id.substr(1)))
        .when(grant(id, 5))
        .then(done(), balance(id, 5), balance(id.substr(1), 0));
}

TEST(ClosedAccounts, KeepTheirBalanceAndRefuseToMoveIt) {
    const auto closed = [] {
        return given(account("ann"), account("bob"), grant("ann", 10), grant("bob", 10),
                     deduct("ann", 1), hold("ann", 2), close("ann"));
    };
    const auto code = RefusalCode::account_closed;
    closed().when(deduct("ann", 1)).then(recorded(code), balance("ann", 9));
    closed().when(grant("ann", 1)).then(recorded(code));
    closed().when(purchase("ann", 1, "p1")).then(recorded(code));
    closed().when(refund(1)).then(recorded(code));
    closed().when(hold("ann", 1)).then(recorded(code));
    closed().when(capture(1)).then(recorded(code));
    closed().when(extend(1, 1)).then(recorded(code));
    closed().when(transfer("ann", "bob", 1)).then(recorded(code));
    closed().when(transfer("bob", "ann", 1)).then(recorded(code), balance("bob", 10));
}

TEST(ClosedAccounts, CanStillReleaseHoldsAndLoseGrants) {
    given(account("ann"), grant("ann", 10), hold("ann", 4), close("ann"))
        .when(release(1))
        .then(done(), held("ann", 0), balance("ann", 10));
    given(account("ann"), grant("ann", 10), close("ann"))
        .when(revoke(1))
        .then(done(), balance("ann", 0));
}

TEST(ClosedAccounts, ExpireLikeOthers) {
    given(account("ann"), grant("ann", 10, {.expires_in = 60}), close("ann"), later(60))
        .when(sweep())
        .then(events_are({"grant_expired"}), balance("ann", 0));
}

TEST(ClosedAccounts, CannotBeClosedTwiceOrChanged) {
    given(account("ann"), close("ann"))
        .when(close("ann").without_key())
        .then(refused(RefusalCode::account_closed));
    given(account("ann"), close("ann"))
        .when(account("ann", {.credit_limit = 5}).without_key())
        .then(refused(RefusalCode::account_closed));
}

TEST(ClosedAccounts, WorkAgainWhenReopened) {
    given(account("ann"), grant("ann", 10), close("ann"))
        .when(reopen("ann"))
        .then(done(), events_are({"account_reopened"}));
    given(account("ann"), grant("ann", 10), close("ann"), reopen("ann"))
        .when(deduct("ann", 3))
        .then(done(), balance("ann", 7));
}

TEST(Accounts, ReopeningAnOpenOneChangesNothing) {
    given(account("org"), account("ann", {.credit_limit = 5, .parent = "org"}))
        .when(reopen("ann"))
        .then(done(), events_are({"account_updated"}), that([](const World& world) {
                  EXPECT_FALSE(world.account("ann").closed());
                  EXPECT_EQ(world.account("ann").credit_limit(), Credits{5});
                  EXPECT_EQ(world.account("ann").extra().parent, "org");
              }));
}

TEST(Accounts, ForgettingIsAnEventAndChangesNothing) {
    const auto is_as_before = that([](const World& world) {
        EXPECT_EQ(world.account("ann").credit_limit(), Credits{5});
        EXPECT_EQ(world.account("ann").extra().parent, "org");
    });
    given(account("org"), account("ann", {.credit_limit = 5, .parent = "org"}), grant("ann", 10))
        .when(forget("ann"))
        .then(done(), events_are({"account_forgotten"}), balance("ann", 10), is_as_before);
    given(account("ann"), grant("ann", 10), forget("ann"))
        .when(deduct("ann", 3))
        .then(done(), balance("ann", 7));
}

TEST(ClosedAccounts, CanBeForgottenAndStayClosed) {
    given(account("ann"), close("ann"))
        .when(forget("ann"))
        .then(done(), events_are({"account_forgotten"}),
              that([](const World& world) { EXPECT_TRUE(world.account("ann").closed()); }));
}

TEST(UnknownAccounts, AreNotFoundAndNotRecorded) {
    const auto code = RefusalCode::account_not_found;
    given().when(deduct("ann", 1)).then(refused(code), events_are({}));
    given().when(grant("ann", 1)).then(refused(code));
    given().when(purchase("ann", 1, "p1")).then(refused(code));
    given().when(hold("ann", 1)).then(refused(code));
    given().when(close("ann")).then(refused(code));
    given().when(reopen("ann")).then(refused(code));
    given(account("ann")).when(transfer("ann", "bob", 1)).then(refused(code));
    given(account("bob")).when(transfer("ann", "bob", 1)).then(refused(code));
}

TEST(KeyPrefix, HidesAccountsOutsideIt) {
    const auto two = [] {
        return given(account("org1.ann"), account("org2.bob"), grant("org1.ann", 10),
                     grant("org2.bob", 10), deduct("org2.bob", 2), hold("org2.bob", 3));
    };
    const auto hidden = refused(RefusalCode::account_not_found);
    two().when(deduct("org1.ann", 1).within("org1.")).then(done());
    two().when(deduct("org2.bob", 1).within("org1.")).then(hidden, balance("org2.bob", 8));
    two().when(grant("org2.bob", 1).within("org1.")).then(hidden);
    two().when(account("org2.bob").within("org1.")).then(hidden);
    two().when(account("org2.new").within("org1.")).then(hidden);
    two().when(transfer("org1.ann", "org2.bob", 1).within("org1.")).then(hidden);
    two().when(transfer("org2.bob", "org1.ann", 1).within("org1.")).then(hidden);
    two().when(revoke(2).within("org1.")).then(refused(RefusalCode::grant_not_found));
    two().when(refund(1).within("org1.")).then(refused(RefusalCode::transaction_not_found));
    const auto no_hold = refused(RefusalCode::hold_not_found);
    two().when(capture(1).within("org1.")).then(no_hold, held("org2.bob", 3));
    two().when(extend(1, 1).within("org1.")).then(no_hold);
    two().when(release(1).within("org1.")).then(no_hold);
}

TEST(KeyPrefix, HidesParentsOutsideItToo) {
    given(account("org2"))
        .when(account("org1.ann", {.parent = "org2"}).within("org1."))
        .then(refused(RefusalCode::account_not_found));
    given(account("org1.all"))
        .when(account("org1.ann", {.parent = "org1.all"}).within("org1."))
        .then(done());
}

TEST(KeyPrefix, HoldsForEveryOperationOfABatch) {
    given(account("org1.ann"), account("org2.bob"), grant("org1.ann", 9), grant("org2.bob", 9))
        .when(batch({deduct("org1.ann", 1), deduct("org2.bob", 1)}).within("org1."))
        .then(refused(RefusalCode::account_not_found), at_operation(1), balance("org1.ann", 9));
}

}  // namespace
}  // namespace creditd::tests
