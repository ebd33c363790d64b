// What happens when memory ends: the process stops, at the allocation that failed. A command that
// is half applied has no way back, and the log knows what is true; a restart reads it. Nothing here
// allocates. Any thread.
#pragma once

namespace creditd::daemon {

/// From now on, for the whole process: `operator new` says so and aborts instead of throwing.
void stop_when_memory_ends();

}  // namespace creditd::daemon
