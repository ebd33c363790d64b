// Rules of promotions at their limits: when they begin and end, how often one account and all
// together may have them, what their grants are, and which refusal comes first.
#include <gtest/gtest.h>

#include "tests/core/subscription_asks.hpp"

namespace creditd::tests {
namespace {

using EditPromotion = std::function<void(Promotion&)>;

/// The first moment of every world.
Timestamp promotions_start() { return World().now(); }

Promotion summer(const EditPromotion& edit = [](Promotion&) {}) {
    Promotion promotion;
    promotion.code = "SUMMER";
    promotion.credits = Credits{10};
    edit(promotion);
    return promotion;
}
Scene offered(const EditPromotion& edit = [](Promotion&) {}) {
    return given(account("ann"), account("bob"), account("cyd"), offer(summer(edit)));
}
Check redeemed_is(std::string code, std::uint64_t count) {
    return that([code = std::move(code), count](const World& world) {
        EXPECT_EQ(world.state().redeemed(code), count);
    });
}

// --- when ----------------------------------------------------------------------------------------
TEST(PromotionTimes, BeginWithTheirFirstMoment) {
    const auto in_a_minute = [](Promotion& p) {
        p.starts_at = promotions_start() + Duration::seconds(60);
    };
    offered(in_a_minute)
        .when(redeem("ann", "SUMMER"))
        .then(recorded(RefusalCode::promotion_inactive), balance("ann", 0),
              redeemed_is("SUMMER", 0));
    offered(in_a_minute)
        .given(a_moment_later(59'999'999))
        .when(redeem("ann", "SUMMER"))
        .then(recorded(RefusalCode::promotion_inactive))
        .given(a_moment_later())
        .when(redeem("ann", "SUMMER"))
        .then(done(), balance("ann", 10), redeemed_is("SUMMER", 1));
}

TEST(PromotionTimes, EndBeforeTheirEnd) {
    const auto for_a_minute = [](Promotion& p) {
        p.ends_at = promotions_start() + Duration::seconds(60);
    };
    offered(for_a_minute)
        .given(a_moment_later(59'999'999))
        .when(redeem("ann", "SUMMER"))
        .then(done(), balance("ann", 10))
        .given(a_moment_later())
        .when(redeem("bob", "SUMMER"))
        .then(recorded(RefusalCode::promotion_inactive), balance("bob", 0));
}

TEST(PromotionTimes, OfGrantsOutliveThoseOfThePromotion) {
    offered([](Promotion& p) {
        p.ends_at = promotions_start() + Duration::seconds(60);
        p.expires_in = Duration::seconds(100);
    })
        .given(redeem("ann", "SUMMER"), later(99))
        .when(sweep())
        .then(events_are({}), balance("ann", 10))
        .given(later(1))
        .when(sweep())
        .then(events_are({"grant_expired"}), balance("ann", 0), total("ann", Total::expired, 10));
}

// --- how often -----------------------------------------------------------------------------------
TEST(PromotionCounts, OfOneAccountEndAtItsOwnLimit) {
    offered([](Promotion& p) { p.per_account_max = 2; })
        .given(redeem("ann", "SUMMER"))
        .when(redeem("ann", "SUMMER"))
        .then(done(), balance("ann", 20), grants_left("ann", {{1, 10}, {2, 10}}))
        .when(redeem("ann", "SUMMER"))
        .then(recorded(RefusalCode::already_redeemed), balance("ann", 20), redeemed_is("SUMMER", 2))
        .when(redeem("bob", "SUMMER"))
        .then(done(), balance("bob", 10), redeemed_is("SUMMER", 3));
}

TEST(PromotionCounts, OfAllTogetherEndAtTheSharedLimit) {
    offered([](Promotion& p) {
        p.redemptions_max = 3;
        p.per_account_max = 9;
    })
        .given(redeem("ann", "SUMMER"), redeem("ann", "SUMMER"))
        .when(redeem("bob", "SUMMER"))
        .then(done(), redeemed_is("SUMMER", 3))
        .when(redeem("ann", "SUMMER"))
        .then(recorded(RefusalCode::promotion_exhausted), balance("ann", 20))
        .when(redeem("cyd", "SUMMER"))
        .then(recorded(RefusalCode::promotion_exhausted), balance("cyd", 0),
              redeemed_is("SUMMER", 3));
}

TEST(PromotionCounts, AreOfEachCode) {
    Promotion autumn = summer();
    autumn.code = "AUTUMN";
    offered()
        .given(offer(autumn), redeem("ann", "SUMMER"))
        .when(redeem("ann", "AUTUMN"))
        .then(done(), balance("ann", 20), redeemed_is("SUMMER", 1), redeemed_is("AUTUMN", 1))
        .when(redeem("ann", "summer"))
        .then(refused(RefusalCode::promotion_not_found), balance("ann", 20));
}

TEST(PromotionCounts, AreKeptThoughThePromotionComesAgain) {
    offered([](Promotion& p) { p.redemptions_max = 2; })
        .given(redeem("ann", "SUMMER"), remove_offer(OfferKind::promotion, "SUMMER"))
        .when(redeem("bob", "SUMMER"))
        .then(refused(RefusalCode::promotion_not_found), balance("bob", 0))
        .given(offer(summer([](Promotion& p) { p.redemptions_max = 2; })))
        .when(redeem("ann", "SUMMER"))
        .then(recorded(RefusalCode::already_redeemed))
        .when(redeem("bob", "SUMMER"))
        .then(done(), balance("bob", 10))
        .when(redeem("cyd", "SUMMER"))
        .then(recorded(RefusalCode::promotion_exhausted));
}

TEST(PromotionCounts, IncludeThoseOfTheSameBatch) {
    const auto pair = [](Promotion& p) { p.redemptions_max = 2; };
    const Ask two = batch({redeem("ann", "SUMMER"), redeem("bob", "SUMMER")});
    offered(pair)
        .when(two)
        .then(done(), events_are({"promotion_redeemed", "promotion_redeemed"}), balance("ann", 10),
              balance("bob", 10), redeemed_is("SUMMER", 2))
        .when(redeem("cyd", "SUMMER"))
        .then(recorded(RefusalCode::promotion_exhausted));
    offered([](Promotion& p) { p.redemptions_max = 1; })
        .when(two)
        .then(recorded(RefusalCode::promotion_exhausted), at_operation(1), balance("ann", 0),
              balance("bob", 0), redeemed_is("SUMMER", 0));
    offered(pair)
        .when(batch({redeem("ann", "SUMMER"), redeem("ann", "SUMMER")}))
        .then(recorded(RefusalCode::already_redeemed), at_operation(1), balance("ann", 0));
}

TEST(PromotionCounts, RiseOnceForOneKey) {
    offered([](Promotion& p) { p.per_account_max = 9; })
        .given(redeem("ann", "SUMMER").under("once"))
        .when(redeem("ann", "SUMMER").under("once"))
        .then(answered_as_before(), balance("ann", 10), redeemed_is("SUMMER", 1));
}

TEST(PromotionCounts, SurviveASnapshot) {
    offered([](Promotion& p) { p.redemptions_max = 1; })
        .given(redeem("ann", "SUMMER"))
        .then(that([](const World& world) {
            const auto& redemptions = world.account("ann").arrangements().redemptions;
            EXPECT_EQ(redemptions, (std::vector<Redemption>{{"SUMMER", 1}}));
            EXPECT_TRUE(world.account("bob").arrangements().redemptions.empty());
            const World replayed(world.events());
            EXPECT_EQ(replayed.state().redeemed("SUMMER"), 1U);
        }));
}

// --- what ----------------------------------------------------------------------------------------
TEST(PromotionGrants, AreWhatThePromotionSays) {
    offered([](Promotion& p) {
        p.expires_in = Duration::seconds(60);
        p.priority = 7;
        p.features = {"image", "text"};
    })
        .given(later(5))
        .when(redeem("ann", "SUMMER"))
        .then(done(), events_are({"promotion_redeemed"}), that([](const World& world) {
                  const auto& body = world.last_as<PromotionRedeemed>();
                  EXPECT_EQ(body.code, "SUMMER");
                  EXPECT_EQ(body.amount, Credits{10});
                  EXPECT_EQ(body.debt_repaid, Credits{});
                  EXPECT_EQ(body.terms.kind, GrantKind::promo);
                  EXPECT_EQ(body.terms.priority, 7);
                  EXPECT_EQ(body.terms.features, (std::vector<std::string>{"image", "text"}));
                  EXPECT_EQ(body.terms.effective_at, world.now());
                  EXPECT_EQ(body.terms.expires_at, world.now() + Duration::seconds(60));
                  EXPECT_EQ(body.terms.cost, Money{});
                  EXPECT_EQ(world.last().balances.before, Credits{});
                  EXPECT_EQ(world.last().balances.after, Credits{10});
              }));
}

TEST(PromotionGrants, WithoutAnEndNeverExpire) {
    offered().when(redeem("ann", "SUMMER")).then(that([](const World& world) {
        const GrantTerms& terms = world.last_as<PromotionRedeemed>().terms;
        EXPECT_TRUE(terms.expires_at.is_never());
        EXPECT_EQ(terms.priority, limits::grant_priority_default);
        EXPECT_TRUE(terms.features.empty());
    }));
}

TEST(PromotionGrants, AreSpentOnTheirFeaturesOnly) {
    offered([](Promotion& p) { p.features = {"image"}; })
        .given(feature("image", 4), feature("text", 1), redeem("ann", "SUMMER"))
        .when(use("ann", "text"))
        .then(insufficient(1, 0, 1))
        .when(use("ann", "image"))
        .then(done(), balance("ann", 6));
}

TEST(PromotionGrants, RepayDebtFirst) {
    const auto indebted = [](std::int64_t owed) {
        return given(account("ann", {.credit_limit = 50}), deduct("ann", owed), offer(summer()));
    };
    const auto repaid = [](std::int64_t amount) {
        return that([amount](const World& world) {
            EXPECT_EQ(world.last_as<PromotionRedeemed>().debt_repaid, Credits{amount});
        });
    };
    indebted(4).when(redeem("ann", "SUMMER")).then(repaid(4), balance("ann", 6), debt("ann", 0));
    indebted(10).when(redeem("ann", "SUMMER")).then(repaid(10), balance("ann", 0), debt("ann", 0));
    indebted(30)
        .when(redeem("ann", "SUMMER"))
        .then(repaid(10), balance("ann", -20), debt("ann", 20));
}

// --- which refusal -------------------------------------------------------------------------------
TEST(PromotionRefusals, OfTheCodeComeBeforeThoseOfTheAccount) {
    given(account("ann"), close("ann"))
        .when(redeem("ann", "SUMMER"))
        .then(refused(RefusalCode::promotion_not_found));
    offered()
        .given(close("ann"))
        .when(redeem("ann", "SUMMER"))
        .then(recorded(RefusalCode::account_closed), balance("ann", 0), redeemed_is("SUMMER", 0));
}

TEST(PromotionRefusals, OfAccountsThatAreNotThereLeaveNoTrace) {
    const auto missing = RefusalCode::account_not_found;
    offered().when(redeem("zoe", "SUMMER")).then(refused(missing), redeemed_is("SUMMER", 0));
    offered().when(redeem("ann", "SUMMER").within("b")).then(refused(missing), balance("ann", 0));
    offered().when(redeem("bob", "SUMMER").within("b")).then(done(), balance("bob", 10));
}

TEST(PromotionRefusals, KeepABalanceInItsRange) {
    offered()
        .given(grant("ann", limits::credits_minor_max - 10))
        .when(redeem("ann", "SUMMER"))
        .then(done(), balance("ann", limits::credits_minor_max));
    offered()
        .given(grant("ann", limits::credits_minor_max - 9))
        .when(redeem("ann", "SUMMER"))
        .then(recorded(RefusalCode::balance_range), balance("ann", limits::credits_minor_max - 9),
              redeemed_is("SUMMER", 0));
    // What is still to become effective needs its place too.
    offered()
        .given(grant("ann", limits::credits_minor_max - 9, {.effective_in = 60}))
        .when(redeem("ann", "SUMMER"))
        .then(recorded(RefusalCode::balance_range), balance("ann", 0));
}

TEST(PromotionRefusals, OfTheAccountsRangeComeBeforeThoseOfThePromotion) {
    offered([](Promotion& p) {
        p.redemptions_max = 1;
        p.active = false;
    })
        .given(grant("ann", limits::credits_minor_max))
        .when(redeem("ann", "SUMMER"))
        .then(recorded(RefusalCode::balance_range));
}

}  // namespace
}  // namespace creditd::tests
