// Threads for whatever may read the disk: evidence about old facts, recorded answers, lists. The
// ledger thread and the io threads never do. Tasks are short and run in order of arrival.
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
    /// Finishes what is queued, then joins.
    void stop();

private:
    void work();

    const std::size_t queue_max_;
    std::mutex mutex_;
    std::condition_variable wake_;
    std::deque<std::move_only_function<void()>> queue_;
    bool is_stopping_ = false;
    std::vector<std::thread> threads_;
};

}  // namespace creditd::daemon
