// The one thread behind all followers: reads durable blocks from the journal as they come, looks at
// each event once, and feeds everybody. Starts at the smallest cursor; each follower ignores what
// it has. Errors, of the disk or of an event that it does not understand, stop it loudly: it says
// so once, `is_healthy` is false, waiters give up; nothing is skipped and nothing is corrupted.
// `publish` is for the thread that makes events durable; everything else for any thread. Where it
// was never started, `turn` does the work, and whoever waits does it himself.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

#include "replay/followers/follower.hpp"
#include "replay/journal.hpp"
#include "schemas/personal.hpp"

namespace creditd::replay::followers {

struct FollowerThreadOptions {
    /// Told once, from the follower thread, why it has stopped.
    std::function<void(const std::string&)> on_failure;
    /// After a round the thread rests for this long unless somebody waits for it: a thousand small
    /// writes a second then wake it a few hundred times, not a thousand.
    std::chrono::microseconds rest{2'000};
};

/// For metrics: how far one follower is.
struct FollowerStatus {
    std::string_view name;
    Seq consumed{};  // can be found
    Seq cursor{};    // is on disk
};

class FollowerThread {
public:
    using Deadline = std::chrono::steady_clock::time_point;

    /// `journal` has been opened; it and the followers outlive this.
    FollowerThread(const Journal& journal, std::vector<Follower*> followers,
                   FollowerThreadOptions options = {});
    ~FollowerThread();
    FollowerThread(const FollowerThread&) = delete;
    FollowerThread& operator=(const FollowerThread&) = delete;

    void start();
    /// One round of the work, for an owner without the thread. Returns whether there is more.
    bool turn();
    /// Ends the thread after the block, or the step, that it is at. Idempotent.
    void stop();

    /// Everything up to `durable` can be read. Costs a store, and a wake-up when the thread sleeps.
    void publish(Seq durable);
    /// Everything up to here can be found in every follower.
    Seq position() const { return position_.load(std::memory_order_acquire); }
    /// Waits until `position` has reached `seq`; false when the deadline has passed before, or the
    /// thread has stopped.
    bool wait_until(Seq seq, Deadline deadline);
    /// The same for any other condition that the followers' work brings about.
    bool wait_for(const std::function<bool()>& is_reached, Deadline deadline);
    /// Some follower has work, though there are no events. Any thread.
    void nudge();
    /// Everything that is only in memory is brought to disk soon (before a clean stop, say).
    void request_seal();
    /// The same, and waits until every cursor has reached `seq`.
    bool seal_until(Seq seq, Deadline deadline);

    /// Events that are durable, as far as was published, but not yet in every follower.
    std::uint64_t lag() const;
    bool is_healthy() const { return is_healthy_.load(std::memory_order_acquire); }
    std::vector<FollowerStatus> status() const;

private:
    /// What one block was made into; kept for its memory.
    struct Batch {
        std::vector<FollowedEvent> events;
        std::vector<std::size_t> wanting;  // places in `events` whose personal part is wanted
        std::vector<Seq> personal;         // and their numbers
        std::vector<std::string> resources;
    };
    using Result = std::expected<void, FollowerFailure>;

    /// What a round of the work has left.
    enum class Round : std::uint8_t { more, has_read, idle };

    void run();
    Round round();
    bool is_driven_by_hand() const { return !thread_.joinable(); }
    /// Reads on until there is no more; returns whether there was anything.
    std::expected<bool, FollowerFailure> read_round();
    Result consume_block(const StoredBlock& stored);
    Result read_resources();
    /// A step of every follower; returns whether any has more to do.
    std::expected<bool, FollowerFailure> work();
    void advance();
    void tell_waiters();
    void rest();
    void sleep();
    template <class Condition>
    bool wait_for_followers(Deadline deadline, const Condition& is_reached);
    Round fail(const FollowerFailure& failure);
    bool is_ahead() const;
    Seq smallest_cursor() const;

    const Journal& journal_;
    const std::vector<Follower*> followers_;
    const FollowerThreadOptions options_;

    std::atomic<Seq> durable_{};
    std::atomic<Seq> position_{};
    std::atomic<bool> is_asleep_{false};
    std::atomic<bool> is_stopping_{false};
    std::atomic<bool> is_healthy_{true};
    std::atomic<bool> is_seal_wanted_{false};
    std::atomic<bool> is_nudged_{false};

    std::mutex mutex_;
    std::condition_variable wake_;   // the follower thread sleeps here
    std::condition_variable moved_;  // waiters sleep here
    std::atomic<std::size_t> waiters_{0};

    Batch batch_;  // follower thread only, like the next
    schemas::PersonalPart personal_;
    std::thread thread_;
};

}  // namespace creditd::replay::followers
