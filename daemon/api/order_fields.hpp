// What an order looks like outside, and what asks for one. The order is in the log
// before any provider hears of it. Io and reader threads.
#pragma once

#include "daemon/api/body.hpp"

namespace creditd::daemon {

struct OrderAsk {
    PlaceOrder command;
    std::string name;         // what the customer reads
    std::string success_url;  // where the customer goes afterwards; empty: as configured
    std::string cancel_url;
};

/// Reads the body of POST /v1/orders. `key` names the order where the caller does not.
OrderAsk read_order_ask(ObjectReader& reader, const ParseContext& context, std::string_view key);

std::string_view name_of(OrderStatus status);
std::optional<OrderStatus> order_status_of(std::string_view name);

}  // namespace creditd::daemon
