// The daemon's audit of itself, while it serves: now and then one account is made again from the
// log and compared with the live one, and the stored blocks are read from the disk again, slowly,
// round after round. What is not as it was written stops writes, for this process: the ledger is
// suspect. One thread of low priority, which takes a twentieth of a core at most.
#pragma once

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <thread>

#include "daemon/basics/config.hpp"
#include "daemon/engine/engine.hpp"
#include "replay/audit/account_audit.hpp"
#include "replay/audit/chain_walk.hpp"
#include "replay/followers/follower_thread.hpp"

namespace creditd::daemon {

struct SelfAuditStats {
    std::atomic<std::uint64_t> accounts{0};
    std::atomic<std::uint64_t> events{0};  // of those accounts, applied again
    std::atomic<std::uint64_t> blocks{0};
    std::atomic<std::uint64_t> rounds{0};    // from the first block to the last
    std::atomic<std::uint64_t> position{0};  // the last event verified in this round
    std::atomic<std::uint64_t> mismatches{0};
    std::atomic<std::uint64_t> failures{0};  // of reading: nothing is known then
    std::atomic<std::int64_t> cpu_us{0};
};

/// A read of one account on the ledger thread.
class AccountLook final : public Operation {
public:
    /// `came_home` is told after each one, on whatever thread that is.
    explicit AccountLook(std::function<void()> came_home) : came_home_(std::move(came_home)) {}

    /// `turn`: the account is the one with this number, modulo how many there are.
    void begin(std::uint64_t turn);
    void execute(const LedgerTurn& turn) override;
    void complete() override;
    bool is_write() const override { return false; }

    /// Has the last one that was begun come home, durable?
    bool is_done() const { return is_done_.load(std::memory_order_acquire); }
    /// Nothing: there are no accounts. Only when it is done.
    const std::optional<replay::audit::LiveAccount>& account() const { return account_; }

private:
    std::function<void()> came_home_;
    std::uint64_t turn_ = 0;
    std::optional<replay::audit::LiveAccount> account_;
    std::atomic<bool> is_done_{true};
};

class SelfAudit {
public:
    /// All of it outlives the thread, that is, is there until `stop`.
    struct Parts {
        Engine& engine;
        const Clock& clock;
        replay::followers::FollowerThread& followers;
        const replay::Journal& journal;
        const replay::Database& database;
        const replay::followers::HistoryIndex& history;
        const replay::followers::AccountImages* images = nullptr;
        http::IoThread& home;
    };

    /// `first`: whose turn it is first; any number.
    SelfAudit(AuditConfig config, Parts parts, std::uint64_t first);
    ~SelfAudit();

    void start();
    /// Comes before the engine stops; the look that is under way may come home until then.
    void stop();
    const SelfAuditStats& stats() const { return stats_; }

private:
    using Clock_ = std::chrono::steady_clock;
    using Moment = Clock_::time_point;

    void run();
    bool rest_until(Moment moment);
    bool wait_for_look();
    bool look_at_account();
    void compare(const replay::audit::LiveAccount& live);
    Moment rested_from(Duration before) const;
    Moment audit_account(Moment begun);
    Moment read_blocks(Moment begun);
    void report(const replay::JournalError& error);

    AuditConfig config_;
    Parts parts_;
    replay::EventLookup lookup_;
    replay::audit::ChainWalk walk_;
    AccountLook look_;
    std::uint64_t next_account_;
    SelfAuditStats stats_;

    std::mutex mutex_;
    std::condition_variable wake_;
    bool is_stopping_ = false;
    std::thread thread_;
};

}  // namespace creditd::daemon
