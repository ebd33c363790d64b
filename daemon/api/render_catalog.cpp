#include "daemon/api/render_catalog.hpp"

#include "daemon/api/routes.hpp"
#include "daemon/basics/json_writer.hpp"

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

void render_feature_fields(JsonWriter& json, const FeatureSet& set, unsigned decimals) {
    json.text("key", set.key);
    json.text_or_null("name", set.name);
    json.text_or_null("category", set.category);
    json.text_or_null("description", set.description);
    json.credits("credits", set.price, decimals);
    json.boolean("active", set.active);
    json.integer("price_book", set.price_book);
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
