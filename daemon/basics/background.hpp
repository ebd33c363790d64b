// For threads whose work can wait, like that of webhooks and of the audit of oneself. Linux only;
// called by such a thread itself.
#pragma once

namespace creditd::daemon {

/// Puts the calling thread behind everything that answers requests, as far as the scheduler can:
/// it gets what the others leave, and where they leave nothing, a few percent of one core.
void run_in_background();

}  // namespace creditd::daemon
