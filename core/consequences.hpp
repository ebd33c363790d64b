// What follows from a balance by itself: alerts and the auto top-up. Pure functions of the account;
// time emits what is pending, before the account's next command (see decide/due.cpp).
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "core/account.hpp"

namespace creditd {

/// Nothing runs out while a plan is unlimited for everything.
bool is_unlimited(const Account& account);

/// In credits, whatever way it was given; 0: nothing to compare with.
Credits threshold_of(const AlertTerms& terms, const Account& account);

/// The id of the alert that a plan brings at this percentage of a cycle's credits.
std::string plan_alert_id(std::uint8_t percent);
/// Is it named as a plan's alerts are? An account may have set one like it itself.
bool is_plan_alert(const Alert& alert);
/// Is it one of those that the account's plan keeps there, so none that it has set itself?
bool is_kept_by_plan(const Alert& alert, const Subscription* running);

struct PendingAlert {
    const Alert* alert = nullptr;
    AlertNews news{};
    Credits threshold{};
};
/// The first alert, in order of id, whose level is not what the account's credits make it.
std::optional<PendingAlert> pending_alert(const Account& account);

/// When a top-up is to be asked for; no top-up, or nothing that calls for it: never.
Timestamp top_up_due(const Account& account);
/// How many have been asked for within the month of `now`.
std::uint32_t top_ups_in_month(const AutoTopUp& rule, Timestamp now);
/// A rule that has asked asks again only after the account has had enough in between.
void rearm_top_up(Account& account);

/// Is the first purchase of a referred account still to be rewarded?
bool is_referral_pending(const Account& account);

/// When any of it is due; Timestamp{} (at once) for what waits for nothing.
Timestamp consequence_due(const Account& account);

}  // namespace creditd
