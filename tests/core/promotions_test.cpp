// Rules of promotions: credits for whoever knows the code, so often and no oftener.
#include <gtest/gtest.h>

#include "tests/core/subscription_asks.hpp"

namespace creditd::tests {
namespace {

Promotion spring(const std::function<void(Promotion&)>& edit = [](Promotion&) {}) {
    Promotion promotion;
    promotion.code = "SPRING";
    promotion.credits = Credits{10};
    edit(promotion);
    return promotion;
}
Scene redeemed(const std::function<void(Promotion&)>& edit = [](Promotion&) {}) {
    return given(account("ann"), account("bob"), offer(spring(edit)), redeem("ann", "SPRING"));
}

TEST(Promotions, GrantTheirCreditsOnceToEach) {
    redeemed()
        .then(balance("ann", 10), total("ann", Total::granted, 10))
        .when(redeem("ann", "SPRING"))
        .then(recorded(RefusalCode::already_redeemed), balance("ann", 10))
        .when(redeem("bob", "SPRING"))
        .then(done(), balance("bob", 10));
}

TEST(Promotions, EndWhenSoManyHaveThem) {
    redeemed([](Promotion& p) { p.redemptions_max = 1; })
        .when(redeem("bob", "SPRING"))
        .then(recorded(RefusalCode::promotion_exhausted))
        .given(offer(spring([](Promotion& p) { p.redemptions_max = 2; })))
        .when(redeem("bob", "SPRING"))
        .then(done(), balance("bob", 10));
}

// What the account did (409) before what the promotion is (422).
TEST(Promotions, WhoHasThemIsToldSoWhateverHasBecomeOfThem) {
    redeemed()
        .given(offer(spring([](Promotion& p) { p.active = false; })))
        .when(redeem("ann", "SPRING"))
        .then(recorded(RefusalCode::already_redeemed))
        .when(redeem("bob", "SPRING"))
        .then(recorded(RefusalCode::promotion_inactive));
}

TEST(Promotions, ThatAreExhaustedStayThatWhenTheyAreOver) {
    redeemed([](Promotion& p) { p.redemptions_max = 1; })
        .given(offer(spring([](Promotion& p) {
            p.redemptions_max = 1;
            p.active = false;
        })))
        .when(redeem("bob", "SPRING"))
        .then(recorded(RefusalCode::promotion_exhausted));
}

}  // namespace
}  // namespace creditd::tests
