// Type=notify of systemd, without its library: one datagram to the socket that the supervisor
// named, if it named one. Does nothing where no supervisor asks for it. Main thread.
#pragma once

#include <string_view>

namespace creditd::daemon {

void notify_supervisor(std::string_view state);

}  // namespace creditd::daemon
