// What the process says when an event that is applied breaks an assertion of core: a log that is
// sound in every byte may still hold an event that does not fit, if it was forged. One thread.
#pragma once

#include <atomic>
#include <cstdint>

namespace creditd::replay::tool {

/// From now on an abort names the number that stands in what is returned, and exits with 3.
std::atomic<std::uint64_t>& name_event_on_abort(bool json);

}  // namespace creditd::replay::tool
