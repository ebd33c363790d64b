// HMAC-SHA-256: known answers, and keys that do not get in each other's way.
#include "daemon/basics/hmac.hpp"

#include <gtest/gtest.h>

#include <string>

namespace creditd::daemon {
namespace {

std::string hex(const std::string& bytes) {
    constexpr std::string_view digits = "0123456789abcdef";
    std::string text;
    for (const char one : bytes) {
        const auto byte = static_cast<unsigned char>(one);
        text += digits[byte >> 4U];
        text += digits[byte & 0xfU];
    }
    return text;
}

// RFC 4231, test cases 1, 2 and 6: a key shorter and one longer than a block of the hash.
const std::string key_1(20, '\x0b');
const std::string key_6(131, '\xaa');
constexpr std::string_view code_1 =
    "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7";
constexpr std::string_view code_2 =
    "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843";
constexpr std::string_view code_6 =
    "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54";

TEST(Hmac, IsThatOfTheStandard) {
    EXPECT_EQ(hex(HmacSha256(key_1).of({"Hi There"})), code_1);
    EXPECT_EQ(hex(HmacSha256("Jefe").of({"what do ya want for nothing?"})), code_2);
    EXPECT_EQ(hex(HmacSha256(key_6).of({"Test Using Larger Than Block-Size Key - Hash Key First"})),
              code_6);
}

TEST(Hmac, IsOfThePartsTogether) {
    const HmacSha256 hmac("Jefe");
    EXPECT_EQ(hex(hmac.of({"what do ya ", "", "want for nothing?"})), code_2);
    EXPECT_EQ(hmac.of({}), hmac.of({""}));
}

TEST(Hmac, OfTwoKeysInTurnsStaysThatOfEach) {
    const HmacSha256 one(key_1);
    const HmacSha256 two("Jefe");
    for (int i = 0; i < 3; ++i) {
        EXPECT_EQ(hex(one.of({"Hi There"})), code_1);
        EXPECT_EQ(hex(two.of({"what do ya want for nothing?"})), code_2);
    }
}

}  // namespace
}  // namespace creditd::daemon
