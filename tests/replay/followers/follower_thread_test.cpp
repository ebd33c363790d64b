#include "replay/followers/follower_thread.hpp"

#include <filesystem>

#include "tests/replay/followers/model.hpp"

namespace creditd::tests {
namespace {

using followers::FollowerThread;
using std::chrono::milliseconds;

FollowerThread::Deadline in(milliseconds time) { return std::chrono::steady_clock::now() + time; }
constexpr milliseconds long_time{20'000};

class Following : public testing::TestWithParam<Backend> {};
INSTANTIATE_TEST_SUITE_P(Backends, Following, testing::Values(Backend::memory, Backend::rocksdb),
                         [](const auto& backend) {
                             return backend.param == Backend::memory ? "memory" : "rocksdb";
                         });

TEST_P(Following, whatever_was_published_can_be_found) {
    World world(GetParam());
    FollowerThread thread(world.journal(), world.indexes.all());
    thread.start();
    for (int round = 0; round < 50; ++round) {
        world.append(world.random_events(20));
        thread.publish(world.end());
        ASSERT_TRUE(thread.wait_until(world.end(), in(long_time)));
        EXPECT_GE(thread.position(), world.end());
        EXPECT_EQ(thread.lag(), 0);
        if (round % 10 == 0) expect_all_found(world);
    }
    thread.stop();
    expect_all_found(world);
}

TEST_P(Following, resources_come_from_the_personal_part) {
    World world(GetParam());
    world.append(world.random_events(300));
    ASSERT_FALSE(world.resources().empty());
    FollowerThread thread(world.journal(), world.indexes.all());
    thread.start();
    ASSERT_TRUE(thread.wait_until(world.end(), in(long_time)));
    followers::HistoryFilter filter;
    filter.resource = "thing-1";
    for (std::uint32_t no = 0; no < world.account_count(); ++no) {
        expect_page(world, AccountNo{no}, filter, Seq{UINT64_MAX}, 50, world.end());
    }
}

TEST_P(Following, a_new_start_goes_on_at_the_smallest_cursor) {
    World world(GetParam(), 30);
    for (int round = 0; round < 10; ++round) {
        world.append(world.random_events(70));
        FollowerThread thread(world.journal(), world.indexes.all());
        thread.start();
        ASSERT_TRUE(thread.wait_until(Seq{world.end().value - world.random() % 60}, in(long_time)));
        thread.stop();
        world.restart();
    }
    FollowerThread thread(world.journal(), world.indexes.all());
    thread.start();
    ASSERT_TRUE(thread.wait_until(world.end(), in(long_time)));
    thread.stop();
    expect_all_found(world);
}

TEST_P(Following, sealing_on_request_brings_every_cursor_to_the_end) {
    World world(GetParam(), 1'000);
    world.append(world.random_events(100));
    FollowerThread thread(world.journal(), world.indexes.all());
    thread.start();
    ASSERT_TRUE(thread.seal_until(world.end(), in(long_time)));
    for (const followers::FollowerStatus& status : thread.status()) {
        EXPECT_EQ(status.cursor, world.end()) << status.name;
        EXPECT_EQ(status.consumed, world.end()) << status.name;
    }
}

TEST(FollowerThread, waiting_for_what_does_not_come_ends_at_the_deadline) {
    World world(Backend::memory);
    FollowerThread thread(world.journal(), world.indexes.all());
    thread.start();
    const auto before = std::chrono::steady_clock::now();
    EXPECT_FALSE(thread.wait_until(Seq{100}, in(milliseconds(30))));
    EXPECT_GE(std::chrono::steady_clock::now() - before, milliseconds(30));
    EXPECT_TRUE(thread.is_healthy());
    EXPECT_TRUE(thread.wait_until(Seq{1}, in(long_time)));
}

TEST(FollowerThread, before_it_starts_it_says_how_far_it_is_behind) {
    World world(Backend::memory);
    world.append(world.random_events(50));
    FollowerThread thread(world.journal(), world.indexes.all());
    EXPECT_EQ(thread.lag(), world.end().value);
    EXPECT_EQ(thread.position(), Seq{});
}

TEST(FollowerThread, stopping_frees_who_waits) {
    World world(Backend::memory);
    FollowerThread thread(world.journal(), world.indexes.all());
    thread.start();
    std::thread stopper([&] {
        std::this_thread::sleep_for(milliseconds(20));
        thread.stop();
    });
    EXPECT_FALSE(thread.wait_until(Seq{100}, in(long_time)));
    stopper.join();
}

TEST(FollowerThread, damage_stops_it_loudly_where_it_is) {
    World world(Backend::memory);
    world.append(world.random_events(20), 1);
    world.store().flip_bit(Seq{11}, 8 * 100);
    std::atomic<int> failures{0};
    std::string reason;
    FollowerThread thread(world.journal(), world.indexes.all(),
                          {[&](const std::string& text) {
                               reason = text;
                               ++failures;
                           },
                           std::chrono::microseconds(100)});
    thread.start();
    EXPECT_FALSE(thread.wait_until(world.end(), in(long_time)));
    thread.stop();
    EXPECT_FALSE(thread.is_healthy());
    EXPECT_EQ(failures, 1);
    EXPECT_EQ(thread.position(), Seq{10});
    EXPECT_NE(reason.find("seq 11"), std::string::npos) << reason;
    expect_all_found(world, Seq{10});
}

TEST(FollowerThread, a_disk_that_fails_stops_it_and_a_new_start_mends_it) {
    World world(Backend::memory, 30);
    world.append(world.random_events(200));
    std::filesystem::remove_all(world.runs.folder);
    std::atomic<bool> has_failed{false};
    {
        FollowerThread thread(
            world.journal(), world.indexes.all(),
            {[&](const std::string&) { has_failed = true; }, std::chrono::microseconds(100)});
        thread.start();
        EXPECT_FALSE(thread.seal_until(world.end(), in(long_time)));
        EXPECT_FALSE(thread.is_healthy());
    }
    EXPECT_TRUE(has_failed);
    for (const followers::Follower* follower : world.indexes.all()) {
        EXPECT_EQ(follower->cursor(), Seq{}) << follower->name();
    }
    world.restart();
    FollowerThread thread(world.journal(), world.indexes.all());
    thread.start();
    EXPECT_TRUE(thread.seal_until(world.end(), in(long_time)));
    thread.stop();
    expect_all_found(world);
}

TEST(FollowerThread, a_gap_stops_it) {
    World world(Backend::memory);
    world.append(world.random_events(20), 1);
    world.store().remove_block(Seq{11});
    FollowerThread thread(world.journal(), world.indexes.all());
    thread.start();
    EXPECT_FALSE(thread.wait_until(world.end(), in(long_time)));
    EXPECT_FALSE(thread.is_healthy());
    EXPECT_EQ(thread.position(), Seq{10});
}

TEST(FollowerThread, many_wait_while_one_publishes) {
    World world(Backend::memory, 500);
    FollowerThread thread(world.journal(), world.indexes.all());
    thread.start();
    const Seq end{world.end().value + 2'000};
    std::atomic<bool> is_wrong{false};
    std::vector<std::thread> readers;
    for (int i = 0; i < 3; ++i) {
        readers.emplace_back([&, i] {
            for (std::uint64_t seq = 1; seq <= end.value; seq += 1 + static_cast<unsigned>(i)) {
                if (!thread.wait_until(Seq{seq}, in(long_time))) is_wrong = true;
            }
        });
    }
    for (int round = 0; round < 200; ++round) {
        world.append(world.random_events(10), 10);
        thread.publish(world.end());
    }
    for (std::thread& reader : readers) reader.join();
    EXPECT_FALSE(is_wrong);
    EXPECT_GE(thread.position(), end);
}

}  // namespace
}  // namespace creditd::tests
