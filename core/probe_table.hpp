// An open-addressing table for facts that are added and never taken out, under hashes that are
// uniform already. It exists beside Boost's maps because its lines can be prefetched, and because
// it grows without looking at anything but its own slots: growing never stalls on cache misses. A
// Slot is trivial, empty when all its bytes are zero, and knows its own `place`, a 64-bit hash
// whose high bits matter. Not thread-safe; owned by whoever owns the state.
#pragma once

#include <cstdint>
#include <cstdlib>
#include <memory>
#include <type_traits>

#include "core/assert.hpp"

namespace creditd {

template <class Slot>
class ProbeTable {
    static_assert(std::is_trivially_copyable_v<Slot> && std::is_trivially_destructible_v<Slot>);

public:
    std::size_t count() const { return count_; }
    std::size_t capacity() const { return capacity_; }

    /// The slot at `place` that `is_wanted`, or nullptr.
    template <class IsWanted>
    const Slot* find(std::uint64_t place, const IsWanted& is_wanted) const {
        if (capacity_ == 0) return nullptr;
        for (std::size_t i = home_of(place); !slots_[i].is_empty(); i = after(i)) {
            if (is_wanted(slots_[i])) return &slots_[i];
        }
        return nullptr;
    }
    /// Adds a slot, unless one that `is_same` is there; returns whether it was added.
    template <class IsSame>
    bool add(const Slot& slot, const IsSame& is_same) {
        CREDITD_ASSERT(!slot.is_empty());
        if ((count_ + 1) * 5 > capacity_ * 4) grow(capacity_ < 16 ? 16 : capacity_ * 3 / 2);
        std::size_t i = home_of(slot.place());
        for (; !slots_[i].is_empty(); i = after(i)) {
            if (is_same(slots_[i])) return false;
        }
        slots_[i] = slot;
        ++count_;
        return true;
    }
    /// Room for so many slots in all. Pages come from the system as they are used.
    void reserve(std::size_t count) {
        if (count * 5 / 4 + 1 > capacity_) grow(count * 5 / 4 + 1);
    }
    void prefetch(std::uint64_t place) const {
        if (capacity_ != 0) __builtin_prefetch(&slots_[home_of(place)]);
    }

private:
    struct Free {
        void operator()(void* memory) const { std::free(memory); }
    };
    using Slots = std::unique_ptr<Slot[], Free>;
    __extension__ using Wide = unsigned __int128;

    // The high bits choose the slot: in a larger table, slots keep their order, so growing walks
    // both from front to back.
    std::size_t home_of(std::uint64_t place) const {
        return static_cast<std::size_t>((static_cast<Wide>(place) * capacity_) >> 64);
    }
    std::size_t after(std::size_t i) const { return i + 1 == capacity_ ? 0 : i + 1; }

    void put(const Slot& slot) {
        std::size_t i = home_of(slot.place());
        while (!slots_[i].is_empty()) i = after(i);
        slots_[i] = slot;
    }
    void grow(std::size_t capacity) {
        const Slots old = std::move(slots_);
        const std::size_t old_capacity = capacity_;
        slots_ = Slots(static_cast<Slot*>(std::calloc(capacity, sizeof(Slot))));
        CREDITD_ASSERT(slots_ != nullptr);
        capacity_ = capacity;
        for (std::size_t i = 0; i < old_capacity; ++i) {
            if (!old[i].is_empty()) put(old[i]);
        }
    }

    Slots slots_;
    std::size_t capacity_ = 0;
    std::size_t count_ = 0;
};

}  // namespace creditd
