#include "daemon/payments/stripe_answers.hpp"

#include <gtest/gtest.h>

namespace creditd::daemon {
namespace {

HttpResult answer(int status, std::string body) {
    HttpResult result;
    result.status = status;
    result.body = std::move(body);
    return result;
}

template <class T>
T good(const CallResult<T>& result) {
    if (result) return *result;
    ADD_FAILURE() << result.error().message;
    return {};
}

template <class T>
CallError bad(const CallResult<T>& result) {
    if (!result) return result.error();
    ADD_FAILURE() << "no error";
    return {};
}

TEST(StripeAnswer, ASession) {
    const auto session = good(read_checkout_session(
        answer(200, R"({"id":"cs_1","url":"https://checkout.stripe.com/c/1","status":"open",)"
                    R"("payment_status":"unpaid","payment_intent":null,"subscription":null,)"
                    R"("customer":{"id":"cus_1"},"expires_at":1700000000,"amount_total":5})")));
    EXPECT_EQ(session.id, "cs_1");
    EXPECT_EQ(session.url, "https://checkout.stripe.com/c/1");
    EXPECT_EQ(session.status, "open");
    EXPECT_EQ(session.payment_status, "unpaid");
    EXPECT_EQ(session.payment_intent, "");
    EXPECT_EQ(session.customer, "cus_1");
    EXPECT_EQ(session.expires_at, Timestamp{1'700'000'000'000'000});
}

TEST(StripeAnswer, AnErrorSaysWhatStripeSays) {
    const auto error = bad(
        read_checkout_session(answer(402, R"({"error":{"type":"card_error","code":"card_declined",)"
                                          R"("message":"Your card was declined.","param":""}})")));
    EXPECT_EQ(error.status, 402);
    EXPECT_EQ(error.code, "card_declined");
    EXPECT_EQ(error.message, "Your card was declined.");
    EXPECT_FALSE(error.may_retry);
    const auto plain = bad(read_refund(answer(400, R"({"error":{"type":"api_error"}})")));
    EXPECT_EQ(plain.code, "api_error");
    EXPECT_EQ(plain.message, "Stripe answered 400.");
    EXPECT_EQ(bad(read_refund(answer(502, "<html>"))).message, "Stripe answered 502.");
    EXPECT_EQ(bad(read_refund(answer(401, R"({"error":[5]})"))).status, 401);
    EXPECT_EQ(bad(read_refund(answer(302, ""))).status, 302);
}

TEST(StripeAnswer, SaysWhetherItMayBeAskedAgain) {
    for (const int status : {409, 429, 500, 502, 503, 504}) {
        EXPECT_TRUE(bad(read_refund(answer(status, "{}"))).may_retry) << status;
    }
    for (const int status : {400, 401, 402, 403, 404, 410}) {
        EXPECT_FALSE(bad(read_refund(answer(status, "{}"))).may_retry) << status;
    }
    HttpResult none;
    none.error = "It took too long.";
    EXPECT_TRUE(bad(read_refund(none)).may_retry);
    EXPECT_EQ(bad(read_refund(none)).message, "It took too long.");
    HttpResult busy = answer(429, "{}");
    busy.retry_after = Duration::seconds(7);
    EXPECT_EQ(bad(read_refund(busy)).retry_after, Duration::seconds(7));
}

TEST(StripeAnswer, ThatLacksSomethingIsAnError) {
    EXPECT_EQ(bad(read_checkout_session(answer(200, "{}"))).message,
              "The answer cannot be read: #/id must be an id.");
    EXPECT_FALSE(read_checkout_session(answer(200, "")));
    EXPECT_FALSE(read_checkout_session(answer(200, "[]")));
    EXPECT_FALSE(read_portal_session(answer(200, R"({"url":null})")));
    EXPECT_FALSE(read_events(answer(200, R"({"has_more":false})")));
    EXPECT_FALSE(read_events(answer(200, R"({"data":"x"})")));
    HttpResult cut = answer(200, R"({"id":"cs_1"})");
    cut.is_cut = true;
    EXPECT_EQ(bad(read_checkout_session(cut)).message, "The answer is longer than it may be.");
}

TEST(StripeAnswer, ASubscription) {
    const auto subscription = good(read_subscription(answer(
        200, R"({"id":"sub_1","status":"active","customer":"cus_1","cancel_at_period_end":true,)"
             R"("items":{"data":[{"id":"si_1","current_period_end":9,"price":{"product":"prod_1",)"
             R"("unit_amount":1999,"currency":"usd"}}]}})")));
    EXPECT_EQ(subscription.item, "si_1");
    EXPECT_EQ(subscription.product, "prod_1");
    EXPECT_EQ(subscription.price, (Money{1999, Currency::of("USD")}));
    EXPECT_EQ(subscription.period_end, Timestamp{9'000'000});
    EXPECT_TRUE(subscription.cancel_at_period_end);
    EXPECT_FALSE(
        read_subscription(answer(200, R"({"id":"sub_1","status":"active","items":{"data":[]}})")));
}

TEST(StripeAnswer, PaymentMethodsAndInvoices) {
    const auto methods = good(read_payment_methods(answer(
        200, R"({"has_more":false,"data":[{"id":"pm_1","type":"card","card":{"brand":"visa",)"
             R"("last4":"4242","exp_month":8,"exp_year":2030}},{"id":"pm_2","type":"link"}]})")));
    ASSERT_EQ(methods.entries.size(), 2U);
    EXPECT_EQ(methods.entries[0].last4, "4242");
    EXPECT_EQ(methods.entries[0].exp_year, 2030);
    EXPECT_EQ(methods.entries[1].type, "link");
    const auto invoices = good(read_invoices(answer(
        200, R"({"has_more":true,"data":[{"id":"in_2","number":"A-2","status":"paid",)"
             R"("billing_reason":"subscription_cycle","total":1999,"amount_paid":1999,)"
             R"("currency":"usd","created":5,"hosted_invoice_url":"https://i","invoice_pdf":null},)"
             R"({"id":"in_1","total":-700,"currency":"usd"}]})")));
    EXPECT_TRUE(invoices.has_more);
    EXPECT_EQ(invoices.last, "in_1");
    EXPECT_EQ(invoices.entries.at(0).total, (Money{1999, Currency::of("USD")}));
    EXPECT_EQ(invoices.entries.at(0).hosted_url, "https://i");
    EXPECT_EQ(invoices.entries.at(1).total.minor, 0);
}

TEST(StripeAnswer, WhichInvoiceAPaymentIsOf) {
    const auto payments = good(read_invoice_payments(
        answer(200, R"({"has_more":false,"data":[{"id":"inpay_1","invoice":"in_1","status":"paid",)"
                    R"("payment":{"type":"payment_intent","payment_intent":"pi_1"}}]})")));
    ASSERT_EQ(payments.entries.size(), 1U);
    EXPECT_EQ(payments.entries[0].invoice, "in_1");
    EXPECT_EQ(payments.entries[0].payment_intent, "pi_1");
}

TEST(StripeAnswer, EventsThatCannotBeReadFailAlone) {
    const std::string broken = R"({"id":"evt_2","type":"charge.refunded","livemode":false,)"
                               R"("data":{"object":{"id":"ch_1","amount_refunded":-5}}})";
    const std::string fine = R"({"id":"evt_1","type":"charge.refunded","livemode":false,)"
                             R"("data":{"object":{"id":"ch_1","amount_refunded":5}}})";
    const std::string body =
        R"({"object":"list","data":[)" + broken + ", " + fine + R"(],"has_more":true})";
    const auto page = good(read_events(answer(200, body)));
    ASSERT_EQ(page.entries.size(), 2U);
    EXPECT_TRUE(page.has_more);
    EXPECT_EQ(page.last, "evt_1");
    EXPECT_EQ(page.entries[0].id, "evt_2");
    EXPECT_EQ(page.entries[0].news.error().pointer, "#/data/object/amount_refunded");
    EXPECT_EQ(page.entries[1].body, fine);
    ASSERT_TRUE(page.entries[1].news);
    EXPECT_EQ(*page.entries[1].news, *read_stripe_event(fine));
    const auto live = good(read_events(answer(200, body), {.livemode = true}));
    EXPECT_TRUE(std::holds_alternative<NothingTold>(live.entries[1].news->told));
}

TEST(StripeAnswer, ARefund) {
    const auto refund =
        good(read_refund(answer(200, R"({"id":"re_1","status":"pending","amount":500})")));
    EXPECT_EQ(refund.id, "re_1");
    EXPECT_EQ(refund.minor, 500);
    EXPECT_EQ(refund.status, "pending");
}

}  // namespace
}  // namespace creditd::daemon
