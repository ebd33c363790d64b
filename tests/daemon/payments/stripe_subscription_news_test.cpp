#include <gtest/gtest.h>

#include "tests/daemon/payments/stripe_events.hpp"

namespace creditd::daemon::tests {
namespace {

constexpr std::int64_t second = 1'000'000;

std::string subscription(std::string_view status, std::string_view more = "") {
    return R"({"id":"sub_1","object":"subscription","status":")" + std::string(status) +
           R"(","cancel_at_period_end":false,"metadata":{"creditd_account":"ada",)"
           R"("creditd_plan":"pro","creditd_interval":"month"})" +
           std::string(more) + "}";
}

SubscriptionTold updated(std::string_view status, std::string_view more = "") {
    return stripe_told<SubscriptionTold>("customer.subscription.updated",
                                         subscription(status, more));
}

TEST(StripeSubscription, TellsHowItStands) {
    const ProviderNews news = stripe_news("customer.subscription.created", subscription("active"));
    EXPECT_EQ(told<SubscriptionTold>(news).subscription, "sub_1");
    EXPECT_EQ(news.goods.account, "ada");
    EXPECT_EQ(news.goods.plan, "pro");
    EXPECT_EQ(news.goods.interval, Interval::month);
    for (const std::string_view status : {"active", "trialing"}) {
        EXPECT_TRUE(updated(status).is_running);
        EXPECT_FALSE(updated(status).is_past_due);
    }
    for (const std::string_view status : {"past_due", "unpaid", "paused"}) {
        EXPECT_TRUE(updated(status).is_running);
        EXPECT_TRUE(updated(status).is_past_due);
    }
    for (const std::string_view status : {"canceled", "incomplete_expired"}) {
        EXPECT_FALSE(updated(status).is_running);
        EXPECT_FALSE(updated(status).is_past_due);
    }
    stripe_told<NothingTold>("customer.subscription.created", subscription("incomplete"));
    EXPECT_EQ(stripe_fault("customer.subscription.updated", subscription("asleep")),
              "#/data/object/status");
}

TEST(StripeSubscription, DeletedHasEnded) {
    const auto ended =
        stripe_told<SubscriptionTold>("customer.subscription.deleted", subscription("past_due"));
    EXPECT_FALSE(ended.is_running);
    EXPECT_FALSE(ended.is_past_due);
    EXPECT_FALSE(
        stripe_told<SubscriptionTold>("customer.subscription.deleted", subscription("incomplete"))
            .is_running);
}

TEST(StripeSubscription, ItsPeriodIsItsOwnOrThatOfItsItems) {
    EXPECT_EQ(updated("active").period_end, std::nullopt);
    EXPECT_EQ(updated("active", R"(,"current_period_end":1700000000)").period_end,
              Timestamp{1'700'000'000 * second});
    EXPECT_EQ(updated("active", R"(,"items":{"object":"list","data":[{"id":"si_1",)"
                                R"("current_period_end":5},{"current_period_end":7},{}]})")
                  .period_end,
              Timestamp{7 * second});
}

TEST(StripeSubscription, EndsWithItsPeriodHoweverItIsSaid) {
    EXPECT_FALSE(updated("active").cancel_at_period_end);
    EXPECT_TRUE(updated("active", R"(,"cancel_at":1700000000)").cancel_at_period_end);
    EXPECT_TRUE(updated("active", R"(,"cancel_at":5,"current_period_end":5)").cancel_at_period_end);
    EXPECT_FALSE(
        updated("active", R"(,"cancel_at":6,"current_period_end":5)").cancel_at_period_end);
    std::string text = subscription("active");
    text.replace(text.find("false"), 5, "true");
    EXPECT_TRUE(
        stripe_told<SubscriptionTold>("customer.subscription.paused", text).cancel_at_period_end);
}

std::string invoice(std::string_view reason, std::string_view more) {
    return R"({"id":"in_1","object":"invoice","amount_due":1999,"amount_paid":1999,)"
           R"("currency":"eur","billing_reason":")" +
           std::string(reason) +
           R"(","lines":{"data":[{"period":{"start":1,"end":5}},{"period":{"end":9}},)"
           R"({"period":{"end":3}}]})" +
           std::string(more) + "}";
}

constexpr std::string_view old_shape = R"(,"subscription":"sub_1","payment_intent":"pi_1",)"
                                       R"("subscription_details":{"metadata":{)"
                                       R"("creditd_account":"ada"}})";
constexpr std::string_view basil_shape = R"(,"parent":{"type":"subscription_details",)"
                                         R"("subscription_details":{"subscription":"sub_1",)"
                                         R"("metadata":{"creditd_account":"ada"}}})";

TEST(StripeInvoice, OfACycleIsItsPayment) {
    for (const std::string_view shape : {old_shape, basil_shape}) {
        const ProviderNews news = stripe_news("invoice.paid", invoice("subscription_cycle", shape));
        const auto cycle = told<CyclePaid>(news);
        EXPECT_EQ(cycle.subscription, "sub_1");
        EXPECT_FALSE(cycle.is_first);
        EXPECT_EQ(cycle.payment.provider, "stripe");
        EXPECT_EQ(cycle.payment.payment_id, "in_1");
        EXPECT_TRUE(cycle.payment.paid);
        EXPECT_EQ(cycle.payment.amount, (Money{1999, Currency::of("EUR")}));
        EXPECT_EQ(cycle.period_end, Timestamp{9 * second});
        EXPECT_EQ(news.goods.account, "ada");
        EXPECT_TRUE(
            stripe_told<CyclePaid>("invoice.paid", invoice("subscription_create", shape)).is_first);
    }
}

TEST(StripeInvoice, AnExpandedSubscriptionIsItsId) {
    EXPECT_EQ(stripe_told<CyclePaid>("invoice.paid", invoice("subscription_cycle",
                                                             R"(,"subscription":{"id":"sub_7"})"))
                  .subscription,
              "sub_7");
}

TEST(StripeInvoice, OfAChangeBeginsNoCycle) {
    for (const std::string_view reason :
         {"subscription_update", "subscription_threshold", "manual", "quote_accept"}) {
        stripe_told<NothingTold>("invoice.paid", invoice(reason, basil_shape));
    }
}

TEST(StripeInvoice, WithoutSubscriptionIsAPaymentOfWhoItNames) {
    const std::string named = invoice("manual", R"(,"metadata":{"creditd_account":"ada"})");
    const PaymentNews payment = stripe_told<PaymentTold>("invoice.paid", named).payment;
    EXPECT_EQ(payment.payment_id, "in_1");
    EXPECT_TRUE(payment.paid);
    stripe_told<NothingTold>("invoice.paid", invoice("manual", ""));
    stripe_told<NothingTold>("invoice.paid", invoice("subscription_create", R"(,"parent":null)"));
}

TEST(StripeInvoice, ThatFailedNamesTheSubscription) {
    for (const std::string_view shape : {old_shape, basil_shape}) {
        EXPECT_EQ(
            stripe_told<CycleFailed>("invoice.payment_failed", invoice("subscription_cycle", shape))
                .subscription,
            "sub_1");
    }
    stripe_told<NothingTold>("invoice.payment_failed", invoice("manual", ""));
}

TEST(StripeInvoice, WithoutAmountIsNotGuessedAt) {
    EXPECT_EQ(stripe_fault("invoice.paid", R"({"id":"in_1","billing_reason":"subscription_cycle",)"
                                           R"("subscription":"sub_1","currency":"usd"})"),
              "#/data/object/amount_paid");
}

}  // namespace
}  // namespace creditd::daemon::tests
