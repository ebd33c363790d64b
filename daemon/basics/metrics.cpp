#include "daemon/basics/metrics.hpp"

#include "core/assert.hpp"
#include "core/credits.hpp"

namespace creditd::daemon {

std::size_t metric_cell() {
    static std::atomic<std::size_t> next{0};
    thread_local const std::size_t mine =
        next.fetch_add(1, std::memory_order_relaxed) % metric_cells;
    return mine;
}

std::uint64_t Counter::value() const {
    std::uint64_t total = 0;
    for (const Cell& cell : cells_) total += cell.value.load(std::memory_order_relaxed);
    return total;
}

Histogram::Histogram(std::span<const std::uint64_t> bounds) : bounds_(bounds) {
    CREDITD_ASSERT(bounds.size() <= bounds_max);
}

Histogram::Sample Histogram::sample() const {
    Sample result;
    for (const Cell& cell : cells_) {
        for (std::size_t i = 0; i < result.buckets.size(); ++i) {
            result.buckets[i] += cell.buckets[i].load(std::memory_order_relaxed);
        }
        result.sum += cell.sum.load(std::memory_order_relaxed);
    }
    return result;
}

struct MetricsRegistry::Series {
    MetricLabels labels;
    std::unique_ptr<Counter> counter;
    std::unique_ptr<Gauge> gauge;
    std::unique_ptr<Histogram> histogram;
    MetricCallback callback;
};

struct MetricsRegistry::Family {
    std::string name;
    std::string help;
    Type type;
    MetricUnit unit;
    std::vector<std::unique_ptr<Series>> series;
};

namespace {

void append_number(std::string& out, std::int64_t value, MetricUnit unit) {
    append_decimal(out, value, unit == MetricUnit::microseconds ? 6 : 0);
}

void append_number(std::string& out, std::uint64_t value, MetricUnit unit) {
    append_number(out, static_cast<std::int64_t>(value), unit);
}

/// Label values escape `\`, `"` and newline; help texts `\` and newline.
void append_escaped(std::string& out, std::string_view text, bool is_label) {
    for (const char c : text) {
        if (c == '\\') out += "\\\\";
        else if (c == '\n') out += "\\n";
        else if (c == '"' && is_label) out += "\\\"";
        else out += c;
    }
}

void append_labels(std::string& out, const MetricLabels& labels, std::string_view bound = {}) {
    if (labels.empty() && bound.empty()) return;
    char separator = '{';
    for (const auto& [name, value] : labels) {
        out += separator;
        out.append(name) += "=\"";
        append_escaped(out, value, true);
        out += '"';
        separator = ',';
    }
    if (!bound.empty()) {
        out += separator;
        out.append("le=\"").append(bound) += '"';
    }
    out += '}';
}

void append_histogram(std::string& out, const std::string& name, const MetricLabels& labels,
                      const Histogram& histogram, MetricUnit unit) {
    const Histogram::Sample sample = histogram.sample();
    std::uint64_t cumulative = 0;
    for (std::size_t i = 0; i <= histogram.bounds().size(); ++i) {
        cumulative += sample.buckets[i];
        std::string bound;
        if (i == histogram.bounds().size()) bound = "+Inf";
        else append_number(bound, histogram.bounds()[i], unit);
        out.append(name).append("_bucket");
        append_labels(out, labels, bound);
        out.append(" ").append(std::to_string(cumulative)) += '\n';
    }
    out.append(name).append("_sum");
    append_labels(out, labels);
    out += ' ';
    append_number(out, sample.sum, unit);
    out.append("\n").append(name).append("_count");
    append_labels(out, labels);
    out.append(" ").append(std::to_string(cumulative)) += '\n';
}

}  // namespace

MetricsRegistry::MetricsRegistry() = default;
MetricsRegistry::~MetricsRegistry() = default;

MetricsRegistry::Family& MetricsRegistry::family(std::string_view name, std::string_view help,
                                                 Type type, MetricUnit unit) {
    for (const auto& known : families_) {
        if (known->name != name) continue;
        CREDITD_ASSERT(known->type == type && known->unit == unit);
        return *known;
    }
    families_.push_back(
        std::make_unique<Family>(Family{std::string(name), std::string(help), type, unit, {}}));
    return *families_.back();
}

MetricsRegistry::Series& MetricsRegistry::series(Family& family, MetricLabels labels) {
    for (const auto& known : family.series) {
        if (known->labels == labels) return *known;
    }
    family.series.push_back(std::make_unique<Series>());
    family.series.back()->labels = std::move(labels);
    return *family.series.back();
}

Counter& MetricsRegistry::counter(std::string_view name, std::string_view help,
                                  MetricLabels labels) {
    CREDITD_ASSERT(name.ends_with("_total"));
    const std::lock_guard lock(mutex_);
    Series& own = series(family(name, help, Type::counter, MetricUnit::one), std::move(labels));
    if (own.counter == nullptr) own.counter = std::make_unique<Counter>();
    return *own.counter;
}

Gauge& MetricsRegistry::gauge(std::string_view name, std::string_view help, MetricLabels labels,
                              MetricUnit unit) {
    const std::lock_guard lock(mutex_);
    Series& own = series(family(name, help, Type::gauge, unit), std::move(labels));
    if (own.gauge == nullptr) own.gauge = std::make_unique<Gauge>();
    return *own.gauge;
}

Histogram& MetricsRegistry::histogram(std::string_view name, std::string_view help,
                                      MetricLabels labels, MetricUnit unit,
                                      std::span<const std::uint64_t> bounds) {
    const std::lock_guard lock(mutex_);
    Series& own = series(family(name, help, Type::histogram, unit), std::move(labels));
    if (own.histogram == nullptr) own.histogram = std::make_unique<Histogram>(bounds);
    return *own.histogram;
}

void MetricsRegistry::counter_callback(std::string_view name, std::string_view help,
                                       MetricCallback callback, MetricLabels labels,
                                       MetricUnit unit) {
    CREDITD_ASSERT(name.ends_with("_total"));
    const std::lock_guard lock(mutex_);
    series(family(name, help, Type::counter, unit), std::move(labels)).callback =
        std::move(callback);
}

void MetricsRegistry::gauge_callback(std::string_view name, std::string_view help,
                                     MetricCallback callback, MetricLabels labels,
                                     MetricUnit unit) {
    const std::lock_guard lock(mutex_);
    series(family(name, help, Type::gauge, unit), std::move(labels)).callback = std::move(callback);
}

void MetricsRegistry::render(std::string& out) const {
    constexpr std::array<std::string_view, 3> type_names{"counter", "gauge", "histogram"};
    const std::lock_guard lock(mutex_);
    for (const auto& family : families_) {
        out.append("# HELP ").append(family->name) += ' ';
        append_escaped(out, family->help, false);
        out.append("\n# TYPE ").append(family->name) += ' ';
        out.append(type_names[static_cast<std::size_t>(family->type)]) += '\n';
        for (const auto& own : family->series) {
            if (own->histogram != nullptr) {
                append_histogram(out, family->name, own->labels, *own->histogram, family->unit);
                continue;
            }
            out += family->name;
            append_labels(out, own->labels);
            out += ' ';
            if (own->callback) append_number(out, own->callback(), family->unit);
            else if (own->counter != nullptr)
                append_number(out, own->counter->value(), family->unit);
            else append_number(out, own->gauge->value(), family->unit);
            out += '\n';
        }
    }
}

}  // namespace creditd::daemon
