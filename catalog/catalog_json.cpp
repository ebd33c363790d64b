#include "catalog/catalog_json.hpp"

#include <algorithm>
#include <set>

#include "catalog/price_json.hpp"
#include "catalog/resource_template.hpp"

namespace creditd {
namespace {

/// More than anybody sells; a body of 4 MB could hold a hundred times as many.
constexpr std::size_t catalog_items_max = 10'000;

std::optional<std::string> given_text(ObjectReader& reader, std::string_view name) {
    const auto text = reader.text(name);
    return text ? std::optional{std::string(*text)} : std::nullopt;
}

/// Calls `read(item reader)` for each object of a list, which returns the id of what it has read,
/// out of `id_field`.
template <class Read>
void read_items(ObjectReader& reader, std::string_view list, std::string_view id_field,
                const OfferContext& context, const Read& read) {
    const auto items = reader.array(list, {.max_items = catalog_items_max});
    if (!items) return;
    std::set<std::string, std::less<>> ids;
    std::size_t index = 0;
    for (const JsonValue value : *items) {
        ObjectReader item(value, context.errors, ItemPlace{list, index++});
        const std::string id = read(item);
        item.finish();
        if (!id.empty() && !ids.insert(id).second) {
            item.fail(id_field, "is there twice: " + id);
        }
    }
}

void read_offers(ObjectReader& reader, std::string_view list, OfferKind kind,
                 const OfferContext& context, std::vector<Offer>& out) {
    const std::string_view id_field = kind == OfferKind::promotion ? "code" : "id";
    read_items(reader, list, id_field, context, [&](ObjectReader& item) {
        out.push_back(read_offer(kind, item, context));
        return std::visit([](const auto& offer) { return std::string(id_of(offer)); }, out.back());
    });
}

/// Or does nothing name one?
bool has_plan(const std::vector<Offer>& offers, std::string_view id) {
    if (id.empty()) return true;
    return std::ranges::any_of(offers, [id](const Offer& offer) {
        const auto* const plan = std::get_if<Plan>(&offer);
        return plan != nullptr && plan->id == id;
    });
}

/// The name of what a use makes, with places that are filled in when it is made.
std::optional<std::string> read_template(ObjectReader& reader) {
    constexpr std::size_t bytes_max = 256;
    const auto text = reader.text("resource_template", {.max_bytes = bytes_max});
    if (!text) return std::nullopt;
    if (!is_valid_template(*text)) {
        reader.fail("resource_template",
                    "may have the places {account}, {user}, {feature}, {time} and {id8} only");
    }
    return std::string(*text);
}

}  // namespace

SetFeature read_feature(ObjectReader& reader, const OfferContext& context) {
    SetFeature feature;
    const auto key = reader.id("key", context.id.empty() ? required_field : optional_field);
    feature.key = context.id.empty() ? key.value_or(std::string_view{}) : context.id;
    if (key && *key != feature.key) reader.fail("key", "must be the one in the path");
    feature.name = given_text(reader, "name").value_or(std::string{});
    feature.category = given_text(reader, "category").value_or(std::string{});
    feature.description = given_text(reader, "description").value_or(std::string{});
    GivenPrice price = read_given_price(reader, context.decimals, context.errors);
    feature.price = price.flat;
    feature.rules = std::move(price.rules);
    feature.active = reader.boolean("active").value_or(true);
    feature.resource_template = read_template(reader).value_or(std::string{});
    return feature;
}

ChangeFeature read_feature_change(ObjectReader& reader, const OfferContext& context) {
    ChangeFeature change;
    change.key = context.id;
    change.name = given_text(reader, "name");
    change.category = given_text(reader, "category");
    change.description = given_text(reader, "description");
    change.active = reader.boolean("active");
    change.resource_template = read_template(reader);
    if (reader.has("credits") || reader.has("price")) {
        GivenPrice price = read_given_price(reader, context.decimals, context.errors);
        change.price = price.flat;
        change.rules = std::move(price.rules);
    }
    return change;
}

ReplaceCatalog read_catalog(ObjectReader& reader, const OfferContext& context) {
    ReplaceCatalog catalog;
    read_items(reader, "features", "key", context, [&](ObjectReader& item) {
        catalog.features.push_back(read_feature(item, context));
        return catalog.features.back().key;
    });
    read_offers(reader, "plans", OfferKind::plan, context, catalog.offers);
    read_offers(reader, "packages", OfferKind::package, context, catalog.offers);
    read_offers(reader, "promotions", OfferKind::promotion, context, catalog.offers);
    CatalogSettings settings;
    if (const auto object = reader.object("settings")) {
        ObjectReader fields(*object, context.errors);
        settings = std::get<CatalogSettings>(read_offer(OfferKind::settings, fields, context));
        fields.finish();
        if (!has_plan(catalog.offers, settings.signup_plan)) {
            fields.fail("signup", "names a plan that the catalog does not have");
        }
    }
    catalog.offers.emplace_back(std::move(settings));
    if (const auto version = reader.integer("price_book", 0, INT64_MAX)) {
        catalog.price_book = static_cast<std::uint64_t>(*version);
    }
    reader.integer("seq", 0, INT64_MAX);  // of the answer that it came from: means nothing here
    return catalog;
}

}  // namespace creditd
