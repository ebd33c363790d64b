#include "text/json_tape.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <memory>
#include <string>

#include "tests/text/json_cases.hpp"

namespace creditd {
namespace {

/// A body without a spare byte behind it: a sanitizer sees every read past its end.
class ExactBody {
public:
    explicit ExactBody(std::string_view text)
        : bytes_(std::make_unique<char[]>(text.size())), size_(text.size()) {
        std::ranges::copy(text, bytes_.get());
    }
    std::string_view view() const { return {bytes_.get(), size_}; }

private:
    std::unique_ptr<char[]> bytes_;
    std::size_t size_;
};

std::string canonical(JsonValue value) {
    std::string out;
    EXPECT_EQ(append_canonical(out, value, {SIZE_MAX, limits::json_depth_max}), nullptr);
    return out;
}

FieldError error_of(JsonDocument& document, std::string_view body) {
    const auto parsed = document.parse(body);
    EXPECT_FALSE(parsed.has_value()) << body;
    return parsed ? FieldError{} : parsed.error();
}

std::string repeat(std::string_view text, std::size_t times) {
    std::string result;
    for (std::size_t i = 0; i < times; ++i) result += text;
    return result;
}

std::string object_of(std::size_t keys) {
    std::string body = "{";
    for (std::size_t i = 0; i < keys; ++i) body += "\"k" + std::to_string(i) + "\":null,";
    body.back() = '}';
    return body;
}

TEST(JsonTape, AcceptsWhatIsJson) {
    JsonDocument document;
    for (const test::JsonCase& c : test::accepted_cases()) {
        const ExactBody body(c.body);
        const auto parsed = document.parse(body.view());
        ASSERT_TRUE(parsed.has_value()) << c.name << ": " << parsed.error().detail;
    }
}

TEST(JsonTape, CanonicalCopyIsAFixedPoint) {
    JsonDocument first;
    JsonDocument second;
    for (const test::JsonCase& c : test::accepted_cases()) {
        const std::string once = canonical(*first.parse(c.body));
        const auto again = second.parse(once);
        ASSERT_TRUE(again.has_value()) << c.name << ": " << once;
        EXPECT_EQ(canonical(*again), once) << c.name;
    }
}

TEST(JsonTape, RefusesWhatIsNot) {
    JsonDocument document;
    for (const test::JsonCase& c : test::refused_cases()) {
        const ExactBody body(c.body);
        const auto parsed = document.parse(body.view());
        ASSERT_FALSE(parsed.has_value()) << c.name;
        EXPECT_TRUE(parsed.error().pointer.starts_with("#")) << c.name;
        EXPECT_FALSE(parsed.error().detail.empty()) << c.name;
    }
}

TEST(JsonTape, RefusesEveryProperPrefixOfAnObject) {
    JsonDocument document;
    const std::string_view body =
        R"( {"amount":12.5,"metadata":{"a":[1,true,null,"x\u00e9\"y"]},"payment":{"id":"p"}})";
    ASSERT_TRUE(document.parse(body).has_value());
    for (std::size_t bytes = 0; bytes < body.size(); ++bytes) {
        const ExactBody prefix(body.substr(0, bytes));
        EXPECT_FALSE(document.parse(prefix.view()).has_value()) << bytes;
    }
}

TEST(JsonTape, SurvivesEveryByteInEveryPlace) {
    JsonDocument document;
    const std::string_view body = R"({"a":[1,-2.5e3,"x\n\ud83d\ude00"],"b":{"c":true}})";
    for (std::size_t i = 0; i < body.size(); ++i) {
        for (int byte = 0; byte < 256; ++byte) {
            std::string changed(body);
            changed[i] = static_cast<char>(byte);
            const ExactBody exact(changed);
            const auto parsed = document.parse(exact.view());
            if (!parsed) continue;
            JsonDocument other;
            const std::string copy = canonical(*parsed);
            EXPECT_TRUE(other.parse(copy).has_value()) << copy;
        }
    }
}

