// The bytes that a connection has received and not yet used: one flat, bounded block that is
// allocated at the first byte, grows on demand and is given back when idle.
// Growth beyond the first small block is charged to a budget shared by all connections.
// Owned by one session, on its io thread; the budget is shared by all threads.
#pragma once

#include "daemon/http/request.hpp"

#include <atomic>
#include <cstddef>
#include <memory>
#include <string_view>

namespace creditd::daemon::http {

class MemoryBudget {
public:
    explicit MemoryBudget(std::size_t bytes_max) : bytes_max_(bytes_max) {}

    bool take(std::size_t bytes);
    void give(std::size_t bytes) { bytes_.fetch_sub(bytes, std::memory_order_relaxed); }
    std::size_t bytes() const { return bytes_.load(std::memory_order_relaxed); }

private:
    const std::size_t bytes_max_;
    std::atomic<std::size_t> bytes_{0};
};

class InputBuffer {
public:
    /// Most requests fit; a connection that has sent anything holds this much until it idles.
    static constexpr std::size_t small_bytes = 4096;

    explicit InputBuffer(MemoryBudget& budget) : budget_(budget) {}
    ~InputBuffer() { release(); }
    InputBuffer(const InputBuffer&) = delete;
    InputBuffer& operator=(const InputBuffer&) = delete;

    std::string_view bytes() const { return {data_.get() + begin_, end_ - begin_}; }
    std::size_t size() const { return end_ - begin_; }
    bool empty() const { return begin_ == end_; }
    bool allocated() const { return data_ != nullptr; }

    /// Makes sure that bytes() can grow to `bytes` in all without moving again. False: the budget
    /// is spent. bytes() may move; body_padding_bytes readable bytes always follow it.
    bool reserve(std::size_t bytes);

    char* free_space() { return data_.get() + end_; }
    std::size_t free_bytes() const { return capacity_ - end_; }
    void commit(std::size_t bytes) { end_ += bytes; }
    /// Forgets the first `bytes`.
    void consume(std::size_t bytes);
    /// After consume(): gives a grown block back if what is left fits the small one.
    void shrink();
    /// Frees everything.
    void release();

private:
    bool reallocate(std::size_t capacity);

    MemoryBudget& budget_;
    std::unique_ptr<char[]> data_;
    std::size_t begin_ = 0;
    std::size_t end_ = 0;
    std::size_t capacity_ = 0;
    std::size_t charged_ = 0;  // to the budget
};

}  // namespace creditd::daemon::http
