// Bodies of providers with a few bytes changed, again and again: what can still be read must be
// something that a ledger can take.
#include <gtest/gtest.h>

#include <random>
#include <string>
#include <vector>

#include "daemon/payments/midtrans_calls.hpp"
#include "daemon/payments/midtrans_news.hpp"
#include "daemon/payments/midtrans_signature.hpp"
#include "daemon/payments/stripe_answers.hpp"
#include "tests/daemon/payments/stripe_events.hpp"

namespace creditd::daemon::tests {
namespace {

std::vector<std::string> stripe_bodies() {
    return {
        stripe_event("checkout.session.completed",
                     R"({"id":"cs_1","mode":"payment","payment_status":"paid","amount_total":5,)"
                     R"("currency":"usd","payment_intent":{"id":"pi_1"},)"
                     R"("metadata":{"creditd_account":"ada","creditd_interval":"month"}})"),
        stripe_event("invoice.paid",
                     R"({"id":"in_1","billing_reason":"subscription_cycle","amount_paid":7,)"
                     R"("currency":"eur","parent":{"subscription_details":)"
                     R"({"subscription":"sub_1","metadata":{"creditd_plan":"pro"}}},)"
                     R"("lines":{"data":[{"period":{"end":9}}]}})"),
        stripe_event("customer.subscription.updated",
                     R"({"id":"sub_1","status":"active","cancel_at_period_end":false,)"
                     R"("items":{"data":[{"current_period_end":9}]}})"),
        stripe_event("refund.updated",
                     R"({"id":"re_1","amount":5,"status":"pending","charge":"ch_1"})"),
        stripe_event("charge.dispute.closed",
                     R"({"id":"dp_1","status":"lost","charge":{"id":"ch_1"}})")};
}

std::vector<std::string> midtrans_bodies() {
    return {R"({"transaction_status":"settlement","status_code":"200","order_id":"o",)"
            R"("gross_amount":"10000.00","fraud_status":"accept","transaction_id":"t",)"
            R"("settlement_time":"2026-11-20 22:00:00","signature_key":"00"})",
            R"({"transaction_status":"partial_refund","status_code":"200","order_id":"o",)"
            R"("gross_amount":"10000.00","refund_amount":"50.00","refunds":)"
            R"([{"refund_amount":"20"},{"refund_amount":"30.5"}]})"};
}

class Changer {
public:
    std::string changed(std::string text) {
        constexpr std::string_view bytes = "{}[]\",:0129-.eE\\u \n\tnulltruefalse\x01\x80\xff";
        const std::size_t times = 1 + random_() % 4;
        for (std::size_t i = 0; i < times && !text.empty(); ++i) {
            const std::size_t at = random_() % text.size();
            const char byte = bytes[random_() % bytes.size()];
            switch (random_() % 4) {
                case 0: text[at] = byte; break;
                case 1: text.insert(at, 1, byte); break;
                case 2: text.erase(at, 1 + random_() % 8); break;
                default: text.insert(at, text.substr(random_() % text.size(), random_() % 20));
            }
        }
        return text;
    }

private:
    std::mt19937_64 random_{7};
};

void check_payment(const PaymentNews& payment, const std::string& body) {
    EXPECT_TRUE(is_foreign_id(payment.payment_id)) << body;
    EXPECT_FALSE(payment.provider.empty()) << body;
    EXPECT_NE(payment.payment_digest, Digest{}) << body;
    EXPECT_GE(payment.amount.minor, 0) << body;
    EXPECT_LE(payment.amount.minor, limits::money_minor_max) << body;
    EXPECT_GE(payment.refunded_minor, 0) << body;
    if (payment.amount.minor > 0) {
        EXPECT_FALSE(payment.amount.currency.is_none()) << body;
    }
    for (const PaymentRefund& refund : payment.refunds) {
        EXPECT_TRUE(is_foreign_id(refund.id)) << body;
        EXPECT_GE(refund.minor, 0) << body;
    }
    for (const PaymentDispute& dispute : payment.disputes) {
        EXPECT_TRUE(is_foreign_id(dispute.id)) << body;
    }
}

/// Whether anything could be read.
bool check_news(const std::expected<ProviderNews, FieldError>& news, const std::string& body) {
    if (!news) {
        EXPECT_TRUE(news.error().pointer.starts_with('#')) << body;
        EXPECT_FALSE(news.error().detail.empty()) << body;
        return false;
    }
    EXPECT_FALSE(news->notification.empty()) << body;
    EXPECT_FALSE(news->type.empty()) << body;
    if (const auto* paid = std::get_if<PaymentTold>(&news->told)) {
        check_payment(paid->payment, body);
    }
    if (const auto* cycle = std::get_if<CyclePaid>(&news->told)) {
        check_payment(cycle->payment, body);
        EXPECT_TRUE(is_foreign_id(cycle->subscription)) << body;
    }
    if (const auto* told = std::get_if<SubscriptionTold>(&news->told)) {
        EXPECT_TRUE(is_foreign_id(told->subscription)) << body;
    }
    return true;
}

HttpResult answer(std::string body) {
    HttpResult result;
    result.status = 200;
    result.body = std::move(body);
    return result;
}

TEST(RandomBytes, OfStripeAreNewsOrAnError) {
    Changer changer;
    int read = 0, refused = 0;
    for (const std::string& body : stripe_bodies()) {
        ASSERT_TRUE(check_news(read_stripe_event(body), body));
        for (int i = 0; i < 4'000; ++i) {
            const std::string changed = changer.changed(body);
            check_news(read_stripe_event(changed), changed) ? ++read : ++refused;
            const auto page = read_events(answer(R"({"data":[)" + changed + "]}"));
            EXPECT_TRUE(page || !page.error().message.empty());
        }
        if (HasFailure()) return;
    }
    EXPECT_GT(read, 1'000);
    EXPECT_GT(refused, 1'000);
}

TEST(RandomBytes, OfMidtransAreNewsOrAnError) {
    Changer changer;
    const std::vector<Secret> keys{Secret("key")};
    int read = 0, refused = 0;
    for (const std::string& body : midtrans_bodies()) {
        ASSERT_TRUE(check_news(read_midtrans_news(body), body));
        for (int i = 0; i < 10'000; ++i) {
            const std::string changed = changer.changed(body);
            check_news(read_midtrans_news(changed), changed) ? ++read : ++refused;
            EXPECT_FALSE(verify_midtrans_signature(changed, keys));
            const auto status = read_midtrans_status(answer(changed));
            EXPECT_TRUE(status || !status.error().message.empty());
        }
        if (HasFailure()) return;
    }
    EXPECT_GT(read, 1'000);
    EXPECT_GT(refused, 1'000);
}

}  // namespace
}  // namespace creditd::daemon::tests
