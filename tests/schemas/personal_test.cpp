#include "schemas/personal.hpp"

#include <gtest/gtest.h>

#include "tests/schemas/sample_events.hpp"
#include "tests/schemas/sample_payments.hpp"

namespace creditd::schemas {
namespace {

using tests::sample_personal;
using tests::sample_salt;

TEST(Personal, DecodesWhatItEncodes) {
    const std::string bytes = encode_personal(sample_salt(), sample_personal());
    PersonalPart out;
    ASSERT_TRUE(decode_personal(bytes, out));
    EXPECT_EQ(out, sample_personal());
}

TEST(Personal, LeavesNothingOfThePartBefore) {
    PersonalPart out = sample_personal();
    PersonalPart only_reason;
    only_reason.reason = "goodwill";
    ASSERT_TRUE(decode_personal(encode_personal(sample_salt(), only_reason), out));
    EXPECT_EQ(out, only_reason);
    EXPECT_FALSE(out.is_empty());
    ASSERT_TRUE(decode_personal(encode_personal(sample_salt(), PersonalPart{}), out));
    EXPECT_TRUE(out.is_empty());
}

TEST(Personal, KeepsWhatWasReceivedByteForByte) {
    PersonalPart out = sample_personal();
    const PersonalPart received = tests::sample_received();
    EXPECT_FALSE(received.is_empty());
    ASSERT_TRUE(decode_personal(encode_personal(sample_salt(), received), out));
    EXPECT_EQ(out, received);
    ASSERT_TRUE(decode_personal(encode_personal(sample_salt(), PersonalPart{}), out));
    EXPECT_EQ(out.received, "");
}

TEST(Personal, BeginsWithItsSalt) {
    const std::string bytes = encode_personal(sample_salt(), sample_personal());
    const Salt salt = sample_salt();
    EXPECT_EQ(bytes.substr(0, salt_bytes),
              std::string(reinterpret_cast<const char*>(salt.data()), salt.size()));
    Salt other = salt;
    other[0] ^= 1;
    EXPECT_NE(encode_personal(other, sample_personal()), bytes);
}

TEST(Personal, TakesTextsUpToTheirLimits) {
    PersonalPart large;
    large.name = large.description = large.reason = large.resource =
        std::string(limits::text_bytes_max, 'x');
    large.metadata = large.labels = std::string(json_text_bytes_max, '1');
    large.received = std::string(limits::notification_bytes_max, '\xff');
    PersonalPart out;
    ASSERT_TRUE(decode_personal(encode_personal(sample_salt(), large), out));
    EXPECT_EQ(out, large);
}

TEST(Personal, RefusesDamage) {
    const std::string bytes = encode_personal(sample_salt(), sample_personal());
    PersonalPart out;
    for (std::size_t size = 0; size < bytes.size(); ++size) {
        const auto decoded = decode_personal(std::string_view(bytes).substr(0, size), out);
        EXPECT_TRUE(!decoded || out == sample_personal()) << size;
    }
    EXPECT_EQ(decode_personal(std::string(400'000, 'x'), out).error().fault, CodecFault::too_large);
    for (std::size_t bit = 0; bit < bytes.size() * 8; ++bit) {
        std::string flipped = bytes;
        flipped[bit / 8] = static_cast<char>(flipped[bit / 8] ^ (1 << (bit % 8)));
        static_cast<void>(decode_personal(flipped, out));
    }
}

}  // namespace
}  // namespace creditd::schemas
