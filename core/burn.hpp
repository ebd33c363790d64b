// Which grants pay: what an account can spend, and the parts of grants that an amount burns.
// Pure functions of the state; the order is GrantList's (see burns_before).
#pragma once

#include "core/state.hpp"

namespace creditd {

/// May this grant pay for `feature` at `now`? An empty feature stands for a plain amount, which
/// only grants without a limit to features may pay.
bool is_usable(const State& state, const Grant& grant, std::string_view feature, Timestamp now);

/// Σ free parts of the usable grants − debt − what holds have on credit. May be negative.
Credits available_for(const State& state, const Account& account, std::string_view feature,
                      Timestamp now);

/// Parts of usable grants in burn order, up to `amount`; what they do not cover is `uncovered`.
struct BurnPlan {
    std::vector<GrantPart> parts;
    Credits uncovered{};
};
BurnPlan plan_burn(const State& state, const Account& account, std::string_view feature,
                   Credits amount, Timestamp now);

/// As plan_burn, of every effective grant whatever its features.
BurnPlan plan_move(const Account& account, Credits amount, Timestamp now);

}  // namespace creditd
