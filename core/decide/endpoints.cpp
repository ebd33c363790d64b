#include "core/decide/context.hpp"

namespace creditd::deciding {
namespace {

/// One that was made for other accounts does not exist for the caller.
const Endpoint* find_endpoint(const Context& context, const std::string& id) {
    const auto& endpoints = context.state.catalog().endpoints;
    const auto found = endpoints.find(id);
    if (found == endpoints.end()) return nullptr;
    const Endpoint& endpoint = found->second.set;
    return endpoint.account_prefix.starts_with(context.meta.account_prefix) ? &endpoint : nullptr;
}

}  // namespace

Refusal decide(Context& context, const CreateEndpoint& command) {
    if (context.state.catalog().endpoints.size() >= limits::endpoints_max) {
        return refuse(RefusalCode::endpoint_limit);
    }
    Endpoint endpoint;
    endpoint.id = "ep_" + std::to_string(context.next_seq().value);
    endpoint.url = command.url;
    endpoint.description = command.description;
    endpoint.events = command.events;
    endpoint.account_prefix = context.meta.account_prefix;
    context.emit(EndpointSet{std::move(endpoint)});
    return accepted;
}

Refusal decide(Context& context, const ChangeEndpoint& command) {
    const Endpoint* const today = find_endpoint(context, command.id);
    if (today == nullptr) return refuse(RefusalCode::endpoint_not_found);
    Endpoint changed = *today;
    changed.url = command.url.value_or(changed.url);
    changed.description = command.description.value_or(changed.description);
    changed.events = command.events.value_or(changed.events);
    changed.status = command.status.value_or(changed.status);
    if (command.rotate_overlap) {
        ++changed.secret;
        changed.previous_until = context.now + *command.rotate_overlap;
    }
    if (changed != *today) context.emit(EndpointSet{std::move(changed)});
    return accepted;
}

Refusal decide(Context& context, const RemoveEndpoint& command) {
    if (find_endpoint(context, command.id) == nullptr) {
        return refuse(RefusalCode::endpoint_not_found);
    }
    context.emit(EndpointRemoved{command.id});
    return accepted;
}

}  // namespace creditd::deciding
