// Rules of the digest of catalogs: two that differ in one field, wherever it stands, have different
// bytes; what is not there has none, so that older ledgers hash as they did.
#include <gtest/gtest.h>

#include <map>

#include "tests/core/catalog_edits.hpp"
#include "tests/core/world.hpp"

namespace creditd::tests {
namespace {

constexpr Timestamp set_at{1'700'000'000'000'000};

template <class Kind>
void add_to(Catalog& catalog, const Kind& offer) {
    catalog.offers_of(offer)[std::string(id_of(offer))] = {offer, set_at, set_at};
}
void add_to(Catalog& catalog, const CatalogSettings& settings) { catalog.settings = settings; }

/// As if all of it had been set at once: nothing but the fields themselves can make a difference.
Catalog catalog_at_once(const ReplaceCatalog& content) {
    Catalog catalog;
    for (const SetFeature& feature : content.features) {
        const FeatureSet set{feature.key,
                             feature.name,
                             feature.category,
                             feature.description,
                             feature.price,
                             feature.active,
                             1,
                             feature.rules,
                             feature.resource_template};
        catalog.features[feature.key] = {set, set_at, set_at};
    }
    for (const Offer& offer : content.offers) {
        std::visit([&](const auto& kind) { add_to(catalog, kind); }, offer);
    }
    catalog.price_book = 1;
    return catalog;
}

std::string bytes_with(Catalog catalog) {
    State state;
    state.change_catalog() = std::move(catalog);
    return canonical_bytes(state);
}

TEST(CatalogDigest, IsThatOfItsFieldsAlone) {
    EXPECT_EQ(bytes_with(catalog_at_once(full_catalog())),
              bytes_with(catalog_at_once(full_catalog())));
    ReplaceCatalog turned = full_catalog();
    std::ranges::reverse(turned.features);
    std::ranges::reverse(turned.offers);
    EXPECT_EQ(bytes_with(catalog_at_once(full_catalog())), bytes_with(catalog_at_once(turned)));
}

TEST(CatalogDigest, KnowsEachField) {
    std::map<std::string, std::string> seen;
    seen[bytes_with(catalog_at_once(full_catalog()))] = "nothing";
    for (const CatalogEdit& edit : catalog_edits()) {
        ReplaceCatalog content = full_catalog();
        edit.change(content);
        const auto [same, is_new] = seen.emplace(bytes_with(catalog_at_once(content)), edit.field);
        EXPECT_TRUE(is_new) << edit.field << " hashes as " << same->second;
    }
}

TEST(CatalogDigest, KnowsNamesAndTimes) {
    const std::vector<std::function<void(Catalog&)>> changes{
        [](Catalog&) {},
        [](Catalog& c) { c.price_book = 2; },
        [](Catalog& c) { c.features.at("text").set.price_book = 2; },
        [](Catalog& c) { c.features.at("text").set.key = "texts"; },
        [](Catalog& c) { c.features.at("text").created_at = Timestamp{1}; },
        [](Catalog& c) { c.features.at("text").updated_at = Timestamp{1}; },
        [](Catalog& c) { c.plans.at("basic").set.id = "base"; },
        [](Catalog& c) { c.plans.at("basic").created_at = Timestamp{1}; },
        [](Catalog& c) { c.plans.at("basic").updated_at = Timestamp{1}; },
        [](Catalog& c) { c.packages.at("small").set.id = "smaller"; },
        [](Catalog& c) { c.packages.at("small").created_at = Timestamp{1}; },
        [](Catalog& c) { c.packages.at("small").updated_at = Timestamp{1}; },
        [](Catalog& c) { c.promotions.at("SPRING").set.code = "SPRUNG"; },
        [](Catalog& c) { c.promotions.at("SPRING").created_at = Timestamp{1}; },
        [](Catalog& c) { c.promotions.at("SPRING").updated_at = Timestamp{1}; }};
    std::set<std::string> seen;
    for (const auto& change : changes) {
        Catalog catalog = catalog_at_once(full_catalog());
        change(catalog);
        EXPECT_TRUE(seen.insert(bytes_with(catalog)).second)
            << "change " << &change - changes.data();
    }
}

TEST(CatalogDigest, KnowsWhatIsThereAtAll) {
    const std::vector<std::function<void(Catalog&)>> changes{
        [](Catalog&) {},
        [](Catalog& c) { c.features.clear(); },
        [](Catalog& c) { c.features.erase("text"); },
        [](Catalog& c) { c.plans.clear(); },
        [](Catalog& c) { c.packages.clear(); },
        [](Catalog& c) { c.promotions.clear(); },
        [](Catalog& c) { c.settings = {}; },
        [](Catalog& c) {
            c = {};
            c.price_book = 1;
        }};
    std::set<std::string> seen;
    for (const auto& change : changes) {
        Catalog catalog = catalog_at_once(full_catalog());
        change(catalog);
        EXPECT_TRUE(seen.insert(bytes_with(catalog)).second)
            << "change " << &change - changes.data();
    }
}

// Each of the four alone makes them be written.
TEST(CatalogDigest, LeavesOutOffersWhereThereAreNone) {
    const std::size_t none = bytes_with({}).size();
    for (const Offer& offer : full_catalog().offers) {
        ReplaceCatalog single;
        single.offers = {offer};
        Catalog catalog = catalog_at_once(single);
        catalog.price_book = 0;
        EXPECT_GT(bytes_with(catalog).size(), none) << "kind " << offer.index();
    }
    Catalog with_settings_of_old;
    with_settings_of_old.settings = CatalogSettings{};
    EXPECT_EQ(bytes_with(with_settings_of_old), bytes_with({}));
}

TEST(CatalogDigest, LeavesOutRulesAndTemplatesWhereThereAreNone) {
    const auto bytes_of = [](const SetFeature& feature) {
        ReplaceCatalog content;
        content.features = {feature};
        return bytes_with(catalog_at_once(content)).size();
    };
    const SetFeature flat{"f", "", "", "", Credits{1}, {}, true, ""};
    SetFeature ruled = flat;
    ruled.rules.maximum = Credits{5};
    SetFeature templated = flat;
    templated.resource_template = "x";
    EXPECT_GT(bytes_of(ruled), bytes_of(flat));
    EXPECT_GT(bytes_of(templated), bytes_of(flat) + 1);
}

}  // namespace
}  // namespace creditd::tests
