// What payment providers send, in the auditor's words. Reads the texts for itself, as reading.hpp
// does. Pure functions, for any thread.
#pragma once

#include <optional>
#include <string_view>

#include "tests/sim/auditor/payments.hpp"
#include "tests/sim/auditor/story.hpp"
#include "tests/sim/json.hpp"
#include "tests/sim/workload.hpp"

namespace creditd::sim {

/// The body of one of Stripe's notifications.
News stripe_news_of(std::string_view body);
/// Midtrans's answer about an order; nothing: it knows no such order.
std::optional<News> midtrans_news_of(std::string_view answer);

/// A request about an order.
bool is_of_order(const Request& request);
Wish order_wish_of(const Request& request);

}  // namespace creditd::sim
