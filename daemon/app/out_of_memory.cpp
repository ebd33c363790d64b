#include "daemon/app/out_of_memory.hpp"

#include <unistd.h>

#include <cstdlib>
#include <new>
#include <string_view>

namespace creditd::daemon {

void stop_when_memory_ends() {
    std::set_new_handler([] {
        // The logger would allocate.
        constexpr std::string_view line = R"({"level":"fatal","event":"out_of_memory"})"
                                          "\n";
        [[maybe_unused]] const ssize_t written = ::write(STDERR_FILENO, line.data(), line.size());
        std::abort();
    });
}

}  // namespace creditd::daemon
