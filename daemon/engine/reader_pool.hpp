// Threads for whatever may read the disk: evidence about old facts, recorded answers, lists. The
// ledger thread and the io threads never do. Tasks are short and run in order of arrival. A pool
// without threads runs what its owner picks, when its owner says so.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace creditd::daemon {

class ReaderPool {
public:
    ReaderPool(unsigned threads, std::size_t queue_max);
    ~ReaderPool();
    ReaderPool(const ReaderPool&) = delete;
    ReaderPool& operator=(const ReaderPool&) = delete;

    /// Queues a task. False when the queue is full or the pool is stopping: the task was not taken.
    bool run(std::move_only_function<void()>& task);
    /// Runs the waiting task at `place` here and now: how a pool without threads works.
    void run_waiting(std::size_t place);
    std::size_t waiting() const;
    /// Finishes what is queued, then joins.
    void stop();

private:
    void work();

    const std::size_t queue_max_;
    mutable std::mutex mutex_;
    std::condition_variable wake_;
    std::deque<std::move_only_function<void()>> queue_;
    bool is_stopping_ = false;
    std::vector<std::thread> threads_;
};

}  // namespace creditd::daemon
