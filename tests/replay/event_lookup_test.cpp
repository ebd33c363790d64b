#include "replay/event_lookup.hpp"

#include <algorithm>

#include "schemas/personal.hpp"
#include "tests/replay/followers/world.hpp"

namespace creditd::tests {
namespace {

class Lookup : public testing::TestWithParam<Backend> {};
INSTANTIATE_TEST_SUITE_P(Backends, Lookup, testing::Values(Backend::memory, Backend::rocksdb),
                         [](const auto& backend) {
                             return backend.param == Backend::memory ? "memory" : "rocksdb";
                         });

TEST_P(Lookup, finds_single_events_in_any_order) {
    World world(GetParam());
    world.append(world.random_events(200));
    replay::EventLookup lookup(world.journal());
    for (int i = 0; i < 400; ++i) {
        const Seq seq{1 + world.random() % world.end().value};
        EXPECT_EQ(must(lookup.event(seq), "event"), world.events()[seq.value - 1]);
    }
    EXPECT_FALSE(must(lookup.event(Seq{}), "event"));
    EXPECT_FALSE(must(lookup.event(world.end().next()), "event"));
}

TEST_P(Lookup, reads_ranges_with_their_personal_parts) {
    World world(GetParam());
    world.append(world.random_events(200));
    replay::EventLookup lookup(world.journal());
    const auto found = must(lookup.range(Seq{3}, Seq{1'000}), "range");
    ASSERT_EQ(found.size(), world.end().value - 2);
    for (std::size_t i = 0; i < found.size(); ++i) {
        EXPECT_EQ(found[i].event, world.events()[i + 2]);
        const auto resource = world.resources().find(found[i].event.seq);
        ASSERT_EQ(found[i].personal.has_value(), resource != world.resources().end());
        if (found[i].personal) {
            EXPECT_EQ(*found[i].personal, encode_resource(resource->second));
        }
    }
}

TEST_P(Lookup, reads_what_is_asked_for_in_that_order) {
    World world(GetParam());
    world.append(world.random_events(50));
    replay::EventLookup lookup(world.journal());
    const std::vector<Seq> seqs{Seq{40}, Seq{999}, Seq{7}, Seq{8}, Seq{1}};
    const auto found = must(lookup.events(seqs), "events");
    ASSERT_EQ(found.size(), 4);
    EXPECT_EQ(found[0].event.seq, Seq{40});
    EXPECT_EQ(found[1].event.seq, Seq{7});
    EXPECT_EQ(found[3].event.seq, Seq{1});
}

TEST_P(Lookup, an_answer_is_all_events_of_the_command) {
    World world(GetParam());
    world.append(world.random_events(10));
    std::vector<Event> events(4);
    for (std::size_t i = 0; i < events.size(); ++i) {
        events[i].seq = Seq{world.end().value + 1 + i};
        events[i].time = world.events().back().time;
        events[i].body = FeatureSet{};
    }
    events[3].origin.emplace();
    events[3].origin->first_seq = events[1].seq;
    world.append_as_they_are(events);
    replay::EventLookup lookup(world.journal());
    const auto answer = must(lookup.read_answer(events[3].seq), "answer");
    ASSERT_EQ(answer.size(), 3);
    EXPECT_EQ(answer.front().event, events[1]);
    EXPECT_EQ(answer.back().event, events[3]);
    EXPECT_TRUE(must(lookup.read_answer(events[2].seq), "answer").empty());
    EXPECT_TRUE(must(lookup.read_answer(Seq{500}), "answer").empty());
}

TEST_P(Lookup, finds_the_first_event_of_a_time) {
    World world(GetParam());
    world.append(world.random_events(300));
    replay::EventLookup lookup(world.journal());
    const auto check = [&](Timestamp at) {
        const auto expected = std::ranges::lower_bound(world.events(), at, {}, &Event::time);
        const auto index = static_cast<std::uint64_t>(expected - world.events().begin());
        EXPECT_EQ(must(lookup.seq_at(at), "seq_at"), Seq{index + 1});
    };
    for (const Event& event : world.events()) {
        for (const int near : {-2, -1, 0, 1, 2}) check(event.time + Duration{near});
    }
    EXPECT_EQ(must(lookup.seq_at(Timestamp::never()), "seq_at"), world.end().next());
}

TEST(EventLookup, damage_is_an_error) {
    World world(Backend::memory);
    world.append(world.random_events(20), 1);
    world.store().flip_bit(Seq{11}, 8 * 100);
    replay::EventLookup lookup(world.journal());
    const auto found = lookup.event(Seq{11});
    ASSERT_FALSE(found);
    EXPECT_EQ(found.error().fault, replay::JournalFault::damaged);
    EXPECT_EQ(must(lookup.event(Seq{12}), "event")->seq, Seq{12});
}

}  // namespace
}  // namespace creditd::tests
