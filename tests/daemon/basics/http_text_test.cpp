#include "daemon/basics/http_text.hpp"

#include <gtest/gtest.h>

#include <set>

#include "daemon/basics/base64.hpp"

namespace creditd::daemon {
namespace {

std::string key_of(std::string_view header) {
    std::string scratch;
    const auto key = normalize_idempotency_key(header, scratch);
    if (key) return std::string(*key);
    return key.error() == IdempotencyKeyFault::missing ? "(missing)" : "(malformed)";
}

std::string api_key(std::string_view header) {
    std::string scratch;
    const auto key = api_key_of(header, scratch);
    if (key) return std::string(*key);
    switch (key.error()) {
        case AuthorizationFault::missing: return "(missing)";
        case AuthorizationFault::unknown_scheme: return "(scheme)";
        case AuthorizationFault::malformed: return "(malformed)";
    }
    return "";
}

TEST(IdempotencyKey, QuotedAndBareAreOne) {
    EXPECT_EQ(key_of("k"), "k");
    EXPECT_EQ(key_of("\"k\""), "k");
    EXPECT_EQ(key_of("  \"k\"\t"), "k");
    EXPECT_EQ(key_of("\"a\\\"b\\\\c\""), "a\"b\\c");
    EXPECT_EQ(key_of("a\"b\\c"), "a\"b\\c");
    EXPECT_EQ(key_of("8e03978e-40d5-43e8-bc93-6894a57f9324"),
              key_of("\"8e03978e-40d5-43e8-bc93-6894a57f9324\""));
}

TEST(IdempotencyKey, HasOneTo255VisibleCharacters) {
    for (const std::string_view empty : {"", "  ", "\"\"", " \"\" "}) {
        EXPECT_EQ(key_of(empty), "(missing)") << empty;
    }
    EXPECT_EQ(key_of(std::string(255, 'k')), std::string(255, 'k'));
    EXPECT_EQ(key_of("\"" + std::string(255, 'k') + "\""), std::string(255, 'k'));
    EXPECT_EQ(key_of(std::string(256, 'k')), "(malformed)");
    EXPECT_EQ(key_of("\"" + std::string(256, 'k') + "\""), "(malformed)");
    for (const std::string_view bad : {"a b", "\"a b\"", "\"", "\"a", "\"a\\\"", "\"a\"b\"",
                                       "\"a\\x\"", "\"a\";v=1", "a\x01", "a\x7f", "é"}) {
        EXPECT_EQ(key_of(bad), "(malformed)") << bad;
    }
}

TEST(Authorization, ReadsBearerAndBasic) {
    EXPECT_EQ(api_key("Bearer sk_1"), "sk_1");
    EXPECT_EQ(api_key("bearer   sk_1 "), "sk_1");
    EXPECT_EQ(api_key("Basic c2tfMTo="), "sk_1");      // sk_1:
    EXPECT_EQ(api_key("BASIC c2tfMTpwdw=="), "sk_1");  // sk_1:pw
    EXPECT_EQ(api_key("Basic c2tfMQ=="), "sk_1");      // no colon
    EXPECT_EQ(api_key(""), "(missing)");
    EXPECT_EQ(api_key("Digest x"), "(scheme)");
    EXPECT_EQ(api_key("sk_1"), "(scheme)");
    for (const std::string_view bad : {"Bearer", "Bearer ", "Bearer a b", "Bearer a\x01", "Basic",
                                       "Basic !!!", "Basic Og==", "Basic c2tfMTo", "Basic c2tf="}) {
        if (bad == std::string_view("Basic c2tfMTo")) EXPECT_EQ(api_key(bad), "sk_1");
        else EXPECT_EQ(api_key(bad), "(malformed)") << bad;
    }
}

TEST(Traceparent, IsValidatedStrictly) {
    const std::string good = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    EXPECT_EQ(valid_traceparent(good), good);
    EXPECT_EQ(valid_traceparent("cc" + good.substr(2) + "-more"), "cc" + good.substr(2));
    for (const std::string& bad :
         {std::string(), good + "-more", good.substr(1), "ff" + good.substr(2), good + "x",
          std::string("00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01"),
          std::string("00-00000000000000000000000000000000-b7ad6b7169203331-01"),
          std::string("00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01"),
          std::string("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331_01"),
          "cc" + good.substr(2) + ".more"}) {
        EXPECT_FALSE(valid_traceparent(bad)) << bad;
    }
}

TEST(RequestId, IsEchoedOnlyWhenHarmless) {
    EXPECT_EQ(valid_request_id(" 7b1f/AB.c:d+e=f@g-h_i "), "7b1f/AB.c:d+e=f@g-h_i");
    EXPECT_TRUE(valid_request_id(std::string(128, 'a')));
    for (const std::string& bad :
         {std::string(), std::string(129, 'a'), std::string("a b"), std::string("a\r\nX: y"),
          std::string("<x>"), std::string("é"), std::string("a\0b", 3), std::string("\"a\"")}) {
        EXPECT_FALSE(valid_request_id(bad)) << bad;
    }
}

TEST(RequestId, NewOnesDiffer) {
    std::set<std::string> seen;
    for (int i = 0; i < 1000; ++i) {
        std::string id;
        append_request_id(id);
        EXPECT_EQ(id.size(), 28u);
        EXPECT_TRUE(valid_request_id(id));
        EXPECT_TRUE(seen.insert(id).second);
    }
}

TEST(MediaTypes, ContentTypeIgnoresCaseAndParameters) {
    for (const std::string_view yes :
         {"application/json", "Application/JSON", "application/json; charset=utf-8",
          "application/json;charset=\"UTF-8\"", " application/json ; foo=bar"}) {
        EXPECT_TRUE(is_content_type(yes, "application/json")) << yes;
    }
    for (const std::string_view no :
         {"", "text/json", "application/jsonp", "application/json; charset=latin1",
          "application/json, text/plain", "application/*", "application"}) {
        EXPECT_FALSE(is_content_type(no, "application/json")) << no;
    }
}

TEST(MediaTypes, AcceptIsNegotiated) {
    static constexpr std::string_view offered[] = {"application/json", "text/csv"};
    const auto choice = [](std::string_view accept) {
        const auto index = negotiate(accept, offered);
        return index ? std::string(offered[*index]) : "(none)";
    };
    EXPECT_EQ(choice(""), "application/json");
    EXPECT_EQ(choice("*/*"), "application/json");
    EXPECT_EQ(choice("text/csv"), "text/csv");
    EXPECT_EQ(choice("text/*"), "text/csv");
    EXPECT_EQ(choice("application/json;q=0.5, text/csv"), "text/csv");
    EXPECT_EQ(choice("text/csv;q=0.9, */*;q=0.8"), "text/csv");
    EXPECT_EQ(choice("*/*, application/json;q=0"), "text/csv");
    EXPECT_EQ(choice("TEXT/CSV; q=1.000"), "text/csv");
    EXPECT_EQ(choice("text/html"), "(none)");
    EXPECT_EQ(choice("text/csv;q=0"), "(none)");
    EXPECT_EQ(choice("text/csv;q=2"), "(none)");
    EXPECT_EQ(choice(",,;;q,"), "(none)");
}

TEST(Base64, HasOneSpelling) {
    for (std::size_t bytes = 0; bytes < 40; ++bytes) {
        std::string input;
        for (std::size_t i = 0; i < bytes; ++i) input += static_cast<char>(i * 37 + 200);
        std::string text;
        append_base64url(text, input);
        std::string output;
        ASSERT_TRUE(decode_base64url(text, output));
        EXPECT_EQ(output, input);
    }
    std::string out;
    for (const std::string_view bad : {"A", "AB=", "AA==", "AB", "A+", "A/", "A A", "AAB"}) {
        EXPECT_FALSE(decode_base64url(bad, out)) << bad;
    }
    for (const std::string_view bad : {"A", "AA=", "A===", "AA==A", "AB==", "=", "AAA==", "A-=="}) {
        EXPECT_FALSE(decode_base64(bad, out)) << bad;
    }
}

}  // namespace
}  // namespace creditd::daemon
