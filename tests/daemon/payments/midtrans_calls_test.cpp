#include "daemon/payments/midtrans_calls.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "daemon/outbound/url_rules.hpp"

namespace creditd::daemon {
namespace {

MidtransCalls calls() {
    return MidtransCalls({"https://api.sandbox.midtrans.com", Secret("SB-Mid-server-abc"), ""});
}

QrisAsk ask(std::int64_t minor = 27'500'000) {
    QrisAsk result;
    result.order = "ord_1";
    result.price = {minor, Currency::of("IDR")};
    result.name = "500 credits";
    return result;
}

bool has_header(const HttpRequest& request, std::string_view line) {
    return std::ranges::find(request.headers, line) != request.headers.end();
}

HttpResult answer(int status, std::string body) {
    HttpResult result;
    result.status = status;
    result.body = std::move(body);
    return result;
}

TEST(MidtransCalls, AChargeIsOfWholeRupiah) {
    const auto request = calls().charge_qris(ask());
    ASSERT_TRUE(request);
    EXPECT_EQ(request->method, "POST");
    EXPECT_EQ(request->url, "https://api.sandbox.midtrans.com/v2/charge");
    // base64 of `SB-Mid-server-abc:`
    EXPECT_TRUE(has_header(*request, "Authorization: Basic U0ItTWlkLXNlcnZlci1hYmM6"));
    EXPECT_TRUE(has_header(*request, "Idempotency-Key: ord_1-charge"));
    EXPECT_EQ(request->body,
              R"({"payment_type":"qris","transaction_details":{"order_id":"ord_1",)"
              R"("gross_amount":275000},"item_details":[{"id":"ord_1","price":275000,)"
              R"("quantity":1,"name":"500 credits"}],"qris":{"acquirer":"gopay"},)"
              R"("custom_expiry":{"expiry_duration":15,"unit":"minute"}})");
    for (const std::string& line : request->headers) EXPECT_TRUE(check_header(line)) << line;
    EXPECT_FALSE(calls().charge_qris(ask(27'500'050)));
    EXPECT_FALSE(calls().charge_qris(ask(0)));
    EXPECT_FALSE(calls().charge_qris(ask(-100)));
    QrisAsk dollars = ask();
    dollars.price.currency = Currency::of("USD");
    EXPECT_FALSE(calls().charge_qris(dollars));
}

TEST(MidtransCalls, AnOrderHasAnIdThatMidtransTakes) {
    for (const std::string_view id : {"", "a b", "a/b", "a#b", "ä"}) {
        QrisAsk odd = ask();
        odd.order = id;
        EXPECT_FALSE(calls().charge_qris(odd)) << id;
    }
    QrisAsk longest = ask();
    longest.order = std::string(50, 'a');
    EXPECT_TRUE(calls().charge_qris(longest));  // without an idempotency key
    longest.order += 'a';
    EXPECT_FALSE(calls().charge_qris(longest));
}

TEST(MidtransCalls, ANameIsCutBetweenCharacters) {
    QrisAsk named = ask();
    named.name = std::string(49, 'x') + "\u00e9";
    const auto request = calls().charge_qris(named);
    ASSERT_TRUE(request);
    EXPECT_NE(request->body.find("\"" + std::string(49, 'x') + "\""), std::string::npos);
}

TEST(MidtransCalls, ExpiryIsInMinutesRoundedUp) {
    QrisAsk soon = ask();
    soon.expires_in = Duration::seconds(61);
    EXPECT_NE(calls().charge_qris(soon)->body.find(R"("expiry_duration":2)"), std::string::npos);
}

TEST(MidtransCalls, OfAnOrder) {
    EXPECT_EQ(calls().get_status("ord_1").method, "GET");
    EXPECT_EQ(calls().get_status("ord_1").url, "https://api.sandbox.midtrans.com/v2/ord_1/status");
    EXPECT_EQ(calls().get_status("../x").url, "https://api.sandbox.midtrans.com/v2/..%2Fx/status");
    EXPECT_EQ(calls().cancel("ord_1").method, "POST");
    EXPECT_TRUE(calls().cancel("ord_1").url.ends_with("/v2/ord_1/cancel"));
    EXPECT_TRUE(calls().expire("ord_1").url.ends_with("/v2/ord_1/expire"));
    const MidtransCalls elsewhere({"http://127.0.0.1:5/", Secret("k"), "https://me.example/n"});
    EXPECT_TRUE(
        has_header(*elsewhere.charge_qris(ask()), "X-Override-Notification: https://me.example/n"));
}

constexpr std::string_view charged =
    R"({"status_code":"201","status_message":"QRIS transaction is created",)"
    R"("transaction_id":"t-1","order_id":"ord_1","gross_amount":"275000.00","currency":"IDR",)"
    R"("transaction_time":"2026-11-20 22:00:00","transaction_status":"pending",)"
    R"("fraud_status":"accept","qr_string":"00020101","expiry_time":"1970-01-01 07:00:09",)"
    R"("actions":[{"name":"generate-qr-code","method":"GET","url":"https://qr/t-1"},)"
    R"({"name":"generate-qr-code-v2","method":"GET","url":"https://qr/v2"}]})";

TEST(MidtransAnswer, AChargeShowsACode) {
    const auto charge = read_qris_charge(answer(200, std::string(charged)));
    ASSERT_TRUE(charge) << charge.error().message;
    EXPECT_EQ(charge->transaction, "t-1");
    EXPECT_EQ(charge->order, "ord_1");
    EXPECT_EQ(charge->qr_string, "00020101");
    EXPECT_EQ(charge->qr_url, "https://qr/t-1");
    EXPECT_EQ(charge->expires_at, Timestamp{9'000'000});
    EXPECT_FALSE(read_qris_charge(
        answer(200, R"({"status_code":"201","transaction_id":"t-1","order_id":"ord_1"})")));
}

TEST(MidtransAnswer, TheBodysCodeCounts) {
    const auto known = read_qris_charge(answer(
        200, R"({"status_code":"406","status_message":"transaction_details.order_id taken"})"));
    ASSERT_FALSE(known);
    EXPECT_EQ(known.error().status, 406);
    EXPECT_EQ(known.error().code, "406");
    EXPECT_EQ(known.error().message, "transaction_details.order_id taken");
    EXPECT_FALSE(known.error().may_retry);
    EXPECT_TRUE(read_qris_charge(answer(200, R"({"status_code":"500"})")).error().may_retry);
    EXPECT_TRUE(read_qris_charge(answer(200, R"({"status_code":503})")).error().may_retry);
    EXPECT_TRUE(read_qris_charge(answer(502, "<html>")).error().may_retry);
    EXPECT_TRUE(read_qris_charge(answer(202, "")).error().may_retry);
    EXPECT_FALSE(read_qris_charge(answer(200, R"({"status_code":"202"})")).error().may_retry);
    EXPECT_FALSE(read_qris_charge(answer(401, R"({"status_code":"401"})")).error().may_retry);
    EXPECT_TRUE(read_qris_charge(HttpResult{}).error().may_retry);
}

std::string status(std::string_view code, std::string_view standing) {
    return R"({"status_code":")" + std::string(code) + R"(","transaction_status":")" +
           std::string(standing) +
           R"(","order_id":"ord_1","transaction_id":"t-1","gross_amount":"275000.00"})";
}

