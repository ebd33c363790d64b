#include "core/burn.hpp"

namespace creditd {
namespace {

bool is_effective(const Grant& grant, Timestamp now) {
    return !grant.pending && grant.expires_at > now;
}

template <class Usable>
BurnPlan plan(const Account& account, Credits amount, Usable usable) {
    BurnPlan result;
    result.uncovered = amount;
    for (const Grant& grant : account.grants) {
        if (result.uncovered.is_zero()) break;
        if (!grant.free().is_positive() || !usable(grant)) continue;
        const Credits part = std::min(grant.free(), result.uncovered);
        result.parts.push_back({grant.id, part});
        result.uncovered -= part;
    }
    return result;
}

}  // namespace

bool is_usable(const State& state, const Grant& grant, std::string_view feature, Timestamp now) {
    return is_effective(grant, now) && state.terms.get(grant.terms).allows(feature);
}

Credits available_for(const State& state, const Account& account, std::string_view feature,
                      Timestamp now) {
    Credits sum = -account.debt();
    if (account.has_extra()) sum -= held_on_credit(account);
    // Most grants of an account have the same terms, so what these say is asked once for each run.
    TermsNo terms{};
    bool is_known = false;
    bool is_allowed = false;
    for (const Grant& grant : account.grants) {
        if (!is_effective(grant, now)) continue;
        if (!is_known || terms != grant.terms) {
            terms = grant.terms;
            is_allowed = state.terms.get(terms).allows(feature);
            is_known = true;
        }
        if (is_allowed) sum += grant.free();
    }
    return sum;
}

BurnPlan plan_burn(const State& state, const Account& account, std::string_view feature,
                   Credits amount, Timestamp now) {
    return plan(account, amount,
                [&](const Grant& grant) { return is_usable(state, grant, feature, now); });
}

BurnPlan plan_move(const Account& account, Credits amount, Timestamp now) {
    return plan(account, amount, [&](const Grant& grant) { return is_effective(grant, now); });
}

}  // namespace creditd
