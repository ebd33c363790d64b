// What a start and an audit cost, stage by stage, in events or accounts a second: apply alone,
// with decoding, with every hash verified; the state hash; a snapshot written, and loaded.
// Google Benchmark. The ledger is made once: accounts with one grant each, then deductions under
// UUID keys, as the daemon would have written them.
#include <benchmark/benchmark.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <map>
#include <random>

#include "bench/replay_ledger.hpp"
#include "replay/chain.hpp"
#include "replay/recovery.hpp"
#include "replay/rocksdb_journal.hpp"
#include "replay/snapshot_reader.hpp"
#include "replay/snapshot_walk.hpp"
#include "replay/state_hash.hpp"

namespace creditd::replay {
namespace {

constexpr std::size_t ledger_accounts = 100'000;
constexpr std::size_t ledger_deductions = 1'000'000;

Ledger& busy_ledger() {
    static Ledger* const made = [] {
        auto* const ledger = new Ledger(false);
        for (std::size_t i = 0; i < ledger_accounts; ++i) ledger->add_account(i);
        std::mt19937_64 random(7);
        for (std::size_t i = 0; i < ledger_deductions; ++i) {
            ledger->deduct(random() % ledger_accounts);
        }
        ledger->finish();
        return ledger;
    }();
    return *made;
}

Ledger& wide_ledger(std::size_t accounts) {
    static std::map<std::size_t, std::unique_ptr<Ledger>> made;
    auto& ledger = made[accounts];
    if (!ledger) {
        ledger = std::make_unique<Ledger>(true);
        for (std::size_t i = 0; i < accounts; ++i) ledger->add_account(i);
    }
    return *ledger;
}

/// A million, or what CREDITD_MICRO_ACCOUNTS says (10 M take a minute to make).
std::int64_t wide_accounts() {
    const char* const given = std::getenv("CREDITD_MICRO_ACCOUNTS");
    return given == nullptr ? 1'000'000 : std::atoll(given);
}

void count_items(benchmark::State& run, std::size_t items) {
    run.SetItemsProcessed(static_cast<std::int64_t>(run.iterations() * items));
}

std::filesystem::path scratch_folder() {
    return std::filesystem::temp_directory_path() / fmt::format("creditd-micro-{}", ::getpid());
}

// --- events --------------------------------------------------------------------------------------

void apply(benchmark::State& run) {
    const auto& events = busy_ledger().events();
    for (auto _ : run) {
        State state;
        for (const Event& event : events) {
            creditd::apply(state, event);
            if (event.seq.value % 4'096 == 0) state.window.trim(event.seq);
        }
        benchmark::DoNotOptimize(state.head.seq);
    }
    count_items(run, events.size());
}
BENCHMARK(apply)->Unit(benchmark::kMillisecond);

void decode_and_apply_on_one_thread(benchmark::State& run) {
    const auto& events = busy_ledger().events();
    std::vector<std::string> stored;
    schemas::EventEncoder encoder;
    for (const Event& event : events) stored.emplace_back(encoder.encode(event));
    for (auto _ : run) {
        State state;
        Event event;
        for (const std::string& bytes : stored) {
            CREDITD_ASSERT(schemas::decode_event(bytes, event).has_value());
            creditd::apply(state, event);
            if (event.seq.value % 4'096 == 0) state.window.trim(event.seq);
        }
    }
    count_items(run, events.size());
}
BENCHMARK(decode_and_apply_on_one_thread)->Unit(benchmark::kMillisecond);

void verify_decode_and_apply(benchmark::State& run) {
    const Journal& journal = busy_ledger().journal();
    for (auto _ : run) {
        RecoveryOptions options;
        options.use_snapshots = false;
        CREDITD_ASSERT(recover(journal, {}, options).has_value());
    }
    count_items(run, journal.tip().seq.value);
}
BENCHMARK(verify_decode_and_apply)
    ->Unit(benchmark::kMillisecond)
    ->MeasureProcessCPUTime()
    ->UseRealTime();

/// The same from disk: what a start without a snapshot, and `creditd-replay verify`, wait for.
void recover_from_rocksdb(benchmark::State& run) {
    DatabaseOptions how;
    how.folder = scratch_folder() / "db";
    {
        auto database = Database::open(how);
        CREDITD_ASSERT(database.has_value());
        RocksDbJournal journal(**database);
        CREDITD_ASSERT(journal.open().has_value());
        CREDITD_ASSERT(journal.copy_from(busy_ledger().journal()).has_value());
        CREDITD_ASSERT((*database)->flush().has_value());
    }
    how.mode = OpenMode::read_only;
    auto database = Database::open(how);
    CREDITD_ASSERT(database.has_value());
    RocksDbJournal journal(**database);
    CREDITD_ASSERT(journal.open().has_value());
    for (auto _ : run) {
        RecoveryOptions options;
        options.use_snapshots = false;
        CREDITD_ASSERT(recover(journal, {}, options).has_value());
    }
    count_items(run, journal.tip().seq.value);
    std::filesystem::remove_all(scratch_folder());
}
BENCHMARK(recover_from_rocksdb)
    ->Unit(benchmark::kMillisecond)
    ->MeasureProcessCPUTime()
    ->UseRealTime();

void verify_chain_alone(benchmark::State& run) {
    const Journal& journal = busy_ledger().journal();
    for (auto _ : run) {
        CREDITD_ASSERT(verify_chain(journal, {}, [](auto&, auto&) { return true; }).has_value());
    }
    count_items(run, journal.tip().seq.value);
}
BENCHMARK(verify_chain_alone)->Unit(benchmark::kMillisecond);

// --- accounts ------------------------------------------------------------------------------------

void state_hash(benchmark::State& run) {
    const auto accounts = static_cast<std::size_t>(run.range(0));
    const State& state = wide_ledger(accounts).state();
    for (auto _ : run) benchmark::DoNotOptimize(hash_state(state, 1));
    count_items(run, accounts);
}
BENCHMARK(state_hash)->Arg(wide_accounts())->Unit(benchmark::kMillisecond);

double microseconds_of(clockid_t clock) {
    timespec now{};
    ::clock_gettime(clock, &now);
    return static_cast<double>(now.tv_sec) * 1e6 + static_cast<double>(now.tv_nsec) / 1e3;
}

/// What the ledger thread feels of a snapshot: its longest step by the clock, and by the work that
/// it did itself. The rest is other threads' on a machine with few cores.
struct LongestStep {
    double wall_us = 0;
    double cpu_us = 0;
};

/// The whole way to a synced file.
SnapshotResult write_snapshot(Ledger& ledger, const std::filesystem::path& folder,
                              LongestStep& longest) {
    SnapshotWriterOptions options;
    options.folder = folder;
    options.keep = 1;
    SnapshotWriter writer(std::move(options));
    SnapshotWalk walk(writer);
    CREDITD_ASSERT(walk.begin(ledger.state(), ledger.tip_of_state()));
    bool goes_on = true;
    while (goes_on) {
        const double wall = microseconds_of(CLOCK_MONOTONIC);
        const double cpu = microseconds_of(CLOCK_THREAD_CPUTIME_ID);
        const auto progress = walk.step(std::chrono::microseconds(500));
        longest.cpu_us = std::max(longest.cpu_us, microseconds_of(CLOCK_THREAD_CPUTIME_ID) - cpu);
        longest.wall_us = std::max(longest.wall_us, microseconds_of(CLOCK_MONOTONIC) - wall);
        goes_on = progress.is_running;
        if (progress.may_wait) std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    writer.wait();
    return writer.last_result().value();
}

void snapshot_write(benchmark::State& run) {
    const auto accounts = static_cast<std::size_t>(run.range(0));
    Ledger& ledger = wide_ledger(accounts);
    SnapshotResult result;
    LongestStep longest;
    for (auto _ : run) result = write_snapshot(ledger, scratch_folder(), longest);
    CREDITD_ASSERT(result.is_good());
    std::filesystem::remove_all(scratch_folder());
    run.counters["bytes_per_account"] =
        static_cast<double>(result.bytes) / static_cast<double>(accounts);
    run.counters["longest_step_us"] = longest.wall_us;
    run.counters["longest_step_cpu_us"] = longest.cpu_us;
    count_items(run, accounts);
}
BENCHMARK(snapshot_write)
    ->Arg(wide_accounts())
    ->Unit(benchmark::kMillisecond)
    ->MeasureProcessCPUTime()
    ->UseRealTime();

void snapshot_load(benchmark::State& run) {
    const auto accounts = static_cast<std::size_t>(run.range(0));
    Ledger& ledger = wide_ledger(accounts);
    LongestStep ignored;
    const SnapshotResult result = write_snapshot(ledger, scratch_folder(), ignored);
    const auto path = snapshot_path(scratch_folder(), result.seq);
    for (auto _ : run) {
        const auto loaded = load_snapshot(path);
        CREDITD_ASSERT(loaded && loaded->state_hash == result.state_hash);
    }
    std::filesystem::remove_all(scratch_folder());
    count_items(run, accounts);
}
BENCHMARK(snapshot_load)
    ->Arg(wide_accounts())
    ->Unit(benchmark::kMillisecond)
    ->MeasureProcessCPUTime()
    ->UseRealTime();

/// What one change of an account costs while a walk has not passed it, the first time.
void change_before_the_walk(benchmark::State& run) {
    const auto accounts = static_cast<std::uint64_t>(wide_accounts());
    Ledger& ledger = wide_ledger(accounts);
    std::mt19937_64 random(3);
    SnapshotWriterOptions options;
    options.folder = scratch_folder();
    SnapshotWriter writer(std::move(options));
    auto walk = std::make_unique<SnapshotWalk>(writer);
    CREDITD_ASSERT(walk->begin(ledger.state(), ledger.tip_of_state()));
    for (auto _ : run) {
        const AccountNo no{static_cast<std::uint32_t>(random() % accounts)};
        benchmark::DoNotOptimize(&ledger.state().accounts.touch(no));
    }
    walk.reset();
    writer.wait();
    std::filesystem::remove_all(scratch_folder());
}
BENCHMARK(change_before_the_walk)->Iterations(200'000);

}  // namespace
}  // namespace creditd::replay

BENCHMARK_MAIN();
