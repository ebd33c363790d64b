// Forgets accounts: erases the personal parts of everything before an event that says so. The log
// stays as it is; only rows of the family `personal` go. Found by reading the log again from its
// beginning (erasure_scan.hpp), a block a step, so that no index is trusted with it; then the
// tables are written anew, on a thread of its own, so that no file holds the bytes any more.
// Its own family `erasures` has nothing but the cursor: what it has seen to. Where that is lost, or
// the database was restored from a backup, everything is seen to again.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <optional>
#include <thread>
#include <vector>

#include "replay/followers/erasure_scan.hpp"
#include "replay/followers/sorted_run.hpp"
#include "replay/journal.hpp"

namespace creditd::replay {
class Database;
}  // namespace creditd::replay

namespace creditd::replay::followers {

struct EraserStats {
    std::atomic<std::uint64_t> parts{0};     // erased
    std::atomic<std::uint64_t> pending{0};   // accounts whose bytes may still be in a file
    std::atomic<std::uint64_t> failures{0};  // of writing; tried again
};

class PersonalEraser final : public Follower {
public:
    struct Options {
        /// Of a RunFollower: where the cursor's table is made, and how many events may pass until
        /// it is saved.
        RunOptions runs;
        /// Brings the bytes of erased rows out of all files; false: they may still be there. On a
        /// thread of its own. Empty: nothing is done.
        std::function<bool(std::atomic<bool>& is_canceled)> rewrite;
    };

    /// `journal` has been opened, and outlives this like `database`.
    static std::expected<std::unique_ptr<PersonalEraser>, FollowerFailure> open(Database& database,
                                                                                Journal& journal,
                                                                                Options options);
    /// Ends a rewriting that is under way; the next start begins it again.
    ~PersonalEraser() override;
    /// Told, on the rewriting's own thread, that there is work. Once, before the first event.
    void set_wake(std::function<void()> wake) { wake_ = std::move(wake); }

    std::string_view name() const override { return "erasures"; }
    Seq cursor() const override { return cursor_.load(std::memory_order_acquire); }
    Seq consumed() const override { return consumed_.load(std::memory_order_acquire); }
    std::expected<void, FollowerFailure> consume(std::span<const FollowedEvent> events) override;
    std::expected<bool, FollowerFailure> work() override;
    void request_seal() override { is_seal_requested_ = true; }

    /// Every account that was to be forgotten up to here has been: no personal part of it can be
    /// read any more.
    Seq erased() const { return erased_.load(std::memory_order_acquire); }
    const EraserStats& stats() const { return stats_; }

private:
    enum class Stage : std::uint8_t { idle, first_pass, second_pass };
    enum class Rewrite : std::uint8_t { none, due, running, done, failed };
    using Result = std::expected<void, FollowerFailure>;

    PersonalEraser(Database& database, Journal& journal, Options options);
    void begin_scan();
    std::expected<bool, FollowerFailure> step();
    Result look_at(const BlockView& block);
    bool erase_found();
    void end_scan();
    void begin_rewrite();
    void look_at_rewrite();
    Seq settled() const;
    Result save_cursor();

    Database& database_;
    Journal& journal_;
    const Options options_;
    std::atomic<Seq> cursor_{};
    std::atomic<Seq> consumed_{};
    std::atomic<Seq> erased_{};
    EraserStats stats_;

    // Follower thread only.
    std::vector<ErasureWish> waiting_;          // for the scan to come
    std::vector<ErasureWish> scanned_;          // in the scan that is under way
    std::vector<ErasureWish> erased_wishes_;    // their rows are gone, their bytes may not be
    std::vector<ErasureWish> being_rewritten_;  // those bytes are just going
    Stage stage_ = Stage::idle;
    std::optional<ErasureScan> scan_;
    Seq next_{};              // to be looked at
    std::vector<Seq> found_;  // to be erased
    bool is_seal_requested_ = false;

    std::atomic<Rewrite> rewrite_{Rewrite::none};
    std::atomic<bool> is_canceled_{false};
    std::function<void()> wake_;
    std::thread rewriter_;
};

}  // namespace creditd::replay::followers
