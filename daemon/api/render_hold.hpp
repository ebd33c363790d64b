// A hold as GET /v1/holds/{id} shows it. Holds inside other answers are render_event's.
// Pure; any thread.
#pragma once

#include <string>

#include "core/account.hpp"

namespace creditd::daemon {

struct HoldView {
    std::string account;
    HoldSummary hold;
    Seq seq{};
};

/// An open hold, as events summarise it.
HoldSummary summary_of(const Hold& hold);
void render_hold(std::string& out, const HoldView& view, unsigned decimals);

}  // namespace creditd::daemon
