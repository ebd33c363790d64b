// What proofs cost: the tree's follower an event, a receipt's path, a consistency proof and a tile
// of a ledger of a million events on RocksDB, and a signature. The events are opaque, of the size
// of a deduction. Google Benchmark; one thread.
#include <benchmark/benchmark.h>

#include <memory>
#include <random>
#include <string>

#include "core/assert.hpp"
#include "replay/database.hpp"
#include "replay/followers/families.hpp"
#include "replay/followers/merkle_index.hpp"
#include "replay/proof/checkpoint.hpp"
#include "replay/rocksdb_journal.hpp"
#include "tests/support/temporary_folder.hpp"

namespace creditd::bench {
namespace {

using namespace replay;
using replay::followers::FollowedEvent;
using replay::followers::MerkleIndex;

constexpr std::size_t event_bytes = 215;

/// A journal on RocksDB, and the index of its tree.
class Log {
public:
    Log() {
        DatabaseOptions options;
        options.folder = folder_.path() / "db";
        options.followers = followers::follower_families();
        auto opened = Database::open(std::move(options));
        CREDITD_ASSERT(opened.has_value());
        database_ = std::move(*opened);
        journal_ = std::make_unique<RocksDbJournal>(*database_);
        CREDITD_ASSERT(journal_->open().has_value());
        const auto claimed = journal_->claim(
            {}, Timestamp{1}, [](Epoch, Seq, Timestamp) { return std::string("claim"); });
        CREDITD_ASSERT(claimed.has_value());
        followers::RunOptions runs;
        runs.folder = folder_.path() / "runs";
        auto index = MerkleIndex::open(*database_, *journal_, runs);
        CREDITD_ASSERT(index.has_value());
        index_ = std::move(*index);
        follow();
    }

    void append(std::size_t events, std::size_t block_events) {
        std::vector<SealedBlock> blocks;
        ChainTip tip = journal_->tip();
        for (std::size_t left = events; left > 0;) {
            BlockBuilder builder;
            builder.begin(tip.seq.next());
            const std::size_t count = std::min(left, block_events);
            for (std::size_t i = 0; i < count; ++i) builder.append(next_event());
            blocks.push_back(builder.seal(tip, tip.time + Duration{1}));
            tip = blocks.back().tip;
            left -= count;
        }
        CREDITD_ASSERT(journal_->append(blocks, {}) == AppendOutcome::committed);
    }
    /// What the follower thread does with each block, for this one follower.
    void follow() {
        const auto read = journal_->read(index_->consumed().next(), [&](const StoredBlock& stored) {
            const auto block = BlockView::parse(stored.bytes);
            CREDITD_ASSERT(block.has_value());
            follow(*block);
            return true;
        });
        CREDITD_ASSERT(read.has_value());
    }
    void follow(const BlockView& block) {
        events_.resize(block.header().count);
        Seq seq = block.first_seq();
        for (FollowedEvent& event : events_) {
            event.seq = seq;
            seq = seq.next();
        }
        CREDITD_ASSERT(index_->check_block(block).has_value());
        CREDITD_ASSERT(index_->consume(events_).has_value());
        CREDITD_ASSERT(index_->work().has_value());
    }
    const MerkleIndex& index() const { return *index_; }
    Journal& journal() { return *journal_; }

private:
    std::string_view next_event() {
        event_.resize(event_bytes);
        for (std::size_t at = 0; at + 8 <= event_bytes; at += 8) {
            const std::uint64_t word = random_();
            std::copy_n(reinterpret_cast<const char*>(&word), at % 16 == 0 ? 8 : 2, &event_[at]);
        }
        return event_;
    }

    tests::TemporaryFolder folder_;
    std::unique_ptr<Database> database_;
    std::unique_ptr<Journal> journal_;
    std::unique_ptr<MerkleIndex> index_;
    std::vector<FollowedEvent> events_;
    std::string event_;
    std::mt19937_64 random_{1};
};

/// An event on its way into the tree, its share of the block's hash and of sealing runs included.
void follow_tree(benchmark::State& state) {
    Log log;
    const auto block_events = static_cast<std::size_t>(state.range(0));
    constexpr std::size_t round_events = 30'000;
    for (auto _ : state) {
        state.PauseTiming();
        log.append(round_events, block_events);
        std::vector<std::string> blocks;
        const auto read =
            log.journal().read(log.index().consumed().next(), [&](const StoredBlock& stored) {
                blocks.emplace_back(stored.bytes);
                return true;
            });
        CREDITD_ASSERT(read.has_value());
        state.ResumeTiming();
        for (const std::string& bytes : blocks) log.follow(*BlockView::parse(bytes));
    }
    const auto events = static_cast<double>(state.iterations()) * round_events;
    state.SetItemsProcessed(static_cast<std::int64_t>(events));
    state.counters["us_event"] = benchmark::Counter(
        events * 1e-6, benchmark::Counter::kIsRate | benchmark::Counter::kInvert);
}
BENCHMARK(follow_tree)
    ->ArgName("block_events")
    ->Arg(300)
    ->Arg(64)
    ->Arg(1)
    ->Unit(benchmark::kMillisecond);

Log& large_log() {
    static const std::unique_ptr<Log> log = [] {
        auto made = std::make_unique<Log>();
        for (int i = 0; i < 40; ++i) {
            made->append(30'000, 300);
            made->follow();
        }
        return made;
    }();
    return *log;
}

/// Anywhere in 1.2 million events, under the head of all of them.
void prove_transaction(benchmark::State& state) {
    const MerkleIndex& index = large_log().index();
    const std::uint64_t size = index.verified_size();
    std::mt19937_64 random(2);
    for (auto _ : state) {
        CREDITD_ASSERT(index.inclusion(random() % size, size).has_value());
    }
}
BENCHMARK(prove_transaction)->Unit(benchmark::kMicrosecond);

void prove_consistency(benchmark::State& state) {
    const MerkleIndex& index = large_log().index();
    const std::uint64_t size = index.verified_size();
    std::mt19937_64 random(3);
    for (auto _ : state) {
        CREDITD_ASSERT(index.consistency(1 + random() % size, size).has_value());
    }
}
BENCHMARK(prove_consistency)->Unit(benchmark::kMicrosecond);

void tile_of_leaves(benchmark::State& state) {
    const MerkleIndex& index = large_log().index();
    std::mt19937_64 random(4);
    for (auto _ : state) {
        const std::uint64_t tile = random() % (index.verified_size() / proof::tile_width);
        CREDITD_ASSERT(index.tile({{0, tile}, proof::tile_width, false}).has_value());
    }
}
BENCHMARK(tile_of_leaves)->Unit(benchmark::kMicrosecond);

void sign_head(benchmark::State& state) {
    const std::vector<proof::SignerKey> keys{proof::SignerKey::make("log.example/bench")};
    proof::Checkpoint checkpoint{"log.example/bench", {1, {}}};
    for (auto _ : state) {
        ++checkpoint.head.size;
        benchmark::DoNotOptimize(proof::sign_checkpoint(checkpoint, keys));
    }
}
BENCHMARK(sign_head)->Unit(benchmark::kMicrosecond);

}  // namespace
}  // namespace creditd::bench

BENCHMARK_MAIN();
