// Events with fixed content: one of every kind, every field of its body set to something that is
// not its default. The golden files hold exactly these.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "core/event.hpp"
#include "schemas/personal.hpp"

namespace creditd::tests {

/// The event that a ledger holds most of: a priced feature, paid by one grant.
Event typical_deduction();
/// More of a kind, where one event cannot show all of its fields; by name.
std::map<std::string, Event> special_events();

/// An event with everything but its body.
Event sample_event(EventBody body);
/// One event for each alternative of EventBody, in its order.
std::vector<Event> sample_events();

schemas::Salt sample_salt();
schemas::PersonalPart sample_personal();

}  // namespace creditd::tests
