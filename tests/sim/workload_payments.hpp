// What clients and payment providers want of each other: orders that are placed, settled and
// canceled, and the providers' notifications of what customers do. Owned by Clients.
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "tests/sim/providers.hpp"
#include "tests/sim/swarm.hpp"
#include "tests/sim/workload.hpp"

namespace creditd::sim {

class PaymentWorkload {
public:
    PaymentWorkload(std::uint64_t seed, const Swarm& swarm);

    /// Is the next request to be one of these?
    bool wants() { return is_on_ && rng_.chance(24); }
    /// `now`: the clients' clock. `accounts`: those that there may be.
    Request next(Timestamp now, const std::vector<std::string>& accounts);
    /// A notification that has not been sent yet; nothing: all have been.
    std::optional<Request> next_news();
    void learn(const Request& request, unsigned status, const Json& body);
    Providers& providers() { return providers_; }
    bool is_on() const { return is_on_; }

private:
    Request place(const std::vector<std::string>& accounts);
    Request on_order();
    static Request news(const Notice& notice);
    std::string new_key() { return "pay-key-" + std::to_string(++keys_made_); }

    Rng rng_;
    Providers providers_;
    bool is_on_ = false;
    bool has_offers_ = false;
    std::vector<std::string> orders_;  // that are known to be there
    std::map<std::string, std::string> bodies_;
    std::uint64_t orders_made_ = 0;
    std::uint64_t keys_made_ = 0;
};

/// The header that proves who sends it; `request` is one of Stripe's notifications.
std::string stripe_signature_of(const Request& request);

}  // namespace creditd::sim
