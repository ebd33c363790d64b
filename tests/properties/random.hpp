// Draws for properties: one generator, one seed, the same numbers on every machine. What is drawn
// is random_catalog.hpp and random_history.hpp. No clock.
#pragma once

#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include "core/credits.hpp"

namespace creditd::tests {

class Random {
public:
    explicit Random(std::uint64_t seed) : generator_(seed) {}

    std::uint64_t below(std::uint64_t bound) { return generator_() % bound; }
    bool one_in(std::uint64_t n) { return below(n) == 0; }
    std::int64_t between(std::int64_t first, std::int64_t last) {
        return first +
               static_cast<std::int64_t>(below(static_cast<std::uint64_t>(last - first) + 1));
    }
    Credits amount(std::int64_t max) { return Credits{between(1, max)}; }
    /// From one to about 10^`digits`, with as many small numbers as large ones.
    std::int64_t magnitude(unsigned digits) {
        std::int64_t bound = 10;
        for (std::uint64_t i = below(digits); i > 0; --i) bound *= 10;
        return between(1, bound);
    }
    template <class T>
    const T& any_of(const std::vector<T>& list) {
        return list[below(list.size())];
    }

private:
    std::mt19937_64 generator_;
};

}  // namespace creditd::tests
