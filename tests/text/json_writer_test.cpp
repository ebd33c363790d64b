#include "text/json_writer.hpp"

#include <gtest/gtest.h>

#include "text/json_tape.hpp"
#include "text/utf8.hpp"

namespace creditd {
namespace {

std::string written(std::string_view text) {
    std::string out;
    append_json_string(out, text);
    return out;
}

std::string lossy(std::string_view text) {
    std::string out;
    append_json_string_lossy(out, text);
    return out;
}

TEST(JsonWriter, WritesNestedValuesWithCommas) {
    std::string out = "HEAD";
    JsonWriter json(out);
    json.begin_object();
    json.numbered("id", "txn_", 42);
    json.credits("amount", Credits{2'500'000}, 6);
    json.begin_object("balance");
    json.credits("before", Credits{-1}, 6);
    json.credits("after", Credits{0}, 2);
    json.end_object();
    json.begin_array("lines");
    json.integer(-7);
    json.boolean(false);
    json.null();
    json.begin_object();
    json.end_object();
    json.text("x");
    json.end_array();
    json.timestamp("created_at", Timestamp{0});
    json.timestamp("expires_at", Timestamp::never());
    json.raw("metadata", R"({"a":1})");
    json.text_or_null("user", "");
    json.integer("seq", UINT64_MAX);
    json.end_object();
    EXPECT_EQ(out,
              R"(HEAD{"id":"txn_42","amount":2.5,"balance":{"before":-0.000001,"after":0},)"
              R"("lines":[-7,false,null,{},"x"],"created_at":"1970-01-01T00:00:00.000000Z",)"
              R"("expires_at":null,"metadata":{"a":1},"user":null,"seq":18446744073709551615})");
}

TEST(JsonWriter, EscapesAtEveryPositionOfAWord) {
    for (std::size_t before = 0; before < 20; ++before) {
        const std::string head(before, 'a');
        EXPECT_EQ(written(head + "\"b"), "\"" + head + "\\\"b\"");
        EXPECT_EQ(written(head + "\\" + head), "\"" + head + "\\\\" + head + "\"");
        EXPECT_EQ(written(head + "\n\x1f!"), "\"" + head + "\\n\\u001f!\"");
    }
    EXPECT_EQ(written(std::string_view("\0\x01\r\t é€𝄞", 14)), "\"\\u0000\\u0001\\r\\t é€𝄞\"");
}

TEST(JsonWriter, WhatItWritesReadsBack) {
    JsonDocument document;
    for (char32_t c = 1; c < 0x300; ++c) {
        char bytes[4];
        const std::string text = "x" + std::string(bytes, encode_utf8(c, bytes)) + "y";
        for (const std::string& spelling : {written(text), lossy(text)}) {
            const auto parsed = document.parse(spelling);
            ASSERT_TRUE(parsed.has_value()) << spelling;
            EXPECT_EQ(parsed->text(), text);
        }
    }
}

TEST(JsonWriter, LossyTextIsAlwaysValid) {
    EXPECT_EQ(lossy("a\xff\xc3\x28"), "\"a\xef\xbf\xbd\xef\xbf\xbd(\"");
    EXPECT_EQ(lossy("\xe2\x80\xa8\x7f\xc2\x85"), "\"\\u2028\\u007f\\u0085\"");
    EXPECT_EQ(lossy("\xf0\x9f\x98"), "\"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\"");
}

}  // namespace
}  // namespace creditd
