#include "daemon/payments/midtrans_news.hpp"

#include <gtest/gtest.h>

#include <vector>

#include "daemon/payments/midtrans_signature.hpp"
#include "replay/sha256.hpp"

namespace creditd::daemon {
namespace {

/// A notification of a QRIS payment, with `more` behind (each with a leading comma).
std::string notice(std::string_view status, std::string_view code = "200",
                   std::string_view more = "", std::string_view fraud = "accept") {
    std::string body = R"({"transaction_time":"2026-11-20 22:00:00","transaction_id":"t-1",)"
                       R"("order_id":"ord_1","gross_amount":"5539.00","payment_type":"qris",)"
                       R"("currency":"IDR","acquirer":"gopay","transaction_status":")";
    body.append(status).append(R"(","status_code":")").append(code).append("\"");
    if (!fraud.empty()) body.append(R"(,"fraud_status":")").append(fraud).append("\"");
    return body.append(more).append("}");
}

ProviderNews news(const std::string& body) {
    const auto read = read_midtrans_news(body);
    if (read) return *read;
    ADD_FAILURE() << read.error().pointer << ' ' << read.error().detail;
    return {};
}

template <class Kind>
Kind told(const std::string& body) {
    const ProviderNews read = news(body);
    if (const auto* kind = std::get_if<Kind>(&read.told)) return *kind;
    ADD_FAILURE() << body << " says something else: " << read.told.index();
    return {};
}

std::string fault(std::string_view body) {
    const auto read = read_midtrans_news(body);
    return read ? "nothing" : read.error().pointer;
}

