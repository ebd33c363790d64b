// Rules of the catalog's offers: each change makes a version, a whole catalog changes only what
// differs, and new accounts are given their credits once.
#include <gtest/gtest.h>

#include "tests/core/given_when_then.hpp"

namespace creditd::tests {
namespace {

SetFeature priced(std::string key, std::int64_t price) {
    return {std::move(key), "", "", "", Credits{price}, {}, true};
}

Plan plan(std::string id, std::int64_t credits) {
    Plan result;
    result.id = std::move(id);
    result.credits = Credits{credits};
    return result;
}

ReplaceCatalog small_catalog() {
    return {{priced("chat", 1), priced("image", 5)}, {plan("free", 10), CatalogSettings{}}, {}};
}

Check price_book_is(std::uint64_t version) {
    return that(
        [version](const World& world) { EXPECT_EQ(world.state().catalog().price_book, version); });
}

TEST(Offers, MakeAVersionWithEachChange) {
    given(feature("chat", 1), package("p", 100))
        .when(package("p", 200))
        .then(done(), events_are({"offer_set"}), price_book_is(3));
    given(package("p", 100))
        .when(remove_offer(OfferKind::package, "p"))
        .then(done(), events_are({"offer_removed"}), price_book_is(2));
}

TEST(Offers, ThatAreNotThereCannotBeRemoved) {
    given(package("p", 100))
        .when(remove_offer(OfferKind::plan, "p"))
        .then(refused(RefusalCode::plan_not_found));
    given()
        .when(remove_offer(OfferKind::package, "p"))
        .then(refused(RefusalCode::package_not_found));
    given()
        .when(remove_offer(OfferKind::promotion, "p"))
        .then(refused(RefusalCode::promotion_not_found));
}

TEST(Catalogs, ReplaceWhatDiffersAndRemoveTheRest) {
    given(feature("chat", 1), feature("old", 1), package("p", 100))
        .when(replace(small_catalog()))
        .then(done(), events_are({"feature_set", "offer_set", "feature_removed", "offer_removed"}),
              price_book_is(7), that([](const World& world) {
                  const Catalog& catalog = world.state().catalog();
                  EXPECT_EQ(catalog.features.size(), 2U);
                  EXPECT_TRUE(catalog.packages.empty());
                  EXPECT_EQ(catalog.plans.at("free").set.credits, Credits{10});
              }));
}

TEST(Catalogs, ThatAreTheSameChangeNothing) {
    given(replace(small_catalog()))
        .when(replace(small_catalog()))
        .then(outcome_is(OutcomeKind::nothing_done), events_are({}), price_book_is(3));
}

TEST(Catalogs, ForAnotherVersionAreRefused) {
    ReplaceCatalog old = small_catalog();
    old.price_book = 2;
    given(replace(small_catalog()))
        .when(replace(old))
        .then(refused(RefusalCode::version_mismatch), price_book_is(3));
    old.price_book = 3;
    old.features.front().price = Credits{2};
    given(replace(small_catalog())).when(replace(old)).then(done(), price_book_is(4));
}

TEST(SignupCredits, AreGrantedWithTheAccount) {
    given(signup_credits(6, 60))
        .when(account("ann"))
        .then(done(), events_are({"account_created", "credits_granted"}), balance("ann", 6),
              answer_available(6), total("ann", Total::granted, 6), that([](const World& world) {
                  const auto& body = world.last_as<CreditsGranted>();
                  EXPECT_EQ(body.terms.kind, GrantKind::signup);
                  EXPECT_EQ(body.terms.expires_at, world.now() + Duration::seconds(60));
                  EXPECT_EQ(body.terms.effective_at, world.now());
              }));
}

TEST(SignupCredits, AreGrantedOnce) {
    given(signup_credits(6), account("ann"), deduct("ann", 6))
        .when(account("ann"))
        .then(done(), events_are({"account_updated"}), balance("ann", 0));
    given(account("ann"), signup_credits(6))
        .when(account("ann"))
        .then(events_are({"account_updated"}), balance("ann", 0));
}

TEST(SignupCredits, AreNoneWhereTheCatalogSaysNone) {
    given(signup_credits(0)).when(account("ann")).then(events_are({"account_created"}));
}

TEST(SignupCredits, CanBeSpentInTheSameBatch) {
    given(signup_credits(6))
        .when(batch({account("ann"), deduct("ann", 4)}))
        .then(done(), events_are({"account_created", "credits_granted", "credits_deducted"}),
              balance("ann", 2));
}

TEST(SignupCredits, ComeBesideACreditLimit) {
    given(signup_credits(6))
        .when(account("ann", {.credit_limit = 10}))
        .then(done(), balance("ann", 6), answer_available(6));
}

}  // namespace
}  // namespace creditd::tests
