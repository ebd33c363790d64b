#include "replay/followers/key_index.hpp"

#include <atomic>
#include <thread>

#include "tests/replay/followers/model.hpp"

namespace creditd::tests {
namespace {

/// An event under the key `number`.
Event keyed(std::uint64_t number) {
    Event event;
    event.body = FeatureSet{};
    event.origin.emplace();
    event.origin->key = "key";
    event.origin->key_digest = digest_of(number);
    return event;
}

TEST(KeyIndex, knows_a_key_only_once_it_is_synced) {
    World world(Backend::memory, 1'000);
    world.append({keyed(7)});
    world.feed();
    EXPECT_FALSE(*world.indexes.keys->find_key(digest_of(7)));
    EXPECT_EQ(world.indexes.keys->synced(), Seq{});
    world.indexes.keys->request_seal();
    world.finish_work();
    EXPECT_EQ(*world.indexes.keys->find_key(digest_of(7)), world.end());
    EXPECT_EQ(world.indexes.keys->synced(), world.end());
    EXPECT_TRUE(world.indexes.keys->may_contain(digest_of(7)));
}

TEST(KeyIndex, tells_names_apart_that_share_their_first_bytes) {
    World world(Backend::memory, 1'000);
    Event one = keyed(1);
    Event two = keyed(1);
    two.origin->key_digest.bytes[15] ^= 1;
    world.append({one, two});
    world.feed();
    world.indexes.keys->request_seal();
    world.finish_work();
    EXPECT_EQ(*world.indexes.keys->find_key(two.origin->key_digest), world.end());
    EXPECT_EQ(*world.indexes.keys->find_key(one.origin->key_digest), Seq{world.end().value - 1});
    two.origin->key_digest.bytes[14] ^= 1;
    EXPECT_FALSE(*world.indexes.keys->find_key(two.origin->key_digest));
}

// Short runs are sorted by comparing, long ones by counting: the same order, on both sides of the
// bound and well beyond, also among names that begin alike.
TEST(KeyIndex, finds_every_key_of_runs_of_any_length) {
    for (const std::uint64_t count : {2'047U, 2'048U, 2'049U, 20'000U}) {
        World world(Backend::memory, 30'000);
        std::vector<Event> events;
        for (std::uint64_t i = 0; i < count; ++i) {
            events.push_back(keyed(i));
            Digest& name = events.back().origin->key_digest;
            if (i % 3 != 0) name.bytes[0] = name.bytes[1] = 7;
            if (i % 9 == 1) name.bytes[2] = name.bytes[3] = 7;
        }
        world.append(events, 300);
        world.feed();
        world.indexes.keys->request_seal();
        world.finish_work();
        ASSERT_EQ(world.indexes.keys->synced(), world.end());
        for (std::uint64_t i = 0; i < count; ++i) {
            const Seq seq{world.end().value - count + 1 + i};
            ASSERT_EQ(*world.indexes.keys->find_key(events[i].origin->key_digest), seq) << i;
        }
        EXPECT_FALSE(*world.indexes.keys->find_key(digest_of(count)));
    }
}

/// An event in which the grants lose something, each as often as it is named.
Event losing(const std::vector<GrantId>& grants) {
    HoldReleased body;
    body.hold.id = HoldId{1};
    body.hold.expires_at = Timestamp{1};
    for (const GrantId grant : grants) body.expired.push_back({grant, Credits{1}});
    Event event;
    event.body = body;
    event.account = "a";
    event.account_no = AccountNo{0};
    return event;
}

TEST(KeyIndex, finds_every_loss_of_a_grant) {
    const GrantId one = GrantId::of(Seq{7}, 0);
    const GrantId other = GrantId::of(Seq{7}, 1);
    World world(Backend::memory, 3);
    for (int run = 0; run < 4; ++run) {
        world.append({losing({one}), losing({other, one}), losing({other})});
        world.feed();
        world.indexes.keys->request_seal();
        world.finish_work();
    }
    // After the claim come four times three events: the first two of each are about the grant.
    const auto found = must(world.indexes.keys->find_losses(one), "losses");
    const std::vector<Seq> expected{Seq{12}, Seq{11}, Seq{9}, Seq{8},
                                    Seq{6},  Seq{5},  Seq{3}, Seq{2}};
    EXPECT_EQ(found, expected);
    EXPECT_EQ(must(world.indexes.keys->find_losses(other), "losses").size(), 8U);
    EXPECT_TRUE(must(world.indexes.keys->find_losses(GrantId::of(Seq{8}, 0)), "losses").empty());
}

TEST(KeyIndex, tells_the_newest_of_what_was_told_of_a_payment) {
    const Digest payment = digest_of(5);
    PaymentNoted body;
    body.standing.payment_digest = payment;
    Event noted;
    noted.body = body;
    World world(Backend::memory, 2);
    world.append({noted, keyed(1), noted, keyed(2), keyed(3)});
    world.feed();
    world.indexes.keys->request_seal();
    world.finish_work();
    EXPECT_TRUE(world.indexes.keys->may_contain(payment));
    EXPECT_EQ(*world.indexes.keys->find_payment(payment), Seq{4});
}

TEST(KeyIndex, fills_its_filter_anew_at_every_start) {
    World world(Backend::memory, 100);
    world.append(world.random_events(1'000));
    world.feed();
    world.finish_work();
    const auto count = world.indexes.keys->filter_keys();
    const Seq synced = world.indexes.keys->synced();
    world.restart();
    EXPECT_EQ(world.indexes.keys->filter_keys(), count);
    EXPECT_EQ(world.indexes.keys->synced(), synced);
    expect_keys(world, synced);
}

TEST(KeyIndex, answers_readers_beside_the_writer) {
    World world(Backend::memory, 500);
    std::vector<Event> events;
    for (std::uint64_t i = 1; i <= 20'000; ++i) events.push_back(keyed(i));
    world.append(std::move(events), 100);
    const std::uint64_t first = 2;  // after the claim, key n is that of event n + 1
    const followers::KeyIndex& index = *world.indexes.keys;
    std::atomic<bool> is_done{false};
    std::uint64_t asked = 0;
    std::thread reader([&] {
        std::mt19937_64 random(3);
        while (!is_done) {
            const std::uint64_t synced = index.synced().value;
            if (synced < first) continue;
            const std::uint64_t seq = first + random() % (synced - first + 1);
            ASSERT_TRUE(index.may_contain(digest_of(seq - 1))) << seq << " of " << synced;
            const auto found = index.find_key(digest_of(seq - 1));
            ASSERT_TRUE(found && *found);
            ASSERT_EQ(**found, Seq{seq});
            ++asked;
        }
    });
    for (std::uint64_t to = 100; to <= world.end().value; to += 100) {
        world.feed(Seq{to});
        for (int step = 0; step < 5; ++step) must(world.indexes.keys->work(), "work");
    }
    is_done = true;
    reader.join();
    EXPECT_GT(asked, 10);
}

TEST(KeyIndex, ends_of_holds_are_found_beside_the_writer) {
    World world(Backend::memory, 100);
    std::vector<Event> events;
    for (std::uint64_t i = 1; i <= 5'000; ++i) {
        HoldReleased body;
        body.hold.id = HoldId{i};
        body.hold.expires_at = Timestamp{1};
        Event event;
        event.body = body;
        event.account = "a";
        event.account_no = AccountNo{0};
        events.push_back(event);
    }
    world.append(std::move(events), 30);
    const followers::KeyIndex& index = *world.indexes.keys;
    std::atomic<bool> is_done{false};
    std::thread reader([&] {
        std::mt19937_64 random(3);
        while (!is_done) {
            const std::uint64_t consumed = index.consumed().value;
            if (consumed < 2) continue;
            const std::uint64_t seq = 2 + random() % (consumed - 1);
            const auto found = index.find_hold_end(HoldId{seq - 1});
            ASSERT_TRUE(found && *found) << seq << " of " << consumed;
            ASSERT_EQ(**found, Seq{seq});
        }
    });
    for (std::uint64_t to = 10; to <= world.end().value; to += 10) {
        world.feed(Seq{to});
        must(world.indexes.keys->work(), "work");
    }
    is_done = true;
    reader.join();
}

}  // namespace
}  // namespace creditd::tests
