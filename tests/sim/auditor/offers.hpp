// The vocabulary of a catalog: features with their prices, plans, packages, promotions, settings,
// as a client writes them into a request. No rules, no JSON, nothing of the engine. Plain values
// that anyone may copy on any thread. Credits and measures are in millionths, lengths of time in
// seconds, moments in microseconds since 1970 in UTC.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace creditd::sim {

struct Money {
    std::int64_t amount = 0;  ///< In the currency's minor units.
    std::string currency;
    bool operator==(const Money&) const = default;
};

/// What an option or a condition adds.
struct Added {
    std::int64_t millionths = 0;  ///< Of the base: 500 000 is + 50 %.
    std::int64_t credits = 0;
    bool operator==(const Added&) const = default;
};

struct PerRule {
    std::int64_t credits = 0;
    std::string unit;
    std::int64_t step = 1'000'000;
    std::string round = "exact";  ///< exact, up, down or nearest
    std::string times;            ///< A second unit, or none.
    bool operator==(const PerRule&) const = default;
};

struct TierRule {
    std::optional<std::int64_t> up_to;  ///< None: all that is left.
    std::int64_t credits = 0;
    bool operator==(const TierRule&) const = default;
};

struct TieredRule {
    std::string unit;
    std::vector<TierRule> tiers;
    bool operator==(const TieredRule&) const = default;
};

struct ConditionRule {
    std::string unit;
    std::int64_t above = 0;
    Added added;
    bool operator==(const ConditionRule&) const = default;
};

struct FeatureTerms {
    bool active = true;
    bool has_rules = false;  ///< More than a flat price.
    std::int64_t flat = 0;
    std::vector<PerRule> per;
    std::vector<TieredRule> tiers;
    std::map<std::string, Added> options;
    std::vector<ConditionRule> conditions;
    std::optional<std::int64_t> minimum;
    std::optional<std::int64_t> maximum;
    bool operator==(const FeatureTerms&) const = default;
};

struct PlanTerms {
    bool active = true;
    bool unlimited = false;
    std::int64_t credits = 0;
    std::map<std::string, Money> prices;  ///< By interval.
    std::string rollover = "none";
    std::int64_t rollover_max = 0;
    std::string on_change = "keep";
    std::string on_end = "expire";
    int priority = 50;
    std::vector<std::string> features;
    std::int64_t trial_days = 0;
    std::int64_t grace_days = 0;
    std::vector<int> alerts;
    bool operator==(const PlanTerms&) const = default;
};

struct PackageTerms {
    bool active = true;
    std::int64_t credits = 0;
    std::int64_t bonus = 0;
    Money price;
    std::optional<std::int64_t> expires_in_s;
    std::optional<std::int64_t> bonus_expires_in_s;
    bool operator==(const PackageTerms&) const = default;
};

struct PromotionTerms {
    bool active = true;
    std::int64_t credits = 0;
    std::optional<std::int64_t> starts_at;
    std::optional<std::int64_t> ends_at;
    std::optional<std::int64_t> redemptions_max;
    std::int64_t per_account_max = 1;
    std::optional<std::int64_t> expires_in_s;
    int priority = 50;
    std::vector<std::string> features;
    bool operator==(const PromotionTerms&) const = default;
};

struct SettingsTerms {
    std::int64_t signup_credits = 0;
    std::optional<std::int64_t> signup_expires_in_s;
    std::string signup_plan;
    std::int64_t custom_min = 0;
    std::int64_t custom_max = 0;  ///< 0: purchases of an amount have no bounds.
    std::int64_t custom_per = 0;
    Money custom_price;
    std::int64_t referrer = 0;
    std::int64_t referred = 0;
    std::optional<std::int64_t> referral_expires_in_s;
    std::string claw_back = "debt";  ///< Or write_off.
    bool operator==(const SettingsTerms&) const = default;
};

/// All of it; or, in a request about one of them, that one.
struct CatalogTerms {
    std::map<std::string, FeatureTerms> features;
    std::map<std::string, PlanTerms> plans;
    std::map<std::string, PackageTerms> packages;
    std::map<std::string, PromotionTerms> promotions;
    SettingsTerms settings;
    bool operator==(const CatalogTerms&) const = default;
};

}  // namespace creditd::sim
