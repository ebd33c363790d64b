// creditd_load: a light HTTP load generator. Prints one line of JSON; exit 1 if it could not run.
#include <fmt/format.h>
#include <sys/resource.h>

#include <cstdio>
#include <string>

#include "bench/load_engine.hpp"

namespace {

using creditd::bench::LoadOptions;
using creditd::bench::LoadResult;

double seconds(const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
}

std::string quoted(const std::string& text) {
    std::string out = "\"";
    for (const char c : text) {
        if (c == '"' || c == '\\') {
            out += '\\';
        }
        out += static_cast<unsigned char>(c) < 0x20 ? ' ' : c;
    }
    return out + '"';
}

std::string statuses(const LoadResult& result) {
    std::string out;
    for (const auto& [status, count] : result.by_status) {
        out += fmt::format("{}\"{}\":{}", out.empty() ? "" : ",", status, count);
    }
    return out;
}

std::string latencies(const LoadResult& result) {
    const auto us = [&](double share) {
        return static_cast<double>(result.latency_ns.quantile(share)) / 1e3;
    };
    return fmt::format(R"("p50":{:.1f},"p90":{:.1f},"p99":{:.1f},"p99_9":{:.1f},"max":{:.1f})",
                       us(0.5), us(0.9), us(0.99), us(0.999),
                       static_cast<double>(result.latency_ns.max()) / 1e3);
}

void print(const LoadOptions& options, const LoadResult& result, const std::string& failure) {
    rusage used{};
    getrusage(RUSAGE_SELF, &used);
    const double elapsed = result.seconds > 0 ? result.seconds : 1;
    fmt::print(R"({{"workload":"{}","connections":{},"depth":{},"rate":{:.0f},"seconds":{:.3f},)"
               R"("requests":{},"requests_per_s":{:.0f},"operations":{},"operations_per_s":{:.0f},)"
               R"("operations_failed":{},"status":{{{}}},"connection_errors":{},"unanswered":{},)"
               R"("latency_us":{{{}}},"cpu_s":{{"user":{:.2f},"system":{:.2f}}},)"
               R"("first_failure":{},"error":{}}})"
               "\n",
               options.workload_name, options.connections, options.depth, options.rate,
               result.seconds, result.requests, static_cast<double>(result.requests) / elapsed,
               result.operations, static_cast<double>(result.operations) / elapsed,
               result.operations_failed, statuses(result), result.connection_errors,
               result.unanswered, latencies(result), seconds(used.ru_utime), seconds(used.ru_stime),
               quoted(result.first_failure), quoted(failure));
}

}  // namespace

int main(int argc, char** argv) {
    const auto parsed = creditd::bench::parse_load_options(argc, argv);
    if (parsed.exit) {
        return *parsed.exit;
    }
    creditd::bench::LoadEngine engine{parsed.options};
    const std::string failure = engine.run();
    print(parsed.options, engine.result(), failure);
    return failure.empty() ? 0 : 1;
}
