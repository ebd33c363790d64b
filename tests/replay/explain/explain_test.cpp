// What customers are told of their transactions, word for word.
#include "tests/replay/explain/story.hpp"

#include "replay/names.hpp"
#include "replay/sha256.hpp"
#include "tests/support/random_commands.hpp"

namespace creditd::tests {
namespace {

/// An image: 2 credits, 0.5 for each 10 seconds, half as much again in HD.
SetFeature image() {
    SetFeature feature;
    feature.key = "image";
    feature.price = Credits{200};
    feature.rules.per = {
        {Credits{50}, "seconds", Measure{10 * Measure::one}, StepRounding::up, ""}};
    feature.rules.options = {{"hd", {500'000, {}}}};
    return feature;
}

PriceRequest two_images() {
    PriceRequest price;
    price.feature = "image";
    price.quantity = 2;
    price.units = {{"seconds", Measure{25 * Measure::one}}};
    price.options = {"hd"};
    return price;
}

using Uses = Story;

TEST_F(Uses, OfAFeatureTellPriceAndGrants) {
    done(image());
    give(6, GrantKind::plan, in_days(10));
    give(50, GrantKind::purchase, {}, 500);
    DeductCredits command{"ann", two_images(), false};
    command.price.user = "u1";
    command.price.model = "m2";
    done(command);
    EXPECT_EQ(all_told_of(world_.last().seq, whole(3)), golden("a deduction of a feature, whole"));
}

TEST_F(Uses, BeyondWhatIsThereAreOwed) {
    PutAccount limit{"ann", {}, whole(20), false};
    done(limit);
    give(5, GrantKind::signup);
    spend(12);
    EXPECT_EQ(told(), golden("a deduction beyond what is there"));
    give(10, GrantKind::promo);
    EXPECT_EQ(told(), golden("a grant that repays a debt"));
}

TEST_F(Uses, MayBePartialOrRefused) {
    done(image());
    give(4, GrantKind::admin);
    world_.run(DeductCredits{"ann", two_images(), false});
    EXPECT_EQ(told(), golden("a refused deduction"));
    done(DeductCredits{"ann", two_images(), true});
    EXPECT_EQ(told(), golden("a partial deduction"));
}

using Refunds = Story;

TEST_F(Refunds, TellWhatCameBackWhereAndWhatCouldNot) {
    const GrantId revoked = give(1, GrantKind::admin);
    give(2, GrantKind::promo, in_days(3));
    give(4, GrantKind::plan, in_days(30));
    spend(7);
    const DeductionId deduction = last_deduction();
    done(RefundDeduction{deduction, Credits{50}});
    EXPECT_EQ(told(), golden("a refund of a part"));
    // Half of the grant is back, and taken away for good.
    done(RevokeGrant{revoked, {}});
    EXPECT_EQ(told(), golden("a revocation"));
    after_days(4);
    done(RefundDeduction{deduction, {}});
    EXPECT_EQ(told(), golden("a refund after revocation and expiry"));
}

TEST_F(Refunds, LowerADebt) {
    done(PutAccount{"ann", {}, whole(20), false});
    spend(12);
    give(5, GrantKind::admin);
    done(RefundDeduction{last_deduction(), {}});
    EXPECT_EQ(told(), golden("a refund of a debt"));
}

using Holds = Story;

TEST_F(Holds, TellWhatIsReservedTakenAndReleased) {
    give(6, GrantKind::plan, in_days(2));
    give(50, GrantKind::admin);
    done(PlaceHold{"ann", plain(20), Duration::days(5), OnExpiry::release});
    const HoldId hold = world_.facts().holds().back();
    EXPECT_EQ(told(), golden("a hold"));
    done(ExtendHold{hold, whole(5), {}});
    EXPECT_EQ(told(), golden("an extended hold"));
    done(CaptureHold{hold, whole(4), false});
    EXPECT_EQ(told(), golden("a capture of a part"));
    after_days(3);
    done(ReleaseHold{hold});
    EXPECT_EQ(told(), golden("a release"));
}

TEST_F(Holds, EndByTimeAsWasAgreed) {
    give(30, GrantKind::admin);
    done(PlaceHold{"ann", plain(20), Duration::days(5), OnExpiry::capture});
    done(PlaceHold{"ann", plain(3), Duration::days(6), OnExpiry::release});
    after_days(7);
    EXPECT_EQ(told_of_last<HoldCaptured>(), golden("a capture by time"));
    EXPECT_EQ(told_of_last<HoldReleased>(), golden("a release by time"));
}

using Grants = Story;

TEST_F(Grants, BeginAndEnd) {
    GrantCredits command;
    command.account = "ann";
    command.amount = whole(9);
    command.effective_at = in_days(1);
    command.expiry.at = in_days(3);
    command.features = {"image", "text", "video"};
    done(command);
    EXPECT_EQ(told(), golden("a grant for later"));
    after_days(2);
    EXPECT_EQ(told_of_last<GrantActivated>(), golden("a grant that begins"));
    after_days(2);
    EXPECT_EQ(told_of_last<GrantExpired>(), golden("an expiry"));
}

TEST_F(Grants, AreBoughtWithABonus) {
    Package package;
    package.id = "large";
    package.credits = whole(500);
    package.bonus = whole(50);
    package.price = {1'500, Currency::of("USD")};
    package.bonus_expires_in = Duration::days(30);
    done(SetOffer{package});
    PurchaseCredits command;
    command.account = "ann";
    command.provider = "stripe";
    command.payment_id = "pi_1";
    command.payment_digest = replay::digest128('p', "stripe", "pi_1");
    command.payment = package.price;
    command.package = package.id;
    done(command);
    EXPECT_EQ(told(), golden("a purchase with a bonus"));
}

/// What is told of a payment of 10.00 USD.
NotePayment news(PaymentDispute dispute, std::int64_t refunded_cents = 0) {
    NotePayment command;
    command.account = "ann";
    command.news.provider = "stripe";
    command.news.payment_id = "pi_2";
    command.news.payment_digest = replay::digest128('p', "stripe", "pi_2");
    command.news.refunded_minor = refunded_cents;
    if (!dispute.id.empty()) command.news.disputes.push_back(std::move(dispute));
    return command;
}

TEST_F(Grants, AreTakenAndGivenBackWithTheirPayment) {
    PurchaseCredits command;
    command.account = "ann";
    command.amount = whole(100);
    command.provider = "stripe";
    command.payment_id = "pi_2";
    command.payment_digest = replay::digest128('p', "stripe", "pi_2");
    command.payment = {1'000, Currency::of("USD")};
    done(command);
    done(news({}, 100));
    EXPECT_EQ(told_of_last<PaymentReversed>(), golden("a payment that was refunded in part"));
    spend(60);
    done(news({"dp_1", DisputeStatus::open}));
    EXPECT_EQ(told_of_last<PaymentReversed>(), golden("a payment that is disputed"));
    done(news({"dp_1", DisputeStatus::won}));
    EXPECT_EQ(told_of_last<PaymentRestored>(), golden("a payment whose dispute was won"));
}

TEST_F(Grants, OfPromotionsAndReferrals) {
    Promotion promotion;
    promotion.code = "SPRING";
    promotion.credits = whole(1);
    promotion.expires_in = Duration::days(7);
    done(SetOffer{promotion});
    done(RedeemPromotion{"ann", "SPRING"});
    EXPECT_EQ(told(), golden("a promotion"));
    CatalogSettings settings;
    settings.referral.referrer = whole(8);
    done(SetOffer{settings});
    world_.put_account("bob");
    done(ReferAccount{"ann", "bob"});
    PurchaseCredits command;
    command.account = "ann";
    command.amount = whole(10);
    command.provider = "midtrans";
    command.payment_id = "order-7";
    command.payment_digest = replay::digest128('p', "midtrans", "order-7");
    command.payment = {1'000, Currency::of("JPY")};
    done(command);
    EXPECT_EQ(told(), golden("a purchase in a currency without cents"));
    world_.sweep_due();
    EXPECT_EQ(told(), golden("a referral without reward"));
    EXPECT_EQ(told_of(Seq{world_.last().seq.value - 1}), golden("a referral's reward"));
}

TEST_F(Grants, MoveBetweenAccounts) {
    world_.put_account("bob", 600);
    world_.deduct("bob", 150);
    give(6, GrantKind::plan, in_days(10));
    give(50, GrantKind::purchase, {}, 500);
    done(TransferCredits{"ann", "bob", whole(10)});
    EXPECT_EQ(told_of_last<TransferredOut>(), golden("a transfer out"));
    EXPECT_EQ(told_of_last<TransferredIn>(), golden("a transfer in"));
}

using Subscriptions = Story;

TEST_F(Subscriptions, TellEveryStep) {
    Plan basic;
    basic.id = "basic";
    basic.credits = whole(100);
    basic.rollover = Rollover::capped;
    basic.rollover_max = whole(30);
    basic.trial_days = 3;
    Plan studio;
    studio.id = "studio";
    studio.unlimited = true;
    studio.features = {"image"};
    studio.grace_days = 5;
    done(SetOffer{basic});
    done(SetOffer{studio});
    done(Subscribe{"ann", "basic", Interval::month, SubscriptionSource::calendar, {}});
    EXPECT_EQ(told(), golden("a trial"));
    after_days(4);
    EXPECT_EQ(told(), golden("a renewal with a capped rollover"));
    done(ChangeSubscription{"ann", "studio", {}, true});
    EXPECT_EQ(told(), golden("a change at the period's end"));
    done(CancelSubscription{"ann", true});
    EXPECT_EQ(told(), golden("a cancellation at the period's end"));
    done(ResumeSubscription{"ann"});
    EXPECT_EQ(told(), golden("a resumption"));
    done(ChangeSubscription{"ann", "studio", {}, false});
    EXPECT_EQ(told(), golden("a change at once"));
    done(CancelSubscription{"ann", false});
    EXPECT_EQ(told(), golden("an end at once"));
    done(Subscribe{"ann", "studio", Interval::month, SubscriptionSource::provider, {}});
    done(SuspendSubscription{"ann"});
    EXPECT_EQ(told(), golden("a missed payment"));
}

TEST(Explanations, AreThereForEveryTransactionOfRandomLedgers) {
    LedgerWorld world(2);
    RandomCommands(5, 20).steps(world, 3'000);
    replay::MemoryJournal journal(std::make_shared<replay::MemoryStore>());
    ASSERT_TRUE(journal.open());
    world.append_to(journal);
    replay::EventLookup lookup(journal);
    std::size_t told = 0;
    for (const DecidedEvent& decided : world.events()) {
        const Event& event = decided.event;
        const auto read = replay::read_explanation(lookup, event.seq, 2);
        ASSERT_TRUE(read);
        ASSERT_EQ(read->has_value(), !replay::transaction_type(event).empty());
        if (!*read) continue;
        ++told;
        const std::string text = replay::explanation_text(**read);
        // Head, what happened, balance, who asked.
        EXPECT_GE(std::ranges::count(text, '\n'), 4) << text;
        EXPECT_TRUE(text.ends_with(".\n")) << text;
    }
    EXPECT_GT(told, 1'500U);
}

}  // namespace
}  // namespace creditd::tests
