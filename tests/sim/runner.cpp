#include "tests/sim/runner.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <sys/wait.h>
#include <unistd.h>

#include <memory>
#include <sstream>

#include "tests/sim/blank_database.hpp"

namespace creditd::sim {
namespace {

/// A process that runs one seed, and the pipe from which its outcome comes.
struct Child {
    std::unique_ptr<tests::TemporaryFolder> folder;
    SimulationOptions options;
    pid_t process = -1;
    int pipe = -1;
    std::string told;
};

void write_all(int pipe, std::string_view text) {
    while (!text.empty()) {
        const ssize_t written = ::write(pipe, text.data(), text.size());
        CREDITD_ASSERT(written > 0);
        text.remove_prefix(static_cast<std::size_t>(written));
    }
}

std::string one_line(std::string text) {
    for (char& letter : text) {
        if (letter == '\n') letter = ' ';
    }
    return text;
}

/// What the child tells, a line each; the first letter says what it is.
namespace line {
constexpr char story = '+';
constexpr char report = '#';
constexpr char check = '!';
constexpr char what = '=';
}  // namespace line

void tell(int pipe, char kind, std::string_view text) {
    write_all(pipe, kind + one_line(std::string(text)) + '\n');
}

/// Keeps the threads of this process, RocksDB's among them, on the processor on which it was begun.
/// It shares its memory with the process that it was forked from, page by page until it writes; and
/// where threads of it are on several processors, each page is made known to all of them, which
/// took up to a tenth of a seed.
void stay_on_this_processor() {
    const int here = ::sched_getcpu();
    if (here < 0) return;
    cpu_set_t one;
    CPU_ZERO(&one);
    CPU_SET(static_cast<unsigned>(here), &one);
    ::sched_setaffinity(0, sizeof one, &one);  // if it fails, everything is as good, and slower
}

[[noreturn]] void run_child(SimulationOptions options, bool tells, int pipe) {
    const std::string log = (options.folder / "stderr").string();
    const int file = ::open(log.c_str(), O_CREAT | O_WRONLY | O_APPEND, 0600);
    ::dup2(file, STDERR_FILENO);
    stay_on_this_processor();
    plant(options.canary);
    if (tells) options.tell = [pipe](std::string_view what) { tell(pipe, line::story, what); };
    Simulation simulation(options);
    try {
        simulation.run();
        simulation.check_secrets(tests::text_of_file(log), "the log");
    } catch (const Failure& failure) {
        tell(pipe, line::check, failure.check);
        tell(pipe, line::what, failure.what);
    }
    const SimulationReport& report = simulation.report();
    tell(pipe, line::report,
         std::to_string(report.trace) + ' ' + std::to_string(report.operations) + ' ' +
             std::to_string(report.crashes) + ' ' + std::to_string(report.events));
    // Nothing of this world is worth an orderly end.
    ::_exit(0);
}

Child begin(SimulationOptions options, bool tells) {
    auto folder = std::make_unique<tests::TemporaryFolder>(parent_of_folders());
    options.folder = folder->path();
    BlankDatabase::instance().copy_to(options.folder);
    int ends[2];
    CREDITD_ASSERT(::pipe2(ends, O_CLOEXEC) == 0);
    Child child{std::move(folder), std::move(options), ::fork(), ends[0], {}};
    CREDITD_ASSERT(child.process >= 0);
    if (child.process == 0) run_child(child.options, tells, ends[1]);
    ::close(ends[1]);
    return child;
}

/// Reads what there is; false once the child has told everything.
bool listen(Child& child) {
    char bytes[64 * 1024];
    const ssize_t count = ::read(child.pipe, bytes, sizeof bytes);
    if (count > 0) child.told.append(bytes, static_cast<std::size_t>(count));
    return count > 0;
}

void take_lines(const std::string& told, SeedOutcome& outcome) {
    std::istringstream lines(told);
    for (std::string text; std::getline(lines, text);) {
        const char kind = text.front();
        text.erase(0, 1);
        SimulationReport& report = outcome.report;
        switch (kind) {
            case line::story: outcome.story.push_back(text); break;
            case line::check: outcome.check = text; break;
            case line::what: outcome.what = text; break;
            default:
                std::istringstream(text) >> report.trace >> report.operations >> report.crashes >>
                    report.events;
        }
    }
}

SeedOutcome conclude(Child& child) {
    SeedOutcome outcome;
    outcome.seed = child.options.seed;
    int status = 0;
    ::waitpid(child.process, &status, 0);
    ::close(child.pipe);
    const std::string log = tests::text_of_file(child.options.folder / "stderr");
    take_lines(child.told, outcome);
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
        outcome.check = "no assertion fails";
        const std::size_t bug = log.find("creditd: bug:");
        outcome.what = bug == std::string::npos ? "the process died: " + log.substr(0, 2'000)
                                                : log.substr(bug, log.find('\n', bug) - bug);
    }
    return outcome;
}

}  // namespace

SimulationOptions options_of(std::uint64_t seed) {
    SimulationOptions options;
    options.seed = seed;
    options.swarm = Swarm::of(seed);
    return options;
}

SeedOutcome run(const SimulationOptions& options, bool tells) {
    Child child = begin(options, tells);
    while (listen(child)) continue;
    return conclude(child);
}

void run_range(std::uint64_t first, std::uint64_t last, unsigned jobs,
               const std::function<bool(const SeedOutcome&)>& ended, Canary canary) {
    std::vector<Child> children;
    bool goes_on = true;
    for (std::uint64_t next = first; !children.empty() || (goes_on && next <= last);) {
        while (goes_on && next <= last && children.size() < jobs) {
            SimulationOptions options = options_of(next++);
            options.canary = canary;
            children.push_back(begin(std::move(options), false));
        }
        std::vector<pollfd> pipes;
        pipes.reserve(children.size());
        for (const Child& child : children) pipes.push_back({child.pipe, POLLIN, 0});
        ::poll(pipes.data(), pipes.size(), -1);
        for (std::size_t i = pipes.size(); i-- > 0;) {
            if (pipes[i].revents == 0 || listen(children[i])) continue;
            const SeedOutcome outcome = conclude(children[i]);
            children.erase(children.begin() + static_cast<std::ptrdiff_t>(i));
            goes_on = ended(outcome) && goes_on;
        }
    }
}

}  // namespace creditd::sim
