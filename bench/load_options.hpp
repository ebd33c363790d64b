// What one run of the load generator does, as given on its command line.
// Plain data: no sockets, no rendering. Read-only once the run has started.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

namespace creditd::bench {

enum class Workload { constant, deduct, balance, batch, setup };

struct LoadOptions {
    Workload workload = Workload::constant;
    std::string workload_name = "constant";
    std::uint16_t port = 0;  // always on 127.0.0.1
    std::string path = "/";  // what `constant` asks for
    std::string api_key;     // empty: no Authorization header
    std::string id_prefix = "acct-";

    std::size_t connections = 64;
    std::size_t depth = 1;           // requests in flight on one connection
    double rate = 0;                 // requests/s; 0: closed loop
    double duration_s = 5;           // measured part
    double warmup_s = 1;             // before it, not counted
    double timeout_s = 900;          // hard bound where the end is a number of requests
    std::uint64_t requests_max = 0;  // stop after so many; 0: stop after duration_s

    std::uint64_t accounts = 100'000;
    std::uint64_t account_first = 0;
    std::optional<std::uint64_t> account_hot;  // every request names this one
    std::uint64_t batch_operations = 1'000;    // in one request of `batch` and `setup`
    std::string item = R"("amount":1)";        // what one of `batch` deducts: fields of JSON
    bool item_keys = false;                    // each operation of `batch` has its own key
    std::uint64_t grant_amount = 100'000'000;  // what `setup` gives each account
    std::uint64_t grants = 1;                  // in so many grants of different priority
    std::string body = R"({"amount":1})";      // of `deduct`
    std::uint64_t seed = 0;                    // 0: from the clock
};

/// Reads the command line; on a usage error or --help prints and returns the exit code in `exit`.
struct ParsedOptions {
    LoadOptions options;
    std::optional<int> exit;
};
[[nodiscard]] ParsedOptions parse_load_options(int argc, char** argv);

}  // namespace creditd::bench
