#include "replay/followers/history_index.hpp"

#include <atomic>
#include <thread>

#include "tests/replay/followers/model.hpp"

namespace creditd::tests {
namespace {

using followers::HistoryFilter;

HistoryFilter random_filter(World& world) {
    const auto maybe = [&](const char* name, std::uint64_t count) -> std::optional<std::string> {
        if (world.random() % 3 != 0) return std::nullopt;
        return name + std::to_string(world.random() % count);
    };
    HistoryFilter filter;
    if (world.random() % 3 == 0) filter.kinds = world.random();
    filter.feature = maybe("feature-", 4);
    filter.user = maybe("user-", 3);
    filter.model = maybe("model-", 2);
    filter.resource = maybe("thing-", 3);
    if (world.random() % 3 == 0) filter.from = Seq{world.random() % world.end().value};
    if (world.random() % 3 == 0) filter.to = Seq{world.random() % world.end().value};
    return filter;
}

TEST(HistoryIndex, pages_are_those_of_the_naive_model) {
    for (const std::size_t run_entries : {30, 200, 5'000}) {
        World world(Backend::memory, run_entries);
        for (int round = 0; round < 5; ++round) {
            world.append(world.random_events(300));
            world.feed();
            if (round % 2 == 0) world.finish_work();
            for (int i = 0; i < 200; ++i) {
                const AccountNo account{static_cast<std::uint32_t>(
                    world.random() % 2 == 0 ? 0 : world.random() % world.account_count())};
                const Seq before{world.random() % 2 == 0 ? UINT64_MAX
                                                         : world.random() % world.end().value};
                expect_page(world, account, random_filter(world), before, 1 + world.random() % 20,
                            world.end());
            }
        }
    }
}

TEST(HistoryIndex, following_the_pages_shows_everything_once) {
    World world(Backend::memory, 100);
    world.append(world.random_events(2'000));
    world.feed();
    std::vector<Seq> seen;
    Seq before{UINT64_MAX};
    for (bool has_more = true; has_more;) {
        const auto page = must(world.indexes.history->page(AccountNo{0}, {}, before, 7), "page");
        seen.insert(seen.end(), page.seqs.begin(), page.seqs.end());
        has_more = page.has_more;
        before = page.next;
    }
    EXPECT_EQ(seen, naive_page(world, AccountNo{0}, {}, Seq{UINT64_MAX}, world.end()));
    EXPECT_GT(seen.size(), 500);
}

TEST(HistoryIndex, a_hash_that_two_texts_share_is_confirmed) {
    World world(Backend::memory, 10);
    world.append(world.random_events(50));
    world.feed();
    HistoryFilter filter;
    filter.feature = "feature-1";
    int asked = 0;
    const auto deny = [&](Seq) -> std::expected<bool, replay::JournalError> {
        ++asked;
        return false;
    };
    const auto page =
        must(world.indexes.history->page(AccountNo{0}, filter, Seq{UINT64_MAX}, 5, deny), "page");
    EXPECT_TRUE(page.seqs.empty());
    EXPECT_FALSE(page.has_more);
    EXPECT_EQ(asked,
              static_cast<int>(
                  naive_page(world, AccountNo{0}, filter, Seq{UINT64_MAX}, world.end()).size()));
}

TEST(HistoryIndex, an_error_of_the_confirmation_ends_the_page) {
    World world(Backend::memory, 10);
    world.append(world.random_events(50));
    world.feed();
    HistoryFilter filter;
    filter.feature = "feature-1";
    const auto fail = [&](Seq) -> std::expected<bool, replay::JournalError> {
        return std::unexpected(replay::JournalError{replay::JournalFault::io, "no disk", {}});
    };
    const auto page = world.indexes.history->page(AccountNo{0}, filter, Seq{UINT64_MAX}, 5, fail);
    ASSERT_FALSE(page);
    EXPECT_EQ(page.error().detail, "no disk");
}

std::vector<followers::HistoryEntry> some_entries(Seq newest, std::size_t count) {
    std::vector<followers::HistoryEntry> entries(count);
    for (std::size_t i = 0; i < count; ++i) {
        entries[i].seq = Seq{newest.value - 7 * i};
        entries[i].kind = static_cast<std::uint8_t>(i);
        entries[i].mask = static_cast<std::uint8_t>(i * 5 % 16);
        entries[i].hashes[0] = 0xdeadbeef;
    }
    return entries;
}

TEST(HistoryChunk, a_malformed_one_is_refused) {
    const auto entries = some_entries(Seq{30}, 3);
    std::string bytes;
    followers::append_chunk(bytes, entries);
    std::vector<followers::HistoryEntry> read;
    EXPECT_TRUE(followers::read_chunk(bytes, Seq{16}, read));
    ASSERT_EQ(read.size(), 3);
    EXPECT_EQ(read[1].seq, Seq{23});
    EXPECT_EQ(read[1].mask, 5);
    EXPECT_EQ(read[1].hashes[0], 0xdeadbeef);
    EXPECT_FALSE(followers::read_chunk("", Seq{16}, read));
    for (std::size_t size = 1; size < bytes.size(); ++size) {
        EXPECT_FALSE(followers::read_chunk(std::string_view(bytes).substr(0, size), Seq{16}, read));
    }
}

TEST(HistoryChunk, a_group_keeps_its_accounts_apart) {
    std::string bytes;
    followers::append_to_group(bytes, AccountNo{32}, Seq{10}, some_entries(Seq{100}, 4));
    followers::append_to_group(bytes, AccountNo{33}, Seq{10}, some_entries(Seq{38}, 5));
    followers::append_to_group(bytes, AccountNo{47}, Seq{10}, some_entries(Seq{17}, 1));
    const auto count = [&](std::uint32_t account) {
        std::vector<followers::HistoryEntry> read;
        EXPECT_TRUE(followers::read_group(bytes, AccountNo{account}, Seq{10}, read));
        return read.size();
    };
    EXPECT_EQ(count(32), 4);
    EXPECT_EQ(count(33), 5);
    EXPECT_EQ(count(34), 0);
    EXPECT_EQ(count(47), 1);
    std::vector<followers::HistoryEntry> read;
    EXPECT_FALSE(followers::read_group("", AccountNo{32}, Seq{10}, read));
    EXPECT_FALSE(followers::read_group(bytes.substr(0, 9), AccountNo{47}, Seq{10}, read));
}

TEST(HistoryIndex, accounts_that_are_busy_and_quiet_by_turns_are_paged) {
    World world(Backend::memory, 60);
    for (int round = 0; round < 12; ++round) {
        // Accounts 0 to 19 are there from the first round on; three of them are busy now and then.
        std::vector<Event> events;
        for (int i = 0; i < 60; ++i) {
            const bool is_busy = world.random() % 2 == 0;
            const auto no = static_cast<std::uint32_t>(is_busy ? round % 3 : world.random() % 20);
            Event event;
            event.body = GrantExpired{GrantId::of(Seq{1}, 0), Credits{1}};
            event.account = account_id(AccountNo{no});
            event.account_no = AccountNo{no};
            events.push_back(event);
        }
        world.append(std::move(events));
        world.feed();
        if (round % 4 == 3) world.finish_work();
        for (std::uint32_t no = 0; no < 20; ++no) {
            for (const std::uint64_t before :
                 {UINT64_MAX, 1 + world.random() % world.end().value}) {
                expect_page(world, AccountNo{no}, {}, Seq{before}, 1 + world.random() % 30,
                            world.end());
            }
        }
    }
    EXPECT_GT(world.indexes.history->cursor(), Seq{500});
}

TEST(HistoryIndex, pages_are_whole_beside_the_writer) {
    World world(Backend::memory, 300);
    world.append(world.random_events(8'000), 20);
    const auto all = naive_page(world, AccountNo{0}, {}, Seq{UINT64_MAX}, world.end());
    std::atomic<bool> is_done{false};
    std::thread reader([&] {
        while (!is_done) {
            // All that was consumed before is in the page, and nothing is there twice.
            const Seq consumed = world.indexes.history->consumed();
            const auto page =
                must(world.indexes.history->page(AccountNo{0}, {}, Seq{UINT64_MAX}, 40), "page");
            auto expected = std::ranges::lower_bound(
                all, page.seqs.empty() ? Seq{} : page.seqs.front(), std::greater<>());
            ASSERT_TRUE(page.seqs.empty() || page.seqs.front() <= world.end());
            for (const Seq seq : page.seqs) ASSERT_EQ(seq, *expected++);
            const auto newest = std::ranges::lower_bound(all, consumed, std::greater<>());
            if (newest != all.end()) {
                ASSERT_FALSE(page.seqs.empty());
                ASSERT_GE(page.seqs.front(), *newest);
            }
        }
    });
    for (std::uint64_t to = 20; to <= world.end().value; to += 20) {
        world.feed(Seq{to});
        for (int step = 0; step < 3; ++step) must(world.indexes.history->work(), "work");
    }
    is_done = true;
    reader.join();
}

}  // namespace
}  // namespace creditd::tests