TEST(JsonTape, RefusesGiantsOfEachKind) {
    JsonDocument document;
    EXPECT_TRUE(document.parse("[" + repeat("1", 400) + "]").has_value());
    EXPECT_FALSE(document.parse(repeat("[", 100'000)).has_value());
    EXPECT_FALSE(document.parse(repeat("{\"a\":", 100'000)).has_value());
    EXPECT_TRUE(document.parse("\"" + repeat("\\u00e9 text ", 20'000) + "\"").has_value());
    EXPECT_FALSE(document.parse("[1" + repeat(",1", json_structurals_max) + "]").has_value());
}

TEST(JsonTape, KeepsTokensAndUnescapesStrings) {
    JsonDocument document;
    const auto parsed =
        document.parse(R"({"n":-0.10e+5,"s":"a\u00e9\ud83d\ude00\/\"","t":true,"o":{ "x" : 1 }})");
    ASSERT_TRUE(parsed.has_value());
    auto at = parsed->begin();
    EXPECT_EQ((*at).key(), "n");
    EXPECT_EQ((*at).text(), "-0.10e+5");
    EXPECT_EQ((*++at).text(), "a\xc3\xa9\xf0\x9f\x98\x80/\"");
    EXPECT_EQ((*++at).text(), "true");
    EXPECT_EQ((*++at).text(), R"({ "x" : 1 })");
    EXPECT_EQ((*at).kind(), JsonKind::object);
    EXPECT_EQ((*at).size(), 1u);
    EXPECT_TRUE(++at == parsed->end());
    EXPECT_EQ(parsed->size(), 4u);
}

TEST(JsonTape, NamesTheDuplicateKey) {
    JsonDocument document;
    EXPECT_EQ(error_of(document, R"({"x":[0,{"a/b~":1,"c":2,"a/b~":3}]})").pointer, "#/x/1/a~1b~0");
    std::string many = object_of(5000);
    ASSERT_TRUE(document.parse(many).has_value());
    many.back() = ',';
    many += "\"k4711\":1}";
    EXPECT_EQ(error_of(document, many).pointer, "#/k4711");
}

TEST(JsonTape, ChecksHugeObjectsInLinearTime) {
    JsonDocument document;
    const std::string body = object_of(250'000);
    const auto begin = std::chrono::steady_clock::now();
    ASSERT_TRUE(document.parse(body).has_value());
    // A quadratic check would need minutes; a sanitizer build some hundred milliseconds.
    EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(5));
}

TEST(JsonTape, SaysWhereTheSyntaxBreaks) {
    JsonDocument document;
    const FieldError error = error_of(document, R"({"payment":{"amount":}})");
    EXPECT_EQ(error.pointer, "#/payment");
    EXPECT_EQ(error.detail, "expected a value (byte 21)");
    EXPECT_EQ(error_of(document, R"({"a":[0,[1,2x]]})").pointer, "#/a/1");
}

TEST(JsonTape, PointersEscapeAndCount) {
    JsonDocument document;
    const auto parsed = document.parse(R"({"a":[1,{"b c":{"~/":[7]}}]})");
    ASSERT_TRUE(parsed.has_value());
    const JsonValue list = *(*parsed->begin()).begin();
    EXPECT_EQ(list.pointer(), "#/a/0");
    JsonValue at = *++(*parsed->begin()).begin();
    EXPECT_EQ(at.pointer(), "#/a/1");
    at = *(*(*at.begin()).begin()).begin();
    EXPECT_EQ(at.text(), "7");
    EXPECT_EQ(at.pointer(), "#/a/1/b%20c/~0~1/0");
    EXPECT_EQ(parsed->pointer(), "#");
}

TEST(JsonTape, IsReusable) {
    JsonDocument document;
    for (const std::size_t keys : {3u, 20'000u, 1u, 300u}) {
        const std::string body = object_of(keys);
        const auto parsed = document.parse(body);
        ASSERT_TRUE(parsed.has_value());
        EXPECT_EQ(parsed->size(), keys);
        EXPECT_FALSE(document.parse("[1,").has_value());
        document.shrink();
    }
}

TEST(JsonCanonical, HasOneSpelling) {
    JsonDocument document;
    const auto parsed = document.parse("{ \"b\" : [ 1.50 , \"\\u0061\\/\" ] , \"a\" : {} }");
    ASSERT_TRUE(parsed.has_value());
    EXPECT_EQ(canonical(*parsed), R"({"b":[1.50,"a/"],"a":{}})");
    std::string sorted;
    EXPECT_EQ(append_canonical(sorted, *parsed, {100, 4, true}), nullptr);
    EXPECT_EQ(sorted, R"({"a":{},"b":[1.50,"a/"]})");
}

TEST(JsonCanonical, KeepsItsLimits) {
    JsonDocument document;
    std::string out = "before";
    const auto deep = document.parse(R"({"a":{"b":{"c":{}}}})");
    EXPECT_EQ(append_canonical(out, *deep, {100, 4}), nullptr);
    EXPECT_STREQ(append_canonical(out, *deep, {100, 3}), "is nested too deeply");
    EXPECT_EQ(out, R"(before{"a":{"b":{"c":{}}}})");
    EXPECT_STREQ(append_canonical(out, *deep, {19, 4}), "is too large");
    EXPECT_EQ(append_canonical(out, *deep, {20, 4}), nullptr);
}

}  // namespace
}  // namespace creditd
