// The journal side of the engine: one synced write for each group, then publication. Inline (on the
// ledger thread) or on a journal thread of its own, which lets the ledger fill the next group while
// this one is synced. A failed or uncertain append never becomes an answer: the process stops.
#pragma once

#include <atomic>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "daemon/engine/operation.hpp"
#include "replay/followers/account_images.hpp"
#include "replay/journal.hpp"

namespace creditd::daemon {

/// Blocks to make durable, and the operations that wait for it.
struct CommitGroup {
    std::vector<replay::SealedBlock> blocks;
    std::vector<replay::PersonalRow> rows;
    std::vector<replay::followers::AccountImage> images;
    std::vector<Operation*> operations;

    bool is_empty() const { return blocks.empty() && operations.empty(); }
    void clear();
};

struct CommitterHooks {
    /// After the write is durable, before any reply: followers, API keys. With the durable
    /// position.
    std::function<void(const CommitGroup&, Seq durable)> durable;
    /// Hands the operations back to their io threads; from the committer's own thread, or from the
    /// caller's.
    std::function<void(std::vector<Operation*>&, bool is_own_thread)> publish;
    /// The append failed or is uncertain. Must not return.
    std::function<void(const std::string& reason)> fatal;
};

struct CommitterStats {
    std::atomic<std::uint64_t> writes{0};
    std::atomic<std::uint64_t> events{0};
    std::atomic<std::uint64_t> bytes{0};
    std::atomic<std::int64_t> last_write_us{0};
};

class Committer {
public:
    Committer(replay::Journal& journal, CommitterHooks hooks, bool own_thread);
    ~Committer();

    /// Takes the group over and leaves an empty one (with reusable buffers) in its place. With a
    /// thread of its own it waits while two groups are under way.
    void commit(CommitGroup& group);
    /// Writes and publishes at once, on the caller's thread. Only while idle.
    void write_here(CommitGroup& group);
    /// Waits until everything handed over is published.
    void drain();
    /// Can a group be taken without waiting?
    bool is_ready() const;
    /// Is nothing under way?
    bool is_idle() const;
    const CommitterStats& stats() const { return stats_; }

private:
    void write(CommitGroup& group, bool is_own_thread);
    void run();

    replay::Journal& journal_;
    CommitterHooks hooks_;
    CommitterStats stats_;

    mutable std::mutex mutex_;
    std::condition_variable changed_;
    std::optional<CommitGroup> waiting_;
    CommitGroup spare_;
    bool is_writing_ = false;
    bool is_stopping_ = false;
    std::thread thread_;
};

}  // namespace creditd::daemon
