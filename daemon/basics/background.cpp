#include "daemon/basics/background.hpp"

#include <sys/resource.h>
#include <unistd.h>

namespace creditd::daemon {

void run_in_background(Background how_far) {
    // May fail where somebody has taken even that right away; then it is a thread like others.
    ::setpriority(PRIO_PROCESS, static_cast<id_t>(::gettid()), static_cast<int>(how_far));
}

}  // namespace creditd::daemon
