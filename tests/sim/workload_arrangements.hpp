// What clients arrange with accounts: plans and subscriptions that the calendar renews, and
// budgets, with uses by members that run into them. Owned by Clients.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "tests/sim/auditor/story.hpp"
#include "tests/sim/swarm.hpp"
#include "tests/sim/workload.hpp"

namespace creditd::sim {

class ArrangementWorkload {
public:
    ArrangementWorkload(std::uint64_t seed, const Swarm& swarm);

    /// Is the next request to be one of these?
    bool wants() { return (subscribes_ || budgets_) && rng_.chance(16); }
    Request next(const std::vector<std::string>& accounts);
    /// How long nothing happens now; mostly 0. Else a month would hardly ever end.
    Duration pause();

private:
    Request plan();
    Request subscription(const std::string& account);
    Request budget(const std::string& account);
    Request use(const std::string& account);
    Request make(std::string name, std::string method, std::string path, std::string body);

    Rng rng_;
    Rng time_;
    bool subscribes_ = false;
    bool budgets_ = false;
    std::uint64_t keys_made_ = 0;
    std::uint64_t plans_made_ = 0;
};

/// A request about a subscription or a budget.
bool is_of_arrangement(const Request& request);
Wish arrangement_wish_of(const Request& request);

}  // namespace creditd::sim
