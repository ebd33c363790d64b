#include "replay/followers/key_filter.hpp"

#include <bit>
#include <cstdlib>

#include "core/assert.hpp"

namespace creditd::replay::followers {
namespace {

/// Odd multipliers, one for each word of a block: Apache Parquet's, of which any would do.
constexpr std::array<std::uint32_t, 8> salts{0x47b6137bU, 0x44974d91U, 0x8824ad5bU, 0xa2b7289dU,
                                             0x705495c7U, 0x2df1424bU, 0x9efc4947U, 0x5c6bfb31U};

std::uint32_t bit_of(std::uint64_t hash, std::size_t word) {
    return std::uint32_t{1} << ((static_cast<std::uint32_t>(hash) * salts[word]) >> 27);
}

}  // namespace

std::uint64_t filter_hash(const Digest& digest) {
    const std::uint64_t prefix = digest.prefix();
    return std::endian::native == std::endian::little ? __builtin_bswap64(prefix) : prefix;
}

void FilterPart::Free::operator()(Word* words) const { std::free(words); }

// Zeroed pages come from the system as they are touched: a part that is hardly used costs little.
FilterPart::FilterPart(std::uint64_t capacity)
    : capacity_(capacity), blocks_((capacity * bits_per_key + 255) / 256) {
    CREDITD_ASSERT(capacity > 0 && blocks_ < (std::uint64_t{1} << 32));
    static_assert(Word::is_always_lock_free && sizeof(Word) == sizeof(std::uint32_t));
    void* const memory = std::calloc(blocks_ * block_words, sizeof(Word));
    CREDITD_ASSERT(memory != nullptr);
    words_.reset(static_cast<Word*>(memory));
}

std::size_t FilterPart::first_word(std::uint64_t hash) const {
    // The high half picks the block, the low half the bits in it.
    return static_cast<std::size_t>(((hash >> 32) * blocks_) >> 32) * block_words;
}

void FilterPart::add(std::uint64_t hash) {
    Word* const block = &words_[first_word(hash)];
    // One thread writes, so that no bit can be lost between the load and the store.
    for (std::size_t i = 0; i < block_words; ++i) {
        block[i].store(block[i].load(std::memory_order_relaxed) | bit_of(hash, i),
                       std::memory_order_relaxed);
    }
    ++count_;
}

bool FilterPart::may_contain(std::uint64_t hash) const {
    const Word* const block = &words_[first_word(hash)];
    for (std::size_t i = 0; i < block_words; ++i) {
        if ((block[i].load(std::memory_order_relaxed) & bit_of(hash, i)) == 0) return false;
    }
    return true;
}

KeyFilter::KeyFilter(std::uint64_t first_capacity) : first_capacity_(first_capacity) { add_part(); }

void KeyFilter::add_part() {
    const std::size_t index = part_count_.load(std::memory_order_relaxed);
    CREDITD_ASSERT(index < parts_max);
    parts_[index] = std::make_unique<FilterPart>(first_capacity_ << index);
    part_count_.store(index + 1, std::memory_order_release);
}

FilterPart& KeyFilter::last() { return *parts_[part_count_.load(std::memory_order_relaxed) - 1]; }

void KeyFilter::add(std::span<const std::uint64_t> hashes) {
    for (const std::uint64_t hash : hashes) {
        if (last().is_full()) add_part();
        last().add(hash);
    }
    count_.store(count() + hashes.size(), std::memory_order_relaxed);
}

bool KeyFilter::may_contain(std::uint64_t hash) const {
    const std::size_t count = part_count_.load(std::memory_order_acquire);
    for (std::size_t i = count; i-- > 0;) {
        if (parts_[i]->may_contain(hash)) return true;
    }
    return false;
}

std::size_t KeyFilter::bytes() const {
    const std::size_t count = part_count_.load(std::memory_order_acquire);
    std::size_t sum = 0;
    for (std::size_t i = 0; i < count; ++i) sum += parts_[i]->bytes();
    return sum;
}

}  // namespace creditd::replay::followers
