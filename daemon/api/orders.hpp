// Orders: placed here, made payable at a provider, and settled by what the provider tells. An order
// is durable before a provider hears of it, and goes there under its own id, so that the same call
// again finds both or makes what is missing. Io threads.
#pragma once

#include "daemon/api/call.hpp"

namespace creditd::daemon {

struct LoadedOrder {
    Event event;  // the latest about it, an OrderSet
    const Order& order() const { return std::get<OrderSet>(event.body).order; }
};
/// Reads the order; `then` gets it unless there is none for this caller, who is told so.
void with_order(Call& call, const std::string& id,
                std::move_only_function<void(const LoadedOrder&)> then);

void render_order(std::string& out, const Event& event, unsigned decimals, std::optional<Seq> seq);

void handle_place_order(Call& call);
void handle_get_order(Call& call);
void handle_list_orders(Call& call);
/// By an administrator: it was paid in another way.
void handle_settle_order(Call& call);
void handle_cancel_order(Call& call);

}  // namespace creditd::daemon
