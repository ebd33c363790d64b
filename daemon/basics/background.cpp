#include "daemon/basics/background.hpp"

#include <sys/resource.h>
#include <unistd.h>

namespace creditd::daemon {

void run_in_background() {
    constexpr int lowest = 19;
    // May fail where somebody has taken even that right away; then it is a thread like others.
    ::setpriority(PRIO_PROCESS, static_cast<id_t>(::gettid()), lowest);
}

}  // namespace creditd::daemon
