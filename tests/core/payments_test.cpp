// Rules of payments: what is paid is credited once, and what goes back to the customer is taken
// back of what it bought, whatever has become of that.
#include <gtest/gtest.h>

#include "tests/core/payment_asks.hpp"

namespace creditd::tests {
namespace {

using Names = std::vector<std::string_view>;

const NoteSpec for_ann{"ann", {}, "p"};

Scene shop(ClawBack how = ClawBack::debt, PackageSpec spec = {}) {
    return given(claw_back(how), package("p", 100, spec), account("ann"));
}
/// 100 credits for 100 cents.
Scene bought(ClawBack how = ClawBack::debt, PackageSpec spec = {}) {
    Scene scene = shop(how, spec);
    scene.given(note(paid("pay"), for_ann));
    return scene;
}
Ask reversal(std::string dispute = "dp_1") {
    return note(disputed("pay", DisputeStatus::open, std::move(dispute)));
}
Ask won(std::string dispute = "dp_1") {
    return note(disputed("pay", DisputeStatus::won, std::move(dispute)));
}

TEST(NotePayment, CreditsAPackageOnce) {
    shop()
        .when(note(paid("pay"), for_ann))
        .then(done(), events_are({"credits_purchased"}), balance("ann", 100))
        .when(note(paid("pay"), for_ann))
        .then(nothing_done(), balance("ann", 100))
        .given(forget_window())
        .when(note(paid("pay"), for_ann))
        .then(nothing_done(), balance("ann", 100));
}

TEST(NotePayment, CreditsAnAmountAtThePriceThatTheCatalogSays) {
    CatalogSettings custom;
    custom.custom = {Credits{10}, Credits{1'000}, usd(1), Credits{10}};
    given(settings(custom), account("ann"))
        .when(note(paid("pay", 5), {.account = "ann", .amount = 50}))
        .then(done(), balance("ann", 50))
        .when(note(paid("two", 6), {.account = "ann", .amount = 50}))
        .then(refused(RefusalCode::price_differs))
        .when(note(paid("two", 1), {.account = "ann", .amount = 5}))
        .then(refused(RefusalCode::amount_not_on_offer));
}

TEST(NotePayment, NeedsToKnowWhatItIsForAndWhose) {
    shop()
        .when(note(paid("pay"), {.package = "p"}))
        .then(refused(RefusalCode::payment_unmatched))
        .when(note(paid("pay"), {.account = "bob", .package = "p"}))
        .then(refused(RefusalCode::payment_unmatched))
        .when(note(paid("pay"), {.account = "ann"}))
        .then(refused(RefusalCode::payment_unmatched))
        .when(note(paid("pay"), {.account = "ann", .package = "q"}))
        .then(refused(RefusalCode::package_not_found))
        .when(note(paid("pay", 99), for_ann))
        .then(refused(RefusalCode::price_differs))
        .when(note(paid("pay"), {.account = "ann", .order = "none"}))
        .then(refused(RefusalCode::order_not_found))
        .given(close("ann"))
        .when(note(paid("pay"), for_ann))
        .then(refused(RefusalCode::account_closed), balance("ann", 0));
}

TEST(NotePayment, OfAnotherAmountThanIsKnownConflicts) {
    bought()
        .when(note(paid("pay", 99), for_ann))
        .then(refused(RefusalCode::payment_conflict), balance("ann", 100));
}

TEST(NotePayment, WithoutMoreNewsThanThereIsRoomFor) {
    PaymentNews many = refunded_so_far("pay", 1);
    for (std::size_t i = 0; i < limits::payment_refunds_max; ++i) {
        many.refunds.push_back({"re_" + std::to_string(i), 1, RefundStatus::failed});
    }
    const PaymentNews more = refunded("pay", "one more", 1);
    bought()
        .given(note(many))
        .when(note(more))
        .then(refused(RefusalCode::payment_conflict), balance("ann", 100));
    shop().given(note(many)).when(note(more)).then(refused(RefusalCode::payment_conflict));
    PaymentNews pays = paid("pay", 1'500);
    pays.refunds = more.refunds;
    given(account("ann"), offer(basic_plan()), note(many))
        .when(subscribe_paid("ann", "basic", pays))
        .then(refused(RefusalCode::payment_conflict), balance("ann", 0));
}

TEST(Refunds, HeardOfBeforeThePaymentWaitForIt) {
    shop()
        .when(note(refunded("pay", "re_1", 40)))
        .then(events_are({"payment_noted"}))
        .when(note(refunded("pay", "re_1", 40)))
        .then(nothing_done())
        .when(note(paid("pay"), for_ann))
        .then(done(), events_are({"credits_purchased", "payment_reversed"}), balance("ann", 60),
              lots_are("pay", {{40}}), total("ann", Total::revoked, 40));
}

TEST(Refunds, HeardOfBeforeAPlainPurchaseAreTakenBackWithIt) {
    for (const bool forgets : {false, true}) {
        Scene scene = shop();
        scene.given(note(refunded("pay", "re_1", 40)));
        if (forgets) scene.given(forget_window());
        scene.when(buy("ann", "p", "pay").under("key"))
            .then(done(), events_are({"credits_purchased", "payment_reversed"}), balance("ann", 60))
            .when(buy("ann", "p", "pay").under("key"))
            .then(answered_as_before())
            .when(buy("ann", "p", "pay"))
            .then(events_are({"purchase_repeated"}), balance("ann", 60))
            .when(note(paid("pay"), for_ann))
            .then(nothing_done());
    }
}

TEST(Refunds, HeardOfInABatchWithThePurchaseAreTakenBackToo) {
    shop()
        .when(batch({note(refunded("pay", "re_1", 40)), buy("ann", "p", "pay")}))
        .then(done(), events_are({"payment_noted", "credits_purchased", "payment_reversed"}),
              balance("ann", 60));
}

TEST(Refunds, OfAPaymentWhosePriceOnlyTheProviderSaid) {
    given(account("ann"), purchase("ann", 100, "pay", {.cents = 0}))
        .when(note(refunded("pay", "re_1", 50)))
        .then(events_are({"payment_noted"}), balance("ann", 100))
        .when(note(paid("pay", 200)))
        .then(events_are({"payment_reversed"}), balance("ann", 75))
        .when(note(paid("pay", 200)))
        .then(nothing_done());
}

TEST(Refunds, AreRoundedUpToTheSmallestUnit) {
    given(package("p", 10, {.bonus = 1}), account("ann"), note(paid("pay"), for_ann))
        .when(note(refunded_so_far("pay", 1)))
        .then(lots_are("pay", {{1}, {1}}), balance("ann", 9))
        .when(note(refunded_so_far("pay", 10)))
        .then(events_are({"payment_noted"}), balance("ann", 9))
        .when(note(refunded_so_far("pay", 11)))
        .then(lots_are("pay", {{2}, {1}}), balance("ann", 8))
        .when(note(refunded_so_far("pay", 1'000)))
        .then(lots_are("pay", {{10}, {1}}), balance("ann", 0));
}

TEST(ClawBack, AsksForWhatWasSpentOrWritesItOff) {
    bought()
        .given(deduct("ann", 70))
        .when(reversal())
        .then(lots_are("pay", {{30, 70, 0}}), balance("ann", -70), debt("ann", 70));
    bought(ClawBack::write_off)
        .given(deduct("ann", 70))
        .when(reversal())
        .then(lots_are("pay", {{30, 0, 70}}), balance("ann", 0), debt("ann", 0));
    bought(ClawBack::write_off)
        .given(deduct("ann", 100))
        .when(reversal())
        .then(events_are({"payment_reversed"}), lots_are("pay", {{0, 0, 100}}), balance("ann", 0))
        .when(won())
        .then(events_are({"payment_restored"}), lots_are("pay", {{}}), balance("ann", 0));
}

TEST(ClawBack, LeavesOtherCreditsAlone) {
    bought()
        .given(grant("ann", 500), deduct("ann", 550))
        .when(reversal())
        .then(lots_are("pay", {{50, 50, 0}}), balance("ann", -50), grants_left("ann", {}));
}

TEST(ClawBack, NeverAsksForWhatTimeOrAnAdministratorTook) {
    bought(ClawBack::debt, {.expires_in = 60})
        .given(deduct("ann", 10), later(61))
        .when(reversal())
        .then(events_are({"grant_expired", "payment_reversed"}), lots_are("pay", {{0, 10, 90}}),
              debt("ann", 10));
    bought()
        .given(deduct("ann", 10), revoke(1, 30))
        .when(reversal())
        .then(lots_are("pay", {{60, 10, 30}}), debt("ann", 10));
    bought()
        .given(deduct("ann", 10), revoke(1), refund(1))
        .when(reversal())
        .then(lots_are("pay", {{0, 0, 100}}), debt("ann", 0));
}

// What comes back into a grant that was revoked is revoked at once: nobody has it.
TEST(ClawBack, NeverAsksForWhatCameBackIntoARevokedGrant) {
    enum class Forgets : std::uint8_t { nothing, the_revocation, what_came_back };
    for (const auto forgets :
         {Forgets::nothing, Forgets::the_revocation, Forgets::what_came_back}) {
        Scene scene = bought();
        scene.given(note(refunded("pay", "re_1", 40)), revoke(1));
        if (forgets == Forgets::the_revocation) scene.given(forget_window());
        scene.given(note(refunded("pay", "re_1", 40, 0, RefundStatus::failed)));
        scene.then(balance("ann", 0), total("ann", Total::revoked, 100));
        if (forgets == Forgets::what_came_back) scene.given(forget_window());
        scene.when(reversal())
            .then(lots_are("pay", {{0, 0, 100}}), balance("ann", 0), debt("ann", 0));
    }
}

TEST(ClawBack, AsksForWhatAHoldKeeps) {
    bought()
        .given(hold("ann", 40))
        .when(reversal())
        .then(lots_are("pay", {{60, 40, 0}}), balance("ann", 0), available("ann", -40))
        .when(release(1))
        .then(balance("ann", 0), available("ann", 0), debt("ann", 40));
    bought()
        .given(hold("ann", 40), reversal())
        .when(capture(1))
        .then(balance("ann", -40), held("ann", 0), debt("ann", 40));
}

TEST(ClawBack, CountsWhatRepaidADebtAsSpent) {
    given(package("p", 100), account("ann", {.credit_limit = 30}), deduct("ann", 30),
          note(paid("pay"), for_ann))
        .when(reversal())
        .then(lots_are("pay", {{70, 30, 0}}), balance("ann", -30), debt("ann", 30));
}

TEST(WonDisputes, GiveTheSameGrantBack) {
    bought()
        .given(deduct("ann", 70), reversal())
        .when(won())
        .then(events_are({"payment_restored"}), balance("ann", 30), debt("ann", 0),
              grants_left("ann", {{1, 30}}), lots_are("pay", {{}}), total("ann", Total::revoked, 0))
        .when(reversal("dp_2"))
        .then(balance("ann", -70), debt("ann", 70));
}

TEST(WonDisputes, GiveTheGrantOfAPlainPurchaseBackAtItsTerms) {
    for (const std::int64_t cents : {70, 1, 0}) {
        Scene scene = given(claw_back(ClawBack::debt), account("ann"));
        const Timestamp bought_at = scene.world().now();
        scene.given(purchase("ann", 100, "pay", {.cents = cents, .expires_in = 600}), later(60),
                    reversal());
        scene.then(balance("ann", 0), grants_left("ann", {}))
            .when(won())
            .then(balance("ann", 100), grants_left("ann", {{1, 100}}),
                  that([=](const World& world) {
                      const auto& terms = world.last_as<PaymentRestored>().restored.at(0).terms;
                      EXPECT_EQ(terms.kind, GrantKind::purchase);
                      EXPECT_EQ(terms.effective_at, bought_at);
                      EXPECT_EQ(terms.expires_at, bought_at + Duration::seconds(600));
                      EXPECT_EQ(terms.cost.minor, cents);
                      EXPECT_EQ(terms.cost_credits, Credits{cents > 0 ? 100 : 0});
                  }));
    }
}

TEST(WonDisputes, GiveBothGrantsOfAPackageBackAtTheirTerms) {
    Scene scene =
        given(claw_back(ClawBack::debt), account("ann"),
              package("p", 100, {.bonus = 5, .bonus_expires_in = 600, .expires_in = 900}));
    const Timestamp bought_at = scene.world().now();
    scene.given(buy("ann", "p", "pay"), later(60), reversal());
    scene.then(balance("ann", 0), grants_left("ann", {}))
        .when(won())
        .then(balance("ann", 105), that([=](const World& world) {
                  const auto& parts = world.last_as<PaymentRestored>().restored;
                  ASSERT_EQ(parts.size(), 2U);
                  EXPECT_EQ(parts[0].terms.kind, GrantKind::purchase);
                  EXPECT_EQ(parts[0].terms.expires_at, bought_at + Duration::seconds(900));
                  EXPECT_EQ(parts[1].terms.kind, GrantKind::bonus);
                  EXPECT_EQ(parts[1].terms.expires_at, bought_at + Duration::seconds(600));
              }));
}

TEST(WonDisputes, GiveANewGrantWhereTheOldOneHasExpired) {
    bought(ClawBack::debt, {.expires_in = 60})
        .given(reversal(), later(61))
        .when(won())
        .then(balance("ann", 100), grants_left("ann", {{2, 100}}), that([](const World& world) {
                  const auto& part = world.last_as<PaymentRestored>().restored.at(0);
                  EXPECT_EQ(part.into, RestoredInto::new_grant);
                  EXPECT_EQ(part.terms.kind, GrantKind::refund);
                  EXPECT_EQ(part.terms.expires_at,
                            world.now() + world.policy.refund_grant_lifetime);
              }));
}

TEST(WonDisputes, GiveAGrantForADebtThatIsRepaid) {
    bought()
        .given(deduct("ann", 70), reversal(), grant("ann", 50))
        .then(balance("ann", -20), debt("ann", 20))
        .when(won())
        .then(balance("ann", 80), debt("ann", 0), that([](const World& world) {
                  const auto& body = world.last_as<PaymentRestored>();
                  EXPECT_EQ(body.debt_reversed, Credits{20});
                  ASSERT_EQ(body.restored.size(), 2U);
                  EXPECT_EQ(body.restored[0].burned_from, GrantId{});
                  EXPECT_EQ(body.restored[0].amount, Credits{50});
                  EXPECT_TRUE(body.restored[0].terms.expires_at.is_never());
                  EXPECT_EQ(body.restored[1].amount, Credits{30});
              }));
}

TEST(WonDisputes, OfTwoLotsNumberTheNewGrants) {
    bought(ClawBack::debt, {.bonus = 10, .bonus_expires_in = 60, .expires_in = 60})
        .given(deduct("ann", 50), reversal(), grant("ann", 50), later(61))
        .when(won())
        .then(balance("ann", 110), grants_left("ann", {{5, 60}, {4, 40}, {6, 10}}));
}

TEST(WonDisputes, LeaveARefundTakenBack) {
    bought()
        .given(note(refunded("pay", "re_1", 30)), reversal())
        .then(balance("ann", 0))
        .when(won())
        .then(balance("ann", 70), lots_are("pay", {{30}}))
        .when(note(disputed("pay", DisputeStatus::lost)))
        .then(balance("ann", 0), lots_are("pay", {{100}}))
        .when(won())
        .then(nothing_done());
}

TEST(Reversals, CountWhereverTheEvidenceWasReadAt) {
    // A loss must be counted once, in the evidence or in the window, at every position between.
    const auto story = [] {
        Scene scene = bought(ClawBack::debt, {.expires_in = 60});
        scene.given(deduct("ann", 10), revoke(1, 20), later(61), sweep());
        return scene;
    };
    const Seq end = story().world().state().head.seq;
    for (std::uint64_t seq = 0; seq <= end.value; ++seq) {
        Scene told = story();
        told.when(reversal().as_of(Seq{seq}))
            .then(lots_are("pay", {{0, 10, 90}}), balance("ann", -10));
    }
}

}  // namespace
}  // namespace creditd::tests
