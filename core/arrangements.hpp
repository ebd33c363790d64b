// What has been arranged with an account beyond its credits: a subscription, budgets of its
// members, alerts, an auto top-up, promotions redeemed, who referred it. Values only, as events
// carry them and the state keeps them; the rules are in core/decide.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/offers.hpp"

namespace creditd {

// --- subscriptions -------------------------------------------------------------------------------
enum class SubscriptionStatus : std::uint8_t { trialing, active, past_due, ended };
/// Who says that a cycle is paid: the calendar (every period's end begins the next), or a payment
/// provider (only a renewal that it reports does). Never both.
enum class SubscriptionSource : std::uint8_t { calendar, provider };

/// What a payment provider has said of its own subscription, which stands behind ours. Its news
/// come in any order: what is older than what was heard says nothing any more.
struct HeardNews {
    std::string subscription;  // the provider's id; empty: nothing was heard
    Timestamp whole_at{};      // when the last was said of how all of it stands
    Timestamp cycle_at{};      // when the last was said of a cycle: it was paid, or it was not
    bool operator==(const HeardNews&) const = default;
};

struct Subscription {
    std::string plan;
    Interval interval = Interval::month;
    SubscriptionSource source = SubscriptionSource::calendar;
    SubscriptionStatus status = SubscriptionStatus::active;
    /// From the plan, as it was when this cycle began.
    bool unlimited = false;
    Credits credits{};                  // of a cycle
    std::vector<std::string> features;  // that the plan is limited to; empty: none
    std::vector<std::uint8_t> alerts;   // in percent of `credits`
    Timestamp started_at{};
    /// Cycles are counted from here by the calendar, so that 31 January, 28 February, 31 March
    /// follow each other. `cycle` is 0 in the first; its end is `anchor` + (cycle + 1) intervals.
    Timestamp anchor{};
    std::uint32_t cycle = 0;
    Timestamp period_start{};
    Timestamp period_end{};
    bool cancel_at_period_end = false;
    std::string next_plan;  // takes over when the period ends; empty: none
    Interval next_interval = Interval::month;
    Timestamp grace_until{};  // past due: the end unless it is paid before; else 0
    HeardNews heard;
    bool operator==(const Subscription&) const = default;

    bool is_running() const { return status != SubscriptionStatus::ended; }
    /// When time alone moves it: its period or its days of grace end.
    Timestamp due_at() const {
        if (!is_running()) return Timestamp::never();
        return status == SubscriptionStatus::past_due ? grace_until : period_end;
    }
    /// Is everything for `feature` (empty: every plain amount) free of charge?
    bool covers(std::string_view feature) const {
        if (!is_running() || !unlimited) return false;
        return features.empty() || std::ranges::find(features, feature) != features.end();
    }
};

enum class SubscriptionStep : std::uint8_t {
    started,
    renewed,
    changed,           // another plan from now on
    change_scheduled,  // another plan from the period's end on
    cancel_scheduled,
    resumed,  // nothing is scheduled any longer, or the cycle that was past due is paid after all
    past_due,
    ended,
    heard  // the provider has said how it stands, which is as it stood
};

// --- budgets -------------------------------------------------------------------------------------
enum class BudgetWindow : std::uint8_t { day, month, rolling };

/// How much may be used within a window, by one member, for one feature, or by all for all.
struct BudgetTerms {
    std::string id;
    std::string user;     // empty: everybody together
    std::string feature;  // empty: every feature and plain amounts
    Credits limit{};
    BudgetWindow window = BudgetWindow::month;
    std::uint16_t hours = 0;     // of a rolling window; else 0
    std::int8_t utc_offset = 0;  // of days and months, in whole hours east of UTC
    bool operator==(const BudgetTerms&) const = default;
};
/// What was used in the window that began at `since`; of a rolling one, in the slot that did (see
/// budgets.hpp).
struct Spent {
    Timestamp since{};
    Credits amount{};
    bool operator==(const Spent&) const = default;
};
struct Budget {
    BudgetTerms terms;
    std::vector<Spent> spent;  // oldest first; what the window has passed may still be here
    Seq counts_from{};         // of the event with which it began to count; 0: nobody noted it
    bool operator==(const Budget&) const = default;
};

// --- alerts --------------------------------------------------------------------------------------
/// Tells when what is available falls below a threshold, once for each crossing.
struct AlertTerms {
    std::string id;
    Credits below{};           // where `percent` is 0
    std::uint8_t percent = 0;  // of the credits of a cycle of the subscription
    Credits recovered_at{};    // not below the threshold; 0: a tenth above it
    bool operator==(const AlertTerms&) const = default;
};
enum class AlertLevel : std::uint8_t { normal, low, depleted };
struct Alert {
    AlertTerms terms;
    AlertLevel level = AlertLevel::normal;
    bool operator==(const Alert&) const = default;
};
enum class AlertNews : std::uint8_t { low, recovered, depleted };

// --- auto top-up ---------------------------------------------------------------------------------
/// Asks for a package to be bought when what is available falls below the threshold.
struct AutoTopUpTerms {
    std::string package;
    Credits threshold{};
    std::uint32_t monthly_max = 0;  // asked for within a month of UTC; 0: no ceiling
    Duration cool_down{};           // between two of them
    bool operator==(const AutoTopUpTerms&) const = default;
};
struct AutoTopUp {
    AutoTopUpTerms terms;
    bool is_armed = true;  // once for each crossing
    Timestamp asked_at{};  // the last time; 0: never
    std::uint32_t asked_in_month = 0;
    bool operator==(const AutoTopUp&) const = default;
};

// --- promotions and referrals --------------------------------------------------------------------
struct Redemption {
    std::string code;
    std::uint32_t count = 0;
    bool operator==(const Redemption&) const = default;
};

struct Arrangements {
    std::optional<Subscription> subscription;  // an ended one stays, for who asks
    std::vector<Budget> budgets;               // by id
    std::vector<Alert> alerts;                 // by id
    std::optional<AutoTopUp> auto_top_up;
    std::vector<Redemption> redemptions;  // by code
    std::string referrer;                 // who referred this account; empty: nobody
    bool referral_rewarded = false;
    bool operator==(const Arrangements&) const = default;
};

}  // namespace creditd
