// Type=notify of systemd: one datagram to the socket that the supervisor named, if it named one.
#pragma once

#include <string_view>

namespace creditd::daemon {

void notify_supervisor(std::string_view state);

}  // namespace creditd::daemon
