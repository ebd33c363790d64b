// Latency histogram: log-linear buckets, 64 to a power of two, so a figure is off by at most 1.6 %.
// Fixed size, no allocation while recording. Not thread-safe: one thread owns it.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>

namespace creditd::bench {

class Histogram {
public:
    void record(std::uint64_t value) noexcept {
        ++counts_[index_of(value)];
        ++total_;
        max_ = std::max(max_, value);
    }

    [[nodiscard]] std::uint64_t total() const noexcept { return total_; }
    [[nodiscard]] std::uint64_t max() const noexcept { return max_; }

    /// Smallest recorded bucket's upper bound below which `share` (0 to 1) of the values lie.
    [[nodiscard]] std::uint64_t quantile(double share) const noexcept {
        const auto wanted = static_cast<std::uint64_t>(share * static_cast<double>(total_));
        std::uint64_t seen = 0;
        for (std::size_t i = 0; i < counts_.size(); ++i) {
            seen += counts_[i];
            if (seen > wanted) {
                return std::min(upper_bound_of(i), max_);
            }
        }
        return max_;
    }

private:
    static constexpr unsigned step_bits = 6;
    static constexpr std::size_t steps = std::size_t{1} << step_bits;

    static std::size_t index_of(std::uint64_t value) noexcept {
        if (value < steps) {
            return value;
        }
        const unsigned shift = static_cast<unsigned>(std::bit_width(value)) - 1 - step_bits;
        return (shift + 1) * steps + ((value >> shift) - steps);
    }
    static std::uint64_t upper_bound_of(std::size_t index) noexcept {
        if (index < steps) {
            return index;
        }
        const std::size_t shift = index / steps - 1;
        return ((index % steps + steps + 1) << shift) - 1;
    }

    std::array<std::uint64_t, (64 - step_bits + 1) * steps> counts_{};
    std::uint64_t total_ = 0;
    std::uint64_t max_ = 0;
};

}  // namespace creditd::bench
