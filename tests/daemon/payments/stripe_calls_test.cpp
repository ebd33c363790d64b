#include "daemon/payments/stripe_calls.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "daemon/basics/query_text.hpp"
#include "daemon/outbound/url_rules.hpp"

namespace creditd::daemon {
namespace {

StripeCalls calls() { return StripeCalls({"https://api.stripe.com", Secret("sk_test_1")}); }

CheckoutAsk credits() {
    CheckoutAsk ask;
    ask.name = "500 credits & more";
    ask.price = {1999, Currency::of("USD")};
    ask.goods.account = "ada";
    ask.goods.order = "ord_1";
    ask.success_url = "https://shop.example/ok?s={CHECKOUT_SESSION_ID}";
    ask.cancel_url = "https://shop.example/no";
    return ask;
}

/// The fields of a form or a query, decoded.
std::vector<std::pair<std::string, std::string>> fields(std::string_view text) {
    const auto parsed = QueryParameters::parse(text);
    if (!parsed) ADD_FAILURE() << parsed.error().detail;
    if (!parsed) return {};
    return {parsed->list().begin(), parsed->list().end()};
}

std::string field(const HttpRequest& request, std::string_view name) {
    for (const auto& [key, value] : fields(request.body)) {
        if (key == name) return value;
    }
    return "(missing)";
}

bool has_header(const HttpRequest& request, std::string_view line) {
    return std::ranges::find(request.headers, line) != request.headers.end();
}

TEST(StripeCalls, SayWhoTheyAreAndInWhichVersion) {
    const HttpRequest request = calls().create_checkout_session(credits(), "ord_1");
    EXPECT_EQ(request.method, "POST");
    EXPECT_EQ(request.url, "https://api.stripe.com/v1/checkout/sessions");
    EXPECT_TRUE(has_header(request, "Authorization: Bearer sk_test_1"));
    EXPECT_TRUE(has_header(request, "Stripe-Version: 2025-03-31.basil"));
    EXPECT_TRUE(has_header(request, "Content-Type: application/x-www-form-urlencoded"));
    EXPECT_TRUE(has_header(request, "Idempotency-Key: ord_1"));
    for (const std::string& line : request.headers) EXPECT_TRUE(check_header(line)) << line;
    const HttpRequest get = calls().get_checkout_session("cs_1");
    EXPECT_EQ(get.method, "GET");
    EXPECT_EQ(get.headers.size(), 2U);
    EXPECT_TRUE(get.body.empty());
}

TEST(StripeCalls, ACheckoutForCreditsIsAPayment) {
    const HttpRequest request = calls().create_checkout_session(credits(), "k");
    EXPECT_EQ(field(request, "mode"), "payment");
    EXPECT_EQ(field(request, "client_reference_id"), "ada");
    EXPECT_EQ(field(request, "success_url"), "https://shop.example/ok?s={CHECKOUT_SESSION_ID}");
    EXPECT_EQ(field(request, "line_items[0][price_data][currency]"), "usd");
    EXPECT_EQ(field(request, "line_items[0][price_data][unit_amount]"), "1999");
    EXPECT_EQ(field(request, "line_items[0][price_data][product_data][name]"),
              "500 credits & more");
    EXPECT_EQ(field(request, "line_items[0][quantity]"), "1");
    EXPECT_EQ(field(request, "metadata[creditd_order]"), "ord_1");
    EXPECT_EQ(field(request, "payment_intent_data[metadata][creditd_account]"), "ada");
    EXPECT_EQ(field(request, "customer"), "(missing)");
    EXPECT_EQ(field(request, "expires_at"), "(missing)");
    EXPECT_EQ(field(request, "metadata[creditd_plan]"), "(missing)");
    EXPECT_EQ(field(request, "line_items[0][price_data][recurring][interval]"), "(missing)");
}

TEST(StripeCalls, ACheckoutWithAnIntervalIsASubscription) {
    CheckoutAsk ask = credits();
    ask.interval = Interval::year;
    ask.goods.interval = Interval::year;
    ask.goods.plan = "pro";
    ask.customer = "cus_1";
    ask.trial_days = 14;
    ask.expires_at = Timestamp{1'700'000'000'999'999};
    const HttpRequest request = calls().create_checkout_session(ask, "k");
    EXPECT_EQ(field(request, "mode"), "subscription");
    EXPECT_EQ(field(request, "line_items[0][price_data][recurring][interval]"), "year");
    EXPECT_EQ(field(request, "subscription_data[metadata][creditd_plan]"), "pro");
    EXPECT_EQ(field(request, "subscription_data[metadata][creditd_interval]"), "year");
    EXPECT_EQ(field(request, "subscription_data[trial_period_days]"), "14");
    EXPECT_EQ(field(request, "customer"), "cus_1");
    EXPECT_EQ(field(request, "expires_at"), "1700000000");
    EXPECT_EQ(field(request, "payment_intent_data[metadata][creditd_account]"), "(missing)");
}

TEST(StripeCalls, WhatIsNotOursStaysOneSegmentOrOneField) {
    EXPECT_EQ(calls().get_subscription("sub/../1?x").url,
              "https://api.stripe.com/v1/subscriptions/sub%2F..%2F1%3Fx");
    CheckoutAsk ask = credits();
    ask.goods.order = "a&mode=setup#\r\n%00";
    const HttpRequest request = calls().create_checkout_session(ask, "k");
    EXPECT_EQ(request.body.find("a&mode"), std::string::npos);
    EXPECT_EQ(request.body.find('\n'), std::string::npos);
}

TEST(StripeCalls, OfSubscriptions) {
    const HttpRequest later = calls().cancel_at_period_end("sub_1", true, "k");
    EXPECT_EQ(later.method, "POST");
    EXPECT_EQ(later.url, "https://api.stripe.com/v1/subscriptions/sub_1");
    EXPECT_EQ(later.body, "cancel_at_period_end=true");
    EXPECT_EQ(calls().cancel_at_period_end("sub_1", false, "k").body, "cancel_at_period_end=false");
    EXPECT_EQ(calls().cancel_now("sub_1").method, "DELETE");
    StripeSubscription now;
    now.id = "sub_1";
    now.item = "si_1";
    now.product = "prod_1";
    const HttpRequest change =
        calls().change_plan(now, {"team", Interval::month, {4900, Currency::of("EUR")}}, "k");
    EXPECT_EQ(change.url, "https://api.stripe.com/v1/subscriptions/sub_1");
    EXPECT_EQ(field(change, "items[0][id]"), "si_1");
    EXPECT_EQ(field(change, "items[0][price_data][product]"), "prod_1");
    EXPECT_EQ(field(change, "items[0][price_data][unit_amount]"), "4900");
    EXPECT_EQ(field(change, "items[0][price_data][recurring][interval]"), "month");
    EXPECT_EQ(field(change, "proration_behavior"), "create_prorations");
    EXPECT_EQ(field(change, "metadata[creditd_plan]"), "team");
}

TEST(StripeCalls, Lists) {
    const HttpRequest events = calls().list_events(Timestamp{1'700'000'000'500'000}, "evt_9");
    const std::string_view query = std::string_view(events.url).substr(events.url.find('?') + 1);
    EXPECT_EQ(fields(query),
              (std::vector<std::pair<std::string, std::string>>{
                  {"created[gte]", "1700000000"}, {"limit", "100"}, {"starting_after", "evt_9"}}));
    EXPECT_EQ(calls().list_events({}, "").url.find("starting_after"), std::string::npos);
    EXPECT_EQ(calls().list_payment_methods("cus_1").url,
              "https://api.stripe.com/v1/customers/cus_1/payment_methods?limit=100");
    EXPECT_EQ(calls().list_invoices("cus_1", "").url,
              "https://api.stripe.com/v1/invoices?customer=cus_1&limit=100");
    EXPECT_EQ(calls().list_payments_of_invoice("in_1").url,
              "https://api.stripe.com/v1/invoice_payments?invoice=in_1");
}

TEST(StripeCalls, ARefundIsOfAPayment) {
    const auto part = calls().create_refund({"pi_1", 500}, "k");
    ASSERT_TRUE(part);
    EXPECT_EQ(part->body, "payment_intent=pi_1&amount=500");
    EXPECT_EQ(calls().create_refund({"ch_1", std::nullopt}, "k")->body, "charge=ch_1");
    EXPECT_FALSE(calls().create_refund({"in_1", 500}, "k"));
    EXPECT_FALSE(calls().create_refund({"", 500}, "k"));
}

TEST(StripeCalls, EveryUrlCanBeCalled) {
    const StripeCalls local({"http://127.0.0.1:8080/", Secret("sk_test_1")});
    EXPECT_EQ(local.cancel_now("sub_1").url, "http://127.0.0.1:8080/v1/subscriptions/sub_1");
    for (const HttpRequest& request :
         {calls().create_portal_session("cus_1", "https://shop.example", "k"),
          calls().expire_checkout_session("cs_1", "k"), calls().list_events({}, "evt_1"),
          calls().list_invoices_of_payment("pi_1")}) {
        EXPECT_TRUE(check_url(request.url, true)) << request.url;
    }
}

}  // namespace
}  // namespace creditd::daemon
