#include "replay/sha256.hpp"

#include <gtest/gtest.h>

#include <string>
#include <thread>

namespace creditd::tests {
namespace {

using namespace creditd::replay;

TEST(Sha256, AgreesWithTheVectorsOfFips180) {
    EXPECT_EQ(to_hex(sha256("").bytes),
              "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    EXPECT_EQ(to_hex(sha256("abc").bytes),
              "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    EXPECT_EQ(to_hex(sha256("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq").bytes),
              "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
    EXPECT_EQ(to_hex(sha256(std::string(1'000'000, 'a')).bytes),
              "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

TEST(Sha256, InPiecesIsTheSameAndStartsAnewAfterFinish) {
    const std::string text(5'000, 'q');
    Sha256 hash;
    for (int round = 0; round < 3; ++round) {
        for (std::size_t at = 0; at < text.size(); at += 7) hash.update(text.substr(at, 7));
        EXPECT_EQ(hash.finish(), sha256(text));
    }
}

TEST(Sha256, WorksOnManyThreads) {
    std::thread other([] { EXPECT_EQ(sha256("abc"), sha256("abc")); });
    EXPECT_NE(sha256("abc"), sha256("abd"));
    other.join();
}

TEST(Digest128, IsTheFirstHalfOverDomainAndLengthPrefixedParts) {
    EXPECT_EQ(to_hex(digest128('k', "ab", "c").bytes), "951275357d25c3abf992b264bef3d73c");
    EXPECT_EQ(to_hex(digest128('f', std::string(1500, 'x'), "", std::string(900, 'y'),
                               std::string(200, 'z'))
                         .bytes),
              "29e73e15d53a718cb6c084c240cab396");
}

TEST(Digest128, KeepsDomainsAndPartsApart) {
    EXPECT_NE(digest128('k', "ab", "c"), digest128('k', "a", "bc"));
    EXPECT_NE(digest128('k', "ab"), digest128('f', "ab"));
    EXPECT_NE(digest128('k', "ab"), digest128('k', "ab", ""));
}

}  // namespace
}  // namespace creditd::tests
