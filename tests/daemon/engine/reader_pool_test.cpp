// The readers: everything that was taken is done, nothing that was refused is.
#include "daemon/engine/reader_pool.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <future>

namespace creditd::daemon {
namespace {

TEST(ReaderPool, DoesEverythingBeforeItStops) {
    std::atomic<int> done{0};
    ReaderPool pool(2, 1'000);
    for (int i = 0; i < 500; ++i) {
        std::move_only_function<void()> task = [&done] { ++done; };
        ASSERT_TRUE(pool.run(task));
    }
    pool.stop();
    EXPECT_EQ(done, 500);
    std::move_only_function<void()> late = [&done] { ++done; };
    EXPECT_FALSE(pool.run(late));
    EXPECT_EQ(done, 500);
}

TEST(ReaderPool, RefusesWhatItHasNoRoomFor) {
    std::promise<void> begun, go_on;
    ReaderPool pool(1, 1);
    std::move_only_function<void()> first = [&] {
        begun.set_value();
        go_on.get_future().wait();
    };
    ASSERT_TRUE(pool.run(first));
    begun.get_future().wait();
    bool second_done = false;
    std::move_only_function<void()> second = [&] { second_done = true; };
    std::move_only_function<void()> third = [] {};
    EXPECT_TRUE(pool.run(second));
    EXPECT_FALSE(pool.run(third));
    EXPECT_TRUE(static_cast<bool>(third));  // it was not taken
    go_on.set_value();
    pool.stop();
    EXPECT_TRUE(second_done);
}

}  // namespace
}  // namespace creditd::daemon
