// The bodies of events about payments, orders and notifications as JSON, for `export`. Beside
// event_body_text.hpp.
#pragma once

#include "core/event.hpp"
#include "replay/tool/json_text.hpp"

namespace creditd::replay::tool {

void append_payment(JsonText& json, const OrderSet& body);
void append_payment(JsonText& json, const PaymentNoted& body);
void append_payment(JsonText& json, const PaymentReversed& body);
void append_payment(JsonText& json, const PaymentRestored& body);
void append_payment(JsonText& json, const NotificationNoted& body);

}  // namespace creditd::replay::tool
