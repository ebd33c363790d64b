// Answers about what is arranged with an account, from their events alone (see render_event.hpp).
// Pure; any thread.
#pragma once

#include <string>

#include "core/event.hpp"

namespace creditd::daemon {

/// Is the answer to this event's command one of `render_arrangement_answer`?
bool is_arrangement_event(const EventBody& body);

/// The answer to a command that changed an arrangement but moved no credits.
void render_arrangement_answer(std::string& out, const Event& event, unsigned decimals);

}  // namespace creditd::daemon
