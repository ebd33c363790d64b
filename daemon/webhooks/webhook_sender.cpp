#include "daemon/webhooks/webhook_sender.hpp"

#include <utility>

#include "daemon/basics/background.hpp"
#include "daemon/basics/log.hpp"
#include "daemon/basics/wall_clock.hpp"
#include "text/json_writer.hpp"

namespace creditd::daemon {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t page_messages = 200;
/// One step of one endpoint reads no more pages, so that none of them keeps the others waiting.
constexpr int pages_of_step = 4;
constexpr auto save_every = 250ms;
/// How soon a retry is noticed, and a clock that somebody has moved.
constexpr auto look_every = 50ms;
constexpr auto idle_look_every = 100ms;
/// Of all endpoints together: fewer than the client's connections.
constexpr std::size_t in_flight_max = 192;
/// How long the ledger may take to end an endpoint before it is asked again.
constexpr auto close_patience = 10s;
constexpr int gone = 410;

}  // namespace

struct WebhookSender::Runner {
    Runner(Endpoint e, Outbox o, std::uint64_t count)
        : endpoint(std::move(e)), outbox(std::move(o)), attempts(count) {}

    Endpoint endpoint;
    Outbox outbox;
    std::uint64_t attempts;  // made so far
    std::vector<WebhookAttempt> unsaved;
    bool is_dirty = true;
    Timestamp not_before{};  // it has asked to be left alone until then
    /// The ledger was asked to end it so, and when.
    EndpointStatus wanted = EndpointStatus::active;
    std::optional<std::chrono::steady_clock::time_point> closing_since;
    bool is_testing = false;  // a test is under way

    bool is_running() const { return endpoint.status == EndpointStatus::active && !closing_since; }
};

struct WebhookSender::Attempt {
    std::string endpoint;
    std::string url;
    std::string message;
    std::string type;
    unsigned attempt = 1;
    Timestamp at{};
    std::uint32_t round = 0;                      // of the outbox
    std::optional<std::pair<AccountNo, Seq>> of;  // none: a test
};

WebhookSender::WebhookSender(Parts parts) : parts_(std::move(parts)) {}

WebhookSender::~WebhookSender() { stop(); }

void WebhookSender::restore(const std::vector<Endpoint>& endpoints, Seq end) {
    for (const Endpoint& endpoint : endpoints) add(endpoint, saved_outbox(endpoint, end));
    if (!parts_.store.was_used() && !parts_.store.mark_used()) {
        log_error("webhook_positions_not_saved", {});
    }
    show();
}

void WebhookSender::start() {
    thread_ = std::thread([this] { run(); });
}

void WebhookSender::stop() {
    {
        const std::lock_guard lock(mutex_);
        is_stopping_ = true;
    }
    wake_.notify_one();
    if (thread_.joinable()) thread_.join();
}

// --- from other threads --------------------------------------------------------------------------

void WebhookSender::post(Task task) {
    {
        const std::lock_guard lock(mutex_);
        tasks_.push_back(std::move(task));
    }
    if (!is_resting_.load(std::memory_order_relaxed)) wake_.notify_one();
}

void WebhookSender::publish(Seq durable) {
    // The newest one stays, whoever comes late.
    std::uint64_t known = durable_.load(std::memory_order_relaxed);
    while (known < durable.value && !durable_.compare_exchange_weak(known, durable.value)) {
    }
    // Without the lock, which a thread behind everything else holds: what falls between the
    // sender's look and its sleep is seen at the next look.
    const bool is_wanted = stats_.endpoints.load(std::memory_order_relaxed) > 0 &&
                           !is_resting_.load(std::memory_order_relaxed);
    if (is_wanted) wake_.notify_one();
}

void WebhookSender::publish(const Event& event) {
    if (const auto* set = std::get_if<EndpointSet>(&event.body)) {
        post([this, endpoint = set->endpoint] { change(endpoint); });
    } else if (const auto* removed = std::get_if<EndpointRemoved>(&event.body)) {
        post([this, id = removed->id] {
            if (runners_.erase(id) > 0)
                parts_.store.save(std::array{WebhookStore::Change{id, {}, {}}});
        });
    }
}

