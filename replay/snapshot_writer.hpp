// The writing half of a snapshot: a thread that encodes and hashes what the walk copied, writes it
// to a file of another name, syncs, and renames. Old snapshots are removed once a newer one stands.
// `start`, `hand_over`, `has_room` and `finish` are the walk's (ledger thread); the status may be
// asked by any thread. One snapshot at a time. The format is snapshot_format.hpp's.
#pragma once

#include <atomic>
#include <condition_variable>
#include <deque>
#include <expected>
#include <filesystem>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "core/state.hpp"
#include "replay/snapshot_format.hpp"

namespace creditd::replay {

class RecordFile;

/// Accounts of one chunk, and the terms of their grants: `Grant::terms` counts within `terms`.
struct ChunkCopy {
    std::uint32_t index = 0;
    std::vector<Account> accounts;
    std::vector<SharedTerms> terms;
};

/// What is not in accounts.
struct LedgerCopy {
    LedgerHead head;
    Catalog catalog;
    Redemptions redemptions;
};

struct SnapshotStart {
    SnapshotHeader header;
    LedgerCopy ledger;
};

/// What became of a snapshot.
struct SnapshotResult {
    Seq seq{};
    Hash256 state_hash{};
    std::uint64_t bytes = 0;
    std::string failure;  // empty: it stands
    bool is_good() const { return failure.empty(); }
};

struct SnapshotWriterOptions {
    std::filesystem::path folder;  // DataFolder::snapshots()
    std::size_t keep = 2;          // good snapshots kept, this one included
    /// Position up to which the journal is durable: a snapshot must never know more than it.
    std::function<Seq()> durable;
    /// Told on the writer's thread; may be empty.
    std::function<void(const SnapshotResult&)> done;
    /// Without it, `write_pending` does the writing once the walk is complete.
    bool own_thread = true;
};

class SnapshotWriter {
public:
    explicit SnapshotWriter(SnapshotWriterOptions options);
    /// Gives up what is under way.
    ~SnapshotWriter();
    SnapshotWriter(const SnapshotWriter&) = delete;
    SnapshotWriter& operator=(const SnapshotWriter&) = delete;

    bool is_busy() const;
    std::optional<SnapshotResult> last_result() const;
    /// Writes a snapshot whose walk is complete, here and now; for an owner without the thread.
    void write_pending();
    /// Waits until nothing is under way. Not on the ledger thread.
    void wait() const;

    // For the walk.
    bool start(SnapshotStart start);
    bool has_room() const { return queued_.load(std::memory_order_relaxed) < queue_chunks_max; }
    bool has_failed() const { return failed_.load(std::memory_order_relaxed); }
    /// Takes the chunks and leaves none, or leaves them where it would have to wait: the writer
    /// may hold its lock while it is not running.
    void hand_over(std::vector<ChunkCopy>& chunks);
    void finish();
    /// The walk ends before its time.
    void give_up();

private:
    static constexpr std::size_t queue_chunks_max = 1024;  // about 20 MB of one-grant accounts
    /// How far the walk is.
    enum class Stage : std::uint8_t { copying, complete, given_up };

    void run();
    SnapshotResult write(const SnapshotStart& start);
    std::expected<void, std::string> write_records(RecordFile& file, const SnapshotStart& start,
                                                   SnapshotResult& result);
    std::expected<void, std::string> wait_until_durable(Seq seq);
    std::expected<std::vector<ChunkCopy>, std::string> take();
    void report(SnapshotResult result);

    SnapshotWriterOptions options_;
    mutable std::mutex mutex_;
    mutable std::condition_variable changed_;
    std::optional<SnapshotStart> start_;
    std::deque<std::vector<ChunkCopy>> queue_;
    Stage stage_ = Stage::complete;
    bool is_stopping_ = false;
    bool is_busy_ = false;
    std::optional<SnapshotResult> last_;
    std::atomic<std::size_t> queued_{0};
    std::atomic<bool> failed_{false};
    std::thread thread_;
};

}  // namespace creditd::replay
