#include "replay/followers/follower_thread.hpp"

#include <algorithm>
#include <optional>

#include "core/assert.hpp"

namespace creditd::replay::followers {
namespace {

/// The journal is read in turns of so many blocks, so that no old state of the database is held on
/// to for long.
constexpr std::size_t round_blocks = 1'024;

FollowerFailure at(Seq seq, std::string_view what) {
    return "following the journal at seq " + std::to_string(seq.value) + ": " + std::string(what);
}

bool uses_resources(schemas::EventKind kind) {
    using enum schemas::EventKind;
    return kind == credits_deducted || kind == hold_placed || kind == hold_captured;
}

FollowerFailure in(const Follower& follower, const FollowerFailure& failure) {
    return "the index '" + std::string(follower.name()) + "': " + failure;
}

}  // namespace

FollowerThread::FollowerThread(const Journal& journal, std::vector<Follower*> followers,
                               FollowerThreadOptions options)
    : journal_(journal), followers_(std::move(followers)), options_(std::move(options)) {
    CREDITD_ASSERT(!followers_.empty());
    durable_ = journal_.tip().seq;
    advance();
}

FollowerThread::~FollowerThread() { stop(); }

void FollowerThread::start() {
    CREDITD_ASSERT(!thread_.joinable());
    thread_ = std::thread([this] { run(); });
}

void FollowerThread::stop() {
    is_stopping_ = true;
    {
        const std::scoped_lock lock(mutex_);
        wake_.notify_all();
        moved_.notify_all();
    }
    if (thread_.joinable()) thread_.join();
}

// --- the outside ---------------------------------------------------------------------------------
// `publish` stores and then looks whether the thread sleeps; the thread says that it sleeps and
// then looks whether something was stored. In the one order of both, one of them sees the other.
void FollowerThread::publish(Seq durable) {
    durable_.store(durable);
    if (!is_asleep_.load()) return;
    const std::scoped_lock lock(mutex_);
    wake_.notify_one();
}

template <class Condition>
bool FollowerThread::wait_for_followers(Deadline deadline, const Condition& is_reached) {
    if (is_reached()) return true;
    if (is_driven_by_hand()) {
        while (turn() && !is_reached()) continue;
        return is_reached();
    }
    std::unique_lock lock(mutex_);
    waiters_.fetch_add(1);
    wake_.notify_one();
    moved_.wait_until(lock, deadline,
                      [&] { return is_reached() || !is_healthy() || is_stopping_.load(); });
    waiters_.fetch_sub(1);
    return is_reached();
}

bool FollowerThread::wait_until(Seq seq, Deadline deadline) {
    return wait_for_followers(deadline, [&] { return position_.load() >= seq; });
}

bool FollowerThread::wait_for(const std::function<bool()>& is_reached, Deadline deadline) {
    return wait_for_followers(deadline, is_reached);
}

void FollowerThread::nudge() {
    is_nudged_ = true;
    const std::scoped_lock lock(mutex_);
    wake_.notify_one();
}

void FollowerThread::request_seal() {
    is_seal_wanted_ = true;
    const std::scoped_lock lock(mutex_);
    wake_.notify_one();
}

bool FollowerThread::seal_until(Seq seq, Deadline deadline) {
    if (!wait_until(seq, deadline)) return false;
    request_seal();
    return wait_for_followers(deadline, [&] { return smallest_cursor() >= seq; });
}

std::uint64_t FollowerThread::lag() const {
    const Seq here = position();
    const Seq end = durable_.load(std::memory_order_relaxed);
    return end > here ? end.value - here.value : 0;
}

std::vector<FollowerStatus> FollowerThread::status() const {
    std::vector<FollowerStatus> result;
    result.reserve(followers_.size());
    for (const Follower* follower : followers_) {
        result.push_back({follower->name(), follower->consumed(), follower->cursor()});
    }
    return result;
}

Seq FollowerThread::smallest_cursor() const {
    const auto smallest = std::ranges::min(
        followers_, {}, [](const Follower* follower) { return follower->cursor(); });
    return smallest->cursor();
}

// --- the thread ----------------------------------------------------------------------------------
void FollowerThread::run() {
    while (!is_stopping_.load() && is_healthy()) {
        switch (round()) {
            case Round::more: break;
            case Round::has_read: rest(); break;
            case Round::idle: sleep(); break;
        }
    }
}

FollowerThread::Round FollowerThread::round() {
    is_nudged_ = false;
    if (is_seal_wanted_.exchange(false)) {
        for (Follower* follower : followers_) follower->request_seal();
    }
    const auto has_read = read_round();
    if (!has_read) return fail(has_read.error());
    if (is_ahead()) return Round::more;
    const auto has_work = work();
    if (!has_work) return fail(has_work.error());
    if (*has_work) return Round::more;
    return *has_read ? Round::has_read : Round::idle;
}

bool FollowerThread::turn() {
    CREDITD_ASSERT(is_driven_by_hand());
    return is_healthy() && round() == Round::more;
}

bool FollowerThread::is_ahead() const { return durable_.load() > position_.load(); }

std::expected<bool, FollowerFailure> FollowerThread::read_round() {
    if (!is_ahead()) return false;
    Result result;
    std::size_t blocks_left = round_blocks;
    const auto read = journal_.read(position().next(), [&](const StoredBlock& stored) {
        result = consume_block(stored);
        if (!result) return false;
        if (const auto worked = work(); !worked) result = std::unexpected(worked.error());
        return result && --blocks_left > 0 && !is_stopping_.load();
    });
    if (!read) return std::unexpected(at(position().next(), read.error().detail));
    if (!result) return std::unexpected(result.error());
    return true;
}

FollowerThread::Result FollowerThread::consume_block(const StoredBlock& stored) {
    const auto block = BlockView::parse(stored.bytes);
    if (!block) return std::unexpected(at(stored.first_seq, describe(block.error())));
    const Seq next = position().next();
    if (block->first_seq() > next || block->last_seq() < next) {
        return std::unexpected(at(next, "the block that holds it is missing"));
    }
    batch_.events.clear();
    batch_.wanting.clear();
    Seq seq = block->first_seq();
    for (const std::string_view bytes : *block) {
        const auto view = schemas::EventView::of(bytes);
        if (!view) return std::unexpected(at(seq, view.error().detail));
        if (view->seq != seq) return std::unexpected(at(seq, "the event has another number"));
        if (view->has_personal && uses_resources(view->kind)) {
            batch_.wanting.push_back(batch_.events.size());
        }
        batch_.events.push_back({*view, {}});
        seq = seq.next();
    }
    if (const auto read = read_resources(); !read) return read;
    for (Follower* follower : followers_) {
        auto done = follower->check_block(*block);
        if (done) done = follower->consume(batch_.events);
        if (!done) return std::unexpected(in(*follower, done.error()));
    }
    advance();
    return {};
}

FollowerThread::Result FollowerThread::read_resources() {
    if (batch_.wanting.empty()) return {};
    batch_.personal.clear();
    for (const std::size_t index : batch_.wanting) {
        batch_.personal.push_back(batch_.events[index].seq);
    }
    const auto rows = journal_.read_personal(batch_.personal);
    if (!rows) return std::unexpected(at(batch_.personal.front(), rows.error().detail));
    batch_.resources.assign(rows->size(), {});
    for (std::size_t i = 0; i < rows->size(); ++i) {
        if (!(*rows)[i]) continue;  // forgotten
        const auto decoded = schemas::decode_personal(*(*rows)[i], personal_);
        if (!decoded) return std::unexpected(at(batch_.personal[i], decoded.error().detail));
        batch_.resources[i] = personal_.resource;
        batch_.events[batch_.wanting[i]].resource = batch_.resources[i];
    }
    return {};
}

std::expected<bool, FollowerFailure> FollowerThread::work() {
    bool has_more = false;
    for (Follower* follower : followers_) {
        const auto worked = follower->work();
        if (!worked) return std::unexpected(in(*follower, worked.error()));
        has_more = has_more || *worked;
    }
    tell_waiters();
    return has_more;
}

void FollowerThread::advance() {
    const auto least = std::ranges::min(
        followers_, {}, [](const Follower* follower) { return follower->consumed(); });
    position_.store(least->consumed());
    tell_waiters();
}

void FollowerThread::tell_waiters() {
    if (waiters_.load() == 0) return;
    const std::scoped_lock lock(mutex_);
    moved_.notify_all();
}

void FollowerThread::rest() {
    std::unique_lock lock(mutex_);
    wake_.wait_for(lock, options_.rest, [this] {
        return is_stopping_.load() || is_seal_wanted_.load() || (waiters_.load() > 0 && is_ahead());
    });
}

void FollowerThread::sleep() {
    std::unique_lock lock(mutex_);
    is_asleep_ = true;
    wake_.wait(lock, [this] {
        return is_stopping_.load() || is_seal_wanted_.load() || is_nudged_.load() || is_ahead();
    });
    is_asleep_ = false;
}

FollowerThread::Round FollowerThread::fail(const FollowerFailure& failure) {
    is_healthy_.store(false, std::memory_order_release);
    {
        const std::scoped_lock lock(mutex_);
        moved_.notify_all();
    }
    if (options_.on_failure) options_.on_failure(failure);
    return Round::idle;
}

}  // namespace creditd::replay::followers
