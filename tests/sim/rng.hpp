// The one source of chance of a simulation: xoshiro256** (Blackman, Vigna 2018), seeded by
// splitmix64. The same seed draws the same numbers on every machine. Streams that are split off by
// name do not disturb each other: a fault more or less leaves the workload as it was.
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "core/assert.hpp"

namespace creditd::sim {

class Rng {
public:
    explicit Rng(std::uint64_t seed) {
        for (std::uint64_t& word : state_) word = mix(seed += 0x9E3779B97F4A7C15ULL);
    }

    /// A stream of its own for `purpose`.
    static Rng of(std::uint64_t seed, std::string_view purpose) {
        std::uint64_t hash = 0xCBF29CE484222325ULL ^ mix(seed);
        for (const char letter : purpose) {
            hash = (hash ^ static_cast<unsigned char>(letter)) * 0x100000001B3ULL;
        }
        return Rng(hash);
    }

    std::uint64_t next() {
        const std::uint64_t result = std::rotl(state_[1] * 5, 7) * 9;
        const std::uint64_t shifted = state_[1] << 17;
        state_[2] ^= state_[0];
        state_[3] ^= state_[1];
        state_[1] ^= state_[2];
        state_[0] ^= state_[3];
        state_[2] ^= shifted;
        state_[3] = std::rotl(state_[3], 45);
        return result;
    }

    /// 0 … bound - 1.
    std::uint64_t below(std::uint64_t bound) {
        CREDITD_ASSERT(bound > 0);
        return next() % bound;
    }
    /// first … last.
    std::int64_t between(std::int64_t first, std::int64_t last) {
        return first +
               static_cast<std::int64_t>(below(static_cast<std::uint64_t>(last - first) + 1));
    }
    bool chance(unsigned percent) { return below(100) < percent; }
    bool one_in(std::uint64_t count) { return below(count) == 0; }

    template <class Range>
    auto& pick(Range& range) {
        return range[below(std::size(range))];
    }

private:
    static std::uint64_t mix(std::uint64_t x) {
        x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9ULL;
        x = (x ^ (x >> 27)) * 0x94D049BB133111EBULL;
        return x ^ (x >> 31);
    }

    std::array<std::uint64_t, 4> state_{};
};

}  // namespace creditd::sim
