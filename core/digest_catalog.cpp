#include "core/digest_arrangements.hpp"
#include "core/digest_writer.hpp"

namespace creditd::digesting {
namespace {

void write_surcharge(Writer& writer, const Surcharge& surcharge) {
    writer.number(surcharge.millionths);
    writer.number(surcharge.credits);
}

void write_bound(Writer& writer, const std::optional<Credits>& bound) {
    writer.flag(bound.has_value());
    if (bound) writer.number(*bound);
}

// Only where there are some: features with a flat price hash as they did before there were rules.
void write_rules(Writer& writer, const PriceRules& rules) {
    if (rules.is_flat()) return;
    writer.count(rules.per.size());
    for (const PerUnit& rule : rules.per) {
        writer.number(rule.credits);
        writer.text(rule.unit);
        writer.number(rule.step);
        writer.count(static_cast<std::size_t>(rule.rounding));
        writer.text(rule.times);
    }
    writer.count(rules.tiers.size());
    for (const TieredUnit& rule : rules.tiers) {
        writer.text(rule.unit);
        writer.count(rule.tiers.size());
        for (const Tier& tier : rule.tiers) {
            writer.number(tier.up_to);
            writer.number(tier.credits);
        }
    }
    writer.count(rules.options.size());
    for (const PriceOption& rule : rules.options) {
        writer.text(rule.name);
        write_surcharge(writer, rule.surcharge);
    }
    writer.count(rules.conditions.size());
    for (const PriceCondition& rule : rules.conditions) {
        writer.text(rule.unit);
        writer.number(rule.above);
        write_surcharge(writer, rule.surcharge);
    }
    write_bound(writer, rules.minimum);
    write_bound(writer, rules.maximum);
}

void write_money(Writer& writer, const Money& money) {
    writer.number(money.minor);
    writer.text(money.currency.text());
}
void write_ids(Writer& writer, const std::vector<std::string>& ids) {
    writer.count(ids.size());
    for (const std::string& id : ids) writer.text(id);
}

void write_offer(Writer& writer, const Plan& plan) {
    for (const std::string* text : {&plan.id, &plan.name, &plan.description}) writer.text(*text);
    writer.flag(plan.active);
    writer.flag(plan.unlimited);
    writer.number(plan.credits);
    writer.count(plan.prices.size());
    for (const PlanPrice& price : plan.prices) {
        writer.count(static_cast<std::size_t>(price.interval));
        write_money(writer, price.price);
    }
    writer.count(static_cast<std::size_t>(plan.rollover));
    writer.number(plan.rollover_max);
    writer.count(static_cast<std::size_t>(plan.on_change));
    writer.count(static_cast<std::size_t>(plan.on_end));
    writer.count(plan.priority);
    write_ids(writer, plan.features);
    writer.count(plan.trial_days);
    writer.count(plan.grace_days);
    write_alerts(writer, plan.alerts);
}

void write_offer(Writer& writer, const Package& package) {
    for (const std::string* text : {&package.id, &package.name, &package.description}) {
        writer.text(*text);
    }
    writer.flag(package.active);
    writer.number(package.credits);
    writer.number(package.bonus);
    write_money(writer, package.price);
    writer.number(package.expires_in);
    writer.number(package.bonus_expires_in);
}

void write_offer(Writer& writer, const Promotion& promotion) {
    writer.text(promotion.code);
    writer.text(promotion.description);
    writer.flag(promotion.active);
    writer.number(promotion.credits);
    writer.number(promotion.starts_at);
    writer.number(promotion.ends_at);
    writer.number(promotion.redemptions_max);
    writer.count(promotion.per_account_max);
    writer.number(promotion.expires_in);
    writer.count(promotion.priority);
    write_ids(writer, promotion.features);
}

void write_offer(Writer& writer, const CatalogSettings& settings) {
    writer.text(settings.time_zone);
    writer.number(settings.signup_credits);
    writer.number(settings.signup_expires_in);
    writer.text(settings.signup_plan);
    writer.number(settings.custom.min);
    writer.number(settings.custom.max);
    write_money(writer, settings.custom.price);
    writer.number(settings.custom.per);
    writer.number(settings.referral.referrer);
    writer.number(settings.referral.referred);
    writer.number(settings.referral.expires_in);
    writer.text(settings.top_up_url);
    writer.flag(settings.public_pricing);
    writer.count(static_cast<std::size_t>(settings.claw_back));
}

template <class Kind>
void write_offers(Writer& writer, const Offers<Kind>& offers) {
    writer.count(offers.size());
    for (const auto& entry : offers) {
        write_offer(writer, entry.second.set);
        writer.number(entry.second.created_at);
        writer.number(entry.second.updated_at);
    }
}

}  // namespace

void write_feature(Writer& writer, const Feature& feature) {
    const FeatureSet& set = feature.set;
    for (const std::string* text : {&set.key, &set.name, &set.category, &set.description}) {
        writer.text(*text);
    }
    writer.number(set.price);
    writer.flag(set.active);
    writer.number(set.price_book);
    write_rules(writer, set.rules);
    writer.number(feature.created_at);
    writer.number(feature.updated_at);
    if (set.resource_template.empty()) return;
    writer.mark("resource_template");
    writer.text(set.resource_template);
}

// Only where there are some: ledgers without them hash as they did before there were any.
void write_offers(Writer& writer, const Catalog& catalog) {
    const bool is_empty =
        catalog.plans.empty() && catalog.packages.empty() && catalog.promotions.empty();
    if (is_empty && catalog.settings == CatalogSettings{}) return;
    write_offers(writer, catalog.plans);
    write_offers(writer, catalog.packages);
    write_offers(writer, catalog.promotions);
    write_offer(writer, catalog.settings);
}

}  // namespace creditd::digesting
