// Whatever a follower is at when it dies, it goes on from its cursor with nothing lost or doubled.
#include "tests/replay/followers/model.hpp"

namespace creditd::tests {
namespace {

class Runs : public testing::TestWithParam<Backend> {};
INSTANTIATE_TEST_SUITE_P(Backends, Runs, testing::Values(Backend::memory, Backend::rocksdb),
                         [](const auto& backend) {
                             return backend.param == Backend::memory ? "memory" : "rocksdb";
                         });

TEST_P(Runs, everything_is_found_without_a_restart) {
    World world(GetParam());
    for (int round = 0; round < 10; ++round) {
        world.append(world.random_events(60));
        world.feed();
        if (round % 3 == 0) world.finish_work();
        expect_all_found(world);
    }
    EXPECT_GT(world.indexes.keys->synced(), Seq{300});
}

TEST_P(Runs, a_follower_goes_on_after_a_restart_at_every_point) {
    World world(GetParam(), 20);
    world.append(world.random_events(300));
    for (std::uint64_t to = 1; to <= world.end().value; ++to) {
        world.feed(Seq{to});
        // Some steps of the work, but not always all of them.
        for (followers::Follower* follower : world.indexes.all()) {
            for (std::uint64_t step = world.random() % 6; step > 0; --step) {
                must(follower->work(), "work");
            }
        }
        if (world.random() % 3 == 0) world.restart_followers();
        for (const followers::Follower* follower : world.indexes.all()) {
            EXPECT_LE(follower->cursor(), follower->consumed());
            EXPECT_LE(follower->consumed(), Seq{to});
        }
        if (to % 25 == 0) {
            world.feed(Seq{to});
            expect_all_found(world, Seq{to});
        }
    }
    EXPECT_GT(world.indexes.history->cursor(), Seq{100});
}

TEST_P(Runs, a_crash_between_any_two_steps_of_a_seal_loses_nothing) {
    for (int crash_at = 0; crash_at < 14; ++crash_at) {
        World world(GetParam(), 50, static_cast<unsigned>(crash_at));
        world.append(world.random_events(120));
        world.feed(Seq{100});
        for (followers::Follower* follower : world.indexes.all()) follower->request_seal();
        for (followers::Follower* follower : world.indexes.all()) {
            for (int step = 0; step < crash_at && must(follower->work(), "work"); ++step) {
            }
        }
        expect_all_found(world, Seq{100});
        world.restart();
        world.feed();
        expect_all_found(world);
        world.finish_work();
        expect_all_found(world);
    }
}

TEST_P(Runs, a_seal_on_request_brings_the_cursor_to_the_end) {
    World world(GetParam());
    world.append(world.random_events(5));
    world.feed();
    for (followers::Follower* follower : world.indexes.all()) follower->request_seal();
    world.finish_work();
    for (const followers::Follower* follower : world.indexes.all()) {
        EXPECT_EQ(follower->cursor(), world.end()) << follower->name();
    }
    world.restart_followers();
    for (const followers::Follower* follower : world.indexes.all()) {
        EXPECT_EQ(follower->consumed(), world.end()) << follower->name();
    }
    expect_all_found(world);
    // With nothing new there is nothing to seal.
    for (followers::Follower* follower : world.indexes.all()) {
        follower->request_seal();
        EXPECT_FALSE(must(follower->work(), "work"));
    }
}

TEST_P(Runs, the_cursor_moves_though_there_are_no_entries) {
    World world(GetParam(), 10);
    Event event;
    event.body = FeatureSet{};
    world.append(std::vector<Event>(100, event));
    world.feed();
    world.finish_work();
    for (const followers::Follower* follower : world.indexes.all()) {
        EXPECT_GT(follower->cursor(), Seq{60}) << follower->name();
    }
}

TEST_P(Runs, events_that_were_consumed_are_ignored) {
    World world(GetParam());
    world.append(world.random_events(30), 30);
    world.feed(Seq{12});
    const auto again = world.indexes.history->consumed();
    world.feed(Seq{12});
    EXPECT_EQ(world.indexes.history->consumed(), again);
    world.feed();
    world.feed();
    expect_all_found(world);
}

TEST_P(Runs, old_runs_survive_being_merged) {
    World world(GetParam(), 10);
    for (int round = 0; round < 20; ++round) {
        world.append(world.random_events(40));
        world.feed();
        world.finish_work();
    }
    world.merge_runs();
    expect_all_found(world);
    world.restart();
    world.feed();
    expect_all_found(world);
}

}  // namespace
}  // namespace creditd::tests