std::optional<WebhookProgress> WebhookSender::progress(const std::string& endpoint) const {
    const std::lock_guard lock(mutex_);
    const auto found = shown_.find(endpoint);
    if (found == shown_.end()) return std::nullopt;
    return found->second;
}

void WebhookSender::replay(const std::string& endpoint, Seq after) {
    post([this, endpoint, after] {
        const auto found = runners_.find(endpoint);
        if (found == runners_.end()) return;
        Runner& runner = *found->second;
        runner.outbox.rewind(std::min(after, runner.outbox.position()));
        runner.is_dirty = true;
    });
}

std::string WebhookSender::send_test(const std::string& endpoint) {
    const Timestamp at = wall_clock_now();
    Attempt attempt{endpoint, {}, {}, "webhook.test", 1, at, 0, std::nullopt};
    {
        const std::lock_guard lock(mutex_);
        attempt.message = "msg_test_" + std::to_string(at.value) + '_' + std::to_string(++tests_);
    }
    std::string body;
    JsonWriter json(body);
    json.begin_object();
    json.text("type", attempt.type);
    json.timestamp("timestamp", at);
    json.begin_object("data");
    json.text("endpoint", endpoint);
    json.end_object();
    json.end_object();
    post([this, attempt, body = std::move(body)] {
        const auto found = runners_.find(attempt.endpoint);
        if (found == runners_.end() || found->second->is_testing) return;
        found->second->is_testing = true;
        send(*found->second, attempt, body);
    });
    return attempt.message;
}

// --- the sender's thread -------------------------------------------------------------------------

// An endpoint that nothing was saved of is new, unless nothing was ever saved here: then the ledger
// was restored elsewhere, and what was sent before is not known. It goes on from the end, and
// `replay` sends what is wanted.
Outbox WebhookSender::saved_outbox(const Endpoint& endpoint, Seq end) const {
    const auto saved = parts_.store.outbox(endpoint.id);
    auto outbox = saved ? Outbox::parse(*saved) : std::nullopt;
    if (!outbox && !saved && parts_.store.was_used()) return Outbox(first_position(endpoint));
    if (!outbox) {
        log_warning("webhook_position_lost", {{"endpoint", endpoint.id}, {"goes_on_after", end}});
        return Outbox(end);
    }
    if (outbox->position() > end) outbox->rewind(end);
    return std::move(*outbox);
}

void WebhookSender::add(const Endpoint& endpoint, Outbox outbox) {
    auto runner = std::make_unique<Runner>(endpoint, std::move(outbox),
                                           parts_.store.last_attempt(endpoint.id));
    runners_.insert_or_assign(endpoint.id, std::move(runner));
    stats_.endpoints.store(runners_.size(), std::memory_order_relaxed);
}

void WebhookSender::change(const Endpoint& endpoint) {
    const auto found = runners_.find(endpoint.id);
    if (found == runners_.end()) return add(endpoint, Outbox(first_position(endpoint)));
    Runner& runner = *found->second;
    const bool was_running = runner.endpoint.status == EndpointStatus::active;
    runner.endpoint = endpoint;
    runner.closing_since.reset();
    runner.wanted = EndpointStatus::active;
    runner.not_before = {};
    runner.is_dirty = true;
    // Whoever sets it going again has mended it: no need to wait for what was planned before.
    if (!was_running && endpoint.status == EndpointStatus::active) runner.outbox.start_over();
}

void WebhookSender::run() {
    run_in_background(Background::last);
    std::unique_lock lock(mutex_);
    while (!is_stopping_) {
        run_tasks(lock);
        stats_.endpoints.store(runners_.size(), std::memory_order_relaxed);
        seen_ = Seq{durable_.load(std::memory_order_acquire)};
        pace_.look(std::chrono::steady_clock::now(), seen_);
        const Timestamp now = parts_.clock.wall();
        step_each(now);
        save(false);
        show();
        lock.lock();
        if (pace_.is_busy() && !runners_.empty()) {
            rest(lock);
            continue;
        }
        wake_.wait_for(lock, waits_for_time() ? look_every : idle_look_every, [this] {
            return is_stopping_ || !tasks_.empty() ||
                   (!runners_.empty() && durable_.load(std::memory_order_acquire) > seen_.value);
        });
    }
    run_tasks(lock);
    save(true);
}

