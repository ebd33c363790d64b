// Grant terms: each distinct one is kept once, and a stacked table reads its base first.
#include "core/terms_table.hpp"

#include <gtest/gtest.h>

namespace creditd {
namespace {

GrantTerms terms_for(std::vector<std::string> features) {
    GrantTerms terms;
    terms.kind = GrantKind::promo;
    terms.features = std::move(features);
    terms.cost = {99, Currency::of("USD")};
    terms.cost_credits = Credits{5};
    return terms;
}

TEST(SharedTerms, AllowTheirFeaturesOrAll) {
    SharedTerms terms;
    EXPECT_TRUE(terms.allows("image"));
    EXPECT_TRUE(terms.allows(""));
    terms.features = {"image", "text"};
    EXPECT_TRUE(terms.allows("text"));
    EXPECT_FALSE(terms.allows("sound"));
    EXPECT_FALSE(terms.allows(""));
}

TEST(TermsTable, KeepsEqualTermsOnce) {
    TermsTable table;
    const TermsNo first = table.intern(terms_for({"image"}));
    EXPECT_EQ(table.intern(terms_for({"image"})), first);
    GrantTerms later = terms_for({"image"});
    later.priority = 7;
    later.expires_at = Timestamp{60};
    EXPECT_EQ(table.intern(later), first);  // of the grant itself, not of what grants share
    EXPECT_NE(table.intern(terms_for({"text"})), first);
    EXPECT_EQ(table.count(), 2U);
    EXPECT_EQ(table.get(first).features, std::vector<std::string>{"image"});
    EXPECT_DEATH(static_cast<void>(table.get(TermsNo{2})), "terms_");
}

TEST(TermsTable, StackedKeepsNewTermsToItself) {
    TermsTable base;
    const TermsNo known = base.intern(terms_for({"image"}));
    TermsTable stacked(&base);
    EXPECT_EQ(stacked.intern(terms_for({"image"})), known);
    const TermsNo added = stacked.intern(terms_for({"text"}));
    EXPECT_EQ(stacked.intern(terms_for({"text"})), added);
    EXPECT_EQ(added, TermsNo{1});
    EXPECT_EQ(stacked.get(known).features, std::vector<std::string>{"image"});
    EXPECT_EQ(stacked.get(added).features, std::vector<std::string>{"text"});
    EXPECT_EQ(stacked.count(), 2U);
    EXPECT_EQ(base.count(), 1U);
}

TEST(TermsTable, MakesGrantsThatKnowTheirTerms) {
    TermsTable table;
    GrantTerms terms = terms_for({"image"});
    terms.priority = 7;
    terms.effective_at = Timestamp{50};
    terms.expires_at = Timestamp{60};
    const Grant grant = make_grant(GrantId{1}, Credits{9}, Credits{8}, terms, table);
    EXPECT_EQ(grant.amount, Credits{9});
    EXPECT_EQ(grant.free(), Credits{8});
    EXPECT_TRUE(grant.paid);
    EXPECT_FALSE(grant.pending);
    EXPECT_EQ(terms_of(grant, table), terms);
    terms.cost = {};
    EXPECT_FALSE(make_grant(GrantId{2}, Credits{9}, Credits{9}, terms, table).paid);
}

}  // namespace
}  // namespace creditd
