#include "tests/core/catalog_edits.hpp"

namespace creditd::tests {
namespace {

Money cents_of(std::int64_t amount, std::string_view currency = "USD") {
    return {amount, Currency::of(currency)};
}

PriceRules full_rules() {
    PriceRules rules;
    rules.per = {{Credits{5}, "gb", Measure{2'000'000}, StepRounding::up, "months"}};
    rules.tiers = {{"seconds", {{Measure{5'000'000}, Credits{25}}, {Measure{}, Credits{50}}}}};
    rules.options = {{"hd", {500'000, Credits{3}}}};
    rules.conditions = {{"gb", Measure{9'000'000}, {250'000, Credits{4}}}};
    rules.minimum = Credits{10};
    rules.maximum = Credits{1'000};
    return rules;
}

Plan full_plan() {
    Plan plan;
    plan.id = "basic";
    plan.name = "Basic";
    plan.description = "for a start";
    plan.credits = Credits{500};
    plan.prices = {{Interval::month, cents_of(1'500)}, {Interval::year, cents_of(15'000)}};
    plan.rollover = Rollover::capped;
    plan.rollover_max = Credits{100};
    plan.priority = 40;
    plan.features = {"video", "text"};
    plan.trial_days = 7;
    plan.grace_days = 3;
    plan.alerts = {10, 50};
    return plan;
}

Package full_package() {
    Package package;
    package.id = "small";
    package.name = "Small";
    package.description = "a handful";
    package.credits = Credits{100};
    package.bonus = Credits{5};
    package.price = cents_of(999);
    package.expires_in = Duration::days(365);
    package.bonus_expires_in = Duration::days(30);
    return package;
}

Promotion full_promotion() {
    Promotion promotion;
    promotion.code = "SPRING";
    promotion.description = "for a season";
    promotion.credits = Credits{10};
    promotion.starts_at = Timestamp{1'600'000'000'000'000};
    promotion.ends_at = Timestamp{1'900'000'000'000'000};
    promotion.redemptions_max = 100;
    promotion.per_account_max = 2;
    promotion.expires_in = Duration::days(30);
    promotion.priority = 30;
    promotion.features = {"video"};
    return promotion;
}

CatalogSettings full_settings() {
    CatalogSettings settings;
    settings.time_zone = "Asia/Jakarta";
    settings.signup_credits = Credits{6};
    settings.signup_expires_in = Duration::days(14);
    settings.signup_plan = "basic";
    settings.custom = {Credits{10}, Credits{10'000}, cents_of(50), Credits{10}};
    settings.referral = {Credits{30}, Credits{20}, Duration::days(60)};
    settings.top_up_url = "https://shop.example/credits";
    return settings;
}

template <class Kind>
void add_offer_edit(std::vector<CatalogEdit>& edits, std::string field,
                    std::function<void(Kind&)> change) {
    edits.push_back({std::move(field), [change = std::move(change)](ReplaceCatalog& catalog) {
                         for (Offer& offer : catalog.offers) {
                             if (auto* const found = std::get_if<Kind>(&offer)) change(*found);
                         }
                     }});
}

void add_feature_edits(std::vector<CatalogEdit>& edits) {
    const auto add = [&](const std::string& field, std::function<void(SetFeature&)> change) {
        edits.push_back({"feature." + field, [change = std::move(change)](ReplaceCatalog& catalog) {
                             change(catalog.features.front());
                         }});
    };
    add("name", [](SetFeature& f) { f.name = "Films"; });
    add("category", [](SetFeature& f) { f.category = "sound"; });
    add("description", [](SetFeature& f) { f.description = "other"; });
    add("price", [](SetFeature& f) { f.price = Credits{3}; });
    add("active", [](SetFeature& f) { f.active = false; });
    add("resource_template", [](SetFeature& f) { f.resource_template = "clip/{resource}"; });
    add("resource_template.none", [](SetFeature& f) { f.resource_template.clear(); });
    add("rules.none", [](SetFeature& f) { f.rules = {}; });
    add("rules.minimum", [](SetFeature& f) { f.rules.minimum = Credits{11}; });
    add("rules.minimum.none", [](SetFeature& f) { f.rules.minimum.reset(); });
    add("rules.maximum", [](SetFeature& f) { f.rules.maximum = Credits{1'001}; });
    add("rules.maximum.none", [](SetFeature& f) { f.rules.maximum.reset(); });
}

void add_per_edits(std::vector<CatalogEdit>& edits) {
    const auto add = [&](const std::string& field, std::function<void(PriceRules&)> change) {
        edits.push_back(
            {"feature.rules." + field, [change = std::move(change)](ReplaceCatalog& catalog) {
                 change(catalog.features.front().rules);
             }});
    };
    add("per.credits", [](PriceRules& r) { r.per[0].credits = Credits{6}; });
    add("per.unit", [](PriceRules& r) { r.per[0].unit = "tb"; });
    add("per.step", [](PriceRules& r) { r.per[0].step = Measure{1'000'000}; });
    add("per.rounding", [](PriceRules& r) { r.per[0].rounding = StepRounding::down; });
    add("per.times", [](PriceRules& r) { r.per[0].times = "days"; });
    add("per.times.none", [](PriceRules& r) { r.per[0].times.clear(); });
    add("per.twice", [](PriceRules& r) { r.per.push_back(r.per[0]); });
    add("per.none", [](PriceRules& r) { r.per.clear(); });
    add("tiers.unit", [](PriceRules& r) { r.tiers[0].unit = "minutes"; });
    add("tiers.up_to", [](PriceRules& r) { r.tiers[0].tiers[0].up_to = Measure{6'000'000}; });
    add("tiers.credits", [](PriceRules& r) { r.tiers[0].tiers[1].credits = Credits{51}; });
    add("tiers.one", [](PriceRules& r) { r.tiers[0].tiers.pop_back(); });
    add("tiers.none", [](PriceRules& r) { r.tiers.clear(); });
    add("options.name", [](PriceRules& r) { r.options[0].name = "4k"; });
    add("options.percent", [](PriceRules& r) { r.options[0].surcharge.millionths = 1; });
    add("options.credits", [](PriceRules& r) { r.options[0].surcharge.credits = Credits{2}; });
    add("options.none", [](PriceRules& r) { r.options.clear(); });
    add("conditions.unit", [](PriceRules& r) { r.conditions[0].unit = "months"; });
    add("conditions.above", [](PriceRules& r) { r.conditions[0].above = Measure{8'000'000}; });
    add("conditions.percent", [](PriceRules& r) { r.conditions[0].surcharge.millionths = 2; });
    add("conditions.credits",
        [](PriceRules& r) { r.conditions[0].surcharge.credits = Credits{1}; });
    add("conditions.none", [](PriceRules& r) { r.conditions.clear(); });
}

void add_plan_edits(std::vector<CatalogEdit>& edits) {
    const auto add = [&](const std::string& field, std::function<void(Plan&)> change) {
        add_offer_edit<Plan>(edits, "plan." + field, std::move(change));
    };
    add("name", [](Plan& p) { p.name = "Bottom"; });
    add("description", [](Plan& p) { p.description = "other"; });
    add("active", [](Plan& p) { p.active = false; });
    add("unlimited", [](Plan& p) { p.unlimited = true; });
    add("credits", [](Plan& p) { p.credits = Credits{501}; });
    add("prices.amount", [](Plan& p) { p.prices[0].price.minor = 1'501; });
    add("prices.currency", [](Plan& p) { p.prices[0].price = cents_of(1'500, "EUR"); });
    add("prices.one", [](Plan& p) { p.prices.pop_back(); });
    add("prices.interval", [](Plan& p) {
        p.prices.pop_back();
        p.prices[0].interval = Interval::year;
    });
    add("rollover", [](Plan& p) { p.rollover = Rollover::unlimited; });
    add("rollover_max", [](Plan& p) { p.rollover_max = Credits{99}; });
    add("on_change", [](Plan& p) { p.on_change = Leftover::expire; });
    add("on_end", [](Plan& p) { p.on_end = Leftover::keep; });
    add("priority", [](Plan& p) { p.priority = 41; });
    add("features", [](Plan& p) { p.features.pop_back(); });
    // The same letters, shared out otherwise.
    add("features.moved", [](Plan& p) { p.features = {"videot", "ext"}; });
    add("trial_days", [](Plan& p) { p.trial_days = 8; });
    add("grace_days", [](Plan& p) { p.grace_days = 4; });
    add("alerts", [](Plan& p) { p.alerts[1] = 51; });
    add("alerts.one", [](Plan& p) { p.alerts.pop_back(); });
}

void add_package_edits(std::vector<CatalogEdit>& edits) {
    const auto add = [&](const std::string& field, std::function<void(Package&)> change) {
        add_offer_edit<Package>(edits, "package." + field, std::move(change));
    };
    add("name", [](Package& p) { p.name = "Tiny"; });
    add("description", [](Package& p) { p.description = "other"; });
    add("active", [](Package& p) { p.active = false; });
    add("credits", [](Package& p) { p.credits = Credits{101}; });
    add("bonus", [](Package& p) { p.bonus = Credits{6}; });
    add("price", [](Package& p) { p.price.minor = 998; });
    add("price.currency", [](Package& p) { p.price = cents_of(999, "EUR"); });
    add("expires_in", [](Package& p) { p.expires_in = Duration::days(364); });
    add("bonus_expires_in", [](Package& p) { p.bonus_expires_in = Duration::days(31); });
}

void add_promotion_edits(std::vector<CatalogEdit>& edits) {
    const auto add = [&](const std::string& field, std::function<void(Promotion&)> change) {
        add_offer_edit<Promotion>(edits, "promotion." + field, std::move(change));
    };
    add("description", [](Promotion& p) { p.description = "other"; });
    add("active", [](Promotion& p) { p.active = false; });
    add("credits", [](Promotion& p) { p.credits = Credits{11}; });
    add("starts_at", [](Promotion& p) { p.starts_at = p.starts_at + Duration{1}; });
    add("ends_at", [](Promotion& p) { p.ends_at = p.ends_at + Duration{1}; });
    add("redemptions_max", [](Promotion& p) { p.redemptions_max = 101; });
    add("per_account_max", [](Promotion& p) { p.per_account_max = 3; });
    add("expires_in", [](Promotion& p) { p.expires_in = Duration::days(31); });
    add("priority", [](Promotion& p) { p.priority = 31; });
    add("features", [](Promotion& p) { p.features = {"text"}; });
}

void add_settings_edits(std::vector<CatalogEdit>& edits) {
    const auto add = [&](const std::string& field, std::function<void(CatalogSettings&)> change) {
        add_offer_edit<CatalogSettings>(edits, "settings." + field, std::move(change));
    };
    add("time_zone", [](CatalogSettings& s) { s.time_zone = "UTC"; });
    add("signup_credits", [](CatalogSettings& s) { s.signup_credits = Credits{7}; });
    add("signup_expires_in", [](CatalogSettings& s) { s.signup_expires_in = Duration::days(15); });
    add("signup_plan", [](CatalogSettings& s) { s.signup_plan.clear(); });
    add("custom.min", [](CatalogSettings& s) { s.custom.min = Credits{11}; });
    add("custom.max", [](CatalogSettings& s) { s.custom.max = Credits{9'999}; });
    add("custom.price", [](CatalogSettings& s) { s.custom.price.minor = 51; });
    add("custom.currency", [](CatalogSettings& s) { s.custom.price = cents_of(50, "EUR"); });
    add("custom.per", [](CatalogSettings& s) { s.custom.per = Credits{11}; });
    add("referral.referrer", [](CatalogSettings& s) { s.referral.referrer = Credits{31}; });
    add("referral.referred", [](CatalogSettings& s) { s.referral.referred = Credits{21}; });
    add("referral.expires_in",
        [](CatalogSettings& s) { s.referral.expires_in = Duration::days(61); });
    add("top_up_url", [](CatalogSettings& s) { s.top_up_url += "/more"; });
    add("public_pricing", [](CatalogSettings& s) { s.public_pricing = false; });
    add("claw_back", [](CatalogSettings& s) { s.claw_back = ClawBack::write_off; });
}

}  // namespace

ReplaceCatalog full_catalog() {
    ReplaceCatalog catalog;
    catalog.features = {{"video", "Video", "media", "moving pictures", Credits{2}, full_rules(),
                         true, "video/{resource}"},
                        {"text", "Text", "", "", Credits{1}, {}, true, ""}};
    catalog.offers = {full_plan(), full_package(), full_promotion(), full_settings()};
    return catalog;
}

std::vector<CatalogEdit> catalog_edits() {
    std::vector<CatalogEdit> edits;
    add_feature_edits(edits);
    add_per_edits(edits);
    add_plan_edits(edits);
    add_package_edits(edits);
    add_promotion_edits(edits);
    add_settings_edits(edits);
    return edits;
}

}  // namespace creditd::tests
