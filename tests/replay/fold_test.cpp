#include "replay/fold.hpp"

#include <gtest/gtest.h>

#include "tests/replay/chain_maker.hpp"

namespace creditd::tests {
namespace {

using namespace creditd::replay;
using enum FoldVerdict;

class FoldTest : public testing::Test {
protected:
    FoldVerdict offer(const SealedBlock& block) {
        const auto view = BlockView::parse(block.bytes);
        EXPECT_TRUE(view);
        return fold_.offer(*view);
    }
    Fold fold_;
};

TEST_F(FoldTest, AcceptsClaimsAndWhatContinuesThem) {
    const SealedBlock first = claim_after({});
    EXPECT_EQ(offer(first), accepted);
    EXPECT_EQ(fold_.tip(), first.tip);
    const SealedBlock second = block_after(first.tip, 10);
    EXPECT_EQ(offer(second), accepted);
    const SealedBlock third = claim_after(second.tip);
    EXPECT_EQ(offer(third), accepted);
    EXPECT_EQ(fold_.tip(), third.tip);
    EXPECT_EQ(fold_.tip().epoch, Epoch{2});
    EXPECT_EQ(fold_.count(accepted), 3u);
    EXPECT_EQ(fold_.skipped(), 0u);
}

TEST_F(FoldTest, AChainBeginsWithAClaim) {
    const SealedBlock claim = claim_after({});
    const SealedBlock block = block_after(claim.tip, 1);
    EXPECT_EQ(offer(block), unclaimed_epoch);
    EXPECT_EQ(fold_.tip(), ChainTip{});
}

TEST_F(FoldTest, OfTwoClaimsTheFirstCounts) {
    const SealedBlock base = claim_after({});
    offer(base);
    const SealedBlock winner = claim_after(base.tip);
    SealedBlock loser = claim_after(base.tip);
    EXPECT_EQ(offer(winner), accepted);
    EXPECT_EQ(offer(loser), stale_epoch);
    EXPECT_EQ(fold_.tip(), winner.tip);
}

TEST_F(FoldTest, ADeposedLeadersBlocksAreSkipped) {
    const SealedBlock base = claim_after({});
    offer(base);
    const auto old = blocks_after(base.tip, 2, 3);
    offer(claim_after(base.tip));
    EXPECT_EQ(offer(old[0]), stale_epoch);
    EXPECT_EQ(offer(old[1]), stale_epoch);
    EXPECT_EQ(fold_.count(stale_epoch), 2u);
    EXPECT_EQ(fold_.skipped(), 2u);
    EXPECT_EQ(offer(block_after(fold_.tip(), 1)), accepted);
}

TEST_F(FoldTest, AClaimThatDidNotSeeTheLastBlockIsSkipped) {
    const SealedBlock base = claim_after({});
    offer(base);
    const SealedBlock blind = claim_after(base.tip);
    offer(block_after(base.tip, 3));
    EXPECT_EQ(offer(blind), seq_repeated);
}

TEST_F(FoldTest, GapsRepeatsAndOtherBranchesAreSkipped) {
    const SealedBlock base = claim_after({});
    offer(base);
    const auto blocks = blocks_after(base.tip, 2, 3);
    EXPECT_EQ(offer(blocks[1]), seq_missing);
    EXPECT_EQ(offer(blocks[0]), accepted);
    EXPECT_EQ(offer(blocks[0]), seq_repeated);
    ChainTip branch = blocks[0].tip;
    branch.hash.bytes[0] ^= 1;
    EXPECT_EQ(offer(block_after(branch, 3)), prev_hash_differs);
    EXPECT_EQ(offer(blocks[1]), accepted);
    EXPECT_EQ(fold_.skipped(), 3u);
}

TEST_F(FoldTest, AnEpochNobodyClaimedIsSkipped) {
    const SealedBlock base = claim_after({});
    offer(base);
    ChainTip raised = base.tip;
    raised.epoch = Epoch{2};
    EXPECT_EQ(offer(block_after(raised, 1)), unclaimed_epoch);
}

TEST_F(FoldTest, AnotherLedgerOrShardIsSkipped) {
    const SealedBlock base = claim_after({});
    offer(base);
    ChainTip other = base.tip;
    other.chain.ledger.bytes[3] ^= 1;
    EXPECT_EQ(offer(block_after(other, 1)), other_chain);
    other = base.tip;
    other.chain.shard += 1;
    EXPECT_EQ(offer(block_after(other, 1)), other_chain);
}

TEST_F(FoldTest, MayStartAnywhere) {
    const SealedBlock base = claim_after({});
    const auto blocks = blocks_after(base.tip, 2, 3);
    Fold late(blocks[0].tip);
    EXPECT_EQ(late.offer(*BlockView::parse(blocks[1].bytes)), accepted);
    EXPECT_EQ(late.tip(), blocks[1].tip);
}

TEST_F(FoldTest, EveryVerdictSaysWhy) {
    for (std::size_t verdict = 0; verdict < fold_verdicts; ++verdict) {
        EXPECT_FALSE(describe(static_cast<FoldVerdict>(verdict)).empty());
    }
}

}  // namespace
}  // namespace creditd::tests
