// Rules of single changes to the catalog: what is given of a feature changes and nothing else, what
// is removed is gone, and old prices stay with what was decided under them.
#include <gtest/gtest.h>

#include "tests/core/catalog_edits.hpp"
#include "tests/core/subscription_asks.hpp"

namespace creditd::tests {
namespace {

/// Nothing is given; `edit` gives something.
Ask change_feature(std::string key, const std::function<void(ChangeFeature&)>& edit) {
    ChangeFeature body;
    body.key = std::move(key);
    edit(body);
    return Ask([body = std::move(body)](const World&) { return CommandBody(body); }).without_key();
}
Scene filmed() {
    return given(Ask([](const World&) { return CommandBody(full_catalog().features.front()); }));
}
const FeatureSet& feature_in(const World& world, std::string_view key) {
    return world.state().catalog().features.find(key)->second.set;
}

/// After the change the feature is what it was, but for what `expected` says of it.
void expect_changed(const std::function<void(ChangeFeature&)>& change,
                    const std::function<void(FeatureSet&)>& expected, Where where = CREDITD_HERE) {
    const testing::ScopedTrace trace(where.file_name(), static_cast<int>(where.line()), "change");
    Scene scene = filmed();
    FeatureSet wanted = feature_in(scene.world(), "video");
    expected(wanted);
    wanted.price_book = 2;
    scene.when(change_feature("video", change))
        .then(done(), events_are({"feature_set"}), that([&](const World& world) {
                  EXPECT_EQ(world.last_as<FeatureSet>(), wanted);
                  EXPECT_EQ(feature_in(world, "video"), wanted);
                  EXPECT_EQ(world.state().catalog().price_book, 2U);
              }));
}

TEST(ChangeFeature, ChangesWhatIsGivenAndNothingElse) {
    expect_changed([](ChangeFeature&) {}, [](FeatureSet&) {});
    expect_changed([](ChangeFeature& c) { c.name = "Films"; },
                   [](FeatureSet& f) { f.name = "Films"; });
    expect_changed([](ChangeFeature& c) { c.category = "art"; },
                   [](FeatureSet& f) { f.category = "art"; });
    expect_changed([](ChangeFeature& c) { c.description = "d"; },
                   [](FeatureSet& f) { f.description = "d"; });
    expect_changed([](ChangeFeature& c) { c.active = false; },
                   [](FeatureSet& f) { f.active = false; });
    expect_changed([](ChangeFeature& c) { c.resource_template = "x/{resource}"; },
                   [](FeatureSet& f) { f.resource_template = "x/{resource}"; });
}

TEST(ChangeFeature, CanEmptyATextThatIsGivenEmpty) {
    expect_changed(
        [](ChangeFeature& c) {
            c.name = "";
            c.category = "";
            c.description = "";
            c.resource_template = "";
        },
        [](FeatureSet& f) {
            f.name.clear();
            f.category.clear();
            f.description.clear();
            f.resource_template.clear();
        });
}

TEST(ChangeFeature, GivesThePriceWithItsRules) {
    expect_changed([](ChangeFeature& c) { c.price = Credits{9}; },
                   [](FeatureSet& f) {
                       f.price = Credits{9};
                       f.rules = {};
                   });
    PriceRules capped;
    capped.maximum = Credits{5};
    expect_changed(
        [&](ChangeFeature& c) {
            c.price = Credits{1};
            c.rules = capped;
        },
        [&](FeatureSet& f) {
            f.price = Credits{1};
            f.rules = capped;
        });
    // Rules without a price are not given.
    expect_changed([&](ChangeFeature& c) { c.rules = capped; }, [](FeatureSet&) {});
}

TEST(ChangeFeature, IsForFeaturesThatAreThere) {
    const auto rename = [](ChangeFeature& c) { c.name = "Films"; };
    filmed()
        .when(change_feature("image", rename))
        .then(refused(RefusalCode::feature_not_found), events_are({}),
              that([](const World& w) { EXPECT_EQ(w.state().catalog().price_book, 1U); }));
    filmed()
        .given(remove_feature("video"))
        .when(change_feature("video", rename))
        .then(refused(RefusalCode::feature_not_found));
}

TEST(ChangeFeature, KeepsTheTimeOfItsMaking) {
    filmed()
        .given(later(60), change_feature("video", [](ChangeFeature& c) { c.active = false; }))
        .then(that([](const World& world) {
            const Feature& feature = world.state().catalog().features.at("video");
            EXPECT_EQ(feature.created_at, world.now() + Duration::seconds(-60));
            EXPECT_EQ(feature.updated_at, world.now());
        }));
}

TEST(ChangeFeature, HoldsForTheNextUse) {
    given(feature("chat", 2), account("ann"), grant("ann", 10), use("ann", "chat"),
          change_feature("chat", [](ChangeFeature& c) { c.price = Credits{5}; }))
        .when(use("ann", "chat"))
        .then(done(), balance("ann", 3), that([](const World& world) {
                  EXPECT_EQ(world.last_as<CreditsDeducted>().usage.price_book, 2U);
              }))
        .when(refund(1))
        .then(done(), balance("ann", 5))
        .given(change_feature("chat", [](ChangeFeature& c) { c.active = false; }))
        .when(use("ann", "chat"))
        .then(recorded(RefusalCode::feature_inactive), balance("ann", 5));
}

TEST(SetFeature, ReplacesAllOfIt) {
    filmed()
        .when(feature("video", 3))
        .then(done(), events_are({"feature_set"}), that([](const World& world) {
                  EXPECT_EQ(feature_in(world, "video"),
                            (FeatureSet{"video", "", "", "", Credits{3}, true, 2, {}, ""}));
              }));
}

// Prices of several rules, with their bounds, as a use meets them.
TEST(PricedFeatures, CostWhatTheirRulesSay) {
    const auto with = [](std::int64_t gb, std::int64_t months, std::int64_t seconds) {
        return UseSpec{.units = {{"gb", Measure{gb * Measure::one}},
                                 {"months", Measure{months * Measure::one}},
                                 {"seconds", Measure{seconds * Measure::one}}}};
    };
    const auto costs = [&](const UseSpec& spec, std::int64_t amount, Where where = CREDITD_HERE) {
        const testing::ScopedTrace trace(where.file_name(), static_cast<int>(where.line()), "use");
        filmed()
            .given(account("ann"), grant("ann", 10'000))
            .when(use("ann", "video", spec))
            .then(done(), balance("ann", 10'000 - amount));
    };
    // Flat 2, 5 for each begun 2 GB in a month, and 25 up to 5 seconds or 50 above.
    costs(with(2, 1, 5), 2 + 5 + 25);
    costs(with(3, 1, 5), 2 + 10 + 25);
    costs(with(3, 3, 6), 2 + 30 + 50);
    UseSpec twice = with(2, 1, 5);
    twice.quantity = 2;
    costs(twice, 64);
    // Half of it more, and 3.
    UseSpec hd = with(2, 1, 5);
    hd.options = {"hd"};
    costs(hd, 32 + 16 + 3);
    // More than 9 GB cost a quarter more, and 4: exactly 9 do not.
    costs(with(9, 1, 5), 2 + 25 + 25);
    costs(with(10, 1, 6), 77 + 19 + 4);
    costs(with(10, 100, 5), 1'000);
}

TEST(RemovedOffers, AreGoneByTheirKind) {
    const auto removal = [](OfferKind kind, std::string id) {
        Scene scene = given(replace(full_catalog()));
        scene.when(remove_offer(kind, std::move(id)));
        return scene;
    };
    removal(OfferKind::plan, "basic").then(done(), that([](const World& world) {
                                               const Catalog& c = world.state().catalog();
                                               EXPECT_TRUE(c.plans.empty());
                                               EXPECT_EQ(c.packages.size(), 1U);
                                               EXPECT_EQ(c.promotions.size(), 1U);
                                           }));
    removal(OfferKind::package, "small").then(done(), that([](const World& world) {
                                                  EXPECT_TRUE(
                                                      world.state().catalog().packages.empty());
                                              }));
    removal(OfferKind::promotion, "SPRING").then(done(), that([](const World& world) {
                                                     const Catalog& c = world.state().catalog();
                                                     EXPECT_TRUE(c.promotions.empty());
                                                     EXPECT_EQ(c.price_book, 7U);
                                                 }));
    removal(OfferKind::plan, "SPRING").then(refused(RefusalCode::plan_not_found));
    removal(OfferKind::package, "basic").then(refused(RefusalCode::package_not_found));
    removal(OfferKind::promotion, "small").then(refused(RefusalCode::promotion_not_found));
}

TEST(OfferKinds, AreThoseOfTheirOffers) {
    const auto offers = full_catalog().offers;
    EXPECT_EQ(kind_of(offers[0]), OfferKind::plan);
    EXPECT_EQ(kind_of(offers[1]), OfferKind::package);
    EXPECT_EQ(kind_of(offers[2]), OfferKind::promotion);
    EXPECT_EQ(kind_of(offers[3]), OfferKind::settings);
    EXPECT_EQ(id_of(std::get<CatalogSettings>(offers[3])), "");
    // Every catalog has settings, and none can do without.
    EXPECT_TRUE(Catalog{}.has_offer(OfferKind::settings, ""));
    EXPECT_DEATH(Catalog{}.remove_offer(OfferKind::settings, ""), "can be removed");
}

}  // namespace
}  // namespace creditd::tests
