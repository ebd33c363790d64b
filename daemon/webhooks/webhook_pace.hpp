// How fast webhooks may go out. Requests come first: while the ledger has all hands full, only a
// few messages are sent, the rest keeps its order and goes out when there is less to do. Pure but
// for what it remembers; the sender's thread alone.
#pragma once

#include <chrono>

#include "core/types.hpp"

namespace creditd::daemon {

class WebhookPace {
public:
    using Moment = std::chrono::steady_clock::time_point;

    /// A core that takes this many events a second has little left for anything else.
    static constexpr double busy_events_per_second = 5'000;
    /// Some 140 µs each, and the receiver may be on the same machine.
    static constexpr double busy_messages_per_second = 100;
    static constexpr std::chrono::milliseconds window{100};

    explicit WebhookPace(unsigned cores) : cores_(cores) {}

    /// The log ends at `end` now. To be called at least once a window while messages wait.
    void look(Moment now, Seq end);
    bool is_busy() const { return is_busy_; }
    /// May one more be sent now? Then it has taken its turn.
    bool admit();

private:
    double cores_;
    Moment window_began_{};
    Seq window_end_{};
    bool is_busy_ = false;
    double turns_ = 0;
};

}  // namespace creditd::daemon