/// Until a few more may be sent: being woken for each write would cost the ledger more than these.
void WebhookSender::rest(std::unique_lock<std::mutex>& lock) {
    is_resting_.store(true, std::memory_order_relaxed);
    wake_.wait_for(lock, WebhookPace::window, [this] { return is_stopping_.load(); });
    is_resting_.store(false, std::memory_order_relaxed);
}

/// Without the lock afterwards.
void WebhookSender::run_tasks(std::unique_lock<std::mutex>& lock) {
    std::vector<Task> tasks = std::exchange(tasks_, {});
    lock.unlock();
    for (const Task& task : tasks) task();
}

bool WebhookSender::waits_for_time() const {
    for (const auto& [id, runner] : runners_) {
        if (runner->is_dirty || runner->closing_since) return true;
        if (!runner->is_running()) continue;
        const Outbox& outbox = runner->outbox;
        if (outbox.failing() > 0 || runner->not_before != Timestamp{}) return true;
        // It was not read to the end, or could not be.
        if (outbox.refill() || (outbox.wants_more() && outbox.position() < seen_)) return true;
    }
    return false;
}

// Each time another one comes first: where only few may be sent, all endpoints get some.
void WebhookSender::step_each(Timestamp now) {
    auto first = runners_.upper_bound(came_first_);
    if (first == runners_.end()) first = runners_.begin();
    if (first != runners_.end()) came_first_ = first->first;
    for (auto at = first; at != runners_.end(); ++at) step(*at->second, now);
    for (auto at = runners_.begin(); at != first; ++at) step(*at->second, now);
}

void WebhookSender::step(Runner& runner, Timestamp now) {
    if (runner.closing_since &&
        std::chrono::steady_clock::now() - *runner.closing_since > close_patience) {
        ask_to_end(runner, runner.wanted);
    }
    if (!runner.is_running() || now < runner.not_before) return;
    runner.not_before = {};
    read_more(runner);
    while (in_flight() < in_flight_max) {
        if (!pace_.admit()) return;
        const WebhookMessage* const message = runner.outbox.next(now);
        if (message == nullptr) return;
        send(runner, *message);
    }
}

std::size_t WebhookSender::in_flight() const {
    std::size_t sum = 0;
    for (const auto& entry : runners_) sum += entry.second->outbox.in_flight();
    return sum;
}

void WebhookSender::read_more(Runner& runner) {
    Outbox& outbox = runner.outbox;
    for (int page = 0; page < pages_of_step && !is_stopping_; ++page) {
        const auto refill = outbox.refill();
        if (!refill) break;
        auto found =
            parts_.log.read(runner.endpoint, refill->account, refill->after, page_messages);
        if (!found.is_readable) return;
        outbox.refilled(refill->account, std::move(found.messages), found.looked_to);
        runner.is_dirty = true;
    }
    for (int page = 0; page < pages_of_step && !is_stopping_; ++page) {
        if (!outbox.wants_more() || outbox.position() >= seen_) return;
        auto found =
            parts_.log.read(runner.endpoint, std::nullopt, outbox.position(), page_messages);
        if (!found.is_readable || found.looked_to == outbox.position()) return;
        outbox.add(std::move(found.messages), found.looked_to);
        runner.is_dirty = true;
    }
}

void WebhookSender::send(Runner& runner, const WebhookMessage& message) {
    Attempt attempt{runner.endpoint.id,
                    runner.endpoint.url,
                    message.id,
                    message.type,
                    runner.outbox.failures(message.account) + 1,
                    wall_clock_now(),
                    runner.outbox.round(),
                    std::pair{message.account, message.seq}};
    send(runner, std::move(attempt), message.body);
}

