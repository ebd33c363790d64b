// An order at its provider: a page or a picture to pay by, and its end. The order is in the log
// before any provider hears of it. Io threads.
#pragma once

#include "daemon/api/list_query.hpp"
#include "daemon/api/order_fields.hpp"
#include "replay/followers/payment_index.hpp"

namespace creditd::daemon {

/// Answers with the order of `event` (201), after the provider was asked for where it is paid,
/// unless it was asked before or the order is over.
void make_payable(Call& call, const OrderAsk& ask, const Event& event, bool replayed);

/// Tells the provider that nobody is to pay any more. Nobody waits for it: money that comes all the
/// same settles the order.
void end_at_provider(Call& call, const Order& order);

void list_orders(Call& call, const ListQuery& query, replay::followers::PaymentFilter filter);

}  // namespace creditd::daemon
