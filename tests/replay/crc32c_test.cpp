#include "replay/crc32c.hpp"

#include <gtest/gtest.h>

#include <string>

namespace creditd::tests {
namespace {

using namespace creditd::replay;

std::string counting(int first, int step) {
    std::string bytes;
    for (int i = 0; i < 32; ++i) bytes.push_back(static_cast<char>(first + i * step));
    return bytes;
}

TEST(Crc32c, BothWaysAgreeWithTheVectorsOfRfc3720) {
    for (const auto& crc : {crc32c, crc32c_portable}) {
        EXPECT_EQ(crc(std::string(32, '\0'), 0), 0x8a9136aau);
        EXPECT_EQ(crc(std::string(32, '\xff'), 0), 0x62a8ab43u);
        EXPECT_EQ(crc(counting(0, 1), 0), 0x46dd794eu);
        EXPECT_EQ(crc(counting(31, -1), 0), 0x113fdb5cu);
        EXPECT_EQ(crc("123456789", 0), 0xe3069283u);
        EXPECT_EQ(crc("", 0), 0u);
    }
}

TEST(Crc32c, BothWaysAgreeOnEveryLengthAndOffset) {
    std::string bytes;
    for (unsigned i = 0; i < 200; ++i) bytes.push_back(static_cast<char>(i * i * 31 + 7));
    for (std::size_t offset = 0; offset < 9; ++offset) {
        for (std::size_t length = 0; length + offset <= bytes.size(); ++length) {
            const auto part = std::string_view(bytes).substr(offset, length);
            EXPECT_EQ(crc32c(part, 12345), crc32c_portable(part, 12345));
        }
    }
}

TEST(Crc32c, ContinuesWhereItEnded) {
    EXPECT_EQ(crc32c("6789", crc32c("12345")), crc32c("123456789"));
}

}  // namespace
}  // namespace creditd::tests
