#include "daemon/http/input_buffer.hpp"

#include "core/assert.hpp"

#include <algorithm>
#include <cstring>

namespace creditd::daemon::http {

bool MemoryBudget::take(std::size_t bytes) {
    const std::size_t before = bytes_.fetch_add(bytes, std::memory_order_relaxed);
    if (before + bytes <= bytes_max_) return true;
    give(bytes);
    return false;
}

bool InputBuffer::reserve(std::size_t bytes) {
    if (begin_ + bytes <= capacity_) return true;
    if (bytes <= capacity_) {  // there is room, but at the front
        std::memmove(data_.get(), data_.get() + begin_, size());
        end_ -= begin_;
        begin_ = 0;
        return true;
    }
    return reallocate(std::max(bytes, small_bytes));
}

void InputBuffer::consume(std::size_t bytes) {
    CREDITD_ASSERT(bytes <= size());
    begin_ += bytes;
    if (begin_ == end_) begin_ = end_ = 0;
}

void InputBuffer::shrink() {
    if (capacity_ <= small_bytes || size() > small_bytes / 2) return;
    const bool reallocated = reallocate(small_bytes);
    CREDITD_ASSERT(reallocated);
}

void InputBuffer::release() {
    budget_.give(charged_);
    data_.reset();
    begin_ = end_ = capacity_ = charged_ = 0;
}

bool InputBuffer::reallocate(std::size_t capacity) {
    CREDITD_ASSERT(capacity >= size());
    const std::size_t charge = capacity > small_bytes ? capacity : 0;
    if (charge > charged_ && !budget_.take(charge - charged_)) return false;
    if (charge < charged_) budget_.give(charged_ - charge);
    auto grown = std::make_unique_for_overwrite<char[]>(capacity + body_padding_bytes);
    if (!empty()) std::memcpy(grown.get(), data_.get() + begin_, size());
    end_ = size();
    begin_ = 0;
    data_ = std::move(grown);
    capacity_ = capacity;
    charged_ = charge;
    return true;
}

}  // namespace creditd::daemon::http
