// A bounded pipeline whose results come out in the order in which they went in: one thread fills
// slots, others work on them, the caller takes them. Slots are reused, so steady work allocates
// little. Used by recovery and by the loading of snapshots. Knows nothing of what is in a slot.
// Without workers everything happens on the calling thread, slot by slot.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

#include "core/assert.hpp"

namespace creditd::replay {

template <class Slot>
class OrderedPipeline {
public:
    OrderedPipeline(std::size_t slots, unsigned workers)
        : slots_(slots), done_(slots, 0), workers_(workers) {
        CREDITD_ASSERT(slots > 1);
    }

    /// What the producer sees.
    class Input {
    public:
        explicit Input(OrderedPipeline& pipeline) : pipeline_(pipeline) {}
        /// The slot to fill next, with what it held last; waits for one. Null: stop producing.
        Slot* slot() { return pipeline_.acquire(); }
        /// The slot is filled.
        void commit() { pipeline_.commit(); }

    private:
        OrderedPipeline& pipeline_;
    };

    /// `produce(Input&)` runs on a thread of its own until it returns; `work(Slot&)` on worker
    /// threads, several at once; `take(Slot&)` here, in order, until it returns false.
    template <class Produce, class Work, class Take>
    void run(Produce&& produce, Work&& work, Take&& take) {
        if (workers_ == 0) return run_inline(produce, work, take);
        std::vector<std::thread> threads;
        threads.emplace_back([&] {
            Input input(*this);
            produce(input);
            end();
        });
        for (unsigned i = 0; i < workers_; ++i) threads.emplace_back([&] { work_all(work); });
        while (Slot* const slot = next_done()) {
            if (!take(*slot)) stop();
            release();
        }
        stop();
        for (std::thread& thread : threads) thread.join();
    }

private:
    template <class Produce, class Work, class Take>
    void run_inline(Produce& produce, Work& work, Take& take) {
        finish_inline_ = [&](Slot& slot) {
            work(slot);
            if (!take(slot)) stopped_ = true;
        };
        Input input(*this);
        produce(input);
    }

    Slot& at(std::uint64_t number) { return slots_[number % slots_.size()]; }

    Slot* acquire() {
        if (finish_inline_) return stopped_ ? nullptr : &slots_.front();
        std::unique_lock lock(mutex_);
        room_.wait(lock, [&] { return stopped_ || produced_ - taken_ < slots_.size(); });
        return stopped_ ? nullptr : &at(produced_);
    }
    void commit() {
        if (finish_inline_) return finish_inline_(slots_.front());
        const std::scoped_lock lock(mutex_);
        ++produced_;
        filled_.notify_one();
    }
    void end() {
        const std::scoped_lock lock(mutex_);
        ended_ = true;
        filled_.notify_all();
        finished_.notify_all();
    }
    void stop() {
        const std::scoped_lock lock(mutex_);
        stopped_ = true;
        room_.notify_all();
        filled_.notify_all();
    }

    template <class Work>
    void work_all(Work& work) {
        std::unique_lock lock(mutex_);
        while (true) {
            filled_.wait(lock, [&] { return stopped_ || claimed_ < produced_ || ended_; });
            if (stopped_ || claimed_ == produced_) return;
            const std::uint64_t mine = claimed_++;
            lock.unlock();
            work(at(mine));
            lock.lock();
            done_[mine % slots_.size()] = 1;
            finished_.notify_one();
        }
    }

    Slot* next_done() {
        std::unique_lock lock(mutex_);
        if (stopped_) return nullptr;
        finished_.wait(lock, [&] {
            return done_[taken_ % slots_.size()] != 0 || (ended_ && taken_ == produced_);
        });
        return done_[taken_ % slots_.size()] != 0 ? &at(taken_) : nullptr;
    }
    void release() {
        const std::scoped_lock lock(mutex_);
        done_[taken_ % slots_.size()] = 0;
        ++taken_;
        room_.notify_one();
    }

    std::vector<Slot> slots_;
    std::vector<char> done_;
    unsigned workers_;
    std::function<void(Slot&)> finish_inline_;  // set where there are no threads
    std::mutex mutex_;
    std::condition_variable room_;      // the producer waits for a free slot
    std::condition_variable filled_;    // workers wait for a filled one
    std::condition_variable finished_;  // the caller waits for the next in order
    std::uint64_t produced_ = 0;
    std::uint64_t claimed_ = 0;
    std::uint64_t taken_ = 0;
    bool ended_ = false;
    bool stopped_ = false;
};

}  // namespace creditd::replay
