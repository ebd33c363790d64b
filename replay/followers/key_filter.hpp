// "Has this key ever been seen?", answered from memory: no is certain, yes is 99.5 % right. A
// split- block Bloom filter (Putze, Sanders, Singler 2007; the layout of Apache Parquet's) of 12
// bits a key, that grows by adding parts of twice the size. Not kept on disk: KeyIndex fills it at
// the start. Added to by the follower thread alone; asked by any thread at any time, without a
// lock.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <span>

#include "core/types.hpp"

namespace creditd::replay::followers {

/// What the filter knows of a digest: its first 8 bytes as a big-endian number, so that digests in
/// their order touch the filter in its order.
std::uint64_t filter_hash(const Digest& digest);

/// One part: a fixed number of blocks of 32 bytes.
class FilterPart {
public:
    static constexpr unsigned bits_per_key = 12;

    explicit FilterPart(std::uint64_t capacity);

    void add(std::uint64_t hash);
    bool may_contain(std::uint64_t hash) const;
    std::uint64_t capacity() const { return capacity_; }
    std::size_t bytes() const { return blocks_ * block_words * sizeof(Word); }
    bool is_full() const { return count_ >= capacity_; }

private:
    using Word = std::atomic<std::uint32_t>;
    static constexpr std::size_t block_words = 8;
    std::size_t first_word(std::uint64_t hash) const;

    struct Free {
        void operator()(Word* words) const;
    };
    std::uint64_t capacity_;
    std::uint64_t blocks_;
    std::uint64_t count_ = 0;  // adding thread only
    std::unique_ptr<Word[], Free> words_;
};

class KeyFilter {
public:
    static constexpr std::uint64_t first_capacity_default = 4'000'000;

    explicit KeyFilter(std::uint64_t first_capacity = first_capacity_default);

    /// Visible to every thread that learns of the addition by an acquiring read.
    void add(std::span<const std::uint64_t> hashes);
    bool may_contain(std::uint64_t hash) const;
    std::uint64_t count() const { return count_.load(std::memory_order_relaxed); }
    std::size_t bytes() const;

private:
    /// Doubling from 4 M, this is more keys than seqs.
    static constexpr std::size_t parts_max = 32;

    void add_part();
    FilterPart& last();

    const std::uint64_t first_capacity_;
    std::array<std::unique_ptr<FilterPart>, parts_max> parts_;
    std::atomic<std::size_t> part_count_{0};
    std::atomic<std::uint64_t> count_{0};
};

}  // namespace creditd::replay::followers
