#include "daemon/engine/engine.hpp"

#include <chrono>
#include <cstdlib>
#include <exception>

#include "core/canary.hpp"

namespace creditd::daemon {
namespace {

// The largest group that the thread which decided it also writes (layout `shared`).
constexpr std::size_t written_here_max = 64;
// Idle accounts are swept at least this often.
constexpr auto idle_interval = std::chrono::milliseconds(200);

/// Groups completions by io thread: one post for each, however many there are.
void post_by_home(std::vector<Operation*>& operations) {
    std::size_t i = 0;
    std::sort(operations.begin(), operations.end(), [](const Operation* a, const Operation* b) {
        return a->home->index() < b->home->index();
    });
    while (i < operations.size()) {
        http::IoThread* const home = operations[i]->home;
        std::vector<Operation*> own;
        while (i < operations.size() && operations[i]->home == home) {
            own.push_back(operations[i++]);
        }
        home->post([own = std::move(own)] {
            for (Operation* operation : own) operation->complete();
        });
    }
}

}  // namespace

Engine::Engine(std::unique_ptr<State> state, replay::Journal& journal, const Clock& clock,
               EngineOptions options, EngineHooks hooks)
    : state_(std::move(state)),
      journal_(journal),
      clock_(clock),
      options_(options),
      hooks_(std::move(hooks)),
      clock_guard_(clock, state_->head.time, options.clock_jump_max),
      stall_(clock),
      stream_(journal.tip()),
      committer_(journal, committer_hooks(),
                 options.has_journal_thread && options.layout != ThreadLayout::ledger),
      decimals_(state_->head.decimals) {
    CREDITD_ASSERT(stream_.tip().seq == state_->head.seq);
    durable_ = state_->head.seq.value;
    stats_.seq = state_->head.seq.value;
    stats_.accounts = state_->accounts.count();
}

Engine::~Engine() { stop(); }

CommitterHooks Engine::committer_hooks() {
    CommitterHooks hooks;
    hooks.durable = [this](const CommitGroup& group, Seq durable) {
        for (const Operation* operation : group.operations) {
            for (const DecidedEvent& decided : operation->events) {
                if (decided.event.account_no.is_none()) hooks_.catalog_changed(decided.event);
            }
        }
        if (hooks_.images && !group.images.empty()) hooks_.images(group.images);
        durable_.store(durable.value, std::memory_order_release);
        hooks_.durable(durable);
    };
    hooks.publish = [this](std::vector<Operation*>& operations, bool is_own_thread) {
        publish(operations, is_own_thread);
    };
    hooks.fatal = hooks_.fatal;
    return hooks;
}

void Engine::publish(std::vector<Operation*>& operations, bool is_own_thread) {
    if (options_.layout != ThreadLayout::shared || is_own_thread) {
        post_by_home(operations);
        return;
    }
    for (Operation* operation : operations) operation->complete();
}

void Engine::start() {
    if (options_.layout == ThreadLayout::shared) return;
    thread_ = std::thread([this] { run(); });
}

void Engine::stop() {
    {
        const std::lock_guard lock(mutex_);
        is_stopping_ = true;
    }
    wake_.notify_all();
    if (thread_.joinable()) thread_.join();
    committer_.drain();
}

bool Engine::submit(std::span<Operation* const> group) {
    if (group.empty()) return true;
    const std::int64_t now_us = clock_.monotonic().value;
    std::unique_lock lock(mutex_);
    const bool too_old = !queue_.empty() && now_us - oldest_us_ > options_.queue_age_max.value;
    if (too_old || is_stopping_ || queue_.size() + group.size() > options_.queue_operations_max) {
        stats_.shed += group.size();
        return false;
    }
    if (queue_.empty()) oldest_us_ = now_us;
    queue_.insert(queue_.end(), group.begin(), group.end());
    queued_.store(queue_.size(), std::memory_order_relaxed);
    const bool wake = is_waiting_;
    lock.unlock();
    if (wake) wake_.notify_one();
    return true;
}

bool Engine::is_overloaded() const {
    return queued_.load(std::memory_order_relaxed) >= options_.queue_operations_max;
}

Unavailable Engine::writes_unavailable() const {
    if (is_ledger_suspect()) return Unavailable::ledger_suspect;
    const bool is_full = disk_full_.load(std::memory_order_relaxed);
    if (is_full && !canary(Canary::full_disk_ignored)) return Unavailable::disk_full;
    if (clock_guard_.is_suspect()) return Unavailable::clock_suspect;
    if (stats_.window_keys.load(std::memory_order_relaxed) > limits::unsynced_keys_max) {
        return Unavailable::overloaded;
    }
    return Unavailable::none;
}

void Engine::run() {
    bool background_waits = false;
    while (wait_for_work(background_waits)) {
        background_waits = turn();
    }
}

bool Engine::step_background() {
    if (background_ == nullptr || is_ledger_suspect()) return false;
    CREDITD_ASSERT(stream_.tip().seq == state_->head.seq);
    stall_.start();
    const bool more = background_->step(*state_, stream_.tip());
    stall_.lap();
    return more;
}

// Waits for operations, for the idle tick, or not at all while background work remains. Returns
// false once the engine is stopping and nothing is queued.
bool Engine::wait_for_work(bool background_waits) {
    std::unique_lock lock(mutex_);
    if (queue_.empty() && !is_stopping_ && !background_waits) {
        is_waiting_ = true;
        wake_.wait_for(lock, idle_interval, [this] { return !queue_.empty() || is_stopping_; });
        is_waiting_ = false;
    }
    return !queue_.empty() || !is_stopping_;
}

bool Engine::turn() {
    try {
        return take_turn();
    } catch (const std::exception& error) {
        hooks_.fatal(error.what());
        std::abort();
    }
}

bool Engine::take_turn() {
    // Its one thread never waits for the disk: what comes meanwhile makes the next group larger,
    // and the completion of what is being written brings it back here.
    if (options_.layout == ThreadLayout::shared && !committer_.is_ready()) return false;
    taken_.clear();
    {
        const std::lock_guard lock(mutex_);
        taken_.swap(queue_);
        queued_.store(0, std::memory_order_relaxed);
    }
    state_->window.trim(hooks_.indexes_synced());
    const Timestamp now = clock_guard_.stamp(state_->head.time);
    decide_all(now);
    sweep_due(now);
    hand_over();
    stats_.window_keys.store(state_->window.key_count(), std::memory_order_relaxed);
    // Completing here may have begun, and submitted, the next requests.
    return step_background() || more_due_ || queue_length() > 0;
}

void Engine::warm_from(std::size_t first) {
    const auto group =
        std::span(taken_).subspan(first, std::min(warm_group, taken_.size() - first));
    for (const WarmStep step : warm_steps) {
        for (const Operation* operation : group) operation->warm(*state_, step);
    }
}

void Engine::decide_all(Timestamp now) {
    const LedgerTurn turn{*state_, now, options_.policy, writes_unavailable(), &stall_};
    stall_.start();
    for (std::size_t i = 0; i < taken_.size(); ++i) {
        if (i % warm_group == 0) warm_from(i);
        Operation* const operation = taken_[i];
        operation->events.clear();
        operation->execute(turn);
        if (canary(Canary::read_before_sync) && !operation->is_write()) {
            operation->complete();
            continue;
        }
        stall_.lap();
        stream_.add(operation->events, operation->is_one_block());
        group_.operations.push_back(operation);
        stall_.resume();
    }
}

void Engine::sweep_due(Timestamp now) {
    more_due_ = false;
    if (writes_unavailable() != Unavailable::none) return;
    swept_.clear();
    more_due_ = sweep(*state_, now, options_.policy, limits::sweep_events_max, swept_);
    stream_.add(swept_, false);
}

// Where one thread does everything, it also writes what is small: a hand-over and the way back cost
// more than the sync that they would hide. While a large group is written, the next one is decided.
bool Engine::is_written_here() const {
    if (options_.layout != ThreadLayout::shared || !committer_.is_idle()) return false;
    if (group_.operations.empty()) return true;  // nobody's completion would bring us back
    std::size_t events = 0;
    for (const replay::SealedBlock& block : group_.blocks) events += block.count;
    return events <= written_here_max;
}

// The state is exactly at the end of the group, so the image is of its last event.
void Engine::take_images() {
    for (const auto& [no, seq] : stream_.marked) {
        const Account& account = state_->accounts.get(no);
        const std::size_t parts = account.grants.count() + account.extra().holds.size();
        if (!replay::followers::image_turn(seq, parts)) continue;
        const std::string_view chunk =
            images_.encode_chunk(AccountNo{0}, {&account, 1}, state_->terms);
        group_.images.push_back({no, state_->head.seq, std::string(chunk)});
    }
    stream_.marked.clear();
}

void Engine::hand_over() {
    stream_.flush();
    if (hooks_.images && !is_ledger_suspect()) take_images();
    group_.blocks.swap(stream_.blocks);
    group_.rows.swap(stream_.rows);
    if (group_.is_empty()) return;
    stats_.operations += group_.operations.size();
    ++stats_.groups;
    stats_.seq.store(state_->head.seq.value, std::memory_order_relaxed);
    stats_.accounts.store(state_->accounts.count(), std::memory_order_relaxed);
    if (is_written_here()) committer_.write_here(group_);
    else committer_.commit(group_);
    stream_.blocks.clear();
    stream_.rows.clear();
}

}  // namespace creditd::daemon
