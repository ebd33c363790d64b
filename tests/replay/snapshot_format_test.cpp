// The fixed parts of a snapshot file, and its name.
#include "replay/snapshot_format.hpp"

#include <gtest/gtest.h>

#include "replay/sha256.hpp"

namespace creditd::tests {
namespace {

using namespace creditd::replay;

TEST(SnapshotFormat, HeaderAndFooterHaveOneSpelling) {
    SnapshotHeader header;
    header.tip.seq = Seq{42};
    header.tip.time = Timestamp{-5};
    header.tip.hash = sha256("x");
    header.accounts = 1'000'000;
    header.chunks = 15'625;
    const HeaderBytes bytes = encode_header(header);
    EXPECT_EQ(decode_header(bytes), header);
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        HeaderBytes changed = bytes;
        changed[i] = static_cast<char>(changed[i] ^ 4);
        EXPECT_EQ(decode_header(changed), std::nullopt) << "byte " << i;
    }
    const FooterBytes footer = encode_footer({sha256("a"), sha256("b")});
    EXPECT_EQ(decode_footer(footer)->file_hash, sha256("b"));
    for (std::size_t i = 0; i < footer.size(); ++i) {
        FooterBytes changed = footer;
        changed[i] = static_cast<char>(changed[i] ^ 4);
        EXPECT_FALSE(decode_footer(changed)) << "byte " << i;
    }
}

TEST(SnapshotFormat, FileNamesAreTwentyDigits) {
    EXPECT_EQ(snapshot_path("s", Seq{17}), "s/00000000000000000017.snap");
    EXPECT_EQ(snapshot_seq("s/00000000000000000017.snap"), Seq{17});
    EXPECT_EQ(snapshot_seq("s/17.snap"), std::nullopt);
    EXPECT_EQ(snapshot_seq("s/0000000000000000001x.snap"), std::nullopt);
    EXPECT_EQ(snapshot_seq("s/00000000000000000017.snap.unfinished"), std::nullopt);
}

}  // namespace
}  // namespace creditd::tests