TEST(MidtransAnswer, AStatusIsNews) {
    const auto paid = read_midtrans_status(answer(200, status("200", "settlement")));
    ASSERT_TRUE(paid && *paid);
    EXPECT_TRUE(std::get<PaymentTold>((*paid)->told).payment.paid);
    const auto expired = read_midtrans_status(answer(407, status("407", "expire")));
    ASSERT_TRUE(expired && *expired);
    EXPECT_EQ(std::get<OrderTold>((*expired)->told).status, OrderStatus::expired);
}

TEST(MidtransAnswer, AnUnknownOrderIsNothing) {
    const std::string body =
        R"({"status_code":"404","status_message":"Transaction doesn't exist."})";
    for (const int http : {200, 404}) {
        const auto unknown = read_midtrans_status(answer(http, body));
        ASSERT_TRUE(unknown);
        EXPECT_FALSE(*unknown);
    }
    EXPECT_FALSE(read_midtrans_status(answer(404, "<html>not found</html>")));
    EXPECT_FALSE(read_midtrans_status(answer(404, R"({"message":"no route"})")));
}

TEST(MidtransAnswer, AStatusThatCannotBeReadIsAnError) {
    const auto broken = read_midtrans_status(
        answer(200, R"({"status_code":"200","transaction_status":"settlement","order_id":"o"})"));
    ASSERT_FALSE(broken);
    EXPECT_NE(broken.error().message.find("#/gross_amount"), std::string::npos);
    EXPECT_FALSE(read_midtrans_status(answer(200, "")));
    EXPECT_FALSE(read_midtrans_status(answer(200, "[]")));
    EXPECT_EQ(read_midtrans_status(answer(200, R"({"status_code":"401"})")).error().status, 401);
}

}  // namespace
}  // namespace creditd::daemon
