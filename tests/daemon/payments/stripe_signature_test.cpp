#include "daemon/payments/stripe_signature.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace creditd::daemon {
namespace {

constexpr std::string_view body = R"({"id":"evt_test_webhook","object":"event"})";
constexpr std::int64_t signed_at = 1'614'265'330;
// Made by npm's stripe.
constexpr std::string_view v1 = "3c5817089d739023dd6190f70a3757e04f7a2fd8b5dab12c2e000f51970dccff";

std::vector<Secret> secrets(std::initializer_list<std::string_view> texts) {
    std::vector<Secret> result;
    for (const std::string_view text : texts) result.emplace_back(text);
    return result;
}

Timestamp at(std::int64_t seconds) { return Timestamp{seconds * 1'000'000}; }

/// Empty: it is good.
std::string fault(std::string_view header, std::int64_t now = signed_at,
                  std::initializer_list<std::string_view> texts = {"whsec_test_secret"}) {
    const auto verified = verify_stripe_signature(header, body, secrets(texts), at(now));
    return verified ? "" : std::string(sentence_of(verified.error()));
}

std::string header() { return "t=1614265330,v1=" + std::string(v1); }

constexpr std::string_view no_match = "No secret of this endpoint made the signature.";
constexpr std::string_view malformed = "The Stripe-Signature header is malformed.";

TEST(StripeSignature, IsWhatStripesLibraryMakes) {
    EXPECT_EQ(stripe_signature(Secret("whsec_test_secret"), signed_at, body), header());
    EXPECT_EQ(fault(header()), "");
}

TEST(StripeSignature, OneOfSeveralSecretsIsEnough) {
    EXPECT_EQ(fault(header(), signed_at, {"whsec_new", "whsec_test_secret"}), "");
    EXPECT_EQ(fault(header(), signed_at, {"whsec_new"}), no_match);
    EXPECT_EQ(fault(header(), signed_at, {}), no_match);
}

TEST(StripeSignature, OneOfSeveralV1IsEnough) {
    EXPECT_EQ(fault("t=1614265330,v1=" + std::string(64, '0') + ",v1=" + std::string(v1)), "");
    EXPECT_EQ(fault("v1=" + std::string(v1) + ",v1=00,t=1614265330"), "");
}

TEST(StripeSignature, OtherSchemesCountForNothing) {
    EXPECT_EQ(fault("t=1614265330,v0=" + std::string(v1)),
              "The Stripe-Signature header has no v1.");
    EXPECT_EQ(fault("t=1614265330,v0=1,v2=2,v1=" + std::string(v1)), "");
}

TEST(StripeSignature, EveryByteCounts) {
    for (std::size_t i = 0; i < v1.size(); ++i) {
        std::string changed(v1);
        changed[i] = changed[i] == '0' ? '1' : '0';
        EXPECT_EQ(fault("t=1614265330,v1=" + changed), no_match) << i;
    }
    EXPECT_EQ(fault("t=1614265331,v1=" + std::string(v1)), no_match);
    EXPECT_EQ(fault("t=01614265330,v1=" + std::string(v1)), no_match);
    EXPECT_EQ(fault("t=1614265330,v1=" + std::string(v1.substr(1))), no_match);
    EXPECT_EQ(fault("t=1614265330,v1="), no_match);
}

TEST(StripeSignature, AnEmptySecretSignsNothing) {
    const std::string forged = stripe_signature(Secret(""), signed_at, body);
    EXPECT_EQ(fault(forged, signed_at, {""}), no_match);
}

TEST(StripeSignature, TimeIsWithinFiveMinutes) {
    EXPECT_EQ(fault(header(), signed_at + 300), "");
    EXPECT_EQ(fault(header(), signed_at + 301), "The signature is more than 300 s old.");
    EXPECT_EQ(fault(header(), signed_at - 300), "");
    EXPECT_EQ(fault(header(), signed_at - 301), "The signature is of more than 300 s from now.");
    EXPECT_EQ(fault(stripe_signature(Secret("whsec_test_secret"), 999'999'999'999, body)),
              "The signature is of more than 300 s from now.");
}

TEST(StripeSignature, WhatIsNoHeaderIsMalformed) {
    for (const std::string_view text :
         {"", "t", "v1", "t=,v1=00", "t=abc,v1=00", "t=-5,v1=00", "t=+5,v1=00", "t= 5,v1=00",
          "t=5 ,v1=00", "t=1.5,v1=00", "t=9999999999999,v1=00", "t=1,t=2,v1=00", "v1=00",
          "t=1,,v1=00", "t=1,v1=00,x", ",", "=", "t=99999999999999999999999999,v1=00"}) {
        EXPECT_EQ(fault(text), malformed) << text;
    }
}

TEST(StripeSignature, OnlyTheRawBodyIsSigned) {
    const auto keys = secrets({"whsec_test_secret"});
    const std::string other = R"({"id": "evt_test_webhook","object":"event"})";
    EXPECT_FALSE(verify_stripe_signature(header(), other, keys, at(signed_at)));
    EXPECT_FALSE(verify_stripe_signature(header(), "", keys, at(signed_at)));
}

}  // namespace
}  // namespace creditd::daemon
