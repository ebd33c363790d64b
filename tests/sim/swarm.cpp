#include "tests/sim/swarm.hpp"

namespace creditd::sim {

std::string_view name_of(Fault fault) {
    static constexpr std::array<std::string_view, faults_count> names{"crash",
                                                                      "crash at start",
                                                                      "unsound leftover",
                                                                      "sync fails",
                                                                      "no space",
                                                                      "disk full",
                                                                      "bit rot",
                                                                      "cut",
                                                                      "old snapshot",
                                                                      "damaged snapshot",
                                                                      "head lost",
                                                                      "head old",
                                                                      "clock jump",
                                                                      "clock frozen",
                                                                      "long pause",
                                                                      "disconnect",
                                                                      "key reuse",
                                                                      "key revoked",
                                                                      "slow readers",
                                                                      "slow followers",
                                                                      "seal",
                                                                      "snapshot",
                                                                      "clean stop",
                                                                      "small queue",
                                                                      "many accounts",
                                                                      "rules",
                                                                      "offers",
                                                                      "payments",
                                                                      "subscriptions",
                                                                      "budgets"};
    return names[static_cast<std::size_t>(fault)];
}

Swarm Swarm::of(std::uint64_t seed) {
    Rng rng = Rng::of(seed, "swarm");
    Swarm swarm;
    for (std::size_t i = 0; i < first_faults_count; ++i) {
        if (rng.chance(60)) swarm.faults |= 1U << i;
    }
    // What most of the others build upon is seldom missing; what is dear is seldom there.
    if (!rng.one_in(20)) swarm.faults |= 1U << static_cast<unsigned>(Fault::crash);
    if (!rng.one_in(10)) swarm.drop(Fault::small_queue);
    if (!rng.one_in(5)) swarm.drop(Fault::many_accounts);
    Rng domain = Rng::of(seed, "swarm of the domain");
    for (std::size_t i = first_faults_count; i < faults_count; ++i) {
        if (domain.chance(40)) swarm.faults |= 1U << i;
    }
    return swarm;
}

}  // namespace creditd::sim
