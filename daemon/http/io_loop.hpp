// One io thread's loop: epoll over its sockets, a mailbox for other threads, one coarse sweep for
// all deadlines. Linux only. Knows sockets and time, not HTTP; see README.md for why not Asio's.
// Everything but post() and stop() belongs to the loop's thread.
#pragma once

#include "daemon/http/counters.hpp"
#include "daemon/http/exchange.hpp"

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string_view>
#include <vector>

namespace creditd::daemon::http {

/// Milliseconds of the monotonic clock, read once per turn of the loop.
using Milliseconds = std::int64_t;

/// Something with a file descriptor in the loop.
class Pollable {
public:
    virtual ~Pollable() = default;
    /// `events` as epoll(7) names them.
    virtual void on_events(std::uint32_t events) = 0;
    /// A later turn came, as asked for with IoLoop::run_later.
    virtual void on_turn() {}
};

/// What the loop calls besides its sockets.
struct LoopHooks {
    std::function<void(IoThread&)> idle;
    std::function<void(Milliseconds now)> sweep;
    std::function<void(std::string_view what)> exception;
    Milliseconds sweep_interval = 250;
};

class IoLoop final : public IoThread {
public:
    IoLoop(unsigned index, LoopHooks hooks);
    ~IoLoop() override;
    IoLoop(const IoLoop&) = delete;
    IoLoop& operator=(const IoLoop&) = delete;

    void post(std::move_only_function<void()> task) override;
    unsigned index() const override { return index_; }

    /// Turns until stop(). Exceptions are counted, told to the hook, and the loop goes on.
    void run();
    void stop();

    /// Adds a descriptor; false with errno set if the kernel refuses.
    bool watch(int fd, std::uint32_t events, Pollable& target);
    void change(int fd, std::uint32_t events, Pollable& target);
    /// Calls target.on_turn() in the next turn, after new events: for work that would starve
    /// others.
    void run_later(Pollable& target) { later_.push_back(&target); }
    /// Destroys a target at the end of this turn, when no pending event names it any more. Its
    /// descriptor must be closed already.
    void bury(std::unique_ptr<Pollable> target);
    /// Calls `task` at `when`, roughly. One at a time.
    void call_at(Milliseconds when, std::function<void()> task);

    /// Runs `work`; an exception is counted, told to the hook, and the result is false.
    template <class Work>
    bool guarded(Work&& work) noexcept {
        try {
            work();
            return true;
        } catch (...) {
            report_exception();
        }
        return false;
    }

    Milliseconds now() const { return now_; }
    Counters& counters() { return counters_; }
    const Counters& counters() const { return counters_; }

private:
    void turn();
    void report_exception() noexcept;
    bool handle_events(int timeout_ms);
    bool run_later_targets();
    bool run_tasks();
    void run_clock();
    int wait_ms() const;
    const unsigned index_;
    const LoopHooks hooks_;
    int epoll_ = -1;
    int wake_ = -1;
    Milliseconds now_ = 0;
    Milliseconds next_sweep_ = 0;
    Milliseconds alarm_at_ = 0;
    std::function<void()> alarm_;
    std::vector<Pollable*> later_;
    std::vector<Pollable*> later_now_;
    std::vector<std::unique_ptr<Pollable>> buried_;
    Counters counters_;

    std::mutex mailbox_mutex_;
    std::vector<std::move_only_function<void()>> mailbox_;
    std::vector<std::move_only_function<void()>> tasks_;
    std::atomic<bool> mail_{false};
    std::atomic<bool> sleeping_{false};
    std::atomic<bool> stopping_{false};
};

}  // namespace creditd::daemon::http
