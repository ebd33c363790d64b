// Wakes whoever waits for new events: of one account, or of the whole log. It looks behind the
// writer at what has become durable, only while somebody listens, and says no more than "there is
// something": listeners read it themselves, so a slow one delays nobody. One thread; `publish`,
// `add` and `remove` from any.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <thread>
#include <unordered_map>
#include <vector>

#include "daemon/http/exchange.hpp"
#include "replay/journal.hpp"

namespace creditd::daemon {

class FeedListener {
public:
    virtual ~FeedListener() = default;
    /// Where the next two are called.
    virtual http::IoThread& home() = 0;
    /// Events of this account; none: any event.
    virtual AccountNo account() const = 0;
    /// There may be new events.
    virtual void on_news() = 0;
    /// Now and then, whether there is news or not.
    virtual void on_beat() = 0;
};

class FeedHub {
public:
    using Listener = std::shared_ptr<FeedListener>;

    FeedHub(const replay::Journal& journal, std::chrono::milliseconds beat);
    ~FeedHub();
    FeedHub(const FeedHub&) = delete;
    FeedHub& operator=(const FeedHub&) = delete;

    void start();
    /// After this no listener is called any more. Idempotent.
    void stop();

    /// Everything up to here is durable. A store and, while somebody listens, a wake-up.
    void publish(Seq durable);
    /// From now on; what was durable before is the listener's own affair.
    void add(Listener listener);
    void remove(const FeedListener& listener);
    std::size_t count() const { return count_.load(std::memory_order_relaxed); }

private:
    using Listeners = std::vector<Listener>;

    void run();
    /// The listeners of accounts with events after `from`, and those of everything.
    Listeners concerned(Seq from, Seq to);
    void call(Listeners listeners, void (FeedListener::*what)());

    const replay::Journal& journal_;
    const std::chrono::milliseconds beat_;
    std::atomic<std::uint64_t> durable_{0};
    std::atomic<std::size_t> count_{0};

    std::mutex mutex_;
    std::condition_variable wake_;
    std::unordered_map<std::uint32_t, Listeners> by_account_;  // under none: of everything
    Seq seen_{};
    bool is_stopping_ = false;
    std::thread thread_;
};

}  // namespace creditd::daemon
