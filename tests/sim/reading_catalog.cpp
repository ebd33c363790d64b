// A catalog as a client writes it, whole or one thing at a time.
#include "tests/sim/reading_values.hpp"

namespace creditd::sim {
namespace {

/// Whatever is there, by the name of its member.
template <class Value, class Read>
void take(Value& value, const Json& body, std::string_view name, const Read& read) {
    const Json& member = body.at(name);
    if (member.kind != Json::Kind::null) value = read(member);
}

std::int64_t amount(const Json& json) { return minor_units(json.text); }
std::int64_t number(const Json& json) { return whole(json.text); }
int small(const Json& json) { return static_cast<int>(whole(json.text)); }
bool flag(const Json& json) { return json.text == "true"; }
std::string text(const Json& json) { return json.text; }
std::int64_t length(const Json& json) { return seconds_of(json.text); }
std::int64_t moment(const Json& json) { return microseconds_of(json.text); }

std::vector<std::string> texts(const Json& json) {
    std::vector<std::string> all;
    all.reserve(json.items.size());
    for (const auto& [unnamed, item] : json.items) all.push_back(item.text);
    return all;
}

Added added_of(const Json& json) {
    Added added;
    if (json.has("percent")) added.millionths = minor_units(json.at("percent").text) / 100;
    take(added.credits, json, "credits", amount);
    return added;
}

PerRule per_of(const Json& json) {
    PerRule rule;
    take(rule.credits, json, "credits", amount);
    take(rule.unit, json, "unit", text);
    take(rule.step, json, "step", amount);
    take(rule.round, json, "round", text);
    take(rule.times, json, "times", text);
    return rule;
}

TieredRule tiered_of(const Json& json) {
    TieredRule rule;
    take(rule.unit, json, "unit", text);
    for (const auto& [unnamed, item] : json.at("tiers").items) {
        TierRule& tier = rule.tiers.emplace_back();
        take(tier.up_to, item, "up_to", amount);
        take(tier.credits, item, "credits", amount);
    }
    return rule;
}

FeatureTerms feature_of(const Json& body) {
    FeatureTerms terms;
    take(terms.active, body, "active", flag);
    take(terms.flat, body, "credits", amount);
    const Json& price = body.at("price");
    if (price.kind == Json::Kind::null) return terms;
    take(terms.flat, price, "flat", amount);
    terms.has_rules = price.items.size() > 1 || !price.has("flat");
    for (const auto& [unnamed, rule] : price.at("per").items) terms.per.push_back(per_of(rule));
    for (const auto& [unnamed, rule] : price.at("tiers").items) {
        terms.tiers.push_back(tiered_of(rule));
    }
    for (const auto& [name, option] : price.at("options").items) {
        terms.options[name] = added_of(option);
    }
    for (const auto& [unnamed, rule] : price.at("conditions").items) {
        terms.conditions.push_back(
            {rule.at("unit").text, amount(rule.at("above")), added_of(rule)});
    }
    take(terms.minimum, price, "minimum", amount);
    take(terms.maximum, price, "maximum", amount);
    return terms;
}

PlanTerms plan_of(const Json& body) {
    PlanTerms terms;
    take(terms.active, body, "active", flag);
    take(terms.unlimited, body, "unlimited", flag);
    take(terms.credits, body, "credits", amount);
    for (const auto& [unnamed, price] : body.at("prices").items) {
        terms.prices[price.at("interval").text] = money_of(price);
    }
    take(terms.rollover, body, "rollover", text);
    take(terms.rollover_max, body, "rollover_max", amount);
    take(terms.on_change, body, "on_change", text);
    take(terms.on_end, body, "on_end", text);
    take(terms.priority, body, "priority", small);
    take(terms.features, body, "features", texts);
    take(terms.trial_days, body, "trial_days", number);
    take(terms.grace_days, body, "grace_days", number);
    for (const auto& [unnamed, percent] : body.at("alerts").items) {
        terms.alerts.push_back(small(percent));
    }
    return terms;
}

PackageTerms package_of(const Json& body) {
    PackageTerms terms;
    take(terms.active, body, "active", flag);
    take(terms.credits, body, "credits", amount);
    take(terms.bonus, body, "bonus", amount);
    terms.price = money_of(body.at("price"));
    take(terms.expires_in_s, body, "expires_in", length);
    take(terms.bonus_expires_in_s, body, "bonus_expires_in", length);
    return terms;
}

PromotionTerms promotion_of(const Json& body) {
    PromotionTerms terms;
    take(terms.active, body, "active", flag);
    take(terms.credits, body, "credits", amount);
    take(terms.starts_at, body, "starts_at", moment);
    take(terms.ends_at, body, "ends_at", moment);
    take(terms.redemptions_max, body, "redemptions_max", number);
    take(terms.per_account_max, body, "per_account_max", number);
    take(terms.expires_in_s, body, "expires_in", length);
    take(terms.priority, body, "priority", small);
    take(terms.features, body, "features", texts);
    return terms;
}

SettingsTerms settings_of(const Json& body) {
    SettingsTerms terms;
    take(terms.signup_credits, body, "signup.credits", amount);
    take(terms.signup_expires_in_s, body, "signup.expires_in", length);
    take(terms.signup_plan, body, "signup.plan", text);
    take(terms.custom_min, body, "custom.min", amount);
    take(terms.custom_max, body, "custom.max", amount);
    take(terms.custom_per, body, "custom.per", amount);
    if (body.has("custom")) terms.custom_price = money_of(body.at("custom.price"));
    take(terms.referrer, body, "referral.referrer", amount);
    take(terms.referred, body, "referral.referred", amount);
    take(terms.referral_expires_in_s, body, "referral.expires_in", length);
    take(terms.claw_back, body, "claw_back", text);
    return terms;
}

void add_offer(CatalogTerms& catalog, std::string_view kind, const std::string& name,
               const Json& body) {
    if (kind == "features") catalog.features[name] = feature_of(body);
    else if (kind == "plans") catalog.plans[name] = plan_of(body);
    else if (kind == "packages") catalog.packages[name] = package_of(body);
    else catalog.promotions[name] = promotion_of(body);
}

}  // namespace

CatalogTerms one_offer(std::string_view kind, const std::string& name, const Json& body) {
    CatalogTerms catalog;
    add_offer(catalog, kind, name, body);
    return catalog;
}

CatalogTerms catalog_of(const Json& body) {
    CatalogTerms catalog;
    catalog.settings = settings_of(body.at("settings"));
    for (const auto& [kind, list] : body.items) {
        if (list.kind != Json::Kind::list) continue;
        const std::string_view name = kind == "features"     ? "key"
                                      : kind == "promotions" ? "code"
                                                             : "id";
        for (const auto& [unnamed, item] : list.items) {
            add_offer(catalog, kind, item.at(name).text, item);
        }
    }
    return catalog;
}

}  // namespace creditd::sim
