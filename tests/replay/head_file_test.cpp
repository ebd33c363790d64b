#include "replay/head_file.hpp"

#include <gtest/gtest.h>

#include "replay/files.hpp"
#include "replay/memory_journal.hpp"
#include "tests/replay/chain_maker.hpp"
#include "tests/support/temporary_folder.hpp"

namespace creditd::tests {
namespace {

using namespace creditd::replay;

// Frozen, like the bytes of a block.
constexpr std::string_view golden_head =
    "creditd-head 1\n"
    "ledger a0a1a2a3a4a5a6a7a8a9aaabacadaeaf\n"
    "shard 7\n"
    "epoch 3\n"
    "seq 41\n"
    "hash 00ff000000000000000000000000000000000000000000000000000000000000\n"
    "time 1700000000000000\n"
    "clean 1\n";

Head some_head() {
    Head head{{test_chain(), Epoch{3}, Seq{41}, {}, test_time()}, true};
    head.tip.hash.bytes[1] = 0xff;
    return head;
}

TEST(HeadFile, GoldenText) {
    const std::string text = encode_head(some_head());
    EXPECT_EQ(text.substr(0, golden_head.size()), golden_head);
    EXPECT_EQ(text.substr(golden_head.size()), "crc32c 5d4938e5\n");
    EXPECT_EQ(decode_head(text), some_head());
}

TEST(HeadFile, AnyFlippedBitAndAnyCutIsRefused) {
    std::string text = encode_head(some_head());
    for (std::size_t bit = 0; bit < text.size() * 8; ++bit) {
        text[bit / 8] = static_cast<char>(text[bit / 8] ^ (1 << (bit % 8)));
        EXPECT_EQ(decode_head(text), std::nullopt) << "bit " << bit;
        text[bit / 8] = static_cast<char>(text[bit / 8] ^ (1 << (bit % 8)));
    }
    for (std::size_t size = 0; size < text.size(); ++size) {
        EXPECT_EQ(decode_head(std::string_view(text).substr(0, size)), std::nullopt);
    }
    EXPECT_EQ(decode_head(text + "\n"), std::nullopt);
}

TEST(HeadFile, IsWrittenAndReadAndMayBeMissing) {
    const TemporaryFolder folder;
    const auto path = folder.path() / "head";
    EXPECT_EQ(read_head(path).value(), std::nullopt);
    ASSERT_TRUE(write_head(path, some_head()));
    EXPECT_EQ(read_head(path).value(), some_head());
    ASSERT_TRUE(write_file_atomically(path, "creditd-head 1\n"));
    const auto damaged = read_head(path);
    ASSERT_FALSE(damaged);
    EXPECT_EQ(damaged.error().fault, JournalFault::damaged);
}

class HeadCheck : public testing::Test {
protected:
    HeadCheck() {
        opened(journal_);
        claimed(journal_);
        blocks_ = blocks_after(journal_.tip(), 3, 10);
        EXPECT_EQ(journal_.append(blocks_, {}), AppendOutcome::committed);
    }
    JournalError refusal(const Head& head) {
        const auto checked = check_head(head, journal_);
        return checked ? JournalError{} : checked.error();
    }

    MemoryJournal journal_{std::make_shared<MemoryStore>()};
    std::vector<SealedBlock> blocks_;
};

TEST_F(HeadCheck, AHeadOnTheChainIsFine) {
    for (const SealedBlock& block : blocks_) EXPECT_TRUE(check_head(Head{block.tip}, journal_));
}

TEST_F(HeadCheck, AJournalWithoutAHeadIsRefusedUnlessItIsEmpty) {
    const auto checked = check_head(std::nullopt, journal_);
    ASSERT_FALSE(checked);
    EXPECT_EQ(checked.error().fault, JournalFault::no_head);
    EXPECT_NE(checked.error().detail.find("head file"), std::string::npos);
    MemoryJournal empty(std::make_shared<MemoryStore>());
    opened(empty);
    EXPECT_TRUE(check_head(std::nullopt, empty));
    const auto lost = check_head(Head{blocks_[0].tip}, empty);
    ASSERT_FALSE(lost);
    EXPECT_EQ(lost.error().fault, JournalFault::shortened);
    EXPECT_EQ(lost.error().seq, Seq{1});
}

TEST_F(HeadCheck, AnotherChainOrAnotherHistoryIsRefused) {
    ChainTip tip = blocks_[1].tip;
    tip.chain.ledger.bytes[0] ^= 1;
    EXPECT_EQ(refusal(Head{tip}).fault, JournalFault::foreign);
    tip = blocks_[1].tip;
    tip.hash.bytes[31] ^= 1;
    EXPECT_EQ(refusal(Head{tip}).fault, JournalFault::damaged);
    EXPECT_EQ(refusal(Head{tip}).seq, blocks_[1].first_seq);
    tip = blocks_[1].tip;
    tip.seq = Seq{tip.seq.value - 1};
    EXPECT_EQ(refusal(Head{tip}).fault, JournalFault::damaged) << "not the last of its block";
    tip = blocks_[1].tip;
    tip.epoch = Epoch{9};
    EXPECT_EQ(refusal(Head{tip}).fault, JournalFault::damaged);
}

}  // namespace
}  // namespace creditd::tests
