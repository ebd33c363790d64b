// Bodies that no Stripe would send: whatever they are, they become news or an error with a place.
#include <gtest/gtest.h>

#include <array>

#include "tests/daemon/payments/stripe_events.hpp"

namespace creditd::daemon::tests {
namespace {

std::string fault_of(std::string_view body) {
    const auto news = read_stripe_event(body);
    return news ? "nothing" : news.error().pointer;
}

constexpr std::array<std::string_view, 10> types{"checkout.session.completed",
                                                 "checkout.session.expired",
                                                 "customer.subscription.updated",
                                                 "invoice.paid",
                                                 "invoice.payment_failed",
                                                 "payment_intent.succeeded",
                                                 "charge.refunded",
                                                 "refund.updated",
                                                 "charge.dispute.closed",
                                                 "checkout.session.async_payment_succeeded"};

// Every member that any reader asks for.
constexpr std::array<std::string_view, 22> members{"id",
                                                   "mode",
                                                   "payment_status",
                                                   "payment_intent",
                                                   "subscription",
                                                   "invoice",
                                                   "metadata",
                                                   "client_reference_id",
                                                   "amount_total",
                                                   "amount_paid",
                                                   "amount",
                                                   "currency",
                                                   "amount_received",
                                                   "amount_refunded",
                                                   "status",
                                                   "charge",
                                                   "parent",
                                                   "lines",
                                                   "items",
                                                   "billing_reason",
                                                   "cancel_at",
                                                   "cancel_at_period_end"};

constexpr std::array<std::string_view, 16> values{"null",
                                                  "true",
                                                  "-1",
                                                  "1.5",
                                                  "1e3",
                                                  "9223372036854775808",
                                                  "99999999999999999999999999",
                                                  R"("")",
                                                  R"("x y")",
                                                  R"("\u0000")",
                                                  "[]",
                                                  "[[]]",
                                                  "{}",
                                                  R"({"data":[1,null,{"period":5}]})",
                                                  R"({"id":{"id":{}}})",
                                                  R"({"subscription_details":[]})"};

TEST(HostileStripeEvent, EveryMemberMayBeAnything) {
    int read = 0, refused = 0;
    for (const std::string_view type : types) {
        for (const std::string_view member : members) {
            for (const std::string_view value : values) {
                std::string object = "{";
                for (const std::string_view other : members) {
                    object.append(object.size() == 1 ? "\"" : ",\"").append(other).append("\":");
                    object.append(other == member ? value : R"("x")");
                }
                read_stripe_event(stripe_event(type, object + "}")) ? ++read : ++refused;
                const std::string alone =
                    "{\"" + std::string(member) + "\":" + std::string(value) + "}";
                read_stripe_event(stripe_event(type, alone)) ? ++read : ++refused;
            }
        }
    }
    EXPECT_GT(read, 100);
    EXPECT_GT(refused, 100);
}

TEST(HostileStripeEvent, AnAmountIsAWholeNumberThatFits) {
    for (const std::string_view amount :
         {"-1", "-0", "1.0", "1e3", "\"1999\"", "true", "[1]", "9007199254740992",
          "9223372036854775808", "1999999999999999999999999999999999"}) {
        const std::string object = R"({"id":"pi_1","metadata":{"creditd_account":"a"},)"
                                   R"("currency":"usd","amount_received":)" +
                                   std::string(amount) + "}";
        EXPECT_EQ(stripe_fault("payment_intent.succeeded", object), "#/data/object/amount_received")
            << amount;
    }
}

TEST(HostileStripeEvent, TruncatedIsRefusedWhereverItEnds) {
    const std::string whole = stripe_event(
        "invoice.paid", R"({"id":"in_1","amount_paid":1,"currency":"usd","subscription":"sub_1",)"
                        R"("billing_reason":"subscription_cycle","lines":{"data":[]}})");
    ASSERT_TRUE(read_stripe_event(whole));
    for (std::size_t bytes = 0; bytes < whole.size(); ++bytes) {
        EXPECT_FALSE(read_stripe_event(std::string_view(whole).substr(0, bytes))) << bytes;
    }
    EXPECT_FALSE(read_stripe_event(whole + "}"));
}

TEST(HostileStripeEvent, DeepNestingIsRefused) {
    for (const std::size_t depth : {14U, 1'000U, 100'000U}) {
        const std::string deep = std::string(depth, '[') + std::string(depth, ']');
        EXPECT_FALSE(read_stripe_event(
            stripe_event("invoice.paid", R"({"id":"in_1","lines":)" + deep + "}")));
    }
    std::string lists = "1";
    for (int i = 0; i < 11; ++i) lists = R"({"data":)" + lists + "}";
    const std::string object = R"({"id":"in_1","billing_reason":"subscription_cycle",)"
                               R"("subscription":"sub_1","amount_paid":0,"lines":)" +
                               lists + "}";
    EXPECT_EQ(stripe_fault("invoice.paid", object).find("#/data/object/lines/data"), 0U);
}

TEST(HostileStripeEvent, NamesWhatIsMissing) {
    EXPECT_EQ(fault_of("[]"), "#");
    EXPECT_EQ(fault_of("5"), "#");
    EXPECT_EQ(fault_of("{}"), "#/id");
    EXPECT_EQ(fault_of(R"({"id":"evt_1"})"), "#/type");
    EXPECT_EQ(fault_of(R"({"id":"evt_1","type":5})"), "#/type");
    EXPECT_EQ(fault_of(R"({"id":"evt_1","type":"invoice.paid"})"), "#/data/object");
    EXPECT_EQ(fault_of(R"({"id":"evt_1","type":"invoice.paid","data":[]})"), "#/data/object");
    EXPECT_EQ(fault_of(R"({"id":"evt_1","type":"x","data":{"object":"x"}})"), "#/data/object");
    EXPECT_EQ(fault_of(R"({"id":"evt 1","type":"x","data":{"object":{}}})"), "#/id");
    EXPECT_EQ(fault_of(R"({"id":"evt_1","type":"x","created":"now","data":{"object":{}}})"),
              "#/created");
}

TEST(HostileStripeEvent, AMemberTwiceIsRefused) {
    const std::string twice = R"({"id":"evt_1","id":"evt_2","type":"x","data":{"object":{}}})";
    EXPECT_FALSE(read_stripe_event(twice));
    EXPECT_EQ(
        stripe_fault("charge.refunded", R"({"id":"ch_1","amount_refunded":1,"amount_refunded":2})"),
        "#/data/object/amount_refunded");
}

TEST(HostileStripeEvent, ALongTextIsRefused) {
    const std::string metadata = R"({"id":"pi_1","amount_received":1,"currency":"usd",)"
                                 R"("metadata":{"creditd_account":")" +
                                 std::string(5'000, 'a') + "\"}}";
    EXPECT_EQ(stripe_fault("payment_intent.succeeded", metadata),
              "#/data/object/metadata/creditd_account");
    EXPECT_EQ(stripe_fault("charge.refunded",
                           R"({"amount_refunded":1,"id":")" + std::string(257, 'c') + "\"}"),
              "#/data/object/id");
}

TEST(HostileStripeEvent, ALongListIsRefused) {
    std::string lines = "null";
    for (int i = 0; i < 4'096; ++i) lines += ",null";
    EXPECT_EQ(stripe_fault("invoice.paid",
                           R"({"id":"in_1","billing_reason":"subscription_cycle","amount_paid":0,)"
                           R"("subscription":"sub_1","lines":[)" +
                               lines + "]}"),
              "#/data/object/lines");
}

TEST(StripeEvent, OfAnUnknownTypeSaysNothing) {
    const ProviderNews news = stripe_news("customer.created", R"({"id":"cus_1"})");
    EXPECT_EQ(news.notification, "evt_1");
    EXPECT_EQ(news.type, "customer.created");
    EXPECT_FALSE(told<NothingTold>(news).why.empty());
}

TEST(StripeEvent, AThinOneSaysNothing) {
    const auto news = read_stripe_event(
        R"({"id":"evt_65","object":"v2.core.event","type":"v1.invoice.paid",)"
        R"("created":"2026-01-01T00:00:00.000Z","related_object":{"id":"in_1"}})");
    ASSERT_TRUE(news);
    EXPECT_EQ(news->notification, "evt_65");
    told<NothingTold>(*news);
}

TEST(StripeEvent, OfTheOtherModeSaysNothing) {
    const std::string body =
        stripe_event("charge.refunded", R"({"id":"ch_1","amount_refunded":1})");
    told<NothingTold>(*read_stripe_event(body, {.livemode = true}));
    told<PaymentTold>(*read_stripe_event(body, {.livemode = false}));
    told<PaymentTold>(*read_stripe_event(body));
}

TEST(StripeKey, TellsItsMode) {
    EXPECT_EQ(livemode_of_key("sk_live_abc"), true);
    EXPECT_EQ(livemode_of_key("rk_test_abc"), false);
    for (const std::string_view key : {"", "s", "sk_", "sk_abc", "whsec_live_"}) {
        EXPECT_EQ(livemode_of_key(key), std::nullopt) << key;
    }
}

}  // namespace
}  // namespace creditd::daemon::tests
