// What an application offers besides single uses: plans, packages, promotions, and the settings
// that hold for all of them. Values, as a catalog sets them and the log keeps them; what they do to
// accounts is decided in core/decide.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "core/credits.hpp"
#include "core/types.hpp"

namespace creditd {

/// How often a subscription is paid and renewed, by the calendar.
enum class Interval : std::uint8_t { month, year };

/// What becomes of the credits of a cycle that are left when the next one begins.
enum class Rollover : std::uint8_t {
    none,      // they expire with their cycle
    capped,    // up to `rollover_max` of them stay
    unlimited  // they stay
};

/// What becomes of the old plan's credits when another plan takes effect at once, or when a
/// subscription ends.
enum class Leftover : std::uint8_t { keep, expire };

/// What is left to pay when a payment is taken back and its credits have been spent.
enum class ClawBack : std::uint8_t { debt, write_off };

struct PlanPrice {
    Interval interval{};
    Money price{};
    bool operator==(const PlanPrice&) const = default;
};

struct Plan {
    std::string id;
    std::string name;
    std::string description;
    bool active = true;
    bool unlimited = false;         // uses are recorded, and nothing is deducted
    Credits credits{};              // granted when each cycle begins; may be 0
    std::vector<PlanPrice> prices;  // one for each interval on offer; none: free, by the month
    Rollover rollover = Rollover::none;
    Credits rollover_max{};
    Leftover on_change = Leftover::keep;
    Leftover on_end = Leftover::expire;
    std::uint16_t priority = limits::grant_priority_default;
    std::vector<std::string> features;  // that its credits may be spent on; empty: every feature
    std::uint16_t trial_days = 0;
    std::uint16_t grace_days = 0;      // after a failed payment, before the subscription ends
    std::vector<std::uint8_t> alerts;  // told to subscribers, each in percent of `credits`
    bool operator==(const Plan&) const = default;
};

/// Credits that are sold by the piece.
struct Package {
    std::string id;
    std::string name;
    std::string description;
    bool active = true;
    Credits credits{};
    Credits bonus{};  // a free grant of its own
    Money price{};
    Duration expires_in{};  // 0: never
    Duration bonus_expires_in{};
    bool operator==(const Package&) const = default;
};

/// Credits for whoever knows the code.
struct Promotion {
    std::string code;
    std::string description;
    bool active = true;
    Credits credits{};
    Timestamp starts_at{};
    Timestamp ends_at = Timestamp::never();
    std::uint64_t redemptions_max = 0;  // by everybody; 0: no limit
    std::uint32_t per_account_max = 1;
    Duration expires_in{};  // of what is granted; 0: never
    std::uint16_t priority = limits::grant_priority_default;
    std::vector<std::string> features;
    bool operator==(const Promotion&) const = default;
};

/// Both sides are granted credits when who was referred buys for the first time.
struct ReferralRule {
    Credits referrer{};
    Credits referred{};
    Duration expires_in{};  // 0: never
    bool operator==(const ReferralRule&) const = default;
};

/// Credits bought in a number of the customer's own: `price` for each `per`, rounded up.
struct CustomAmount {
    Credits min{};
    Credits max{};  // 0: not on offer
    Money price{};
    Credits per{};
    bool operator==(const CustomAmount&) const = default;
};

struct CatalogSettings {
    std::string time_zone = "UTC";  // of the calendar
    Credits signup_credits{};       // granted once, when an account is made
    Duration signup_expires_in{};   // 0: never
    std::string signup_plan;        // that a new account is subscribed to; empty: none
    CustomAmount custom;
    ReferralRule referral;
    std::string top_up_url;  // shown to who has too little
    bool public_pricing = true;
    ClawBack claw_back = ClawBack::debt;
    bool operator==(const CatalogSettings&) const = default;
};

using Offer = std::variant<Plan, Package, Promotion, CatalogSettings>;
/// In the order of Offer.
enum class OfferKind : std::uint8_t { plan, package, promotion, settings };

inline OfferKind kind_of(const Offer& offer) { return static_cast<OfferKind>(offer.index()); }
inline std::string_view id_of(const Plan& plan) { return plan.id; }
inline std::string_view id_of(const Package& package) { return package.id; }
inline std::string_view id_of(const Promotion& promotion) { return promotion.code; }
inline std::string_view id_of(const CatalogSettings&) { return {}; }

}  // namespace creditd
