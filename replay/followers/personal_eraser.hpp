// Forgets accounts: erases the personal parts of everything up to an event that says so, found by
// reading the log again from its beginning (erasure_scan.hpp), a block a step, so that no index is
// trusted with it; then the tables are written anew, on a thread of its own. Its family `erasures`
// has nothing but the cursor. Where that is behind or lost (after a restore), it looks for such
// events itself: no other follower reads anything again. What fails here stops nobody else.
#pragma once

#include <atomic>
#include <chrono>
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
    std::atomic<std::uint64_t> parts{0};     // that were there, and have been erased
    std::atomic<std::uint64_t> pending{0};   // accounts whose bytes may still be in a file
    std::atomic<std::uint64_t> failures{0};  // of reading or writing: not all is done
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
        /// Told, on the follower thread, why something cannot be erased, or not just now.
        std::function<void(const std::string&)> on_failure;
    };
    /// After a rewriting that failed, and after more of them.
    static constexpr std::chrono::minutes rewrite_pause_min{1};
    static constexpr std::chrono::minutes rewrite_pause_max{60};

    /// `journal` has been opened, and outlives this like `database`.
    static std::expected<std::unique_ptr<PersonalEraser>, FollowerFailure> open(Database& database,
                                                                                Journal& journal,
                                                                                Options options);
    ~PersonalEraser() override { stop(); }
    /// Told, on the rewriting's own thread, that there is work. Once, before the first event.
    void set_wake(std::function<void()> wake) { wake_ = std::move(wake); }
    /// Ends a rewriting that is under way; the next start begins it again. Comes when the follower
    /// thread has ended, and before whom `wake` wakes does.
    void stop();

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
    enum class Stage : std::uint8_t { idle, search, first_pass, second_pass };
    enum class Rewrite : std::uint8_t { none, due, running, done, failed };
    using Result = std::expected<void, FollowerFailure>;
    using Clock = std::chrono::steady_clock;

    PersonalEraser(Database& database, Journal& journal, Options options, Seq cursor);
    void wish(const schemas::EventView& event);
    void begin_scan();
    Seq pass_last() const;
    bool step();
    Result read_block();
    Result look_at(const BlockView& block);
    Result look_into(const std::vector<Seq>& suspects);
    bool erase_found();
    bool end_pass();
    void end_scan();
    bool fail(const FollowerFailure& reason);
    void tell_failure(const FollowerFailure& reason);
    void begin_rewrite();
    void look_at_rewrite();
    Seq settled() const;
    void save_cursor_if_due();
    Result save_cursor(Seq to);

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
    Seq search_last_{};
    std::optional<ErasureScan> scan_;
    Seq next_{};              // to be looked at
    std::vector<Seq> found_;  // to be erased
    bool is_seal_requested_ = false;
    bool has_failed_ = false;
    FollowerFailure last_failure_;
    bool has_consumed_ = false;  // since the last step
    unsigned skipped_ = 0;

    std::atomic<Rewrite> rewrite_{Rewrite::none};
    std::atomic<bool> is_canceled_{false};
    Clock::duration rewrite_pause_{};
    Clock::time_point rewrite_again_at_{};
    std::function<void()> wake_;
    std::thread rewriter_;
};

}  // namespace creditd::replay::followers
