#include "daemon/webhooks/webhook_pace.hpp"

#include <algorithm>

namespace creditd::daemon {

void WebhookPace::look(Moment now, Seq end) {
    const std::chrono::duration<double> passed = now - window_began_;
    if (window_began_ != Moment{} && passed < window) return;
    if (window_began_ != Moment{}) {
        const auto events = static_cast<double>(end.value - std::min(end, window_end_).value);
        is_busy_ = events > busy_events_per_second * cores_ * passed.count();
        // Never more than those of one second at once.
        const double per_second = busy_messages_per_second * cores_;
        turns_ = std::min(turns_ + per_second * passed.count(), per_second);
    }
    window_began_ = now;
    window_end_ = end;
}

bool WebhookPace::admit() {
    if (!is_busy_) return true;
    if (turns_ < 1) return false;
    turns_ -= 1;
    return true;
}

}  // namespace creditd::daemon
