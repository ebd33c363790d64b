// All accounts: found by id, told of before they change, stacked without touching the base.
#include "core/account_table.hpp"

#include <gtest/gtest.h>

#include <unordered_map>

#include <boost/container_hash/hash.hpp>

namespace creditd {
namespace {

std::string id_of(std::size_t number) { return "account-" + std::to_string(number); }

AccountNo add(AccountTable& table, std::string_view id, std::int64_t balance = 0) {
    Account account(id, Timestamp{1});
    account.balance = Credits{balance};
    return table.add(std::move(account));
}

TEST(AccountTable, FindsEachOfManyAndNoOther) {
    constexpr std::size_t many = 20 * limits::chunk_accounts + 1;
    AccountTable table;
    table.reserve(many / 2);  // and grows on from there
    for (std::size_t i = 0; i < many; ++i) EXPECT_EQ(add(table, id_of(i)).value, i);
    EXPECT_EQ(table.count(), many);
    EXPECT_EQ(table.chunk_count(), 21U);
    for (std::size_t i = 0; i < many; ++i) {
        ASSERT_TRUE(table.find(id_of(i)));
        EXPECT_EQ(table.get(*table.find(id_of(i))).id(), id_of(i));
    }
    EXPECT_FALSE(table.find(id_of(many)));
    EXPECT_FALSE(table.find(""));
}

/// Two ids whose hashes share the part that a slot keeps.
std::pair<std::string, std::string> look_alikes() {
    std::unordered_map<std::uint64_t, std::size_t> seen;
    for (std::size_t i = 0; i < 10'000'000; ++i) {
        const std::string id = id_of(i);
        const std::uint64_t tag = boost::hash<std::string_view>{}(id) >> 32;
        const auto [found, is_new] = seen.emplace(tag, i);
        if (!is_new) return {id_of(found->second), id};
    }
    return {};
}

TEST(AccountTable, TellsLookAlikesApart) {
    const auto [one, other] = look_alikes();
    ASSERT_FALSE(one.empty());
    const AccountTable base;
    AccountTable table(&base);  // a single segment: nothing but the tag keeps them apart
    add(table, one, 1);
    EXPECT_FALSE(table.find(other));
    add(table, other, 2);
    EXPECT_EQ(table.get(*table.find(one)).balance, Credits{1});
    EXPECT_EQ(table.get(*table.find(other)).balance, Credits{2});
}

TEST(AccountTable, TakesAnIdOnceAndKnowsItsNumbers) {
    AccountTable table;
    add(table, "ann");
    EXPECT_DEATH(add(table, "ann"), "is_new");
    EXPECT_DEATH(static_cast<void>(table.get(AccountNo{1})), "count_");
    EXPECT_DEATH(static_cast<void>(table.touch(AccountNo{1})), "count_");
}

/// Keeps what an account was before each change.
class Diary : public ChangeObserver {
public:
    explicit Diary(const AccountTable& table) : table_(table) {}
    void before_change(AccountNo account) override {
        const bool is_new = account.value == table_.count();
        entries.push_back(is_new ? "new" : std::to_string(table_.get(account).balance.value));
    }
    std::vector<std::string> entries;

private:
    const AccountTable& table_;
};

TEST(AccountTable, TellsItsObserverBeforeEveryChange) {
    AccountTable table;
    const AccountNo ann = add(table, "ann", 1);
    Diary diary(table);
    table.observe(&diary);
    table.touch(ann).balance = Credits{2};
    table.touch(ann).balance = Credits{3};
    add(table, "bob");
    static_cast<void>(table.get(ann));
    EXPECT_EQ(diary.entries, (std::vector<std::string>{"1", "2", "new"}));
    table.observe(nullptr);
    table.touch(ann).balance = Credits{4};
    EXPECT_EQ(diary.entries.size(), 3U);
}

TEST(AccountTable, StackedKeepsItsChangesToItself) {
    AccountTable base;
    const AccountNo ann = add(base, "ann", 1);
    const AccountNo bob = add(base, "bob", 2);
    AccountTable stacked(&base);
    stacked.touch(ann).balance = Credits{5};
    stacked.touch(ann).balance += Credits{1};
    const AccountNo cyd = add(stacked, "cyd", 3);
    EXPECT_EQ(stacked.count(), 3U);
    EXPECT_EQ(stacked.get(ann).balance, Credits{6});
    EXPECT_EQ(stacked.get(bob).balance, Credits{2});
    EXPECT_EQ(stacked.get(cyd).balance, Credits{3});
    EXPECT_EQ(stacked.find("bob"), bob);
    EXPECT_EQ(stacked.find("cyd"), cyd);
    EXPECT_FALSE(stacked.find("dan"));
    EXPECT_EQ(base.count(), 2U);
    EXPECT_EQ(base.get(ann).balance, Credits{1});
    EXPECT_FALSE(base.find("cyd"));
}

}  // namespace
}  // namespace creditd
