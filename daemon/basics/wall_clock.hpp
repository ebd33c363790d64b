// The machine's clock, for what is told to people and to other machines. The ledger's own time
// comes from daemon/engine/clock.hpp.
#pragma once

#include <chrono>

#include "core/types.hpp"

namespace creditd::daemon {

inline Timestamp wall_clock_now() {
    const auto since_epoch = std::chrono::system_clock::now().time_since_epoch();
    return Timestamp{std::chrono::duration_cast<std::chrono::microseconds>(since_epoch).count()};
}

}  // namespace creditd::daemon
