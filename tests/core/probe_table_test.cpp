// The table of hashes: finds what was added, however it grows and wherever it wraps around.
#include "core/probe_table.hpp"

#include <gtest/gtest.h>

#include "core/account_table.hpp"

namespace creditd {
namespace {

struct Slot {
    std::uint64_t hash = 0;
    std::uint64_t value = 0;
    bool is_empty() const { return value == 0; }
    std::uint64_t place() const { return hash; }
};

auto has_value(std::uint64_t value) {
    return [value](const Slot& slot) { return slot.value == value; };
}

/// Spread over all places.
std::uint64_t hash_of(std::uint64_t value) { return value * 0x9E3779B97F4A7C15ULL; }

TEST(ProbeTable, IsEmptyAtFirst) {
    const ProbeTable<Slot> table;
    EXPECT_EQ(table.count(), 0U);
    EXPECT_EQ(table.find(7, has_value(7)), nullptr);
    table.prefetch(7);
}

TEST(ProbeTable, FindsAllWhileItGrows) {
    ProbeTable<Slot> table;
    for (std::uint64_t value = 1; value <= 5'000; ++value) {
        ASSERT_TRUE(table.add({hash_of(value), value}, has_value(value)));
        ASSERT_LE(table.count() * 5, table.capacity() * 4);
    }
    EXPECT_EQ(table.count(), 5'000U);
    for (std::uint64_t value = 1; value <= 5'000; ++value) {
        const Slot* const found = table.find(hash_of(value), has_value(value));
        ASSERT_NE(found, nullptr);
        EXPECT_EQ(found->value, value);
    }
    EXPECT_EQ(table.find(hash_of(5'001), has_value(5'001)), nullptr);
}

TEST(ProbeTable, TakesNothingTwice) {
    ProbeTable<Slot> table;
    EXPECT_TRUE(table.add({1, 1}, has_value(1)));
    EXPECT_FALSE(table.add({1, 1}, has_value(1)));
    EXPECT_EQ(table.count(), 1U);
}

TEST(ProbeTable, KeepsApartWhatSharesAPlace) {
    ProbeTable<Slot> table;
    for (std::uint64_t value = 1; value <= 100; ++value) {
        ASSERT_TRUE(table.add({42, value}, has_value(value)));
    }
    for (std::uint64_t value = 1; value <= 100; ++value) {
        EXPECT_NE(table.find(42, has_value(value)), nullptr);
    }
    EXPECT_EQ(table.find(42, has_value(101)), nullptr);
}

TEST(ProbeTable, GoesOnAtTheFrontAfterTheLastSlot) {
    ProbeTable<Slot> table;
    for (std::uint64_t value = 1; value <= 12; ++value) {
        ASSERT_TRUE(table.add({UINT64_MAX, value}, has_value(value)));
    }
    for (std::uint64_t value = 1; value <= 12; ++value) {
        EXPECT_NE(table.find(UINT64_MAX, has_value(value)), nullptr);
    }
}

TEST(ProbeTable, DoesNotGrowWithinWhatIsReserved) {
    ProbeTable<Slot> table;
    table.reserve(1'000);
    const std::size_t capacity = table.capacity();
    table.reserve(999);
    for (std::uint64_t value = 1; value <= 1'000; ++value) {
        ASSERT_TRUE(table.add({hash_of(value), value}, has_value(value)));
    }
    EXPECT_EQ(table.capacity(), capacity);
}

// --- accounts ------------------------------------------------------------------------------------

std::string numbered_id(std::size_t number) { return "account-" + std::to_string(number); }

TEST(AccountTable, FindsEachByItsId) {
    AccountTable table;
    for (std::size_t i = 0; i < 20'000; ++i) {
        ASSERT_EQ(table.add(Account(numbered_id(i), Timestamp{1})), AccountNo{std::uint32_t(i)});
    }
    for (std::size_t i = 0; i < 20'000; ++i) {
        ASSERT_EQ(table.find(numbered_id(i)), AccountNo{std::uint32_t(i)});
    }
    EXPECT_FALSE(table.find(numbered_id(20'000)));
}

TEST(AccountTable, AsksMemoryForAnythingWithoutHarm) {
    AccountTable table;
    table.add(Account("known", Timestamp{1}));
    for (const char* id : {"known", "unknown", ""}) {
        table.prefetch_slot(id);
        table.prefetch_account(id);
        table.prefetch_grants(id);
    }
    EXPECT_EQ(table.find("known"), AccountNo{0});
}

TEST(AccountTable, StackedReadsThroughAndKeepsItsOwn) {
    AccountTable base;
    base.add(Account("old", Timestamp{1}));
    AccountTable stacked(&base);
    stacked.add(Account("new", Timestamp{2}));
    stacked.touch(AccountNo{0}).balance = Credits{5};
    EXPECT_EQ(stacked.find("old"), AccountNo{0});
    EXPECT_EQ(stacked.find("new"), AccountNo{1});
    EXPECT_FALSE(base.find("new"));
    EXPECT_EQ(stacked.get(AccountNo{0}).balance, Credits{5});
    EXPECT_EQ(base.get(AccountNo{0}).balance, Credits{});
}

TEST(CompactId, KeepsEveryLength) {
    for (std::size_t size = 1; size <= limits::id_bytes_max; ++size) {
        const std::string text(size, static_cast<char>('a' + size % 26));
        CompactId id(text);
        EXPECT_EQ(id.text(), text);
        CompactId copy(id);
        const CompactId moved(std::move(id));
        EXPECT_EQ(copy.text(), text);
        EXPECT_EQ(moved.text(), text);
        copy = CompactId("short");
        EXPECT_EQ(copy.text(), "short");
        copy = moved;
        EXPECT_EQ(copy.text(), text);
        EXPECT_EQ(moved.text(), text);
    }
}

}  // namespace
}  // namespace creditd
