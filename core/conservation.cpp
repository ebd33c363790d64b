#include "core/conservation.hpp"

#include <map>

namespace creditd {
namespace {

bool grants_are_sound(const Account& account) {
    for (const Grant& grant : account.grants) {
        const bool amounts = grant.remaining.is_positive() && grant.remaining <= grant.amount;
        const bool reserved = grant.reserved.value >= 0 && grant.reserved <= grant.remaining;
        if (!amounts || !reserved) return false;
    }
    return std::is_sorted(account.grants.begin(), account.grants.end(), burns_before);
}

bool reservations_agree(const Account& account) {
    std::map<std::uint64_t, Credits> reserved;
    for (const Hold& hold : account.extra().holds) {
        for (const GrantPart& part : hold.reserved) reserved[part.grant.value] += part.amount;
    }
    for (const Grant& grant : account.grants) {
        if (grant.reserved != reserved[grant.id.value]) return false;
        reserved.erase(grant.id.value);
    }
    return reserved.empty();
}

bool held_agrees(const Account& account) {
    Credits held{};
    for (const Hold& hold : account.extra().holds) {
        Credits kept = hold.on_credit;
        for (const GrantPart& part : hold.reserved) kept += part.amount;
        if (kept != hold.remaining()) return false;
        held += kept;
    }
    return held == account.held;
}

bool balance_agrees(const Account& account) {
    Credits counted = -account.debt();
    Credits pending{};
    for (const Grant& grant : account.grants) {
        (grant.pending ? pending : counted) += grant.remaining;
    }
    return counted == account.balance && pending == account.pending();
}

bool is_conserved(const Account& account) {
    const auto total = [&](Total which) { return account.total(which); };
    const WideCredits in = total(Total::granted) + total(Total::purchased) +
                           total(Total::transferred_in) + total(Total::refunded);
    const WideCredits out = total(Total::consumed) + total(Total::expired) + total(Total::revoked) +
                            total(Total::transferred_out);
    return in == out + account.balance.value + account.pending().value;
}

}  // namespace

std::optional<std::string_view> broken_rule(const State& state, AccountNo no) {
    const Account& account = state.accounts.get(no);
    if (!grants_are_sound(account)) return "a grant's amounts or the burn order";
    if (!reservations_agree(account)) return "reserved = sum over open holds, per grant";
    if (!held_agrees(account)) return "held = sum of open holds";
    if (!balance_agrees(account)) return "balance = effective grants - debt";
    if (!is_conserved(account)) return "conservation of credits";
    if (account.debt().value < 0) return "debt is not negative";
    return std::nullopt;
}

}  // namespace creditd
