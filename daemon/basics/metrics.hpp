// Counters, gauges and histograms and their text for Prometheus (exposition format 0.0.4).
// Registered once at start (labels are fixed then), counted with relaxed atomics from any thread,
// on per-thread cells that do not share cache lines. Names: `creditd_...`, base units, counters end
// in `_total`. Never an account id as a label. Owned by the daemon's main; outlives all threads.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/types.hpp"

namespace creditd::daemon {

/// More threads than cells share some; correct, a little slower.
inline constexpr std::size_t metric_cells = 8;

/// The cell of the calling thread.
std::size_t metric_cell();

class Counter {
public:
    void add(std::uint64_t n = 1) {
        cells_[metric_cell()].value.fetch_add(n, std::memory_order_relaxed);
    }
    std::uint64_t value() const;

private:
    struct alignas(64) Cell {
        std::atomic<std::uint64_t> value{0};
    };
    std::array<Cell, metric_cells> cells_;
};

class Gauge {
public:
    void set(std::int64_t value) { value_.store(value, std::memory_order_relaxed); }
    void add(std::int64_t n) { value_.fetch_add(n, std::memory_order_relaxed); }
    std::int64_t value() const { return value_.load(std::memory_order_relaxed); }

private:
    alignas(64) std::atomic<std::int64_t> value_{0};
};

/// What one step of a recorded number means. Prometheus wants seconds; we count microseconds.
enum class MetricUnit : std::uint8_t { one, microseconds };

/// Upper bounds (inclusive), ascending, in the histogram's unit; +Inf is implied.
inline constexpr std::array<std::uint64_t, 17> latency_bounds_us{
    50,     100,     250,     500,     1'000,     2'500,     5'000,     10'000,    25'000,
    50'000, 100'000, 250'000, 500'000, 1'000'000, 2'500'000, 5'000'000, 10'000'000};
inline constexpr std::array<std::uint64_t, 14> batch_bounds{1,   2,   4,   8,    16,   32,   64,
                                                            128, 256, 512, 1024, 2048, 4096, 8192};

class Histogram {
public:
    static constexpr std::size_t bounds_max = 20;

    explicit Histogram(std::span<const std::uint64_t> bounds);

    void observe(std::uint64_t value) {
        std::size_t bucket = 0;
        while (bucket < bounds_.size() && value > bounds_[bucket]) ++bucket;
        Cell& cell = cells_[metric_cell()];
        cell.buckets[bucket].fetch_add(1, std::memory_order_relaxed);
        cell.sum.fetch_add(value, std::memory_order_relaxed);
    }
    void observe(Duration length) {
        observe(static_cast<std::uint64_t>(length.value < 0 ? 0 : length.value));
    }

    struct Sample {
        std::array<std::uint64_t, bounds_max + 1> buckets{};  // not cumulative; the last is +Inf
        std::uint64_t sum = 0;
    };
    Sample sample() const;
    std::span<const std::uint64_t> bounds() const { return bounds_; }

private:
    struct alignas(64) Cell {
        std::array<std::atomic<std::uint64_t>, bounds_max + 1> buckets{};
        std::atomic<std::uint64_t> sum{0};
    };
    std::span<const std::uint64_t> bounds_;
    std::array<Cell, metric_cells> cells_;
};

using MetricLabels = std::vector<std::pair<std::string, std::string>>;
/// Called while rendering, on the rendering thread.
using MetricCallback = std::function<std::int64_t()>;

class MetricsRegistry {
public:
    MetricsRegistry();
    ~MetricsRegistry();
    MetricsRegistry(const MetricsRegistry&) = delete;
    MetricsRegistry& operator=(const MetricsRegistry&) = delete;

    // A family (one name) keeps the help and unit of its first registration; the same name and
    // labels again return the same object. The references live as long as the registry.
    Counter& counter(std::string_view name, std::string_view help, MetricLabels labels = {});
    Gauge& gauge(std::string_view name, std::string_view help, MetricLabels labels = {},
                 MetricUnit unit = MetricUnit::one);
    Histogram& histogram(std::string_view name, std::string_view help, MetricLabels labels = {},
                         MetricUnit unit = MetricUnit::microseconds,
                         std::span<const std::uint64_t> bounds = latency_bounds_us);
    void counter_callback(std::string_view name, std::string_view help, MetricCallback callback,
                          MetricLabels labels = {}, MetricUnit unit = MetricUnit::one);
    void gauge_callback(std::string_view name, std::string_view help, MetricCallback callback,
                        MetricLabels labels = {}, MetricUnit unit = MetricUnit::one);

    /// Appends the whole page. Any thread.
    void render(std::string& out) const;

private:
    struct Series;
    struct Family;
    enum class Type : std::uint8_t { counter, gauge, histogram };

    Family& family(std::string_view name, std::string_view help, Type type, MetricUnit unit);
    Series& series(Family& family, MetricLabels labels);

    mutable std::mutex mutex_;  // of registration and rendering only
    std::vector<std::unique_ptr<Family>> families_;
};

inline constexpr std::string_view metrics_content_type = "text/plain; version=0.0.4; charset=utf-8";

}  // namespace creditd::daemon
