// A new ledger on a journal in memory, the engine that owns it, a clock that is set by hand, and an
// io thread that is the test itself. Owned by one test.
#pragma once

#include <atomic>
#include <condition_variable>
#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "core/execute.hpp"
#include "daemon/engine/engine.hpp"
#include "replay/memory_journal.hpp"
#include "schemas/event_codec.hpp"

namespace creditd::daemon::tests {

class HandClock final : public Clock {
public:
    Timestamp wall() const override { return Timestamp{wall_us.load()}; }
    Duration monotonic() const override { return Duration{monotonic_us.load()}; }
    void advance(Duration length) {
        wall_us += length.value;
        monotonic_us += length.value;
    }
    std::atomic<std::int64_t> wall_us{1'700'000'000'000'000};
    std::atomic<std::int64_t> monotonic_us{1'000'000};
};

/// Runs what is posted when the test asks for it.
class Home final : public http::IoThread {
public:
    void post(std::move_only_function<void()> task) override {
        {
            const std::lock_guard lock(mutex_);
            tasks_.push_back(std::move(task));
        }
        wake_.notify_one();
    }
    unsigned index() const override { return 0; }
    void run_one() {
        std::unique_lock lock(mutex_);
        wake_.wait(lock, [this] { return !tasks_.empty(); });
        auto task = std::move(tasks_.front());
        tasks_.pop_front();
        lock.unlock();
        task();
    }

    /// What has been posted by now.
    void run_ready() {
        std::deque<std::move_only_function<void()>> ready;
        {
            const std::lock_guard lock(mutex_);
            ready.swap(tasks_);
        }
        for (auto& task : ready) task();
    }

private:
    std::mutex mutex_;
    std::condition_variable wake_;
    std::deque<std::move_only_function<void()>> tasks_;
};

inline std::string encoded_claim(Epoch epoch, Seq seq, Timestamp time) {
    Event event;
    event.seq = seq;
    event.time = time;
    event.body = EpochClaimed{epoch};
    schemas::EventEncoder encoder;
    return std::string(encoder.encode(event));
}

inline constexpr replay::ChainId test_chain{replay::LedgerId{{7}}, 0};

class LedgerFixture {
public:
    LedgerFixture() {
        const Timestamp now = clock.wall();
        CREDITD_ASSERT(journal.open().has_value());
        CREDITD_ASSERT(journal.claim(test_chain, now, encoded_claim).has_value());
        Event claim;
        claim.seq = Seq{1};
        claim.time = journal.tip().time;
        claim.body = EpochClaimed{Epoch{1}};
        apply(*state, claim);
        std::vector<DecidedEvent> first(1);
        first[0].event = open_ledger(*state, test_chain.ledger.bytes, 6, now);
        BlockStream stream(journal.tip());
        stream.add(first, true);
        CREDITD_ASSERT(journal.append(stream.blocks, {}) == replay::AppendOutcome::committed);
        apply(*state, first[0].event);
    }

    /// The engine takes the state; `options` as it is set before.
    Engine& start() {
        EngineHooks hooks;
        hooks.durable = [this](Seq seq) { published = seq; };
        hooks.indexes_synced = [] { return Seq{}; };
        hooks.catalog_changed = [](const Event&) {};
        hooks.fatal = [](const std::string& reason) {
            std::fprintf(stderr, "fatal: %s\n", reason.c_str());
        };
        engine = std::make_unique<Engine>(std::move(state), journal, clock, options, hooks);
        engine->start();
        return *engine;
    }

    HandClock clock;
    Home home;
    std::shared_ptr<replay::MemoryStore> store = std::make_shared<replay::MemoryStore>();
    replay::MemoryJournal journal{store};
    std::unique_ptr<State> state = std::make_unique<State>();
    EngineOptions options;
    std::unique_ptr<Engine> engine;
    std::atomic<Seq> published{};  // written by the ledger thread, read by the home thread
};

}  // namespace creditd::daemon::tests
