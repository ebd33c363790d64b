#include "text/json_reader.hpp"

#include <gtest/gtest.h>

namespace creditd {
namespace {

/// Reads one body with a function; shows values and errors.
class JsonReaderTest : public ::testing::Test {
protected:
    ObjectReader read(std::string body) {
        body_ = std::move(body);
        errors_.clear();
        const auto parsed = document_.parse(body_);
        EXPECT_TRUE(parsed.has_value()) << body_;
        return ObjectReader(*parsed, errors_);
    }

    std::string pointers() const {
        std::string all;
        for (const FieldError& error : errors_.list()) all += error.pointer + " ";
        return all;
    }

    std::optional<Credits> amount(std::string_view token, unsigned decimals = 6) {
        return read("{\"amount\":" + std::string(token) + "}").amount("amount", decimals);
    }

    std::string body_;
    JsonDocument document_;
    FieldErrors errors_;
};

TEST_F(JsonReaderTest, ReadsEveryKind) {
    auto fields = read(R"({"t":"héllo","i":"acme:1","a":"2.5","n":7,"b":true,"d":"90s",
        "w":"2026-11-20T22:00:00Z","c":"usd","m":{"amount":999,"currency":"eur"},
        "l":[1,2],"o":{"x":{}},"r":null})");
    EXPECT_EQ(fields.text("t"), "héllo");
    EXPECT_EQ(fields.id("i", required_field), "acme:1");
    EXPECT_EQ(fields.amount("a", 2), Credits{250});
    EXPECT_EQ(fields.integer("n", 1, 7), 7);
    EXPECT_EQ(fields.boolean("b"), true);
    EXPECT_EQ(fields.duration("d"), Duration::seconds(90));
    EXPECT_EQ(fields.timestamp("w"), Timestamp{1'795'212'000'000'000});
    EXPECT_EQ(fields.currency("c"), Currency::of("USD"));
    EXPECT_EQ(fields.money("m"), (Money{999, Currency::of("EUR")}));
    EXPECT_EQ(fields.array("l", {.min_items = 1, .max_items = 2})->size(), 2u);
    EXPECT_EQ(fields.object("o")->text(), R"({"x":{}})");
    EXPECT_TRUE(fields.raw("r")->is_null());
    fields.finish();
    EXPECT_TRUE(errors_.empty()) << pointers();
}

TEST_F(JsonReaderTest, AbsentOptionalFieldsAreNoErrors) {
    auto fields = read("{}");
    EXPECT_FALSE(fields.text("t") || fields.id("i") || fields.amount("a", 6) ||
                 fields.integer("n", 0, 1) || fields.boolean("b") || fields.duration("d") ||
                 fields.timestamp("w") || fields.money("m") || fields.money_fields() ||
                 fields.array("l") || fields.object("o") || fields.raw("r"));
    fields.finish();
    EXPECT_TRUE(errors_.empty());
}

TEST_F(JsonReaderTest, CollectsAllErrorsOfABody) {
    auto fields = read(R"({"amount":"x","payment":{"amount":-1,"currency":"EURO"},"odd":1})");
    fields.id("account", required_field);
    fields.amount("amount", 6, required_field);
    fields.money("payment", required_field);
    fields.finish();
    EXPECT_EQ(pointers(), "#/account #/amount #/payment/amount #/payment/currency #/odd ");
    EXPECT_EQ(errors_.list()[0].detail, "is required");
    EXPECT_EQ(errors_.list()[4].detail, "is not a known field");
    EXPECT_EQ(errors_.fault(), FieldFault::invalid);
}

TEST_F(JsonReaderTest, ABodyThatIsNoObjectIsOneError) {
    auto fields = read("[1]");
    EXPECT_FALSE(fields.text("t", {.required = true}));
    fields.finish();
    EXPECT_EQ(errors_.count(), 1u);
    EXPECT_EQ(pointers(), "# ");
}

TEST_F(JsonReaderTest, UnknownFieldsAreCountedOnlySoFar) {
    std::string body = "{";
    for (int i = 0; i < 500; ++i) body += "\"k" + std::to_string(i) + "\":1,";
    body.back() = '}';
    auto fields = read(body);
    EXPECT_EQ(fields.integer("k3", 0, 1), 1);
    fields.finish();
    EXPECT_EQ(errors_.list().size(), field_errors_max);
}

TEST_F(JsonReaderTest, ItemsKnowTheirPlace) {
    body_ = R"({"operations":[{},{"money":{"amount":1.5,"currency":"USD"}}]})";
    const auto parsed = document_.parse(body_);
    JsonValue item = *++(*parsed->begin()).begin();
    ObjectReader fields(item, errors_, ItemPlace{"operations", 1});
    fields.id("account", required_field);
    fields.money("money");
    EXPECT_EQ(pointers(), "#/operations/1/account #/operations/1/money/amount ");
}

TEST_F(JsonReaderTest, AFullListOnlyCounts) {
    auto fields = read("{}");
    for (int i = 0; i < 100; ++i) fields.id("account", required_field);
    EXPECT_EQ(errors_.list().size(), field_errors_max);
    EXPECT_EQ(errors_.count(), 100u);
}

struct AmountCase {
    std::string_view token;
    std::int64_t minor;  // with 6 decimals; 0 for a fault
    FieldFault fault = FieldFault::invalid;
};

constexpr AmountCase amounts[] = {
    {"1", 1'000'000},
    {"2.5", 2'500'000},
    {"0.000001", 1},
    {"1.0", 1'000'000},
    {"1.000000", 1'000'000},
    {"100", 100'000'000},
    {"999999999.999999", 999'999'999'999'999},
    {"\"1\"", 1'000'000},
    {"\"2.5\"", 2'500'000},
    {"\"999999999.999999\"", 999'999'999'999'999},
    {"0", 0, FieldFault::amount_range},
    {"-0", 0, FieldFault::amount_range},
    {"0.0", 0, FieldFault::amount_range},
    {"-1", 0, FieldFault::amount_range},
    {"-0.000001", 0, FieldFault::amount_range},
    {"1000000000", 0, FieldFault::amount_range},
    {"999999999999999", 0, FieldFault::amount_range},
    {"9007199254740993", 0, FieldFault::amount_range},
    {"9223372036854775807", 0, FieldFault::amount_range},
    {"9223372036854775808", 0, FieldFault::amount_range},
    {"18446744073709551616", 0, FieldFault::amount_range},
    {"340282366920938463463374607431768211456", 0, FieldFault::amount_range},
    {"\"-1\"", 0, FieldFault::amount_range},
    {"\"0\"", 0, FieldFault::amount_range},
    {"1.0000000", 0, FieldFault::amount_precision},
    {"0.0000001", 0, FieldFault::amount_precision},
    {"\"0.1234567\"", 0, FieldFault::amount_precision},
    {"1e3", 0},
    {"1E2", 0},
    {"1e309", 0},
    {"1e-3", 0},
    {"1.0e0", 0},
    {"\"1e3\"", 0},
    {"\"+1\"", 0},
    {"\" 1\"", 0},
    {"\"1 \"", 0},
    {"\"01\"", 0},
    {"\".5\"", 0},
    {"\"5.\"", 0},
    {"\"1,5\"", 0},
    {"\"0x10\"", 0},
    {"\"NaN\"", 0},
    {"\"Infinity\"", 0},
    {"\"\"", 0},
    {"\"１\"", 0},
    {"true", 0},
    {"null", 0},
    {"[1]", 0},
    {"{}", 0},
};

TEST_F(JsonReaderTest, AmountsAreExactOrRefused) {
    for (const AmountCase& c : amounts) {
        const auto value = amount(c.token);
        if (c.minor != 0) {
            ASSERT_TRUE(value.has_value()) << c.token;
            EXPECT_EQ(value->value, c.minor) << c.token;
            EXPECT_TRUE(errors_.empty()) << c.token;
            continue;
        }
        EXPECT_FALSE(value.has_value()) << c.token;
        ASSERT_EQ(errors_.count(), 1u) << c.token;
        EXPECT_EQ(errors_.fault(), c.fault) << c.token;
    }
}

TEST_F(JsonReaderTest, AmountsKnowTheLedgersDecimals) {
    EXPECT_EQ(amount("2.5", 1), Credits{25});
    EXPECT_FALSE(amount("2.50", 1));
    EXPECT_EQ(errors_.fault(), FieldFault::amount_precision);
    EXPECT_EQ(amount("999999999999999", 0), Credits{999'999'999'999'999});
    EXPECT_FALSE(amount("1.0", 0));
}

TEST_F(JsonReaderTest, TheGravestFaultNamesTheAnswer) {
    auto fields = read(R"({"a":0,"b":0.0000001,"c":"x"})");
    fields.amount("a", 6);
    EXPECT_EQ(errors_.fault(), FieldFault::amount_range);
    fields.amount("b", 6);
    EXPECT_EQ(errors_.fault(), FieldFault::amount_precision);
    fields.amount("c", 6);
    EXPECT_EQ(errors_.fault(), FieldFault::invalid);
}

TEST_F(JsonReaderTest, IntegersHaveNoFractionAndStayInRange) {
    for (const std::string_view token :
         {"0", "1.0", "1e1", "11", "-1", "\"5\"", "9223372036854775808", "null", "true"}) {
        auto fields = read("{\"n\":" + std::string(token) + "}");
        EXPECT_FALSE(fields.integer("n", 1, 10)) << token;
        EXPECT_EQ(errors_.count(), 1u) << token;
    }
    EXPECT_EQ(read(R"({"n":-9223372036854775808})").integer("n", INT64_MIN, 0), INT64_MIN);
}

TEST_F(JsonReaderTest, TextsHaveBounds) {
    EXPECT_FALSE(read(R"({"t":""})").text("t", {.min_bytes = 1}));
    EXPECT_FALSE(read(R"({"t":"abcd"})").text("t", {.max_bytes = 3}));
    EXPECT_EQ(read(R"({"t":"abc"})").text("t", {.max_bytes = 3}), "abc");
    EXPECT_FALSE(read(R"({"t":5})").text("t"));
    for (const std::string_view id : {"", "-a", "a b", "a/b", "..", "é", "a%2e", "a\\n"}) {
        EXPECT_FALSE(read("{\"i\":\"" + std::string(id) + "\"}").id("i")) << id;
    }
    EXPECT_FALSE(read("{\"i\":\"" + std::string(129, 'a') + "\"}").id("i"));
    EXPECT_TRUE(read("{\"i\":\"" + std::string(128, 'a') + "\"}").id("i"));
}

TEST_F(JsonReaderTest, EnumerationsListTheirNames) {
    enum class Mode { independent, atomic };
    static constexpr std::pair<std::string_view, Mode> modes[] = {
        {"independent", Mode::independent}, {"atomic", Mode::atomic}};
    const std::span<const std::pair<std::string_view, Mode>> names(modes);
    EXPECT_EQ(read(R"({"mode":"atomic"})").enumeration("mode", names), Mode::atomic);
    EXPECT_FALSE(read(R"({"mode":"Atomic"})").enumeration("mode", names));
    EXPECT_EQ(errors_.list()[0].detail, "must be one of independent, atomic");
}

TEST_F(JsonReaderTest, MoneyNeedsBothParts) {
    EXPECT_FALSE(read(R"({"amount":5})").money_fields());
    EXPECT_EQ(pointers(), "#/currency ");
    EXPECT_FALSE(read(R"({"amount":9007199254740992,"currency":"USD"})").money_fields());
    EXPECT_EQ(pointers(), "#/amount ");
    for (const std::string_view bad : {"US", "USDT", "U$D", "12A", "", "éU"}) {
        EXPECT_FALSE(read("{\"c\":\"" + std::string(bad) + "\"}").currency("c")) << bad;
    }
}

TEST_F(JsonReaderTest, MetadataIsCopiedMinified) {
    std::string out;
    auto fields = read(R"({"metadata": { "a" : [ 1 , "b" ] }})");
    EXPECT_TRUE(fields.object_copy("metadata", out));
    fields.finish();
    EXPECT_TRUE(errors_.empty());
    EXPECT_EQ(out, R"({"a":[1,"b"]})");
    EXPECT_FALSE(read(R"({"metadata":[]})").object_copy("metadata", out));
    EXPECT_FALSE(read(R"({"metadata":{"a":[[[[]]]]}})").object_copy("metadata", out));
    EXPECT_FALSE(read("{\"metadata\":{\"a\":\"" + std::string(4089, 'x') + "\"}}")
                     .object_copy("metadata", out));
    EXPECT_TRUE(read("{\"metadata\":{\"a\":\"" + std::string(4088, 'x') + "\"}}")
                    .object_copy("metadata", out));
}

}  // namespace
}  // namespace creditd
