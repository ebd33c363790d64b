// Receivers of webhooks: who is told of which events. Values only; what they are sent, and when, is
// the daemon's affair. No secret is here, for an event is for ever: a secret follows from its
// number and a key of the data folder (daemon/webhooks/secrets.hpp).
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/types.hpp"

namespace creditd {

/// In all but the first, nothing is sent; what happens meanwhile waits.
enum class EndpointStatus : std::uint8_t {
    active,
    paused,  // by a command
    gone,    // it answered 410
    failing  // it has not taken a message in all the attempts there are
};

struct Endpoint {
    std::string id;  // `ep_<n>`: n is the event that made it
    std::string url;
    std::string description;
    std::vector<std::string> events;  // names, in their order; empty: all
    std::string account_prefix;       // of the API key that made it: nothing of other accounts
    EndpointStatus status = EndpointStatus::active;
    std::uint32_t secret = 1;    // number of the secret in force
    Timestamp previous_until{};  // until then the secret before it signs too
    bool operator==(const Endpoint&) const = default;
};

/// The endpoint as it is from now on.
struct EndpointSet {
    Endpoint endpoint;
    bool operator==(const EndpointSet&) const = default;
};
struct EndpointRemoved {
    std::string id;
    bool operator==(const EndpointRemoved&) const = default;
};

}  // namespace creditd
