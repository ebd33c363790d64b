// One account in memory: its grants stay in burn order, and copies share nothing.
#include "core/account.hpp"

#include <gtest/gtest.h>

namespace creditd {
namespace {

Grant grant_of(std::uint64_t id, std::uint16_t priority) {
    Grant grant;
    grant.id = GrantId{id};
    grant.amount = grant.remaining = Credits{static_cast<std::int64_t>(id)};
    grant.priority = priority;
    return grant;
}

std::vector<std::uint64_t> ids_of(const GrantList& list) {
    std::vector<std::uint64_t> ids;
    ids.reserve(list.count());
    for (const Grant& grant : list) ids.push_back(grant.id.value);
    return ids;
}

using Ids = std::vector<std::uint64_t>;

TEST(GrantLists, StayInBurnOrder) {
    GrantList list;
    EXPECT_EQ(list.find(GrantId{1}), nullptr);
    for (const std::uint64_t id : Ids{3, 1, 4, 2, 5}) {
        list.insert(grant_of(id, static_cast<std::uint16_t>(id % 2)));
    }
    EXPECT_EQ(ids_of(list), (Ids{2, 4, 1, 3, 5}));
    list.erase(list.find(GrantId{1}));
    list.erase(list.find(GrantId{5}));
    EXPECT_EQ(ids_of(list), (Ids{2, 4, 3}));
    EXPECT_DEATH(list.erase(list.end()), "assertion failed");
}

TEST(GrantLists, CanBeEmptiedAndFilledAgain) {
    GrantList list;
    for (int i = 0; i < 3; ++i) {
        list.insert(grant_of(1, 1));
        list.erase(list.find(GrantId{1}));
        EXPECT_EQ(list.count(), 0U);
    }
    list.insert(grant_of(2, 1));
    EXPECT_EQ(ids_of(list), (Ids{2}));
}

TEST(GrantLists, AreCopiedWhole) {
    GrantList list;
    list.insert(grant_of(1, 1));
    list.insert(grant_of(2, 1));
    GrantList copy(list);
    copy.insert(grant_of(3, 1));
    copy.find(GrantId{1})->remaining = Credits{9};
    EXPECT_EQ(ids_of(list), (Ids{1, 2}));
    EXPECT_EQ(list.find(GrantId{1})->remaining, Credits{1});
    const GrantList& same = copy;
    copy = same;
    EXPECT_EQ(ids_of(copy), (Ids{1, 2, 3}));
    copy = GrantList{};
    list = copy;
    EXPECT_EQ(list.count(), 0U);
}

TEST(Accounts, KeepIdsOfEveryLength) {
    for (std::size_t size = 1; size <= limits::id_bytes_max; ++size) {
        const std::string id = std::string(size - 1, 'x') + "y";
        Account account(id, Timestamp{1});
        const Account copy(account);
        const Account moved(std::move(account));
        Account assigned("z", Timestamp{2});
        assigned = copy;
        EXPECT_EQ(copy.id(), id);
        EXPECT_EQ(moved.id(), id);
        EXPECT_EQ(assigned.id(), id);
    }
    EXPECT_DEATH(Account(std::string(limits::id_bytes_max + 1, 'x'), Timestamp{1}), "id_bytes_max");
    EXPECT_DEATH(Account("", Timestamp{1}), "empty");
}

TEST(Accounts, AreCopiedWhole) {
    Account account("ann", Timestamp{1});
    account.balance = Credits{5};
    account.add_to_total(Total::consumed, Credits{7});
    account.touch_extra().debt = Credits{3};
    account.grants.insert(grant_of(1, 1));
    Account copy("bob", Timestamp{2});
    copy = account;
    account.touch_extra().debt = Credits{4};
    account.grants.begin()->remaining = Credits{2};
    EXPECT_EQ(copy.id(), "ann");
    EXPECT_EQ(copy.created_at(), Timestamp{1});
    EXPECT_EQ(copy.balance, Credits{5});
    EXPECT_EQ(copy.total(Total::consumed), 7);
    EXPECT_EQ(copy.debt(), Credits{3});
    EXPECT_EQ(copy.grants.begin()->remaining, Credits{1});
    const Account& same = copy;
    copy = same;
    EXPECT_EQ(copy.id(), "ann");
    EXPECT_EQ(copy.debt(), Credits{3});
}

TEST(Accounts, FindTheirHoldsById) {
    Account account("ann", Timestamp{1});
    EXPECT_EQ(account.find_hold(HoldId{1}), nullptr);
    for (const std::uint64_t id : Ids{1, 2}) {
        account.touch_extra().holds.push_back({});
        account.touch_extra().holds.back().id = HoldId{id};
    }
    EXPECT_EQ(account.find_hold(HoldId{2}), &account.extra().holds[1]);
    EXPECT_EQ(account.find_hold(HoldId{3}), nullptr);
}

// Totals have 128 bits: the upper half is where few accounts have their rare fields.
TEST(Accounts, AddToTotalsAndTakeFromThemBeyond64Bits) {
    const WideCredits carry = WideCredits{1} << 64;
    for (const Total which : {Total::purchased, Total::refunded}) {
        Account account("ann", Timestamp{1});
        account.add_to_total(which, Credits{9});
        account.take_from_total(which, Credits{4});
        account.take_from_total(which, Credits{});
        EXPECT_EQ(account.total(which), 5);
        account.restore_total(which, UINT64_MAX, 0);
        account.add_to_total(which, Credits{3});
        EXPECT_TRUE(account.total(which) == carry + 2);
        account.take_from_total(which, Credits{3});
        EXPECT_TRUE(account.total(which) == carry - 1);
        account.restore_total(which, 5, 7);
        EXPECT_TRUE(account.total(which) == 7 * carry + 5);
        EXPECT_EQ(account.total(Total::granted), 0);
        EXPECT_EQ(account.total(Total::expired), 0);
    }
    Account account("ann", Timestamp{1});
    account.restore_total(Total::refunded, 0, 0);
    EXPECT_FALSE(account.has_extra()) << "nothing needs no place";
    EXPECT_DEATH(account.take_from_total(Total::refunded, Credits{1}), "assertion failed");
}

TEST(EarliestDue, IsTheFirstThingThatTimeDoes) {
    Account account("ann", Timestamp{1});
    EXPECT_TRUE(earliest_due(account).is_never());
    Grant& grant = account.grants.insert(grant_of(5, 1));
    grant.expires_at = Timestamp{50};
    EXPECT_EQ(earliest_due(account), Timestamp{50});
    grant.pending = true;
    grant.effective_at = Timestamp{40};
    EXPECT_EQ(earliest_due(account), Timestamp{40});
    grant.pending = false;
    grant.reserved = grant.remaining;  // kept by a hold: it does not expire meanwhile
    EXPECT_TRUE(earliest_due(account).is_never());
    account.touch_extra().holds.push_back({});
    account.touch_extra().holds.back().expires_at = Timestamp{45};
    EXPECT_EQ(earliest_due(account), Timestamp{45});
}

}  // namespace
}  // namespace creditd
