#include "replay/tool/verify/abort_report.hpp"

#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>

#include "replay/tool/ledger_folder.hpp"

namespace creditd::replay::tool {
namespace {

/// For the handler below: the event that is being applied, and how to speak.
std::atomic<std::uint64_t> applying{0};
std::atomic<bool> speaks_json{false};

void name_the_event(int) {
    const bool json = speaks_json.load();
    const char* const format = json
                                   ? "{\"ok\":false,\"fault\":\"damaged\",\"first_bad_seq\":%llu,"
                                     "\"detail\":\"the event does not fit the ledger before it\"}\n"
                                   : "creditd-replay: the event does not fit the ledger before it\n"
                                     "creditd-replay: first bad sequence number: %llu\n";
    char text[160];
    const int size =
        std::snprintf(text, sizeof text, format, static_cast<unsigned long long>(applying.load()));
    const ssize_t written =
        ::write(json ? STDOUT_FILENO : STDERR_FILENO, text, static_cast<std::size_t>(size));
    ::_exit(written == size ? static_cast<int>(Exit::damaged) : EXIT_FAILURE);
}

}  // namespace

std::atomic<std::uint64_t>& name_event_on_abort(bool json) {
    speaks_json = json;
    std::signal(SIGABRT, name_the_event);
    return applying;
}

}  // namespace creditd::replay::tool
