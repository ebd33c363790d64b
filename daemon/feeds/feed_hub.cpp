#include "daemon/feeds/feed_hub.hpp"

#include <algorithm>
#include <map>
#include <unordered_set>

#include "replay/block.hpp"
#include "schemas/event_codec.hpp"

namespace creditd::daemon {
namespace {

/// With more news than this everybody is woken, and nobody's accounts are looked at.
constexpr std::uint64_t looked_at_max = 100'000;

constexpr auto rest = std::chrono::milliseconds(2);

/// The accounts of the events after `from`; nothing: they could not be read.
std::optional<std::unordered_set<std::uint32_t>> accounts_of(const replay::Journal& journal,
                                                             Seq from, Seq to) {
    std::unordered_set<std::uint32_t> accounts;
    bool is_sound = true;
    const auto read = journal.read(from.next(), [&](const replay::StoredBlock& stored) {
        const auto block = replay::BlockView::parse(stored.bytes);
        if (!block) return is_sound = false;
        for (const std::string_view bytes : *block) {
            const auto view = schemas::EventView::of(bytes);
            if (!view) return is_sound = false;
            accounts.insert(view->account_no.value);
        }
        return block->last_seq() < to;
    });
    if (!read || !is_sound) return std::nullopt;
    return accounts;
}

}  // namespace

FeedHub::FeedHub(const replay::Journal& journal, std::chrono::milliseconds beat)
    : journal_(journal), beat_(beat) {}

FeedHub::~FeedHub() { stop(); }

void FeedHub::start() {
    thread_ = std::thread([this] { run(); });
}

void FeedHub::stop() {
    {
        const std::scoped_lock lock(mutex_);
        is_stopping_ = true;
    }
    wake_.notify_all();
    if (thread_.joinable()) thread_.join();
}

void FeedHub::publish(Seq durable) {
    // Sequentially consistent, as in `add`: either it sees this position, or this sees it.
    durable_.store(durable.value);
    if (count_.load() == 0) return;
    // Under the lock, so that the thread cannot miss it between its look and its sleep.
    {
        const std::scoped_lock lock(mutex_);
    }
    wake_.notify_one();
}

void FeedHub::add(Listener listener) {
    const std::scoped_lock lock(mutex_);
    if (count_.fetch_add(1) == 0) seen_ = Seq{durable_.load()};
    by_account_[listener->account().value].push_back(std::move(listener));
    wake_.notify_one();
}

void FeedHub::remove(const FeedListener& listener) {
    const std::scoped_lock lock(mutex_);
    const auto found = by_account_.find(listener.account().value);
    if (found == by_account_.end()) return;
    const auto is_it = [&](const Listener& other) { return other.get() == &listener; };
    count_.fetch_sub(std::erase_if(found->second, is_it));
    if (found->second.empty()) by_account_.erase(found);
}

FeedHub::Listeners FeedHub::concerned(Seq from, Seq to) {
    std::optional<std::unordered_set<std::uint32_t>> accounts;
    if (to.value - from.value <= looked_at_max) accounts = accounts_of(journal_, from, to);
    Listeners found;
    const std::scoped_lock lock(mutex_);
    for (const auto& [account, listeners] : by_account_) {
        const bool is_concerned =
            account == AccountNo::none().value || !accounts || accounts->contains(account);
        if (is_concerned) found.insert(found.end(), listeners.begin(), listeners.end());
    }
    return found;
}

void FeedHub::call(Listeners listeners, void (FeedListener::*what)()) {
    std::map<http::IoThread*, Listeners> by_thread;
    for (Listener& listener : listeners) {
        http::IoThread& home = listener->home();
        by_thread[&home].push_back(std::move(listener));
    }
    for (auto& [thread, own] : by_thread) {
        thread->post([group = std::move(own), what] {
            for (const Listener& listener : group) ((*listener).*what)();
        });
    }
}

void FeedHub::run() {
    auto next_beat = std::chrono::steady_clock::now() + beat_;
    std::unique_lock lock(mutex_);
    const auto has_news = [this] {
        return !by_account_.empty() && durable_.load(std::memory_order_acquire) > seen_.value;
    };
    while (!is_stopping_) {
        wake_.wait_until(lock, next_beat, [&] { return is_stopping_ || has_news(); });
        if (is_stopping_) return;
        if (has_news()) {
            const Seq from = seen_;
            seen_ = Seq{durable_.load(std::memory_order_acquire)};
            const Seq to = seen_;
            lock.unlock();
            call(concerned(from, to), &FeedListener::on_news);
            lock.lock();
            // A thousand small writes a second are not a thousand wake-ups of each listener.
            wake_.wait_for(lock, rest, [this] { return is_stopping_; });
        }
        if (std::chrono::steady_clock::now() < next_beat) continue;
        next_beat += beat_;
        Listeners all;
        for (const auto& [account, listeners] : by_account_) {
            all.insert(all.end(), listeners.begin(), listeners.end());
        }
        lock.unlock();
        call(std::move(all), &FeedListener::on_beat);
        lock.lock();
    }
}

}  // namespace creditd::daemon
