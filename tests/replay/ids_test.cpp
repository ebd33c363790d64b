// Ids that creditd makes: one spelling each, and nothing else is taken for one.
#include "replay/ids.hpp"

#include <gtest/gtest.h>

#include "core/event.hpp"

namespace creditd::replay {
namespace {

TEST(Ids, AreReadAsTheyAreWritten) {
    EXPECT_EQ(transaction_text(Seq{42}), "txn_42");
    EXPECT_EQ(parse_transaction_id("txn_42"), Seq{42});
    EXPECT_EQ(parse_hold_id("hold_7"), HoldId{7});
    const auto grant = parse_grant_id("grt_42");
    ASSERT_TRUE(grant);
    EXPECT_EQ(grant_text(*grant), "grt_42");
    const auto second = parse_grant_id("grt_42_1");
    ASSERT_TRUE(second);
    EXPECT_EQ(grant_text(*second), "grt_42_1");
    EXPECT_NE(*grant, *second);
}

TEST(Ids, HaveOneSpelling) {
    for (const char* text :
         {"", "txn_", "txn_0", "txn_042", "txn_+42", "txn_-1", "txn_4 2", "txn_42 ", "TXN_42",
          "txn42", "42", "txn_18446744073709551616", "txn_99999999999999999999", "hold_42"}) {
        EXPECT_FALSE(parse_transaction_id(text)) << text;
    }
    for (const char* text : {"grt_", "grt_0", "grt_42_", "grt_42_0", "grt_42_01", "grt_42_1_1",
                             "grt_42_99999999", "txn_42"}) {
        EXPECT_FALSE(parse_grant_id(text)) << text;
    }
    EXPECT_FALSE(parse_hold_id("hold_042"));
}

}  // namespace
}  // namespace creditd::replay
