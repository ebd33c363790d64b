#include <algorithm>

#include "catalog/offer_json.hpp"
#include "catalog/offer_names.hpp"

namespace creditd {
namespace {

using namespace offer_names;

template <class Enum, std::size_t count>
void render_name(JsonWriter& json, std::string_view name, const Names<Enum, count>& names,
                 Enum value) {
    const auto at = std::ranges::find(names, value, &std::pair<std::string_view, Enum>::second);
    CREDITD_ASSERT(at != names.end());
    json.text(name, at->first);
}

/// Fields that may be absent.
class Fields {
public:
    Fields(JsonWriter& writer, unsigned ledger_decimals, Absent absent)
        : json(writer), decimals(ledger_decimals), absent_(absent) {}

    JsonWriter& json;
    const unsigned decimals;

    void nothing(std::string_view name) {
        if (absent_ == Absent::null) json.null(name);
    }
    void text(std::string_view name, std::string_view value) {
        value.empty() ? nothing(name) : json.text(name, value);
    }
    void money(std::string_view name, const Money& money) {
        if (money == Money{}) return nothing(name);
        json.begin_object(name);
        json.integer("amount", money.minor);
        json.text("currency", money.currency.text());
        json.end_object();
    }
    void time(std::string_view name, Timestamp time, Timestamp none) {
        time == none ? nothing(name) : json.timestamp(name, time);
    }
    template <class Integer>
    void count(std::string_view name, Integer value) {
        value == 0 ? nothing(name) : json.integer(name, value);
    }
    /// In the largest unit that fits: `90d`, `12h`.
    void duration(std::string_view name, Duration duration) {
        static constexpr std::array<std::pair<std::int64_t, char>, 4> units{
            {{86'400, 'd'}, {3'600, 'h'}, {60, 'm'}, {1, 's'}}};
        if (duration == Duration{}) return nothing(name);
        const std::int64_t seconds = duration.value / Duration::seconds(1).value;
        for (const auto& [length, letter] : units) {
            if (seconds % length != 0) continue;
            return json.text(name, std::to_string(seconds / length) + letter);
        }
    }
    void features(const std::vector<std::string>& features) {
        json.begin_array("features");
        for (const std::string& feature : features) json.text(feature);
        json.end_array();
    }
    void credits(std::string_view name, Credits value) { json.credits(name, value, decimals); }

private:
    const Absent absent_;
};

void render(Fields& out, const Plan& plan) {
    out.text("id", plan.id);
    out.text("name", plan.name);
    out.text("description", plan.description);
    out.json.boolean("active", plan.active);
    out.json.boolean("unlimited", plan.unlimited);
    out.credits("credits", plan.credits);
    out.json.begin_array("prices");
    for (const PlanPrice& price : plan.prices) {
        out.json.begin_object();
        render_name(out.json, "interval", intervals, price.interval);
        out.json.integer("amount", price.price.minor);
        out.json.text("currency", price.price.currency.text());
        out.json.end_object();
    }
    out.json.end_array();
    render_name(out.json, "rollover", rollovers, plan.rollover);
    if (plan.rollover == Rollover::capped) out.credits("rollover_max", plan.rollover_max);
    render_name(out.json, "on_change", leftovers, plan.on_change);
    render_name(out.json, "on_end", leftovers, plan.on_end);
    out.json.integer("priority", plan.priority);
    out.features(plan.features);
    out.json.integer("trial_days", plan.trial_days);
    out.json.integer("grace_days", plan.grace_days);
    if (plan.alerts.empty()) return;
    out.json.begin_array("alerts");
    for (const unsigned percent : plan.alerts) out.json.integer(percent);
    out.json.end_array();
}

void render(Fields& out, const Package& package) {
    out.text("id", package.id);
    out.text("name", package.name);
    out.text("description", package.description);
    out.json.boolean("active", package.active);
    out.credits("credits", package.credits);
    out.credits("bonus", package.bonus);
    out.money("price", package.price);
    out.duration("expires_in", package.expires_in);
    out.duration("bonus_expires_in", package.bonus_expires_in);
}

void render(Fields& out, const Promotion& promotion) {
    out.text("code", promotion.code);
    out.text("description", promotion.description);
    out.json.boolean("active", promotion.active);
    out.credits("credits", promotion.credits);
    out.time("starts_at", promotion.starts_at, Timestamp{});
    out.time("ends_at", promotion.ends_at, Timestamp::never());
    out.count("redemptions_max", promotion.redemptions_max);
    out.json.integer("per_account_max", promotion.per_account_max);
    out.duration("expires_in", promotion.expires_in);
    out.json.integer("priority", promotion.priority);
    out.features(promotion.features);
}

void render(Fields& out, const CatalogSettings& settings) {
    out.text("time_zone", settings.time_zone);
    out.json.begin_object("signup");
    out.credits("credits", settings.signup_credits);
    out.duration("expires_in", settings.signup_expires_in);
    out.text("plan", settings.signup_plan);
    out.json.end_object();
    if (settings.custom == CustomAmount{}) {
        out.nothing("custom");
    } else {
        out.json.begin_object("custom");
        out.credits("min", settings.custom.min);
        out.credits("max", settings.custom.max);
        out.money("price", settings.custom.price);
        out.credits("per", settings.custom.per);
        out.json.end_object();
    }
    out.json.begin_object("referral");
    out.credits("referrer", settings.referral.referrer);
    out.credits("referred", settings.referral.referred);
    out.duration("expires_in", settings.referral.expires_in);
    out.json.end_object();
    out.text("top_up_url", settings.top_up_url);
    render_name(out.json, "pricing", visibilities, settings.public_pricing);
    render_name(out.json, "claw_back", claw_backs, settings.claw_back);
}

}  // namespace

void render_offer_fields(JsonWriter& json, const Offer& offer, unsigned decimals, Absent absent) {
    Fields fields(json, decimals, absent);
    std::visit([&](const auto& kind) { render(fields, kind); }, offer);
}

std::string_view name_of(OfferKind kind) {
    static constexpr std::array<std::string_view, 4> names{"plan", "package", "promotion",
                                                           "settings"};
    return names[static_cast<std::size_t>(kind)];
}

}  // namespace creditd
