// Events with fixed content: one of every kind, every field of its body set to something that is
// not its default. The golden files hold exactly these.
#pragma once

#include <vector>

#include "core/event.hpp"
#include "schemas/personal.hpp"

namespace creditd::tests {

/// The event that a ledger holds most of: a priced feature, paid by one grant.
Event typical_deduction();

/// One event for each alternative of EventBody, in its order.
std::vector<Event> sample_events();

schemas::Salt sample_salt();
schemas::PersonalPart sample_personal();

}  // namespace creditd::tests
