// The faults that can be ordered from the memory journal; its promises are in journal_test.cpp.
#include "replay/memory_journal.hpp"

#include <gtest/gtest.h>

#include "replay/chain.hpp"
#include "tests/replay/chain_maker.hpp"

namespace creditd::tests {
namespace {

using namespace creditd::replay;

class MemoryFaults : public testing::Test {
protected:
    MemoryFaults() {
        opened(*journal_);
        claimed(*journal_);
        before_ = fill(*journal_, 2, 5);
        blocks_ = blocks_after(before_, 4, 3);
    }
    AppendOutcome append_with(MemoryFault fault) {
        store_->fail_next(fault);
        return journal_->append(blocks_, {});
    }
    ChainTip tip_after_crash() {
        store_->crash();
        journal_ = std::make_unique<MemoryJournal>(store_);
        return opened(*journal_);
    }
    void expect_sound_after_claim() {
        claimed(*journal_);
        fill(*journal_, 2, 2);
        const auto report =
            verify_chain(*journal_, {}, [](const BlockView&, const ChainTip&) { return true; });
        ASSERT_TRUE(report) << report.error().detail;
        EXPECT_EQ(report->tip, journal_->tip());
    }

    std::shared_ptr<MemoryStore> store_ = std::make_shared<MemoryStore>();
    std::unique_ptr<MemoryJournal> journal_ = std::make_unique<MemoryJournal>(store_);
    ChainTip before_;
    std::vector<SealedBlock> blocks_;
};

TEST_F(MemoryFaults, AClaimAfterUnknownSettlesTheMatterInTheSameProcess) {
    for (const auto fault : {MemoryFault::unknown_kept, MemoryFault::unknown_dropped,
                             MemoryFault::unknown_torn, MemoryFault::unknown_unsynced}) {
        blocks_ = blocks_after(journal_->tip(), 4, 3);
        ASSERT_EQ(append_with(fault), AppendOutcome::unknown);
        expect_sound_after_claim();
    }
}

TEST_F(MemoryFaults, ATornAppendKeepsItsFirstBlocksOnly) {
    ASSERT_EQ(append_with(MemoryFault::unknown_torn), AppendOutcome::unknown);
    EXPECT_EQ(tip_after_crash(), blocks_[1].tip);
    expect_sound_after_claim();
}

TEST_F(MemoryFaults, ACrashForgetsWhatWasNotSynced) {
    ASSERT_EQ(append_with(MemoryFault::unknown_unsynced), AppendOutcome::unknown);
    EXPECT_EQ(tip_after_crash(), before_);
    expect_sound_after_claim();
}

TEST_F(MemoryFaults, ACrashForgetsNothingThatWasCommitted) {
    ASSERT_EQ(append_with(MemoryFault::none), AppendOutcome::committed);
    EXPECT_EQ(tip_after_crash(), blocks_.back().tip);
    expect_sound_after_claim();
}

TEST_F(MemoryFaults, ADeposedAppendLeavesNothing) {
    ASSERT_EQ(append_with(MemoryFault::deposed), AppendOutcome::deposed);
    EXPECT_EQ(tip_after_crash(), before_);
    expect_sound_after_claim();
}

TEST_F(MemoryFaults, AFaultInAClaimIsAnError) {
    store_->fail_next(MemoryFault::unknown_kept);
    const auto unknown = journal_->claim(test_chain(), test_time(), claim_event);
    ASSERT_FALSE(unknown);
    EXPECT_EQ(unknown.error().fault, JournalFault::io);
    store_->fail_next(MemoryFault::deposed);
    const auto deposed = journal_->claim(test_chain(), test_time(), claim_event);
    ASSERT_FALSE(deposed);
    EXPECT_EQ(deposed.error().fault, JournalFault::deposed);
    expect_sound_after_claim();
}

TEST_F(MemoryFaults, ACutBlockIsDamage) {
    store_->cut_block(Seq{2}, 100);
    const auto report =
        verify_chain(*journal_, {}, [](const BlockView&, const ChainTip&) { return true; });
    ASSERT_FALSE(report);
    EXPECT_EQ(report.error().seq, Seq{2});
}

}  // namespace
}  // namespace creditd::tests
