// The engine in process: what creditd does for a deduction apart from HTTP and JSON. The main
// thread makes commands, 1 000 an operation as in a batch, and keeps 16 operations under way; they
// are decided, encoded, hashed into blocks and made durable by RocksDB in the temporary folder.
// Google Benchmark.
#include <benchmark/benchmark.h>
#include <unistd.h>

#include <condition_variable>
#include <deque>
#include <filesystem>

#include "bench/replay_ledger.hpp"
#include "daemon/engine/engine.hpp"
#include "replay/recovery.hpp"
#include "replay/rocksdb_journal.hpp"

namespace creditd::daemon {
namespace {

constexpr std::size_t ledger_accounts = 100'000;
constexpr std::size_t operations_under_way = 16;
constexpr std::size_t operations_a_run = 200;
constexpr std::size_t commands_an_operation = 1'000;

/// The day after the ledger of the benchmarks was made, when its grants have not expired yet.
class BenchClock final : public Clock {
public:
    Timestamp wall() const override {
        return Timestamp{1'700'086'400'000'000} + system_.monotonic();
    }
    Duration monotonic() const override { return system_.monotonic(); }

private:
    SystemClock system_;
};

/// The main thread as an io thread: runs what is posted until there is nothing left to wait for.
class Home final : public http::IoThread {
public:
    void post(std::move_only_function<void()> task) override {
        {
            const std::lock_guard lock(mutex_);
            tasks_.push_back(std::move(task));
        }
        wake_.notify_one();
    }
    unsigned index() const override { return 0; }
    void run_one() {
        std::unique_lock lock(mutex_);
        wake_.wait(lock, [this] { return !tasks_.empty(); });
        auto task = std::move(tasks_.front());
        tasks_.pop_front();
        lock.unlock();
        task();
    }

private:
    std::mutex mutex_;
    std::condition_variable wake_;
    std::deque<std::move_only_function<void()>> tasks_;
};

class Deductions final : public Operation {
public:
    Deductions(Home& io, std::mt19937_64& random, std::size_t& completed) : completed_(completed) {
        home = &io;
        commands_.reserve(commands_an_operation);
        for (std::size_t i = 0; i < commands_an_operation; ++i) {
            commands_.push_back(make_command(random));
        }
    }

    void execute(const LedgerTurn& turn) override {
        events.reserve(commands_.size());
        for (std::size_t i = 0; i < commands_.size(); ++i) {
            if (i % warm_group == 0) warm_from(turn.state, i);
            const auto outcome =
                creditd::execute(turn.state, commands_[i], turn.now, turn.policy, events);
            CREDITD_ASSERT(outcome.kind == OutcomeKind::done);
        }
    }
    void complete() override { ++completed_; }

private:
    static Command make_command(std::mt19937_64& random) {
        Command command;
        DeductCredits deduct;
        deduct.account = replay::account_id(random() % ledger_accounts);
        deduct.price.amount = Credits{1'000};
        command.body = std::move(deduct);
        CommandMeta& meta = command.meta;
        meta.key = fmt::format("{:016x}-{:016x}", random(), random());
        for (auto& byte : meta.key_digest.bytes) byte = static_cast<std::uint8_t>(random());
        meta.fingerprint = meta.key_digest;
        meta.actor = "key_bench";
        command.evidence.as_of = Seq{UINT64_MAX};  // the keys are new: there is nothing to find
        return command;
    }
    void warm_from(const State& state, std::size_t first) const {
        const std::size_t end = std::min(commands_.size(), first + warm_group);
        for (const WarmStep step : warm_steps) {
            for (std::size_t i = first; i < end; ++i) {
                creditd::warm(state, commands_[i].meta, commands_[i].body, step);
            }
        }
    }

    std::size_t& completed_;
    std::vector<Command> commands_;
};

/// A durable ledger of many accounts, and the engine that owns it.
class Bench {
public:
    explicit Bench(ThreadLayout layout) {
        replay::DatabaseOptions how;
        how.folder = folder_ / "db";
        auto database = replay::Database::open(how);
        CREDITD_ASSERT(database.has_value());
        database_ = std::move(*database);
        journal_ = std::make_unique<replay::RocksDbJournal>(*database_);
        replay::Ledger ledger(false);
        for (std::size_t i = 0; i < ledger_accounts; ++i) ledger.add_account(i);
        ledger.finish();
        CREDITD_ASSERT(journal_->open().has_value());
        CREDITD_ASSERT(journal_->copy_from(ledger.journal()).has_value());
        const auto claimed =
            journal_->claim(journal_->tip().chain, clock_.wall(), replay::encoded_claim);
        CREDITD_ASSERT(claimed.has_value());
        auto recovered = replay::recover(*journal_, {}, {});
        CREDITD_ASSERT(recovered.has_value());
        EngineOptions options;
        options.layout = layout;
        EngineHooks hooks;
        hooks.durable = [](Seq) {};
        hooks.indexes_synced = [this] { return engine_->durable(); };
        hooks.catalog_changed = [](const Event&) {};
        hooks.fatal = [](const std::string&) { std::abort(); };
        engine_ = std::make_unique<Engine>(std::move(recovered->state), *journal_, clock_, options,
                                           hooks);
        engine_->clock_guard().accept();
        engine_->start();
    }
    ~Bench() {
        engine_.reset();
        journal_.reset();
        database_.reset();
        std::filesystem::remove_all(folder_);
    }
    Bench(const Bench&) = delete;
    Bench& operator=(const Bench&) = delete;

    /// Seconds from the first hand-over to the last completion.
    double run() {
        std::size_t completed = 0;
        std::size_t submitted = 0;
        std::deque<std::unique_ptr<Deductions>> under_way;  // complete in the order of submission
        const auto began = std::chrono::steady_clock::now();
        while (completed < operations_a_run) {
            if (submitted < operations_a_run && submitted - completed < operations_under_way) {
                under_way.push_back(std::make_unique<Deductions>(home_, random_, completed));
                Operation* const next = under_way.back().get();
                CREDITD_ASSERT(engine_->submit(std::span(&next, 1)));
                ++submitted;
                continue;
            }
            home_.run_one();
            while (under_way.size() > submitted - completed) under_way.pop_front();
        }
        return std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
    }

private:
    std::filesystem::path folder_ =
        std::filesystem::temp_directory_path() / fmt::format("creditd-micro-engine-{}", ::getpid());
    BenchClock clock_;
    Home home_;
    std::mt19937_64 random_{11};
    std::unique_ptr<replay::Database> database_;
    std::unique_ptr<replay::RocksDbJournal> journal_;
    std::unique_ptr<Engine> engine_;
};

void in_process(benchmark::State& run, ThreadLayout layout) {
    Bench bench(layout);
    bench.run();  // warms up
    for (auto _ : run) run.SetIterationTime(bench.run());
    run.SetItemsProcessed(run.iterations() *
                          static_cast<std::int64_t>(operations_a_run * commands_an_operation));
}
BENCHMARK_CAPTURE(in_process, ledger, ThreadLayout::ledger)->Iterations(10)->UseManualTime();
BENCHMARK_CAPTURE(in_process, ledger_and_journal, ThreadLayout::ledger_and_journal)
    ->Iterations(10)
    ->UseManualTime();

}  // namespace
}  // namespace creditd::daemon

BENCHMARK_MAIN();
