// What the followers cost: an event on its way into all three indexes, the longest step of a seal,
// a question to the key filter, a page of a long history, and a start with many keys.
// Google Benchmark; one thread, but RocksDB merges tables in the background as it does in earnest.
#include <benchmark/benchmark.h>
#include <rocksdb/db.h>

#include <array>
#include <chrono>
#include <filesystem>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "core/assert.hpp"
#include "replay/block.hpp"
#include "replay/database.hpp"
#include "replay/followers/account_index.hpp"
#include "replay/followers/encoding.hpp"
#include "replay/followers/families.hpp"
#include "replay/followers/follower_thread.hpp"
#include "replay/followers/history_index.hpp"
#include "replay/followers/key_index.hpp"
#include "replay/followers/usage_index.hpp"
#include "replay/memory_journal.hpp"
#include "schemas/event_codec.hpp"
#include "tests/support/temporary_folder.hpp"

namespace creditd::bench {
namespace {

using namespace replay;
using namespace replay::followers;
using Clock = std::chrono::steady_clock;

constexpr std::uint32_t block_events = 300;

double seconds_since(Clock::time_point begin) {
    return std::chrono::duration<double>(Clock::now() - begin).count();
}

double thread_seconds() {
    timespec time{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return static_cast<double>(time.tv_sec) + 1e-9 * static_cast<double>(time.tv_nsec);
}
double process_seconds() {
    timespec time{};
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
    return static_cast<double>(time.tv_sec) + 1e-9 * static_cast<double>(time.tv_nsec);
}

Digest digest_of(std::uint64_t number) {
    Digest digest;
    for (std::size_t i = 0; i < 8; ++i) {
        digest.bytes[i] = static_cast<std::uint8_t>(spread(number) >> (8 * i));
        digest.bytes[8 + i] = static_cast<std::uint8_t>(spread(~number) >> (8 * i));
    }
    return digest;
}

template <class T, class E>
T must(std::expected<T, E>&& result) {
    CREDITD_ASSERT(result.has_value());
    if constexpr (!std::is_void_v<T>) return std::move(*result);
}

/// A database for the indexes, in a folder that goes when this goes.
class Home {
public:
    Home() {
        runs.folder = folder_.path() / "runs";
        DatabaseOptions options;
        options.folder = folder_.path() / "db";
        options.followers = follower_families();
        database = must(Database::open(std::move(options)));
    }

private:
    tests::TemporaryFolder folder_;  // first: it goes after the database

public:
    std::unique_ptr<Database> database;
    RunOptions runs;
};

/// Blocks of deductions, each by another key, over so many accounts at random.
class Deductions {
public:
    explicit Deductions(std::uint64_t accounts) : accounts_(accounts) {}

    std::string_view next_block() {
        BlockBuilder builder;
        builder.begin(tip_.seq.next());
        const bool is_first = tip_.is_empty();  // a CLAIM, of one event
        for (std::uint32_t i = 0; i < (is_first ? 1 : block_events); ++i) {
            builder.append(encoder_.encode(event(builder.next_seq())));
        }
        const Timestamp time{1'700'000'000'000'000};
        block_ = is_first ? builder.seal_claim(tip_, {}, time) : builder.seal(tip_, time);
        tip_ = block_.tip;
        return block_.bytes;
    }

private:
    const Event& event(Seq seq) {
        const std::uint64_t no = random_() % accounts_;
        event_.seq = seq;
        event_.time = Timestamp{1'700'000'000'000'000};
        event_.account_no = AccountNo{static_cast<std::uint32_t>(no)};
        event_.account = "user-" + std::to_string(no);
        event_.origin.emplace();
        event_.origin->key = "order-" + std::to_string(seq.value);
        event_.origin->key_digest = digest_of(seq.value);
        event_.origin->first_seq = seq;
        CreditsDeducted body;
        body.amount = body.required = Credits{2'500'000};
        body.usage = {
            "image.hd", 1, 12, {{"flat", body.amount}}, "anna", "v" + std::to_string(no % 5),
            {},         {}};
        body.burned = {{GrantId::of(Seq{1}, 0), body.amount}};
        event_.body = std::move(body);
        return event_;
    }

    std::uint64_t accounts_;
    std::mt19937_64 random_{1};
    schemas::EventEncoder encoder_;
    Event event_;
    ChainTip tip_;
    SealedBlock block_;
};

void look_at_events(std::string_view block, std::vector<FollowedEvent>& events) {
    events.clear();
    const BlockView view = must(BlockView::parse(block));
    for (const std::string_view bytes : view) {
        events.push_back({must(schemas::EventView::of(bytes)), {}});
    }
}

/// As the follower thread does it, a block at a time; what makes the blocks is not counted.
void follow(benchmark::State& state) {
    const auto blocks = static_cast<std::uint64_t>(state.range(1)) / block_events;
    double looking = 0;
    double consuming = 0;
    double working = 0;
    double longest = 0;
    double background = 0;
    for (auto _ : state) {
        Home home;
        auto keys = must(KeyIndex::open(*home.database, {home.runs}));
        auto history = must(HistoryIndex::open(*home.database, home.runs));
        auto accounts = must(AccountIndex::open(*home.database, home.runs));
        auto usage = must(UsageIndex::open(*home.database, home.runs));
        const std::array<Follower*, 4> followers{keys.get(), history.get(), accounts.get(),
                                                 usage.get()};
        Deductions deductions(static_cast<std::uint64_t>(state.range(0)));
        std::vector<FollowedEvent> events;
        double spent = 0;
        const double process = process_seconds();
        const double here = thread_seconds();
        for (std::uint64_t i = 0; i < blocks; ++i) {
            const std::string_view block = deductions.next_block();
            const double begin = thread_seconds();
            look_at_events(block, events);
            const double looked = thread_seconds();
            for (Follower* follower : followers) {
                must(follower->consume(events));
            }
            const double consumed = thread_seconds();
            for (Follower* follower : followers) {
                const auto wall = Clock::now();
                must(follower->work());
                longest = std::max(longest, seconds_since(wall));
            }
            const double end = thread_seconds();
            looking += looked - begin;
            consuming += consumed - looked;
            working += end - consumed;
            spent += end - begin;
        }
        background += process_seconds() - process - (thread_seconds() - here);
        state.SetIterationTime(spent);
    }
    const double count =
        static_cast<double>(state.iterations()) * static_cast<double>(blocks * block_events);
    state.SetItemsProcessed(static_cast<std::int64_t>(count));
    state.counters["us_event"] = 1e6 * (looking + consuming + working) / count;
    state.counters["us_look"] = 1e6 * looking / count;
    state.counters["us_consume"] = 1e6 * consuming / count;
    state.counters["us_seal"] = 1e6 * working / count;
    state.counters["us_merge_behind"] = 1e6 * background / count;
    state.counters["longest_step_ms"] = 1e3 * longest;
}
BENCHMARK(follow)
    ->Args({1, 6'000'000})
    ->Args({100'000, 6'000'000})
    ->Args({1'000'000, 6'000'000})
    ->Iterations(1)
    ->UseManualTime()
    ->Unit(benchmark::kMillisecond);

/// A key that is new, asked of a filter that has had ten million.
void ask_filter(benchmark::State& state) {
    KeyFilter filter;
    std::vector<std::uint64_t> hashes(1'000'000);
    for (std::uint64_t i = 0; i < 10; ++i) {
        for (std::uint64_t j = 0; j < hashes.size(); ++j) {
            hashes[j] = filter_hash(digest_of(i * hashes.size() + j));
        }
        std::ranges::sort(hashes);
        filter.add(hashes);
    }
    std::uint64_t number = 1'000'000'000;
    std::uint64_t wrong = 0;
    for (auto _ : state) {
        if (filter.may_contain(filter_hash(digest_of(++number)))) ++wrong;
    }
    state.counters["false_positives"] =
        static_cast<double>(wrong) / static_cast<double>(state.iterations());
    state.counters["bytes_key"] = static_cast<double>(filter.bytes()) / 1e7;
}
BENCHMARK(ask_filter);

/// Old keys looked up, and the index opened anew, with ten million keys in ten runs.
void start_with_keys(benchmark::State& state) {
    const auto keys = static_cast<std::uint64_t>(state.range(0));
    Home home;
    {
        auto index = must(KeyIndex::open(*home.database, {home.runs}));
        Deductions deductions(1'000);
        std::vector<FollowedEvent> events;
        while (index->consumed().value < keys) {
            look_at_events(deductions.next_block(), events);
            must(index->consume(events));
            must(index->work());
        }
        index->request_seal();
        while (must(index->work())) {
        }
    }
    double asking = 0;
    for (auto _ : state) {
        auto index = must(KeyIndex::open(*home.database, {home.runs}));
        state.PauseTiming();
        std::mt19937_64 random(1);
        const auto begin = Clock::now();
        for (int i = 0; i < 1'000; ++i) {
            CREDITD_ASSERT(must(index->find_key(digest_of(1 + random() % keys))).has_value());
        }
        asking += seconds_since(begin);
        index.reset();
        state.ResumeTiming();
    }
    state.counters["us_find"] = 1e3 * asking / static_cast<double>(state.iterations());
}
BENCHMARK(start_with_keys)->Arg(10'000'000)->Iterations(3)->Unit(benchmark::kMillisecond);

/// A page of 50 of an account that has a million entries, somewhere in its history.
void page_of_history(benchmark::State& state) {
    Home home;
    auto history = must(HistoryIndex::open(*home.database, home.runs));
    const auto accounts = static_cast<std::uint64_t>(state.range(0));
    Deductions deductions(accounts);
    std::vector<FollowedEvent> events;
    // One run is left in memory, the last one.
    while (history->consumed().value < 1'900'000 * accounts) {
        look_at_events(deductions.next_block(), events);
        must(history->consume(events));
        must(history->work());
    }
    std::mt19937_64 random(1);
    const std::uint64_t end = history->consumed().value;
    for (auto _ : state) {
        const Seq before{state.range(1) == 0 ? UINT64_MAX : 1'000 + random() % (end - 1'000)};
        const HistoryPage page = must(history->page(AccountNo{0}, {}, before, 50));
        CREDITD_ASSERT(page.seqs.size() == 50);
    }
}
BENCHMARK(page_of_history)
    ->ArgNames({"accounts", "deep"})
    ->Args({1, 0})
    ->Args({1, 1})
    ->Args({4, 1})
    ->Unit(benchmark::kMicrosecond);

/// What the writer pays for telling the followers, once for each group commit.
void publish(benchmark::State& state) {
    Home home;
    MemoryJournal journal(std::make_shared<MemoryStore>());
    must(journal.open());
    auto keys = must(KeyIndex::open(*home.database, {home.runs}));
    FollowerThread thread(journal, {keys.get()});
    std::uint64_t seq = 0;
    for (auto _ : state) thread.publish(Seq{++seq});
}
BENCHMARK(publish);

}  // namespace
}  // namespace creditd::bench

BENCHMARK_MAIN();
