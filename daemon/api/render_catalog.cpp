#include "daemon/api/render_catalog.hpp"

#include "catalog/offer_json.hpp"
#include "catalog/price_json.hpp"
#include "core/price.hpp"
#include "daemon/api/routes.hpp"
#include "text/json_writer.hpp"

namespace creditd::daemon {
namespace {

void render_key_fields(JsonWriter& json, const ApiKeyCreated& key, Timestamp created_at) {
    json.text("id", key.id);
    json.text("name", key.name);
    json.begin_array("scopes");
    for (std::size_t i = 0; i < scopes_count; ++i) {
        const auto scope = static_cast<Scope>(i);
        if ((key.scopes & bit_of(scope)) != 0) json.text(name_of(scope));
    }
    json.end_array();
    json.text_or_null("account_prefix", key.account_prefix);
    json.timestamp("expires_at", key.expires_at);
    json.timestamp("created_at", created_at);
}

void render_priced_feature(JsonWriter& json, const FeatureSet& set, unsigned decimals) {
    json.text("key", set.key);
    json.text_or_null("name", set.name);
    json.text_or_null("category", set.category);
    json.text_or_null("description", set.description);
    set.rules.is_flat() ? json.credits("credits", set.price, decimals) : json.null("credits");
    render_price(json, set.price, set.rules, decimals);
}

void render_feature_fields(JsonWriter& json, const FeatureSet& set, unsigned decimals) {
    render_priced_feature(json, set, decimals);
    json.boolean("active", set.active);
    json.integer("price_book", set.price_book);
    if (!set.resource_template.empty()) json.text("resource_template", set.resource_template);
}

}  // namespace

void render_feature_set(std::string& out, const FeatureSet& set, unsigned decimals,
                        Timestamp updated_at, Seq seq) {
    JsonWriter json(out);
    json.begin_object();
    render_feature_fields(json, set, decimals);
    json.timestamp("updated_at", updated_at);
    json.integer("seq", seq.value);
    json.end_object();
}

void render_feature(std::string& out, const Feature& feature, unsigned decimals,
                    std::optional<Seq> seq) {
    JsonWriter json(out);
    json.begin_object();
    render_feature_fields(json, feature.set, decimals);
    json.timestamp("created_at", feature.created_at);
    json.timestamp("updated_at", feature.updated_at);
    if (seq) json.integer("seq", seq->value);
    json.end_object();
}

void render_offer_with_times(std::string& out, const Offer& offer, unsigned decimals,
                             std::optional<Timestamp> created_at, Timestamp updated_at,
                             std::optional<Seq> seq) {
    JsonWriter json(out);
    json.begin_object();
    render_offer_fields(json, offer, decimals, Absent::null);
    if (created_at) json.timestamp("created_at", *created_at);
    json.timestamp("updated_at", updated_at);
    if (seq) json.integer("seq", seq->value);
    json.end_object();
}

namespace {

template <class Kind>
void render_offers(JsonWriter& json, std::string_view name, const Offers<Kind>& offers,
                   unsigned decimals) {
    json.begin_array(name);
    for (const auto& entry : offers) {
        json.begin_object();
        render_offer_fields(json, entry.second.set, decimals, Absent::left_out);
        json.end_object();
    }
    json.end_array();
}

template <class Kind>
void render_active_offers(JsonWriter& json, std::string_view name, const Offers<Kind>& offers,
                          unsigned decimals) {
    json.begin_array(name);
    for (const auto& entry : offers) {
        if (!entry.second.set.active) continue;
        json.begin_object();
        render_offer_fields(json, entry.second.set, decimals, Absent::null);
        json.end_object();
    }
    json.end_array();
}

void render_price_entry(JsonWriter& json, const FeatureSet& set, unsigned decimals) {
    json.begin_object();
    render_priced_feature(json, set, decimals);
    json.text("price_text", describe(set.price, set.rules, decimals));
    json.end_object();
}

/// As it could be given again.
void render_feature_to_set(JsonWriter& json, const FeatureSet& set, unsigned decimals) {
    json.begin_object();
    json.text("key", set.key);
    if (!set.name.empty()) json.text("name", set.name);
    if (!set.category.empty()) json.text("category", set.category);
    if (!set.description.empty()) json.text("description", set.description);
    if (set.rules.is_flat()) json.credits("credits", set.price, decimals);
    else render_price(json, set.price, set.rules, decimals);
    json.boolean("active", set.active);
    if (!set.resource_template.empty()) json.text("resource_template", set.resource_template);
    json.end_object();
}

}  // namespace

void render_pricing(std::string& out, const Catalog& catalog, std::string_view key,
                    unsigned decimals, Seq seq) {
    const auto one = catalog.features.find(key);
    const bool has_one = one != catalog.features.end() && one->second.set.active;
    if (!key.empty() && !has_one) return;
    JsonWriter json(out);
    json.begin_object();
    json.begin_array("features");
    for (const auto& [name, feature] : catalog.features) {
        if (!feature.set.active || (!key.empty() && name != key)) continue;
        render_price_entry(json, feature.set, decimals);
    }
    json.end_array();
    if (key.empty()) {
        render_active_offers(json, "plans", catalog.plans, decimals);
        render_active_offers(json, "packages", catalog.packages, decimals);
    }
    json.integer("price_book", catalog.price_book);
    json.integer("seq", seq.value);
    json.end_object();
}

void render_catalog(std::string& out, const Catalog& catalog, unsigned decimals, Seq seq) {
    JsonWriter json(out);
    json.begin_object();
    json.begin_object("settings");
    render_offer_fields(json, catalog.settings, decimals, Absent::left_out);
    json.end_object();
    json.begin_array("features");
    for (const auto& entry : catalog.features) {
        render_feature_to_set(json, entry.second.set, decimals);
    }
    json.end_array();
    render_offers(json, "plans", catalog.plans, decimals);
    render_offers(json, "packages", catalog.packages, decimals);
    render_offers(json, "promotions", catalog.promotions, decimals);
    json.integer("price_book", catalog.price_book);
    json.integer("seq", seq.value);
    json.end_object();
}

void render_catalog_change(std::string& out, std::size_t changes, std::uint64_t price_book,
                           Seq seq) {
    JsonWriter json(out);
    json.begin_object();
    json.integer("changes", changes);
    json.integer("price_book", price_book);
    json.integer("seq", seq.value);
    json.end_object();
}

std::uint64_t price_book_of(const Event& event) {
    return std::visit(
        [](const auto& body) -> std::uint64_t {
            if constexpr (requires { body.price_book; }) return body.price_book;
            else return 0;
        },
        event.body);
}

void render_api_key(std::string& out, const ApiKey& key, std::optional<Seq> seq) {
    JsonWriter json(out);
    json.begin_object();
    render_key_fields(json, key.created, key.created_at);
    if (seq) json.integer("seq", seq->value);
    json.end_object();
}

void render_new_api_key(std::string& out, const ApiKeyCreated& key, Timestamp created_at, Seq seq,
                        std::optional<std::string_view> secret) {
    JsonWriter json(out);
    json.begin_object();
    render_key_fields(json, key, created_at);
    secret ? json.text("secret", *secret) : json.null("secret");
    json.integer("seq", seq.value);
    json.end_object();
}

}  // namespace creditd::daemon
