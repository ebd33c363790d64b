#include "daemon/http/input_buffer.hpp"

#include <gtest/gtest.h>

#include <cstring>

namespace creditd::daemon::http {

namespace {

void fill(InputBuffer& buffer, std::string_view bytes) {
    ASSERT_TRUE(buffer.reserve(buffer.size() + bytes.size()));
    std::memcpy(buffer.free_space(), bytes.data(), bytes.size());
    buffer.commit(bytes.size());
}

TEST(InputBuffer, TheSmallBlockIsFree) {
    MemoryBudget budget(0);
    InputBuffer buffer(budget);
    EXPECT_FALSE(buffer.allocated());
    fill(buffer, std::string(InputBuffer::small_bytes, 'a'));
    EXPECT_EQ(budget.bytes(), 0U);
    EXPECT_FALSE(buffer.reserve(InputBuffer::small_bytes + 1)) << "there is no budget";
    EXPECT_EQ(buffer.size(), InputBuffer::small_bytes) << "a refusal loses nothing";
}

TEST(InputBuffer, KeepsItsBytesWhileGrowingMovingAndShrinking) {
    MemoryBudget budget(1 << 20);
    InputBuffer buffer(budget);
    fill(buffer, "head" + std::string(3000, 'a'));
    buffer.consume(4);
    fill(buffer, std::string(3000, 'b'));
    EXPECT_EQ(buffer.bytes(), std::string(3000, 'a') + std::string(3000, 'b'));
    EXPECT_GE(budget.bytes(), 6000U);
    buffer.consume(5990);
    buffer.shrink();
    EXPECT_EQ(buffer.bytes(), std::string(10, 'b'));
    EXPECT_EQ(budget.bytes(), 0U);
}

TEST(InputBuffer, UsesTheRoomAtItsFrontBeforeGrowing) {
    MemoryBudget budget(0);
    InputBuffer buffer(budget);
    for (int i = 0; i < 100; ++i) {
        fill(buffer, std::string(1500, 'a'));
        fill(buffer, "rest");
        buffer.consume(1500);
        EXPECT_EQ(buffer.bytes(), "rest");
        buffer.consume(4);
    }
    EXPECT_TRUE(buffer.empty());
}

TEST(InputBuffer, GivesTheBudgetBack) {
    MemoryBudget budget(100'000);
    {
        InputBuffer first(budget);
        InputBuffer second(budget);
        ASSERT_TRUE(first.reserve(60'000));
        EXPECT_FALSE(second.reserve(60'000));
        first.release();
        EXPECT_TRUE(second.reserve(60'000));
        EXPECT_EQ(budget.bytes(), 60'000U);
    }
    EXPECT_EQ(budget.bytes(), 0U);
}

}  // namespace

}  // namespace creditd::daemon::http
