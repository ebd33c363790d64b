#include "catalog/offer_json.hpp"

#include <algorithm>
#include <charconv>
#include <functional>

#include "catalog/feature_keys.hpp"
#include "catalog/offer_names.hpp"
#include "catalog/zone_calendar.hpp"

namespace creditd {
namespace {

using namespace offer_names;

std::string text_of(std::optional<std::string_view> value) {
    return value ? std::string(*value) : std::string{};
}

/// An amount that may be zero, which is what its absence means too.
Credits credits_of(ObjectReader& reader, std::string_view name, unsigned decimals) {
    if (const auto value = reader.raw(name); value && value->text() == "0") return {};
    return reader.amount(name, decimals).value_or(Credits{});
}

std::uint16_t days_of(ObjectReader& reader, std::string_view name) {
    constexpr std::int64_t days_max = 3'660;
    return static_cast<std::uint16_t>(reader.integer(name, 0, days_max).value_or(0));
}

std::uint16_t priority_of(ObjectReader& reader) {
    return static_cast<std::uint16_t>(reader.integer("priority", 0, limits::grant_priority_max)
                                          .value_or(limits::grant_priority_default));
}

/// In percent of a cycle's credits: a set, falling.
std::vector<std::uint8_t> alerts_of(ObjectReader& reader) {
    std::vector<std::uint8_t> alerts;
    const auto list = reader.array("alerts", {.max_items = limits::plan_alerts_max});
    if (!list) return alerts;
    for (const JsonValue value : *list) {
        int percent = 0;
        const std::string_view text = value.text();
        const auto read = std::from_chars(text.data(), text.data() + text.size(), percent);
        const bool is_whole = value.kind() == JsonKind::number && read.ptr == text.end();
        if (!is_whole || percent < 1 || percent > limits::percent_max) {
            reader.fail("alerts", "must be a list of percentages from 1 to 100");
            break;
        }
        alerts.push_back(static_cast<std::uint8_t>(percent));
    }
    std::ranges::sort(alerts, std::greater<>{});
    const auto rest = std::ranges::unique(alerts);
    alerts.erase(rest.begin(), rest.end());
    return alerts;
}

std::vector<PlanPrice> prices_of(ObjectReader& reader, FieldErrors& errors) {
    std::vector<PlanPrice> prices;
    const auto list = reader.array("prices", {.max_items = limits::plan_prices_max});
    if (!list) return prices;
    for (const JsonValue value : *list) {
        ObjectReader item(value, errors);
        PlanPrice price;
        price.interval = item.enumeration<Interval>("interval", intervals, required_field)
                             .value_or(Interval::month);
        price.price = item.money_fields(required_field).value_or(Money{});
        item.finish();
        prices.push_back(price);
    }
    std::ranges::sort(prices, {}, &PlanPrice::interval);
    if (std::ranges::adjacent_find(prices, {}, &PlanPrice::interval) != prices.end()) {
        reader.fail("prices", "must have intervals that differ");
    }
    return prices;
}

/// `id` or `code`.
std::string read_id(ObjectReader& reader, std::string_view field, const OfferContext& context) {
    const auto id = reader.id(field, context.id.empty() ? required_field : optional_field);
    if (context.id.empty()) return text_of(id);
    if (id && *id != context.id) reader.fail(field, "must be the one in the path");
    return std::string(context.id);
}

Plan read_plan(ObjectReader& reader, const OfferContext& context) {
    Plan plan;
    plan.id = read_id(reader, "id", context);
    plan.name = text_of(reader.text("name"));
    plan.description = text_of(reader.text("description"));
    plan.active = reader.boolean("active").value_or(true);
    plan.unlimited = reader.boolean("unlimited").value_or(false);
    plan.credits = credits_of(reader, "credits", context.decimals);
    if (plan.credits.is_zero() && !plan.unlimited && !reader.has("credits")) {
        reader.fail("credits", "say how many a cycle has (0 is possible), or that it is unlimited");
    }
    plan.prices = prices_of(reader, context.errors);
    plan.rollover = reader.enumeration<Rollover>("rollover", rollovers).value_or(Rollover::none);
    plan.rollover_max = credits_of(reader, "rollover_max", context.decimals);
    if ((plan.rollover == Rollover::capped) != plan.rollover_max.is_positive()) {
        reader.fail("rollover_max", "belongs to the rollover \"capped\", which needs it");
    }
    plan.on_change = reader.enumeration<Leftover>("on_change", leftovers).value_or(Leftover::keep);
    plan.on_end = reader.enumeration<Leftover>("on_end", leftovers).value_or(Leftover::expire);
    plan.priority = priority_of(reader);
    plan.features = read_feature_keys(reader);
    plan.trial_days = days_of(reader, "trial_days");
    plan.grace_days = days_of(reader, "grace_days");
    plan.alerts = alerts_of(reader);
    return plan;
}

Package read_package(ObjectReader& reader, const OfferContext& context) {
    Package package;
    package.id = read_id(reader, "id", context);
    package.name = text_of(reader.text("name"));
    package.description = text_of(reader.text("description"));
    package.active = reader.boolean("active").value_or(true);
    package.credits =
        reader.amount("credits", context.decimals, required_field).value_or(Credits{});
    package.bonus = credits_of(reader, "bonus", context.decimals);
    package.price = reader.money("price", required_field).value_or(Money{});
    package.expires_in = reader.duration("expires_in").value_or(Duration{});
    package.bonus_expires_in = reader.duration("bonus_expires_in").value_or(Duration{});
    return package;
}

Promotion read_promotion(ObjectReader& reader, const OfferContext& context) {
    Promotion promotion;
    promotion.code = read_id(reader, "code", context);
    promotion.description = text_of(reader.text("description"));
    promotion.active = reader.boolean("active").value_or(true);
    promotion.credits =
        reader.amount("credits", context.decimals, required_field).value_or(Credits{});
    promotion.starts_at = reader.timestamp("starts_at").value_or(Timestamp{});
    promotion.ends_at = reader.timestamp("ends_at").value_or(Timestamp::never());
    if (promotion.ends_at <= promotion.starts_at) {
        reader.fail("ends_at", "must lie after starts_at");
    }
    promotion.redemptions_max = static_cast<std::uint64_t>(
        reader.integer("redemptions_max", 1, limits::credits_minor_max).value_or(0));
    promotion.per_account_max =
        static_cast<std::uint32_t>(reader.integer("per_account_max", 1, 1'000'000).value_or(1));
    promotion.expires_in = reader.duration("expires_in").value_or(Duration{});
    promotion.priority = priority_of(reader);
    promotion.features = read_feature_keys(reader);
    return promotion;
}

CustomAmount read_custom(ObjectReader& reader, const OfferContext& context) {
    CustomAmount custom;
    const auto object = reader.object("custom");
    if (!object) return custom;
    ObjectReader fields(*object, context.errors);
    custom.min = fields.amount("min", context.decimals, required_field).value_or(Credits{});
    custom.max = fields.amount("max", context.decimals, required_field).value_or(Credits{});
    custom.price = fields.money("price", required_field).value_or(Money{});
    custom.per = fields.amount("per", context.decimals, required_field).value_or(Credits{});
    if (custom.max < custom.min) fields.fail("max", "must not be below min");
    fields.finish();
    return custom;
}

ReferralRule read_referral(ObjectReader& reader, const OfferContext& context) {
    ReferralRule rule;
    const auto object = reader.object("referral");
    if (!object) return rule;
    ObjectReader fields(*object, context.errors);
    rule.referrer = credits_of(fields, "referrer", context.decimals);
    rule.referred = credits_of(fields, "referred", context.decimals);
    rule.expires_in = fields.duration("expires_in").value_or(Duration{});
    fields.finish();
    return rule;
}

CatalogSettings read_settings(ObjectReader& reader, const OfferContext& context) {
    CatalogSettings settings;
    settings.time_zone = std::string(reader.text("time_zone").value_or("UTC"));
    if (!is_known_zone(settings.time_zone)) {
        reader.fail("time_zone", "must be a time zone such as UTC or Asia/Jakarta");
    }
    if (const auto signup = reader.object("signup")) {
        ObjectReader fields(*signup, context.errors);
        settings.signup_credits = credits_of(fields, "credits", context.decimals);
        settings.signup_expires_in = fields.duration("expires_in").value_or(Duration{});
        settings.signup_plan = text_of(fields.id("plan"));
        fields.finish();
    }
    settings.custom = read_custom(reader, context);
    settings.referral = read_referral(reader, context);
    settings.top_up_url = text_of(reader.text("top_up_url"));
    settings.public_pricing = reader.enumeration<bool>("pricing", visibilities).value_or(true);
    settings.claw_back =
        reader.enumeration<ClawBack>("claw_back", claw_backs).value_or(ClawBack::debt);
    return settings;
}

}  // namespace

Offer read_offer(OfferKind kind, ObjectReader& reader, const OfferContext& context) {
    switch (kind) {
        case OfferKind::plan: return read_plan(reader, context);
        case OfferKind::package: return read_package(reader, context);
        case OfferKind::promotion: return read_promotion(reader, context);
        case OfferKind::settings: return read_settings(reader, context);
    }
    assertion_failed("a kind of the enum", __FILE__, __LINE__);
}

}  // namespace creditd