// The receiver compares the timestamp with its own clock, so it is the machine's, whatever time it
// is for the ledger.
void WebhookSender::send(Runner& runner, Attempt attempt, const std::string& body) {
    const std::int64_t seconds = attempt.at.value / Duration::seconds(1).value;
    HttpRequest request;
    request.url = runner.endpoint.url;
    request.body = body;
    request.headers = {
        "content-type: application/json", "user-agent: creditd/" CREDITD_VERSION,
        "webhook-id: " + attempt.message, "webhook-timestamp: " + std::to_string(seconds),
        "webhook-signature: " +
            parts_.keys.sign(runner.endpoint, parts_.clock.wall(), attempt.message, seconds, body)};
    parts_.send(std::move(request), [this, attempt = std::move(attempt)](HttpResult result) {
        post([this, attempt, result = std::move(result)] { finish(attempt, result); });
    });
}

void WebhookSender::finish(const Attempt& attempt, const HttpResult& result) {
    auto& counter = result.is_success() ? stats_.delivered : stats_.failed;
    counter.fetch_add(1, std::memory_order_relaxed);
    const auto found = runners_.find(attempt.endpoint);
    if (found == runners_.end()) return;
    Runner& runner = *found->second;
    runner.is_dirty = true;
    runner.unsaved.push_back({++runner.attempts, attempt.message, attempt.type, attempt.at,
                              attempt.attempt, result.status, result.took.value, result.error});
    if (!attempt.of) runner.is_testing = false;
    else if (attempt.round == runner.outbox.round()) judge(runner, attempt, result);
}

void WebhookSender::judge(Runner& runner, const Attempt& attempt, const HttpResult& result) {
    const auto& [account, seq] = *attempt.of;
    if (result.is_success()) return runner.outbox.delivered(account, seq);
    const Timestamp now = parts_.clock.wall();
    const double spread = std::uniform_real_distribution<double>(0, 1)(spread_);
    const bool may_try_again = runner.outbox.failed(account, seq, now, result.retry_after, spread);
    if (result.is_throttled() && result.retry_after) {
        runner.not_before =
            std::max(runner.not_before, now + std::min(*result.retry_after, pause_max));
    }
    // Where it was moved meanwhile, the old place says nothing of the new one.
    const bool is_gone = result.status == gone && attempt.url == runner.endpoint.url;
    if (may_try_again && !is_gone) return;
    if (runner.closing_since || runner.endpoint.status != EndpointStatus::active) return;
    log_warning("webhook_endpoint_ended", {{"endpoint", runner.endpoint.id},
                                           {"reason", is_gone ? "gone" : "failing"},
                                           {"message", attempt.message}});
    ask_to_end(runner, is_gone ? EndpointStatus::gone : EndpointStatus::failing);
}

void WebhookSender::ask_to_end(Runner& runner, EndpointStatus status) {
    runner.wanted = status;
    runner.closing_since = std::chrono::steady_clock::now();
    parts_.close(runner.endpoint.id, status);
}

void WebhookSender::save(bool is_last) {
    const auto now = std::chrono::steady_clock::now();
    if (!is_last && now - saved_at_ < save_every) return;
    std::vector<WebhookStore::Change> changes;
    for (const auto& [id, runner] : runners_) {
        if (!runner->is_dirty) continue;
        changes.push_back({id, runner->outbox.print(), runner->unsaved});
    }
    if (changes.empty()) return;
    saved_at_ = now;
    if (!parts_.store.save(changes)) {
        log_error("webhook_positions_not_saved", {});
        return;
    }
    for (const WebhookStore::Change& change : changes) {
        Runner& runner = *runners_.at(change.endpoint);
        runner.unsaved.clear();
        runner.is_dirty = false;
    }
}

void WebhookSender::show() {
    std::map<std::string, WebhookProgress> now;
    for (const auto& [id, runner] : runners_) {
        const Outbox& outbox = runner->outbox;
        now[id] = {outbox.position(), outbox.waiting(), outbox.failing(), outbox.next_retry()};
    }
    const std::lock_guard lock(mutex_);
    shown_.swap(now);  // what was shown dies without the lock
}

}  // namespace creditd::daemon
