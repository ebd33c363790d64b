#include "daemon/basics/query_text.hpp"

#include <gtest/gtest.h>

#include "daemon/basics/base64.hpp"

namespace creditd::daemon {
namespace {

class QueryTest : public ::testing::Test {
protected:
    QueryReader read(std::string_view query) {
        errors_.clear();
        auto parsed = QueryParameters::parse(query);
        EXPECT_TRUE(parsed.has_value()) << query;
        parameters_ = parsed.value_or(QueryParameters{});
        return QueryReader(parameters_, errors_);
    }
    std::string pointers() const {
        std::string all;
        for (const FieldError& error : errors_.list()) all += error.pointer + " ";
        return all;
    }

    QueryParameters parameters_;
    FieldErrors errors_;
};

TEST_F(QueryTest, ReadsParameters) {
    auto query = read(
        "limit=20&prefix=acme%3A&type=hold&verbose&name=a+b%20c%2B&&"
        "from=2026-11-20T22:00:00+00:00&user=%D0%BA");
    enum class Type { grant, hold };
    static constexpr std::pair<std::string_view, Type> types[] = {{"grant", Type::grant},
                                                                  {"hold", Type::hold}};
    EXPECT_EQ(query.integer("limit", 1, 100), 20);
    EXPECT_EQ(query.id("prefix"), "acme:");
    EXPECT_EQ(query.enumeration("type", std::span<const std::pair<std::string_view, Type>>(types)),
              Type::hold);
    EXPECT_EQ(query.boolean("verbose"), true);
    EXPECT_EQ(query.text("name"), "a b c+");
    EXPECT_EQ(query.timestamp("from"), Timestamp{1'795'212'000'000'000});
    EXPECT_EQ(query.text("user"), "к");
    EXPECT_FALSE(query.text("absent"));
    query.finish();
    EXPECT_TRUE(errors_.empty()) << pointers();
}

TEST_F(QueryTest, ListsStandBetweenCommas) {
    using List = std::vector<std::string_view>;
    auto query = read("one=a&some=a,b%2Cc&empty=&gaps=,a,");
    EXPECT_EQ(query.list("one"), List({"a"}));
    EXPECT_EQ(query.list("some"), List({"a", "b", "c"}));
    EXPECT_EQ(query.list("empty"), List({""}));
    EXPECT_EQ(query.list("gaps"), List({"", "a", ""}));
    EXPECT_EQ(query.list("absent"), List());
    query.finish();
    EXPECT_TRUE(errors_.empty()) << pointers();
}

TEST_F(QueryTest, CollectsErrors) {
    auto query = read("limit=0&from=yesterday&odd=1&b=maybe&t=x");
    query.integer("limit", 1, 100);
    query.timestamp("from");
    query.boolean("b");
    query.text("t", {.min_bytes = 2});
    query.id("account", required_field);
    query.finish();
    EXPECT_EQ(pointers(),
              "#/query/limit #/query/from #/query/b #/query/t #/query/account #/query/odd ");
}

TEST_F(QueryTest, RefusesBadEncoding) {
    for (const std::string_view bad :
         {"a=%", "a=%4", "a=%GG", "a=%00", "%00=a", "a=%ff", "a=%c0%af", "a=%ed%a0%80", "=a", "%=a",
          "a=1&a=2", "a=1&%61=2", "a=%u0041"}) {
        EXPECT_FALSE(QueryParameters::parse(bad).has_value()) << bad;
    }
    EXPECT_FALSE(QueryParameters::parse(std::string_view("a=\0", 3)).has_value());
    EXPECT_TRUE(QueryParameters::parse("").has_value());
    EXPECT_TRUE(QueryParameters::parse("a=b=c").has_value());
    std::string many;
    for (int i = 0; i < 65; ++i) many += "k" + std::to_string(i) + "=1&";
    EXPECT_FALSE(QueryParameters::parse(many).has_value());
}

TEST_F(QueryTest, IntegersAreDigitsOnly) {
    for (const std::string_view bad :
         {"", "+5", "5.0", "0x5", "5a", " 5", "1e1", "99999999999999999999", "101", "0", "-1"}) {
        auto query = read("n=" + std::string(bad));
        EXPECT_FALSE(query.integer("n", 1, 100)) << bad;
        EXPECT_EQ(errors_.count(), 1u) << bad;
    }
}

TEST(PercentEncoding, RoundTrips) {
    std::string all;
    for (int c = 1; c < 128; ++c) all += static_cast<char>(c);
    all += "é€";
    std::string encoded;
    append_percent_encoded(encoded, all);
    EXPECT_EQ(percent_decoded(encoded, true), all);
    EXPECT_EQ(percent_decoded("a+b", false), "a+b");
    EXPECT_EQ(percent_decoded("a+b", true), "a b");
}

TEST(Cursor, RoundTripsAndKeepsListsApart) {
    for (const std::uint64_t position : {std::uint64_t{0}, std::uint64_t{42}, UINT64_MAX}) {
        const std::string text = encode_cursor({'t', position, "acme:é"});
        const auto cursor = decode_cursor(text, 't');
        ASSERT_TRUE(cursor.has_value());
        EXPECT_EQ(cursor->position, position);
        EXPECT_EQ(cursor->text, "acme:é");
        EXPECT_FALSE(decode_cursor(text, 'a'));
        EXPECT_FALSE(decode_cursor(text + "=", 't'));
    }
    EXPECT_FALSE(decode_cursor("", 't'));
    EXPECT_FALSE(decode_cursor("AXQ", 't'));
    EXPECT_FALSE(decode_cursor("not a cursor", 't'));
}

}  // namespace
}  // namespace creditd::daemon
