// The engine: a bounded queue, the one owner of the state, and the committer. Operations come in
// groups from io threads; everything that waits is decided as one batch, made durable with one
// write, and only then completed. `submit` may be called from any thread.
#pragma once

#include <atomic>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <span>
#include <string_view>
#include <thread>
#include <vector>

#include "daemon/basics/config.hpp"
#include "daemon/engine/block_stream.hpp"
#include "daemon/engine/clock.hpp"
#include "daemon/engine/committer.hpp"
#include "daemon/engine/operation.hpp"
#include "schemas/snapshot_codec.hpp"

namespace creditd::daemon {

struct EngineOptions {
    ThreadLayout layout = ThreadLayout::ledger;
    bool has_journal_thread = true;  // false: whoever turns the engine also writes, always
    std::size_t queue_operations_max = 20'000;
    Duration queue_age_max = Duration::seconds(2);
    Policy policy;
    Duration clock_jump_max = Duration::seconds(60);
};

/// Work of the ledger thread between groups, such as a snapshot's walk. `state` and `tip` agree.
class LedgerBackground {
public:
    virtual ~LedgerBackground() = default;
    /// Does a bounded piece (about a millisecond); returns whether there is more to do now.
    virtual bool step(State& state, const replay::ChainTip& tip) = 0;
};

/// What the rest of the daemon does at the engine's points.
struct EngineHooks {
    std::function<void(Seq durable)> durable;           // wakes the followers
    std::function<Seq()> indexes_synced;                // up to where the key window may forget
    std::function<void(const Event&)> catalog_changed;  // on the committing thread, when durable
    std::function<void(const std::string&)> fatal;      // must not return
    /// On the committing thread, when their events are durable; may be empty.
    std::function<void(std::span<const replay::followers::AccountImage>)> images;
};

struct EngineStats {
    std::atomic<std::uint64_t> operations{0};
    std::atomic<std::uint64_t> groups{0};
    std::atomic<std::uint64_t> shed{0};
    std::atomic<std::uint64_t> accounts{0};
    std::atomic<std::uint64_t> window_keys{0};
    std::atomic<std::uint64_t> seq{0};
};

class Engine {
public:
    Engine(std::unique_ptr<State> state, replay::Journal& journal, const Clock& clock,
           EngineOptions options, EngineHooks hooks);
    ~Engine();

    /// Begins to decide. Layout `shared` has no thread: the io thread calls `turn`.
    void start();
    /// Decides and commits what is queued, then returns after the last completion.
    void stop();

    /// Queues a group. False: the queue is full or too old, and nothing of the group was taken.
    bool submit(std::span<Operation* const> group);
    /// Takes everything that waits, once, without waiting for more, and does a piece of the
    /// background work. Returns whether more of that waits. For the one owner of the state: its own
    /// thread, or in layout `shared` the io thread. An exception is fatal: what it left half done
    /// is not to be built upon, and the log knows what is true.
    bool turn();

    bool is_overloaded() const;
    /// Set by the disk guard: writes are refused, reads go on.
    void set_disk_full(bool full) { disk_full_.store(full, std::memory_order_relaxed); }
    /// Set by the self-audit, for good: writes are refused and nothing is derived from the state
    /// any more, no snapshot and no image. Reads go on. Any thread.
    void set_ledger_suspect() { is_suspect_.store(true, std::memory_order_relaxed); }
    bool is_ledger_suspect() const { return is_suspect_.load(std::memory_order_relaxed); }
    Unavailable writes_unavailable() const;

    ClockGuard& clock_guard() { return clock_guard_; }
    const EngineStats& stats() const { return stats_; }
    const StallMeter& stall() const { return stall_; }
    const CommitterStats& committer_stats() const { return committer_.stats(); }
    std::size_t queue_length() const { return queued_.load(std::memory_order_relaxed); }
    void set_background(LedgerBackground* background) { background_ = background; }
    /// Position of the newest durable event.
    Seq durable() const { return Seq{durable_.load(std::memory_order_acquire)}; }
    unsigned decimals() const { return decimals_; }
    /// Only after `stop`: everything in it is durable, and nothing changes it any more.
    const State& state_at_rest() const { return *state_; }

private:
    bool take_turn();
    void run();
    bool wait_for_work(bool background_waits);
    bool step_background();
    void warm_from(std::size_t first);
    void decide_all(Timestamp now);
    void sweep_due(Timestamp now);
    bool is_written_here() const;
    void take_images();
    void hand_over();
    void publish(std::vector<Operation*>& operations, bool is_own_thread);
    CommitterHooks committer_hooks();

    std::unique_ptr<State> state_;
    replay::Journal& journal_;
    const Clock& clock_;
    EngineOptions options_;
    EngineHooks hooks_;
    ClockGuard clock_guard_;
    StallMeter stall_;
    BlockStream stream_;
    schemas::SnapshotEncoder images_;
    CommitGroup group_;
    Committer committer_;
    LedgerBackground* background_ = nullptr;
    EngineStats stats_;
    const unsigned decimals_;

    std::atomic<bool> disk_full_{false};
    std::atomic<bool> is_suspect_{false};
    std::atomic<std::uint64_t> durable_{0};
    std::atomic<std::size_t> queued_{0};

    mutable std::mutex mutex_;
    std::condition_variable wake_;
    std::vector<Operation*> queue_;
    std::vector<Operation*> taken_;
    std::vector<DecidedEvent> swept_;
    std::int64_t oldest_us_ = 0;
    bool more_due_ = false;  // the last sweep left something for the next turn
    bool is_waiting_ = false;
    bool is_stopping_ = false;
    std::thread thread_;
};

}  // namespace creditd::daemon
