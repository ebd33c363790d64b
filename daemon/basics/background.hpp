// For threads whose work can wait, like that of webhooks and of the audit of oneself. Linux only;
// called by such a thread itself.
#pragma once

namespace creditd::daemon {

/// How far a thread steps back, as `nice` counts it. Where the others leave nothing, `behind` still
/// gets a tenth of what one of them gets, and `last` a seventieth.
enum class Background : int { behind = 10, last = 19 };

/// Puts the calling thread behind everything that answers requests, as far as the scheduler can.
void run_in_background(Background how_far);

}  // namespace creditd::daemon
