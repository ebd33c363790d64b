#include "daemon/basics/metrics.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <thread>

#include "tests/support/temporary_folder.hpp"

namespace creditd::daemon {
namespace {

std::string render(const MetricsRegistry& registry) {
    std::string out;
    registry.render(out);
    return out;
}

bool has_promtool() { return std::system("command -v promtool >/dev/null 2>&1") == 0; }

TEST(Metrics, CountsFromManyThreads) {
    MetricsRegistry registry;
    Counter& counter = registry.counter("creditd_things_total", "Things.");
    Gauge& gauge = registry.gauge("creditd_level", "Level.");
    Histogram& histogram = registry.histogram("creditd_wait_seconds", "Waits.");
    std::vector<std::thread> threads;
    threads.reserve(16);
    for (int t = 0; t < 12; ++t) {
        threads.emplace_back([&] {
            for (int i = 0; i < 1000; ++i) {
                counter.add();
                gauge.add(1);
                histogram.observe(Duration{100});
            }
        });
    }
    for (std::thread& thread : threads) thread.join();
    EXPECT_EQ(counter.value(), 12'000u);
    EXPECT_EQ(gauge.value(), 12'000);
    EXPECT_EQ(histogram.sample().sum, 1'200'000u);
}

TEST(Metrics, RendersTextExposition) {
    MetricsRegistry registry;
    registry
        .counter("creditd_requests_total", "Requests \\ answered\nso far.",
                 {{"route", "/v1/\"x\"\n\\"}, {"status", "2xx"}})
        .add(3);
    registry.gauge("creditd_lag_seconds", "Lag.", {}, MetricUnit::microseconds).set(1'500'000);
    registry.gauge_callback("creditd_free_bytes", "Free.", [] { return 42; });
    registry.counter("creditd_requests_total", "ignored", {{"route", "/"}, {"status", "4xx"}})
        .add();
    EXPECT_EQ(render(registry),
              "# HELP creditd_requests_total Requests \\\\ answered\\nso far.\n"
              "# TYPE creditd_requests_total counter\n"
              "creditd_requests_total{route=\"/v1/\\\"x\\\"\\n\\\\\",status=\"2xx\"} 3\n"
              "creditd_requests_total{route=\"/\",status=\"4xx\"} 1\n"
              "# HELP creditd_lag_seconds Lag.\n# TYPE creditd_lag_seconds gauge\n"
              "creditd_lag_seconds 1.5\n"
              "# HELP creditd_free_bytes Free.\n# TYPE creditd_free_bytes gauge\n"
              "creditd_free_bytes 42\n");
}

TEST(Metrics, HistogramsAreCumulative) {
    static constexpr std::uint64_t bounds[] = {10, 20};
    MetricsRegistry registry;
    Histogram& histogram = registry.histogram("creditd_batch_commands", "Commands.",
                                              {{"kind", "a"}}, MetricUnit::one, bounds);
    for (const std::uint64_t value : {0u, 10u, 11u, 20u, 21u, 1000u}) histogram.observe(value);
    EXPECT_EQ(render(registry),
              "# HELP creditd_batch_commands Commands.\n# TYPE creditd_batch_commands histogram\n"
              "creditd_batch_commands_bucket{kind=\"a\",le=\"10\"} 2\n"
              "creditd_batch_commands_bucket{kind=\"a\",le=\"20\"} 4\n"
              "creditd_batch_commands_bucket{kind=\"a\",le=\"+Inf\"} 6\n"
              "creditd_batch_commands_sum{kind=\"a\"} 1062\n"
              "creditd_batch_commands_count{kind=\"a\"} 6\n");
}

TEST(Metrics, TheSameNameAndLabelsAreOneObject) {
    MetricsRegistry registry;
    Counter& first = registry.counter("creditd_a_total", "A.", {{"x", "1"}});
    EXPECT_EQ(&first, &registry.counter("creditd_a_total", "A.", {{"x", "1"}}));
    EXPECT_NE(&first, &registry.counter("creditd_a_total", "A.", {{"x", "2"}}));
}

TEST(Metrics, PrometheusAcceptsThePage) {
    MetricsRegistry registry;
    registry.counter("creditd_requests_total", "Requests answered.", {{"status", "200"}}).add();
    registry.counter_callback("creditd_log_lines_dropped_total", "Log lines lost.",
                              [] { return 0; });
    registry.gauge("creditd_build_info", "Version.", {{"version", "0.1.0"}}).set(1);
    registry.gauge("creditd_queue_commands", "Commands waiting.").set(-1);
    registry
        .histogram("creditd_http_request_duration_seconds", "Time to answer.",
                   {{"route", "/v1/accounts/{account}"}})
        .observe(Duration{1234});
    registry.histogram("creditd_journal_batch_commands", "Commands a write.", {}, MetricUnit::one,
                       batch_bounds);
    if (!has_promtool()) {
        ADD_FAILURE() << "promtool is missing: it is in Debian's package prometheus";
        return;
    }
    const tests::TemporaryFolder folder;
    const std::string page = folder.write("page", render(registry));
    const std::string output = folder.file("output");
    const int status =
        std::system(("promtool check metrics < " + page + " > " + output + " 2>&1").c_str());
    EXPECT_EQ(status, 0) << tests::text_of_file(output) << render(registry);
    EXPECT_EQ(tests::text_of_file(output), "");
}

}  // namespace
}  // namespace creditd::daemon
