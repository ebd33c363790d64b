#include "schemas/text_bytes.hpp"

#include <gtest/gtest.h>

namespace creditd::schemas {
namespace {

constexpr std::string_view uuid = "7d444840-9dc0-11d1-b245-5ffdce74fad2";
constexpr std::string_view trace = "4bf92f3577b34da6a3ce929d0e0e4736";

TEST(TextBytes, ReadsAndWritesUuids) {
    const auto bytes = parse_uuid(uuid);
    ASSERT_TRUE(bytes);
    EXPECT_EQ((*bytes)[0], 0x7d);
    EXPECT_EQ((*bytes)[15], 0xd2);
    std::string text = "before";
    format_uuid(bytes->data(), text);
    EXPECT_EQ(text, uuid);
}

TEST(TextBytes, ReadsAndWritesTraceIds) {
    const auto bytes = parse_hex16(trace);
    ASSERT_TRUE(bytes);
    EXPECT_EQ((*bytes)[0], 0x4b);
    std::string text;
    format_hex16(bytes->data(), text);
    EXPECT_EQ(text, trace);
}

// Only the one spelling that comes back: every other single character must stay text.
TEST(TextBytes, TakesNothingButTheCanonicalSpelling) {
    for (std::size_t i = 0; i < uuid.size(); ++i) {
        for (int c = 0; c < 256; ++c) {
            std::string text(uuid);
            text[i] = static_cast<char>(c);
            const auto bytes = parse_uuid(text);
            if (!bytes) continue;
            std::string back;
            format_uuid(bytes->data(), back);
            ASSERT_EQ(back, text);
        }
    }
    EXPECT_FALSE(parse_uuid(std::string(uuid) + "0"));
    EXPECT_FALSE(parse_uuid(uuid.substr(1)));
    EXPECT_FALSE(parse_uuid(""));
    EXPECT_FALSE(parse_uuid("7D444840-9DC0-11D1-B245-5FFDCE74FAD2"));
    EXPECT_FALSE(parse_hex16("4BF92F3577B34DA6A3CE929D0E0E4736"));
    EXPECT_FALSE(parse_hex16(trace.substr(1)));
    EXPECT_FALSE(parse_hex16("4bf92f3577b34da6a3ce929d0e0e473g"));
}

}  // namespace
}  // namespace creditd::schemas
