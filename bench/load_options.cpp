#include "bench/load_options.hpp"

#include <CLI/CLI.hpp>
#include <chrono>
#include <map>

namespace creditd::bench {

namespace {

const std::map<std::string, Workload> workloads = {
    {"constant", Workload::constant}, {"deduct", Workload::deduct}, {"balance", Workload::balance},
    {"batch", Workload::batch},       {"setup", Workload::setup},
};

void describe(CLI::App& app, LoadOptions& options) {
    app.add_option("workload", options.workload_name, "constant deduct balance batch setup")
        ->required()
        ->check(CLI::IsMember(workloads));
    app.add_option("--port", options.port, "port on 127.0.0.1")->required();
    app.add_option("--path", options.path, "what `constant` asks for");
    app.add_option("--key", options.api_key, "API key")->envname("CREDITD_ADMIN_KEY");
    app.add_option("--id-prefix", options.id_prefix, "account ids are PREFIX + 8 digits");
    app.add_option("-c,--connections", options.connections)->check(CLI::Range(1, 60'000));
    app.add_option("--depth", options.depth, "pipelining")->check(CLI::Range(1, 10'000));
    app.add_option("-r,--rate", options.rate, "open loop: requests/s; 0: closed loop");
    app.add_option("-d,--duration", options.duration_s, "seconds, measured")
        ->check(CLI::Range(0.1, 3600.0));
    app.add_option("--warmup", options.warmup_s, "seconds, not measured");
    app.add_option("--timeout", options.timeout_s, "seconds; bound of --requests and setup");
    app.add_option("-n,--requests", options.requests_max, "stop after so many requests");
    app.add_option("-a,--accounts", options.accounts)->check(CLI::Range(1, 99'999'999));
    app.add_option("--first", options.account_first, "number of the first account");
    app.add_option("--hot", options.account_hot, "use this one account only");
    app.add_option("-b,--batch", options.batch_operations, "operations in one batch")
        ->check(CLI::Range(1, 10'000));
    app.add_option("--item", options.item, "what an operation of a batch deducts: fields of JSON");
    app.add_flag("--item-keys", options.item_keys, "a key for each operation of a batch");
    app.add_option("--grant", options.grant_amount, "credits `setup` gives each account");
    app.add_option("--grants", options.grants, "in so many grants")->check(CLI::Range(1, 1'000));
    app.add_option("--body", options.body, "JSON of a request of `deduct`");
    app.add_option("--seed", options.seed, "0: from the clock");
}

std::uint64_t clock_seed() {
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    return static_cast<std::uint64_t>(now.count());
}

}  // namespace

ParsedOptions parse_load_options(int argc, char** argv) {
    ParsedOptions parsed;
    LoadOptions& options = parsed.options;
    CLI::App app{"creditd_load: HTTP load from one epoll thread; prints one line of JSON"};
    describe(app, options);
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        parsed.exit = app.exit(error);
        return parsed;
    }
    options.workload = workloads.at(options.workload_name);
    if (options.seed == 0) {
        options.seed = clock_seed();
    }
    if (options.workload == Workload::setup || options.requests_max != 0) {
        options.warmup_s = 0;  // the whole run is counted
    }
    return parsed;
}

}  // namespace creditd::bench
