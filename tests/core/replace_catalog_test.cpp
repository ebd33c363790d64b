// Rules of replacing a whole catalog: what differs is set, what is gone is removed, and nothing
// else happens; each change is a version of the price book.
#include <gtest/gtest.h>

#include "tests/core/catalog_edits.hpp"
#include "tests/core/subscription_asks.hpp"

namespace creditd::tests {
namespace {

Scene standing_catalog() { return given(replace(full_catalog())); }

Check version_is(std::uint64_t version, Where where = CREDITD_HERE) {
    return that(
        [version](const World& world) { EXPECT_EQ(world.state().catalog().price_book, version); },
        where);
}
Check sizes_are(std::size_t features, std::size_t plans, std::size_t packages,
                std::size_t promotions, Where where = CREDITD_HERE) {
    return that(
        [=](const World& world) {
            const Catalog& catalog = world.state().catalog();
            EXPECT_EQ(catalog.features.size(), features);
            EXPECT_EQ(catalog.plans.size(), plans);
            EXPECT_EQ(catalog.packages.size(), packages);
            EXPECT_EQ(catalog.promotions.size(), promotions);
        },
        where);
}

/// The catalog of the world says what `wanted` says, field by field.
void expect_catalog(const World& world, const ReplaceCatalog& wanted) {
    const Catalog& catalog = world.state().catalog();
    for (const SetFeature& feature : wanted.features) {
        const FeatureSet& set = catalog.features.at(feature.key).set;
        EXPECT_EQ(set, (FeatureSet{feature.key, feature.name, feature.category, feature.description,
                                   feature.price, feature.active, set.price_book, feature.rules,
                                   feature.resource_template}));
    }
    for (const Offer& offer : wanted.offers) {
        if (const auto* plan = std::get_if<Plan>(&offer)) {
            EXPECT_EQ(catalog.plans.at(plan->id).set, *plan);
        } else if (const auto* package = std::get_if<Package>(&offer)) {
            EXPECT_EQ(catalog.packages.at(package->id).set, *package);
        } else if (const auto* promotion = std::get_if<Promotion>(&offer)) {
            EXPECT_EQ(catalog.promotions.at(promotion->code).set, *promotion);
        } else {
            EXPECT_EQ(catalog.settings, std::get<CatalogSettings>(offer));
        }
    }
}

TEST(ReplaceCatalog, SetsAllOfAnEmptyOne) {
    given()
        .when(replace(full_catalog()))
        .then(done(),
              events_are({"feature_set", "feature_set", "offer_set", "offer_set", "offer_set",
                          "offer_set"}),
              version_is(6), sizes_are(2, 1, 1, 1),
              that([](const World& world) { expect_catalog(world, full_catalog()); }));
}

TEST(ReplaceCatalog, WithTheSameChangesNothing) {
    standing_catalog()
        .given(later(60))
        .when(replace(full_catalog()))
        .then(nothing_done(), events_are({}), version_is(6));
}

TEST(ReplaceCatalog, SetsTheOneThingThatDiffers) {
    for (const CatalogEdit& edit : catalog_edits()) {
        const testing::ScopedTrace trace(__FILE__, __LINE__, edit.field);
        ReplaceCatalog wanted = full_catalog();
        edit.change(wanted);
        const std::string_view event = edit.is_of_feature() ? "feature_set" : "offer_set";
        standing_catalog()
            .when(replace(wanted))
            .then(done(), events_are({event}), version_is(7),
                  that([&](const World& world) { expect_catalog(world, wanted); }))
            .when(replace(wanted))
            .then(nothing_done(), version_is(7))
            .when(replace(full_catalog()))
            .then(events_are({event}), version_is(8));
    }
}

TEST(ReplaceCatalog, RemovesWhatIsNotInIt) {
    ReplaceCatalog settings_only;
    settings_only.offers = {full_catalog().offers.back()};
    standing_catalog()
        .when(replace(settings_only))
        .then(done(),
              events_are({"feature_removed", "feature_removed", "offer_removed", "offer_removed",
                          "offer_removed"}),
              version_is(11), sizes_are(0, 0, 0, 0), that([](const World& world) {
                  const auto news = world.news();
                  EXPECT_EQ(std::get<FeatureRemoved>(news[0].body).key, "text");
                  EXPECT_EQ(std::get<FeatureRemoved>(news[1].body).key, "video");
                  EXPECT_EQ(std::get<FeatureRemoved>(news[1].body).price_book, 8U);
                  const auto& plan = std::get<OfferRemoved>(news[2].body);
                  EXPECT_EQ(plan.kind, OfferKind::plan);
                  EXPECT_EQ(plan.id, "basic");
                  EXPECT_EQ(plan.price_book, 9U);
                  EXPECT_EQ(std::get<OfferRemoved>(news[3].body).kind, OfferKind::package);
                  EXPECT_EQ(std::get<OfferRemoved>(news[4].body).kind, OfferKind::promotion);
              }))
        .when(replace(settings_only))
        .then(nothing_done());
}

// Plans, packages and promotions have names of their own: one of each may be called the same.
TEST(ReplaceCatalog, KeepsKindsApart) {
    Plan plan;
    plan.id = "x";
    Package pack;
    pack.id = "x";
    Promotion promotion;
    promotion.code = "x";
    ReplaceCatalog all;
    all.offers = {plan, pack, promotion};
    ReplaceCatalog one;
    one.offers = {pack};
    given(replace(all))
        .when(replace(one))
        .then(events_are({"offer_removed", "offer_removed"}), sizes_are(0, 0, 1, 0));
}

TEST(ReplaceCatalog, WithoutSettingsLeavesThoseOfToday) {
    ReplaceCatalog wanted = full_catalog();
    wanted.offers.pop_back();
    standing_catalog().when(replace(wanted)).then(nothing_done(), that([](const World& world) {
                                                      expect_catalog(world, full_catalog());
                                                  }));
}

TEST(ReplaceCatalog, MakesOneVersionForEachChange) {
    ReplaceCatalog wanted = full_catalog();
    wanted.features.pop_back();
    wanted.features.front().price = Credits{9};
    std::get<Package>(wanted.offers[1]).bonus = Credits{9};
    standing_catalog()
        .when(replace(wanted))
        .then(events_are({"feature_set", "offer_set", "feature_removed"}), version_is(9),
              that([](const World& world) {
                  const auto news = world.news();
                  EXPECT_EQ(std::get<FeatureSet>(news[0].body).price_book, 7U);
                  EXPECT_EQ(std::get<OfferSet>(news[1].body).price_book, 8U);
                  EXPECT_EQ(std::get<FeatureRemoved>(news[2].body).price_book, 9U);
              }));
}

TEST(ReplaceCatalog, IsForTheVersionThatItNames) {
    ReplaceCatalog wanted = full_catalog();
    wanted.features.front().active = false;
    for (const std::uint64_t other : {0U, 5U, 7U}) {
        wanted.price_book = other;
        standing_catalog()
            .when(replace(wanted))
            .then(refused(RefusalCode::version_mismatch), events_are({}), version_is(6));
    }
    wanted.price_book = 6;
    standing_catalog().when(replace(wanted)).then(done(), version_is(7));
    // Also where nothing would change.
    ReplaceCatalog same = full_catalog();
    same.price_book = 5;
    standing_catalog().when(replace(same)).then(refused(RefusalCode::version_mismatch));
}

TEST(ReplaceCatalog, KeepsTheTimeOfWhatItDoesNotChange) {
    ReplaceCatalog wanted = full_catalog();
    std::get<Plan>(wanted.offers[0]).credits = Credits{1};
    wanted.features[0].price = Credits{9};
    standing_catalog().given(later(60), replace(wanted)).then(that([](const World& world) {
        const Catalog& catalog = world.state().catalog();
        const Timestamp before = world.now() + Duration::seconds(-60);
        EXPECT_EQ(catalog.plans.at("basic").created_at, before);
        EXPECT_EQ(catalog.plans.at("basic").updated_at, world.now());
        EXPECT_EQ(catalog.packages.at("small").updated_at, before);
        EXPECT_EQ(catalog.features.at("video").created_at, before);
        EXPECT_EQ(catalog.features.at("video").updated_at, world.now());
        EXPECT_EQ(catalog.features.at("text").updated_at, before);
    }));
}

// What was bought or used before keeps the terms of its day.
TEST(ReplaceCatalog, LeavesSubscriptionsAndGrantsAlone) {
    given(feature("chat", 2), offer(basic_plan()), account("ann"), subscribe("ann", "basic"),
          use("ann", "chat"))
        .when(replace({}))
        .then(events_are({"feature_removed", "offer_removed"}), balance("ann", 498),
              status_is("ann", SubscriptionStatus::active))
        .when(use("ann", "chat"))
        .then(refused(RefusalCode::feature_not_found))
        .when(refund(1))
        .then(done(), balance("ann", 500));
}

}  // namespace
}  // namespace creditd::tests
