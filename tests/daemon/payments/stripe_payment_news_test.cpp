#include <gtest/gtest.h>

#include "replay/sha256.hpp"
#include "tests/daemon/payments/stripe_events.hpp"

namespace creditd::daemon::tests {
namespace {

constexpr std::string_view session = R"({"id":"cs_1","object":"checkout.session",)"
                                     R"("mode":"payment","payment_status":"paid",)"
                                     R"("client_reference_id":"ada","amount_total":1999,)"
                                     R"("currency":"usd","payment_intent":"pi_1",)"
                                     R"("metadata":{"creditd_order":"ord_1"}})";

std::string with(std::string_view text, std::string_view from, std::string_view to) {
    std::string changed(text);
    const std::size_t at = changed.find(from);
    EXPECT_NE(at, std::string::npos) << from;
    return changed.replace(at, from.size(), to);
}

constexpr std::string_view completed = "checkout.session.completed";

TEST(StripeSession, PaidIsAPayment) {
    const ProviderNews news = stripe_news(completed, session);
    EXPECT_EQ(news.notification, "evt_1");
    EXPECT_EQ(news.type, completed);
    EXPECT_EQ(news.at, Timestamp{1'700'000'000'000'000});
    EXPECT_EQ(news.goods.account, "ada");
    EXPECT_EQ(news.goods.order, "ord_1");
    PaymentNews expected;
    expected.provider = "stripe";
    expected.payment_id = "pi_1";
    expected.payment_digest = replay::digest128('p', "stripe", "pi_1");
    expected.paid = true;
    expected.amount = {1999, Currency::of("USD")};
    EXPECT_EQ(told<PaymentTold>(news).payment, expected);
}

TEST(StripeSession, UnpaidWaits) {
    const std::string unpaid = with(session, R"("paid")", R"("unpaid")");
    EXPECT_EQ(stripe_told<NothingTold>(completed, unpaid).why,
              "The session is complete, and waits for the payment.");
    EXPECT_EQ(stripe_news(completed, unpaid).goods.order, "ord_1");
    const auto later =
        stripe_told<PaymentTold>("checkout.session.async_payment_succeeded", session);
    EXPECT_EQ(later, stripe_told<PaymentTold>(completed, session));
}

TEST(StripeSession, WhatCostsNothingIsPaidUnderTheSessionsId) {
    const std::string free =
        R"({"id":"cs_1","mode":"payment","payment_status":"no_payment_required",)"
        R"("amount_total":0,"currency":"usd","payment_intent":null})";
    const PaymentNews payment = stripe_told<PaymentTold>(completed, free).payment;
    EXPECT_TRUE(payment.paid);
    EXPECT_EQ(payment.payment_id, "cs_1");
    EXPECT_EQ(payment.amount.minor, 0);
}

TEST(StripeSession, FailedAndExpiredAreOrders) {
    EXPECT_EQ(stripe_told<OrderTold>("checkout.session.async_payment_failed", session).status,
              OrderStatus::failed);
    EXPECT_EQ(stripe_told<OrderTold>("checkout.session.expired", session).status,
              OrderStatus::expired);
    stripe_told<NothingTold>("checkout.session.expired", R"({"id":"cs_1","metadata":{}})");
}

TEST(StripeSession, OfASubscriptionNeverCredits) {
    const std::string subscribed =
        R"({"id":"cs_1","mode":"subscription","payment_status":"paid","subscription":"sub_1",)"
        R"("client_reference_id":"ada","amount_total":1999,"currency":"usd","invoice":"in_1",)"
        R"("metadata":{"creditd_order":"ord_1","creditd_plan":"pro","creditd_interval":"year",)"
        R"("creditd_account":"bob"}})";
    const ProviderNews news = stripe_news(completed, subscribed);
    EXPECT_EQ(told<SubscriptionTold>(news).subscription, "sub_1");
    EXPECT_TRUE(told<SubscriptionTold>(news).is_running);
    EXPECT_EQ(news.goods, (NewsGoods{.account = "bob",
                                     .order = "ord_1",
                                     .package = {},
                                     .credits = {},
                                     .plan = "pro",
                                     .interval = Interval::year}));
    stripe_told<NothingTold>(completed, with(subscribed, "paid", "unpaid"));
}

TEST(StripeSession, OfAnotherModeOrStatusIsNotGuessedAt) {
    stripe_told<NothingTold>(completed, with(session, R"("payment")", R"("setup")"));
    EXPECT_EQ(stripe_fault(completed, with(session, R"("payment")", R"("gift")")),
              "#/data/object/mode");
    EXPECT_EQ(stripe_fault(completed, with(session, R"("paid")", R"("half")")),
              "#/data/object/payment_status");
    EXPECT_EQ(stripe_fault(completed, with(session, "1999", "-1999")),
              "#/data/object/amount_total");
    EXPECT_EQ(stripe_fault(completed, with(session, R"("usd")", "null")), "#/data/object/currency");
    EXPECT_EQ(stripe_fault(completed, with(session, R"("usd")", R"("u$d")")),
              "#/data/object/currency");
    EXPECT_EQ(stripe_fault(completed, with(session, R"("ord_1")", R"("o","creditd_interval":"d")")),
              "#/data/object/metadata/creditd_interval");
}

TEST(StripeSession, AnExpandedIntentIsItsId) {
    const std::string expanded =
        with(session, R"("pi_1")", R"({"id":"pi_1","object":"payment_intent","amount":1999})");
    EXPECT_EQ(stripe_told<PaymentTold>(completed, expanded),
              stripe_told<PaymentTold>(completed, session));
    EXPECT_EQ(stripe_fault(completed, with(session, R"("pi_1")", R"({"object":"payment_intent"})")),
              "#/data/object/payment_intent/id");
}

TEST(StripePaymentIntent, TellsWhatItsSessionTells) {
    const std::string intent =
        R"({"id":"pi_1","amount":1999,"amount_received":1999,"currency":"usd",)"
        R"("metadata":{"creditd_account":"ada","creditd_order":"ord_1"}})";
    EXPECT_EQ(stripe_told<PaymentTold>("payment_intent.succeeded", intent),
              stripe_told<PaymentTold>(completed, session));
    stripe_told<NothingTold>("payment_intent.succeeded",
                             with(intent, R"("amount":1999)", R"("invoice":"in_1")"));
    stripe_told<NothingTold>("payment_intent.succeeded",
                             R"({"id":"pi_1","amount_received":5,"currency":"usd"})");
}

TEST(StripeCharge, TellsWhatWasRefundedSoFar) {
    const PaymentNews old = stripe_told<PaymentTold>(
                                "charge.refunded", R"({"id":"ch_1","amount":1999,"invoice":"in_1",)"
                                                   R"("amount_refunded":500,)"
                                                   R"("payment_intent":"pi_1"})")
                                .payment;
    EXPECT_EQ(old.payment_id, "in_1");
    EXPECT_EQ(old.refunded_minor, 500);
    EXPECT_FALSE(old.paid);
    const auto id_of = [](std::string_view charge) {
        return stripe_told<PaymentTold>("charge.refunded", charge).payment.payment_id;
    };
    EXPECT_EQ(id_of(R"({"id":"ch_1","amount_refunded":1,"payment_intent":"pi_1"})"), "pi_1");
    EXPECT_EQ(id_of(R"({"id":"ch_1","amount_refunded":1,"payment_intent":null})"), "ch_1");
    EXPECT_EQ(stripe_fault("charge.refunded", R"({"id":"ch_1"})"), "#/data/object/amount_refunded");
}

TEST(StripeRefund, HasANameAndAStatus) {
    const auto refund = [](std::string_view status, std::string_view type = "refund.updated") {
        const std::string object = R"({"id":"re_1","amount":500,"charge":"ch_1",)"
                                   R"("payment_intent":"pi_1","status":)" +
                                   std::string(status) + "}";
        return stripe_told<PaymentTold>(type, object).payment;
    };
    EXPECT_EQ(refund(R"("succeeded")").payment_id, "pi_1");
    EXPECT_EQ(refund(R"("succeeded")").refunds,
              (std::vector<PaymentRefund>{{"re_1", 500, RefundStatus::succeeded}}));
    EXPECT_EQ(refund(R"("pending")", "refund.created").refunds[0].status, RefundStatus::pending);
    EXPECT_EQ(refund(R"("requires_action")").refunds[0].status, RefundStatus::pending);
    EXPECT_EQ(refund("null").refunds[0].status, RefundStatus::pending);
    EXPECT_EQ(refund(R"("failed")", "refund.failed").refunds[0].status, RefundStatus::failed);
    EXPECT_EQ(refund(R"("canceled")", "charge.refund.updated").refunds[0].status,
              RefundStatus::failed);
    EXPECT_EQ(stripe_fault("refund.updated",
                           R"({"id":"re_1","amount":5,"charge":"ch_1","status":"maybe"})"),
              "#/data/object/status");
}

TEST(StripeRefund, FindsThePaymentInAnExpandedCharge) {
    const std::string object =
        R"({"id":"re_1","amount":5,"status":"succeeded",)"
        R"("charge":{"id":"ch_1","invoice":"in_1","payment_intent":"pi_1"}})";
    EXPECT_EQ(stripe_told<PaymentTold>("refund.created", object).payment.payment_id, "in_1");
    EXPECT_EQ(stripe_fault("refund.created", R"({"id":"re_1","amount":5,"status":"succeeded"})"),
              "#/data/object/charge");
}

TEST(StripeDispute, IsOpenWonOrLost) {
    const auto standing = [](std::string_view event, std::string_view status) {
        const std::string object = R"({"id":"dp_1","amount":1999,"charge":"ch_1",)"
                                   R"("payment_intent":"pi_1","status":")" +
                                   std::string(status) + "\"}";
        const PaymentNews news =
            stripe_told<PaymentTold>("charge.dispute." + std::string(event), object).payment;
        EXPECT_EQ(news.payment_id, "pi_1");
        EXPECT_EQ(news.disputes.at(0).id, "dp_1");
        return news.disputes.at(0).status;
    };
    EXPECT_EQ(standing("created", "needs_response"), DisputeStatus::open);
    EXPECT_EQ(standing("updated", "under_review"), DisputeStatus::open);
    EXPECT_EQ(standing("funds_withdrawn", "needs_response"), DisputeStatus::open);
    EXPECT_EQ(standing("closed", "won"), DisputeStatus::won);
    EXPECT_EQ(standing("closed", "lost"), DisputeStatus::lost);
    EXPECT_EQ(standing("closed", "warning_closed"), DisputeStatus::won);
    EXPECT_EQ(standing("closed", "prevented"), DisputeStatus::won);
    EXPECT_EQ(standing("funds_reinstated", "under_review"), DisputeStatus::won);
}

TEST(StripeDispute, AnInquiryTakesNoMoney) {
    for (const std::string_view status : {"warning_needs_response", "warning_under_review"}) {
        const std::string object =
            R"({"id":"dp_1","charge":"ch_1","status":")" + std::string(status) + "\"}";
        stripe_told<NothingTold>("charge.dispute.created", object);
    }
    EXPECT_EQ(stripe_fault("charge.dispute.created",
                           R"({"id":"dp_1","charge":"ch_1","status":"sleeping"})"),
              "#/data/object/status");
}

}  // namespace
}  // namespace creditd::daemon::tests
