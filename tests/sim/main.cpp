// creditd-sim, behind `./dev sim`: runs seeds of the simulation, or hunts for planted bugs.
// Exit: 0 all is well, 1 a check failed, 2 wrong use.
#include <fmt/format.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

#include <CLI/CLI.hpp>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <system_error>
#include <thread>

#include "core/assert.hpp"
#include "tests/sim/canaries.hpp"
#include "tests/sim/minimise.hpp"

namespace creditd::sim {
namespace {

constexpr std::uint64_t canary_seeds_max = 50'000;
constexpr std::size_t story_lines_max = 80;
constexpr const char* memory_settings =
    "dirty_decay_ms:-1,muzzy_decay_ms:-1,narenas:1,thp:always,metadata_thp:always";

struct Arguments {
    std::uint64_t seed = 0;
    std::string seeds = "1..300";
    std::string also;         // a file of seeds
    std::uint64_t twice = 0;  // so many seeds are run again, for the same trace
    unsigned minutes = 0;
    unsigned jobs = std::max(1U, std::thread::hardware_concurrency());
    bool tells = false;
    bool hunts = false;
};

void print_failure(const SeedOutcome& outcome) {
    fmt::print("seed {} failed\n  check: {}\n  {}\n  again: ./dev sim --seed {}\n", outcome.seed,
               outcome.check, outcome.what, outcome.seed);
    std::fflush(stdout);
}

void print_story(const SeedOutcome& outcome) {
    const std::size_t first =
        outcome.story.size() - std::min(outcome.story.size(), story_lines_max);
    for (std::size_t i = first; i < outcome.story.size(); ++i) {
        fmt::print("  | {}\n", outcome.story[i].substr(0, 300));
    }
}

void print_shortest(std::uint64_t seed) {
    const SeedOutcome shortest = minimise(options_of(seed));
    fmt::print("the shortest story that was found ({} operations, the end of it):\n",
               shortest.report.operations);
    print_story(shortest);
    fmt::print("  check: {}\n  {}\n", shortest.check, shortest.what);
}

/// Begins this program anew, where all that it calls is looked up at once, not by each seed's
/// process for itself, and where memory is not given back: such a process lives for a fraction of a
/// second.
void begin_with_settings(char** words) {
    if (::getenv("LD_BIND_NOW") != nullptr) return;
    ::setenv("LD_BIND_NOW", "1", 1);
    ::setenv("MALLOC_CONF", memory_settings, 0);
    std::error_code none;
    const auto program = std::filesystem::read_symlink("/proc/self/exe", none);
    ::execv(program.c_str(), words);  // if it fails, everything is as good, and slower
}

int run_one(const Arguments& arguments) {
    const SeedOutcome outcome = run(options_of(arguments.seed), arguments.tells);
    for (const std::string& line : outcome.story) fmt::print("{}\n", line);
    if (!outcome.is_good()) {
        print_failure(outcome);
        if (!arguments.tells) print_shortest(arguments.seed);
        return 1;
    }
    const SimulationReport& report = outcome.report;
    fmt::print("seed {} is good: {} operations, {} crashes, {} events, trace {:016x}\n",
               outcome.seed, report.operations, report.crashes, report.events, report.trace);
    return 0;
}

/// Counts what a range of seeds came to.
class Tally {
public:
    void add(const SeedOutcome& outcome) {
        if (!outcome.is_good()) {
            print_failure(outcome);
            failed_.push_back(outcome.seed);
        }
        ++seeds_;
        crashes_ += outcome.report.crashes;
        operations_ += outcome.report.operations;
        events_ += outcome.report.events;
    }
    double seconds() const {
        return std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count();
    }
    bool conclude() {
        fmt::print(
            "{} passed, {} failed: {} operations, {} crashes, {} events in {:.0f} s, "
            "{:.0f} seeds an hour of processor time\n",
            seeds_ - failed_.size(), failed_.size(), operations_, crashes_, events_, seconds(),
            static_cast<double>(seeds_) * 3'600 / processor_seconds());
        if (failed_.empty()) return true;
        print_shortest(failed_.front());
        return false;
    }

private:
    /// What the seeds have used, whatever else the machine did meanwhile.
    static double processor_seconds() {
        rusage used{};
        ::getrusage(RUSAGE_CHILDREN, &used);
        const auto seconds = [](const timeval& time) {
            return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
        };
        return seconds(used.ru_utime) + seconds(used.ru_stime);
    }

    std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
    std::uint64_t seeds_ = 0;
    std::uint64_t operations_ = 0;
    std::uint64_t crashes_ = 0;
    std::uint64_t events_ = 0;
    std::vector<std::uint64_t> failed_;
};

/// What this program says of the seed when it is started anew: at other addresses, and with other
/// randomness of its own.
std::string said_elsewhere(std::uint64_t seed) {
    const auto program = std::filesystem::read_symlink("/proc/self/exe");
    FILE* const pipe = ::popen(fmt::format("'{}' --seed {}", program.native(), seed).c_str(), "r");
    CREDITD_ASSERT(pipe != nullptr);
    std::string text;
    for (int letter = std::fgetc(pipe); letter != EOF; letter = std::fgetc(pipe)) {
        text.push_back(static_cast<char>(letter));
    }
    ::pclose(pipe);
    return text;
}

/// The same seed gives the same world: everything else builds upon that.
void run_twice(std::uint64_t first, std::uint64_t count, Tally& tally) {
    for (std::uint64_t seed = first; seed < first + count; ++seed) {
        SeedOutcome once = run(options_of(seed));
        const std::string again = said_elsewhere(seed);
        if (again.find(fmt::format("trace {:016x}\n", once.report.trace)) == std::string::npos) {
            once.check = "one seed, one trace";
            once.what = fmt::format("{:016x}, and then: {}", once.report.trace, again);
        }
        tally.add(once);
    }
}

int run_many(const Arguments& arguments) {
    const std::size_t dots = arguments.seeds.find("..");
    if (dots == std::string::npos) return 2;
    const std::uint64_t first = std::stoull(arguments.seeds.substr(0, dots));
    std::uint64_t last = std::stoull(arguments.seeds.substr(dots + 2));
    if (arguments.minutes > 0) last = UINT64_MAX;
    Tally tally;
    if (!arguments.also.empty()) {
        std::ifstream file(arguments.also);
        for (std::string line; std::getline(file, line);) {
            if (!line.empty() && line[0] != '#') tally.add(run(options_of(std::stoull(line))));
        }
    }
    run_twice(first, arguments.twice, tally);
    run_range(first, last, arguments.jobs, [&](const SeedOutcome& outcome) {
        tally.add(outcome);
        return arguments.minutes == 0 || tally.seconds() < 60.0 * arguments.minutes;
    });
    return tally.conclude() ? 0 : 1;
}

}  // namespace
}  // namespace creditd::sim

int main(int count, char** words) {
    using namespace creditd::sim;
    begin_with_settings(words);
    Arguments arguments;
    CLI::App app("The deterministic simulation of creditd");
    app.add_option("--seed", arguments.seed, "one seed; its story, shortened, if it fails");
    app.add_option("--seeds", arguments.seeds, "a range, A..B");
    app.add_option("--also", arguments.also, "a file with seeds, one a line, run first");
    app.add_option("--twice", arguments.twice, "so many of the range are run twice and compared");
    app.add_option("--minutes", arguments.minutes, "goes on from the range's first for so long");
    app.add_option("--jobs", arguments.jobs, "processes at once")->check(CLI::Range(1, 64));
    app.add_flag("--tell", arguments.tells, "with --seed: everything that happens");
    app.add_flag("--canaries", arguments.hunts, "hunts for the planted bugs");
    try {
        app.parse(count, words);
    } catch (const CLI::ParseError& error) {
        return app.exit(error) == 0 ? 0 : 2;
    }
    if (arguments.hunts && !creditd::has_canaries) {
        fmt::print(stderr, "this build has no planted bugs: build with -DCREDITD_CANARIES=ON\n");
        return 2;
    }
    if (arguments.hunts) return hunt_canaries(canary_seeds_max, arguments.jobs) ? 0 : 1;
    return arguments.seed != 0 ? run_one(arguments) : run_many(arguments);
}
