// The fields that only one kind of event has, as JSON members. Part of event_text.hpp's work,
// which has what every event has. Pure functions, any thread.
#pragma once

#include <optional>

#include "core/event.hpp"
#include "replay/tool/json_text.hpp"

namespace creditd::replay::tool {

/// Appends the members into an object that is open.
void append_body(JsonText& json, const EventBody& body);

/// The credits that the event is about, where there is one such figure.
std::optional<Credits> amount_of(const EventBody& body);

}  // namespace creditd::replay::tool
