#include "daemon/engine/reader_pool.hpp"

#include "core/assert.hpp"

namespace creditd::daemon {

ReaderPool::ReaderPool(unsigned threads, std::size_t queue_max) : queue_max_(queue_max) {
    for (unsigned i = 0; i < threads; ++i) threads_.emplace_back([this] { work(); });
}

ReaderPool::~ReaderPool() { stop(); }

bool ReaderPool::run(std::move_only_function<void()>& task) {
    {
        const std::lock_guard lock(mutex_);
        if (is_stopping_ || queue_.size() >= queue_max_) return false;
        queue_.push_back(std::move(task));
    }
    wake_.notify_one();
    return true;
}

std::size_t ReaderPool::waiting() const {
    const std::lock_guard lock(mutex_);
    return queue_.size();
}

void ReaderPool::run_waiting(std::size_t place) {
    std::move_only_function<void()> task;
    {
        const std::lock_guard lock(mutex_);
        CREDITD_ASSERT(place < queue_.size());
        const auto at = queue_.begin() + static_cast<std::ptrdiff_t>(place);
        task = std::move(*at);
        queue_.erase(at);
    }
    task();
}

void ReaderPool::stop() {
    {
        const std::lock_guard lock(mutex_);
        is_stopping_ = true;
    }
    wake_.notify_all();
    for (std::thread& thread : threads_) {
        if (thread.joinable()) thread.join();
    }
}

void ReaderPool::work() {
    std::unique_lock lock(mutex_);
    while (true) {
        wake_.wait(lock, [this] { return !queue_.empty() || is_stopping_; });
        if (queue_.empty()) return;
        auto task = std::move(queue_.front());
        queue_.pop_front();
        lock.unlock();
        task();
        lock.lock();
    }
}

}  // namespace creditd::daemon