TEST(MidtransNews, SettledIsAPaymentOfTheOrder) {
    const ProviderNews read =
        news(notice("settlement", "200", R"(,"settlement_time":"2026-11-20 22:01:00")"));
    PaymentNews expected;
    expected.provider = "midtrans";
    expected.payment_id = "ord_1";
    expected.payment_digest = replay::digest128('p', "midtrans", "ord_1");
    expected.paid = true;
    expected.amount = {553'900, Currency::of("IDR")};
    EXPECT_EQ(std::get<PaymentTold>(read.told).payment, expected);
    EXPECT_EQ(read.goods.order, "ord_1");
    EXPECT_EQ(read.notification, "ord_1/settlement//t-1/200/accept");
    EXPECT_EQ(read.type, "settlement");
    EXPECT_EQ(read.at, Timestamp{1'795'186'860'000'000});  // 15:01Z
}

TEST(MidtransNews, OnlyWhatIsAcceptedIsPaid) {
    EXPECT_TRUE(told<PaymentTold>(notice("capture")).payment.paid);
    EXPECT_TRUE(told<PaymentTold>(notice("settlement", "200", "", "")).payment.paid);
    told<NothingTold>(notice("settlement", "201"));
    told<NothingTold>(notice("settlement", "202"));
    told<NothingTold>(notice("settlement", "200", "", "challenge"));
    told<NothingTold>(notice("capture", "200", "", "deny"));
    std::string card = notice("capture", "200", "", "");
    card.replace(card.find("qris"), 4, "credit_card");
    told<NothingTold>(card);
}

TEST(MidtransNews, WhatIsNotPaidIsAnOrder) {
    EXPECT_EQ(told<OrderTold>(notice("expire", "407")).status, OrderStatus::expired);
    EXPECT_EQ(told<OrderTold>(notice("cancel")).status, OrderStatus::canceled);
    EXPECT_EQ(told<OrderTold>(notice("deny", "202")).status, OrderStatus::failed);
    EXPECT_EQ(told<OrderTold>(notice("failure", "202")).status, OrderStatus::failed);
    told<NothingTold>(notice("pending", "201"));
    told<NothingTold>(notice("authorize", "201"));
    told<NothingTold>(notice("dreaming"));
}

TEST(MidtransNews, DeniedAfterSettlementGivesAllBack) {
    const PaymentNews payment =
        told<PaymentTold>(notice("deny", "202", R"(,"settlement_time":"2026-11-20 22:01:00")"))
            .payment;
    EXPECT_TRUE(payment.paid);
    EXPECT_EQ(payment.refunded_minor, 553'900);
}

TEST(MidtransNews, RefundsAddUp) {
    const auto refunded = [](std::string_view status, std::string_view more) {
        const PaymentNews payment = told<PaymentTold>(notice(status, "200", more)).payment;
        EXPECT_TRUE(payment.paid);
        EXPECT_EQ(payment.amount.minor, 553'900);
        return payment.refunded_minor;
    };
    EXPECT_EQ(refunded("refund", ""), 553'900);
    EXPECT_EQ(refunded("refund", R"(,"refund_amount":"5539.00")"), 553'900);
    EXPECT_EQ(refunded("partial_refund", R"(,"refund_amount":"500.00")"), 50'000);
    EXPECT_EQ(refunded("partial_refund", R"(,"refund_amount":500)"), 50'000);
    EXPECT_EQ(refunded("partial_refund", R"(,"refund_amount":"700.00","refunds":[)"
                                         R"({"refund_amount":"200.00"},{"refund_amount":"500"}])"),
              70'000);
    EXPECT_EQ(refunded("partial_refund", R"(,"refund_amount":"500.00","refunds":[)"
                                         R"({"refund_amount":"200.00"},{"refund_amount":"500"}])"),
              70'000);
    EXPECT_EQ(refunded("partial_refund", ""), 0);
}

TEST(MidtransNews, AChargebackIsALostDispute) {
    for (const std::string_view status : {"chargeback", "partial_chargeback"}) {
        const PaymentNews payment = told<PaymentTold>(notice(status)).payment;
        EXPECT_TRUE(payment.paid);
        EXPECT_EQ(payment.disputes,
                  (std::vector<PaymentDispute>{{"chargeback", DisputeStatus::lost}}));
    }
}

TEST(MidtransNews, DifferentNewsHaveDifferentIds) {
    const std::vector<std::string> bodies{
        notice("pending", "201"),
        notice("settlement", "201"),
        notice("settlement"),
        notice("settlement", "200", "", "challenge"),
        notice("partial_refund", "200", R"(,"refund_amount":"5.00")"),
        notice("partial_refund", "200", R"(,"refund_amount":"6.00")")};
    for (std::size_t a = 0; a < bodies.size(); ++a) {
        for (std::size_t b = 0; b < a; ++b) {
            EXPECT_NE(news(bodies[a]).notification, news(bodies[b]).notification);
        }
    }
}

TEST(MidtransNews, NamesWhatIsWrong) {
    EXPECT_EQ(fault("[]"), "#");
    EXPECT_EQ(fault("{}"), "#/transaction_status");
    EXPECT_EQ(fault(R"({"transaction_status":"settlement"})"), "#/gross_amount");
    EXPECT_EQ(fault(R"({"transaction_status":"pending","gross_amount":"1.00"})"), "#/order_id");
    EXPECT_EQ(fault(notice("pending", "201", R"(,"settlement_time":"yesterday")")),
              "#/settlement_time");
    EXPECT_EQ(fault(notice("partial_refund", "200", R"(,"refund_amount":"-5.00")")),
              "#/refund_amount");
    EXPECT_EQ(fault(notice("partial_refund", "200", R"(,"refunds":{"data":5})")), "#/refunds/data");
    EXPECT_EQ(fault(notice("refund", "200", R"(,"refunds":[{"refund_amount":[]}])")),
              "#/refunds/0/refund_amount");
    std::string dollars = notice("settlement");
    dollars.replace(dollars.find("IDR"), 3, "USD");
    EXPECT_EQ(fault(dollars), "#/currency");
}

TEST(MidtransNews, TruncatedIsRefusedWhereverItEnds) {
    const std::string whole = notice("refund", "200", R"(,"refunds":[{"refund_amount":"1.00"}])");
    ASSERT_TRUE(read_midtrans_news(whole));
    for (std::size_t bytes = 0; bytes < whole.size(); ++bytes) {
        EXPECT_FALSE(read_midtrans_news(std::string_view(whole).substr(0, bytes))) << bytes;
    }
    EXPECT_FALSE(read_midtrans_news(std::string(100'000, '[')));
}

TEST(MidtransNews, ManyRefundsDoNotOverflow) {
    std::string list;
    for (int i = 0; i < 2'000; ++i) list += R"({"refund_amount":"90071992547409.91"},)";
    list.pop_back();
    const std::string body = notice("partial_refund", "200", R"(,"refunds":[)" + list + "]");
    EXPECT_EQ(told<PaymentTold>(body).payment.refunded_minor, 553'900);
}

TEST(IdrMinor, IsExact) {
    EXPECT_EQ(idr_minor("5539.00"), 553'900);
    EXPECT_EQ(idr_minor("10000"), 1'000'000);
    EXPECT_EQ(idr_minor("0.5"), 50);
    EXPECT_EQ(idr_minor("90071992547409.91"), 9'007'199'254'740'991);
    for (const std::string_view text :
         {"", ".", "5.", ".5", "5.000", "5.001", "-5", "+5", "1e3", " 5", "5 ", "5,00", "0x5",
          "90071992547409.92", "99999999999999999999", "1.2.3"}) {
        EXPECT_EQ(idr_minor(text), std::nullopt) << text;
    }
}

TEST(MidtransMoment, IsOfGmtPlus7) {
    EXPECT_EQ(midtrans_moment("1970-01-01 07:00:01"), Timestamp{1'000'000});
    for (const std::string_view text :
         {"", "2026-11-20", "2026-11-20T22:00:00", "2026-13-20 22:00:00", "2026-11-20 22:00:0x"}) {
        EXPECT_EQ(midtrans_moment(text), std::nullopt) << text;
    }
}

// The key and the order are those of Midtrans's own documentation.
constexpr std::string_view documented_key = "askvnoibnosifnboseofbinofbinfgbiufglnbfg";
constexpr std::string_view documented_signature =
    "fb1ead560ce87f774a8f53a9ad20740986b527803f31e42b297fb27395c61fa3"
    "4a2ad11b3be34991447f75e095b5b0c70183c50208bfade740177b310d4eca12";

bool is_signed(std::string_view body, std::initializer_list<std::string_view> texts) {
    std::vector<Secret> keys;
    for (const std::string_view text : texts) keys.emplace_back(text);
    return verify_midtrans_signature(body, keys);
}

std::string signed_notice(std::string_view order, std::string_view signature) {
    return R"({"order_id":")" + std::string(order) +
           R"(","status_code":"200","gross_amount":"100000.00","signature_key":")" +
           std::string(signature) + "\"}";
}

TEST(MidtransSignature, IsTheDocumentedOne) {
    EXPECT_EQ(midtrans_signature({"1111", "200", "100000.00"}, Secret(documented_key)),
              documented_signature);
    const std::string body = signed_notice("1111", documented_signature);
    EXPECT_TRUE(is_signed(body, {documented_key}));
    EXPECT_TRUE(is_signed(body, {"new", documented_key}));
    EXPECT_FALSE(is_signed(body, {"new"}));
    EXPECT_FALSE(is_signed(body, {}));
}

TEST(MidtransSignature, CoversTheOrder) {
    EXPECT_FALSE(is_signed(signed_notice("1112", documented_signature), {documented_key}));
    std::string shorter(documented_signature.substr(1));
    EXPECT_FALSE(is_signed(signed_notice("1111", shorter), {documented_key}));
    EXPECT_FALSE(is_signed(signed_notice("1111", ""), {documented_key}));
    const std::string empty_key = midtrans_signature({"1", "200", "100000.00"}, Secret(""));
    EXPECT_FALSE(is_signed(signed_notice("1", empty_key), {""}));
}

TEST(MidtransSignature, OfNoNotificationIsNone) {
    for (const std::string_view body : {"", "[]", "{}", "5", R"({"order_id":"1111"})",
                                        R"({"order_id":1111,"status_code":200})"}) {
        EXPECT_FALSE(is_signed(body, {documented_key})) << body;
    }
}

}  // namespace
}  // namespace creditd::daemon
