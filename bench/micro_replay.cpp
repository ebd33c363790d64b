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

#include "core/execute.hpp"
#include "replay/chain.hpp"
#include "replay/memory_journal.hpp"
#include "replay/recovery.hpp"
#include "replay/snapshot_reader.hpp"
#include "replay/snapshot_walk.hpp"
#include "replay/state_hash.hpp"
#include "schemas/event_codec.hpp"

namespace creditd::replay {
namespace {

constexpr std::size_t ledger_accounts = 100'000;
constexpr std::size_t ledger_deductions = 1'000'000;
constexpr std::size_t write_blocks = 16;

std::string encoded_claim(Epoch epoch, Seq seq, Timestamp time) {
    Event event;
    event.seq = seq;
    event.time = time;
    event.body = EpochClaimed{epoch};
    schemas::EventEncoder encoder;
    return std::string(encoder.encode(event));
}

std::string account_id(std::size_t number) { return fmt::format("user-{:08}", number); }

/// A ledger as the daemon makes one: state, events, and the journal with them.
class Ledger {
public:
    /// Wide ones keep neither events nor a journal: a snapshot needs the state alone.
    explicit Ledger(bool is_wide) : is_wide_(is_wide) {
        CREDITD_ASSERT(journal_.open().has_value());
        const ChainId chain{LedgerId{{1, 2, 3}}, 0};
        CREDITD_ASSERT(journal_.claim(chain, now_, encoded_claim).has_value());
        tip_ = journal_.tip();
        Event claim;
        claim.seq = Seq{1};
        claim.time = tip_.time;
        claim.body = EpochClaimed{Epoch{1}};
        take(claim);
        take(open_ledger(*state_, chain.ledger.bytes, 6, now_));
    }

    void add_account(std::size_t number) {
        PutAccount put;
        put.account = account_id(number);
        run(put);
        GrantCredits grant;
        grant.account = put.account;
        grant.amount = Credits{1'000'000'000};
        grant.kind = GrantKind::signup;
        grant.expiry.in = Duration::days(365);
        run(grant);
    }
    void deduct(std::size_t number) {
        DeductCredits deduct;
        deduct.account = account_id(number);
        deduct.price.amount = Credits{1'500'000};
        run(deduct);
    }
    void finish() {
        seal();
        write();
    }

    State& state() { return *state_; }
    const Journal& journal() const { return journal_; }
    /// As if the journal ended with the state's last event.
    ChainTip tip_of_state() const {
        return {tip_.chain, state_->head.epoch, state_->head.seq, tip_.hash, state_->head.time};
    }
    const std::vector<Event>& events() const { return events_; }

private:
    CommandMeta meta() {
        CommandMeta made;
        made.key = fmt::format("{:08x}-{:04x}-4{:03x}-a{:03x}-{:012x}", random_() & 0xffffffff,
                               random_() & 0xffff, random_() & 0xfff, random_() & 0xfff,
                               random_() & 0xffffffffffff);
        for (auto& byte : made.key_digest.bytes) byte = static_cast<std::uint8_t>(random_());
        made.fingerprint = made.key_digest;
        made.actor = "key_bench";
        return made;
    }
    void run(CommandBody body) {
        now_ = now_ + Duration{10};
        out_.clear();
        Command command{meta(), std::move(body), {}};
        command.evidence.as_of = state_->head.seq;
        CREDITD_ASSERT(execute(*state_, command, now_, Policy{}, out_).kind == OutcomeKind::done);
        state_->window.trim(state_->head.seq);
        for (const DecidedEvent& one : out_) append(one.event);
    }
    void take(const Event& event) {
        apply(*state_, event);
        if (event.seq > tip_.seq) return append(event);
        if (!is_wide_) events_.push_back(event);
    }
    void append(const Event& event) {
        if (is_wide_) return;
        events_.push_back(event);
        if (builder_.is_empty()) builder_.begin(event.seq);
        builder_.append(encoder_.encode(event));
        last_time_ = event.time;
        if (builder_.is_full()) seal();
    }
    void seal() {
        if (builder_.is_empty()) return;
        blocks_.push_back(builder_.seal(tip_, last_time_));
        tip_ = blocks_.back().tip;
        if (blocks_.size() >= write_blocks) write();
    }
    void write() {
        if (blocks_.empty()) return;
        CREDITD_ASSERT(journal_.append(blocks_, {}) == AppendOutcome::committed);
        blocks_.clear();
    }

    bool is_wide_;
    MemoryJournal journal_{std::make_shared<MemoryStore>()};
    std::unique_ptr<State> state_ = std::make_unique<State>();
    std::vector<Event> events_;
    std::vector<DecidedEvent> out_;
    std::mt19937_64 random_{42};
    schemas::EventEncoder encoder_;
    BlockBuilder builder_;
    ChainTip tip_{};
    std::vector<SealedBlock> blocks_;
    Timestamp now_{1'700'000'000'000'000};
    Timestamp last_time_{};
};

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

/// The whole way to a synced file; `longest_step_us` is what the ledger thread feels of it.
SnapshotResult write_snapshot(Ledger& ledger, const std::filesystem::path& folder,
                              double& longest_step_us) {
    SnapshotWriterOptions options;
    options.folder = folder;
    options.keep = 1;
    SnapshotWriter writer(std::move(options));
    SnapshotWalk walk(writer);
    CREDITD_ASSERT(walk.begin(ledger.state(), ledger.tip_of_state()));
    bool goes_on = true;
    while (goes_on) {
        const auto start = std::chrono::steady_clock::now();
        const auto progress = walk.step(std::chrono::microseconds(500));
        const std::chrono::duration<double, std::micro> took =
            std::chrono::steady_clock::now() - start;
        longest_step_us = std::max(longest_step_us, took.count());
        goes_on = progress.is_running;
        if (progress.may_wait) std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    writer.wait();
    return writer.last_result().value();
}

std::filesystem::path scratch_folder() {
    return std::filesystem::temp_directory_path() / fmt::format("creditd-micro-{}", ::getpid());
}

void snapshot_write(benchmark::State& run) {
    const auto accounts = static_cast<std::size_t>(run.range(0));
    Ledger& ledger = wide_ledger(accounts);
    SnapshotResult result;
    double longest_step_us = 0;
    for (auto _ : run) result = write_snapshot(ledger, scratch_folder(), longest_step_us);
    CREDITD_ASSERT(result.is_good());
    std::filesystem::remove_all(scratch_folder());
    run.counters["bytes_per_account"] =
        static_cast<double>(result.bytes) / static_cast<double>(accounts);
    run.counters["longest_step_us"] = longest_step_us;
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
    double ignored = 0;
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
