// Sends the log's news to the endpoints that asked for it: signed, in order for each account, at
// least once, and nothing that is not durable. One thread of its own, behind everything else; how
// far each endpoint has got is saved a few times a second.
#pragma once

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "core/event.hpp"
#include "daemon/engine/clock.hpp"
#include "daemon/outbound/http_client.hpp"
#include "daemon/webhooks/outbox.hpp"
#include "daemon/webhooks/webhook_keys.hpp"
#include "daemon/webhooks/webhook_pace.hpp"
#include "daemon/webhooks/webhook_store.hpp"

namespace creditd::daemon {

/// The log as endpoints hear of it.
class WebhookLog {
public:
    struct Page {
        std::vector<WebhookMessage> messages;
        Seq looked_to{};
        bool is_readable = true;
    };
    virtual ~WebhookLog() = default;
    /// What follows `after` and is durable, in order, for this endpoint; of one account or of all.
    virtual Page read(const Endpoint& endpoint, std::optional<AccountNo> account, Seq after,
                      std::size_t limit) = 0;
};

struct WebhookStats {
    std::atomic<std::uint64_t> delivered{0};
    std::atomic<std::uint64_t> failed{0};
    std::atomic<std::uint64_t> endpoints{0};
};

/// How one endpoint does.
struct WebhookProgress {
    Seq position{};           // everything up to here was sent or waits for its turn
    std::size_t waiting = 0;  // accounts with something to send
    std::size_t failing = 0;  // of those: whose message has failed
    Timestamp next_retry = Timestamp::never();
};

class WebhookSender {
public:
    using Send = std::function<void(HttpRequest, std::function<void(HttpResult)>)>;
    /// Asks the ledger to end what cannot be sent to; comes back as an EndpointSet, or does not.
    using Close = std::function<void(const std::string& endpoint, EndpointStatus status)>;

    struct Parts {
        WebhookLog& log;
        WebhookStore& store;
        const WebhookKeys& keys;
        const Clock& clock;  // of the ledger: it says when to try again
        Send send;
        Close close;
    };

    explicit WebhookSender(Parts parts);
    ~WebhookSender();
    WebhookSender(const WebhookSender&) = delete;
    WebhookSender& operator=(const WebhookSender&) = delete;

    /// Before `start`: the endpoints that there are, in a log that ends at `end`. One that has
    /// heard of more than that (its loss was accepted) goes on from the end.
    void restore(const std::vector<Endpoint>& endpoints, Seq end);
    void start();
    /// After this nothing is sent; what was under way is tried again after the next start.
    void stop();

    /// Everything up to here is durable. Next to nothing where there are no endpoints.
    void publish(Seq durable);
    /// An endpoint was set or removed; other events change nothing.
    void publish(const Event& event);

    std::optional<WebhookProgress> progress(const std::string& endpoint) const;
    /// Everything after this position once more.
    void replay(const std::string& endpoint, Seq after);
    /// Sends a message of type `webhook.test`, once. Returns its id.
    std::string send_test(const std::string& endpoint);

    const WebhookStats& stats() const { return stats_; }

private:
    struct Runner;
    struct Attempt;
    using Runners = std::map<std::string, std::unique_ptr<Runner>>;
    using Task = std::function<void()>;

    void run();
    void post(Task task);
    void add(const Endpoint& endpoint, Outbox outbox);
    Outbox saved_outbox(const Endpoint& endpoint, Seq end) const;
    std::size_t in_flight() const;
    void run_tasks(std::unique_lock<std::mutex>& lock);
    void change(const Endpoint& endpoint);
    void step_each(Timestamp now);
    void step(Runner& runner, Timestamp now);
    void read_more(Runner& runner);
    void send(Runner& runner, const WebhookMessage& message);
    void send(Runner& runner, Attempt attempt, const std::string& body);
    void finish(const Attempt& attempt, const HttpResult& result);
    void judge(Runner& runner, const Attempt& attempt, const HttpResult& result);
    void save(bool is_last);
    void show();
    bool waits_for_time() const;
    void rest(std::unique_lock<std::mutex>& lock);
    void ask_to_end(Runner& runner, EndpointStatus status);

    Parts parts_;
    WebhookStats stats_;
    std::atomic<std::uint64_t> durable_{0};

    // The sender's thread alone.
    Runners runners_;
    std::minstd_rand spread_{1};
    std::chrono::steady_clock::time_point saved_at_{};
    Seq seen_{};
    std::string came_first_;  // of the endpoints, the last time
    WebhookPace pace_{std::max(std::thread::hardware_concurrency(), 1U)};

    mutable std::mutex mutex_;
    std::condition_variable wake_;
    std::vector<Task> tasks_;
    std::map<std::string, WebhookProgress> shown_;
    std::uint64_t tests_ = 0;
    std::atomic<bool> is_stopping_{false};
    std::atomic<bool> is_resting_{false};
    std::thread thread_;
};

}  // namespace creditd::daemon
