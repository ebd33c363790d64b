// Samples of events about payments, orders and notifications, everything in them set. Fixed
// content: the golden files hold exactly these. Values only.
#pragma once

#include <vector>

#include "core/event.hpp"
#include "schemas/personal.hpp"

namespace creditd::tests {

/// The last kinds of EventBody, from OrderSet on, in its order.
std::vector<EventBody> sample_payment_bodies();

/// A notification's: what was received, any bytes.
schemas::PersonalPart sample_received();

}  // namespace creditd::tests
