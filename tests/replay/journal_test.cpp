// What every journal promises, run on every backend.
#include "replay/journal.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "replay/chain.hpp"
#include "replay/head_file.hpp"
#include "tests/replay/chain_maker.hpp"
#include "tests/replay/journal_backends.hpp"

namespace creditd::tests {
namespace {

using namespace creditd::replay;

template <class Backend>
class JournalContract : public testing::Test {
protected:
    JournalContract() { testing::GTEST_FLAG(death_test_style) = "threadsafe"; }

    /// A journal whose process has just started.
    std::unique_ptr<Journal> start() {
        auto journal = backend_.journal();
        opened(*journal);
        return journal;
    }
    std::unique_ptr<Journal> lead() {
        auto journal = start();
        claimed(*journal);
        return journal;
    }
    /// The process dies and starts again.
    std::unique_ptr<Journal> start_again(std::unique_ptr<Journal> dead) {
        dead.reset();
        backend_.restart();
        return start();
    }

    Backend backend_;
};

using Backends = testing::Types<MemoryBackend, SimBackend, RocksDbBackend>;
TYPED_TEST_SUITE(JournalContract, Backends);

/// The simulation's journal has one thread.
template <class Backend>
class SharedJournalContract : public JournalContract<Backend> {};
using SharedBackends = testing::Types<MemoryBackend, RocksDbBackend>;
TYPED_TEST_SUITE(SharedJournalContract, SharedBackends);

bool go_on(const BlockView&, const ChainTip&) { return true; }

void expect_sound(const Journal& journal) {
    const auto report = verify_chain(journal, {}, go_on);
    ASSERT_TRUE(report) << report.error().detail;
    EXPECT_EQ(report->tip, journal.tip());
    EXPECT_EQ(report->events, journal.tip().seq.value);
}

void expect_damage(const Journal& journal, Seq seq) {
    const auto report = verify_chain(journal, {}, go_on);
    ASSERT_FALSE(report);
    EXPECT_EQ(report.error().fault, JournalFault::damaged);
    EXPECT_EQ(report.error().seq, seq) << report.error().detail;
    EXPECT_NE(report.error().detail.find(std::to_string(seq.value)), std::string::npos);
}

TYPED_TEST(JournalContract, AnEmptyJournalHasAnEmptyTip) {
    auto journal = this->backend_.journal();
    EXPECT_EQ(opened(*journal), ChainTip{});
    EXPECT_TRUE(read_all(*journal, Seq{0}).empty());
    EXPECT_EQ(journal->read_block(Seq{1}).value(), std::nullopt);
    EXPECT_EQ(journal->read_personal(Seq{1}).value(), std::nullopt);
    expect_sound(*journal);
}

TYPED_TEST(JournalContract, AClaimIsABlockOfOneEventAndRaisesTheEpoch) {
    auto journal = this->start();
    const ChainTip first = claimed(*journal);
    EXPECT_EQ(first.epoch, Epoch{1});
    EXPECT_EQ(first.seq, Seq{1});
    EXPECT_EQ(first.time, test_time());
    EXPECT_EQ(first.chain, test_chain());
    EXPECT_EQ(journal->tip(), first);

    const auto stored = read_all(*journal, Seq{1});
    ASSERT_EQ(stored.size(), 1u);
    const auto block = BlockView::parse(stored[0]);
    ASSERT_TRUE(block);
    EXPECT_TRUE(block->header().is_claim);
    EXPECT_EQ(block->event(Seq{1}), "claim 1 at 1");
    EXPECT_EQ(block->hash(), first.hash);

    const ChainTip second = claimed(*journal);
    EXPECT_EQ(second.epoch, Epoch{2});
    EXPECT_EQ(second.seq, Seq{2});
    EXPECT_EQ(second.time, test_time() + Duration{1}) << "time never goes backwards";
    expect_sound(*journal);
}

TYPED_TEST(JournalContract, WhatIsAppendedIsReadBackByteForByte) {
    auto journal = this->lead();
    const SealedBlock block = block_after(journal->tip(), 10);
    ASSERT_EQ(journal->append({&block, 1}, {}), AppendOutcome::committed);
    EXPECT_EQ(journal->tip(), block.tip);
    EXPECT_EQ(read_all(*journal, Seq{2}), std::vector{block.bytes});
    expect_sound(*journal);
}

TYPED_TEST(JournalContract, OneWriteCarriesManyBlocks) {
    auto journal = this->lead();
    const auto blocks = blocks_after(journal->tip(), 5, 20);
    ASSERT_EQ(journal->append(blocks, {}), AppendOutcome::committed);
    EXPECT_EQ(journal->tip().seq, Seq{101});
    EXPECT_EQ(read_all(*journal, Seq{1}).size(), 6u);
    expect_sound(*journal);
}

TYPED_TEST(JournalContract, ReadingBeginsWithTheBlockThatHoldsTheNumber) {
    auto journal = this->lead();
    fill(*journal, 5, 10);  // blocks at 2, 12, 22, 32, 42
    for (const auto& [from, blocks] : std::vector<std::pair<std::uint64_t, std::size_t>>{
             {0, 6}, {1, 6}, {2, 5}, {11, 5}, {12, 4}, {51, 1}, {52, 0}, {1'000, 0}}) {
        EXPECT_EQ(read_all(*journal, Seq{from}).size(), blocks) << "from " << from;
    }
    int visited = 0;
    ASSERT_TRUE(journal->read(Seq{1}, [&](const StoredBlock&) { return ++visited < 3; }));
    EXPECT_EQ(visited, 3) << "the visitor had enough";
}

TYPED_TEST(JournalContract, AnyEventIsFoundInItsBlock) {
    auto journal = this->lead();
    const ChainTip tip = fill(*journal, 4, 7);
    for (Seq seq{2}; seq <= tip.seq; seq = seq.next()) {
        const auto bytes = journal->read_block(seq);
        ASSERT_TRUE(bytes && *bytes);
        EXPECT_EQ(BlockView::parse(**bytes)->event(seq), test_event(seq));
    }
    EXPECT_EQ(journal->read_block(tip.seq.next()).value(), std::nullopt);
    EXPECT_EQ(journal->read_block(Seq{0}).value(), std::nullopt);
}

TYPED_TEST(JournalContract, PersonalPartsAreWrittenWithTheirEvents) {
    auto journal = this->lead();
    const SealedBlock block = block_after(journal->tip(), 3);
    const std::vector<PersonalRow> rows{{Seq{2}, "name of 2"}, {Seq{4}, std::string("\0x", 2)}};
    ASSERT_EQ(journal->append({&block, 1}, rows), AppendOutcome::committed);
    EXPECT_EQ(journal->read_personal(Seq{2}).value(), "name of 2");
    EXPECT_EQ(journal->read_personal(Seq{3}).value(), std::nullopt);
    const std::vector<Seq> wanted{Seq{4}, Seq{99}, Seq{2}};
    const auto many = journal->read_personal(wanted);
    ASSERT_TRUE(many);
    EXPECT_EQ((*many)[0], std::string("\0x", 2));
    EXPECT_EQ((*many)[1], std::nullopt);
    EXPECT_EQ((*many)[2], "name of 2");
    EXPECT_TRUE(journal->read_personal(std::span<const Seq>{})->empty());

    journal = this->start_again(std::move(journal));
    EXPECT_EQ(journal->read_personal(Seq{2}).value(), "name of 2");
}

TYPED_TEST(JournalContract, ADeposedLeaderWritesNothing) {
    auto first = this->lead();
    auto second = this->start();
    EXPECT_EQ(claimed(*second).epoch, Epoch{2});

    const SealedBlock late = block_after(first->tip(), 3);
    const std::vector<PersonalRow> rows{{Seq{2}, "late"}};
    EXPECT_EQ(first->append({&late, 1}, rows), AppendOutcome::deposed);
    fill(*second, 1, 5);
    EXPECT_EQ(second->read_personal(Seq{2}).value(), std::nullopt);
    expect_sound(*second);

    EXPECT_EQ(claimed(*first).epoch, Epoch{3}) << "a claim sees what the other wrote";
    EXPECT_EQ(first->tip().seq, Seq{8});
    fill(*first, 1, 5);
    expect_sound(*first);
}

TYPED_TEST(JournalContract, OnlyAClaimIsLegalUntilOneSucceeded) {
    auto journal = this->start();
    const SealedBlock claim = claim_after({});
    const SealedBlock block = block_after(claim.tip, 1);
    EXPECT_DEATH(journal->append({&block, 1}, {}), "assertion failed");
    claimed(*journal);
    EXPECT_DEATH(journal->append({}, {}), "assertion failed");
    const SealedBlock gap = block_after(block.tip, 1);
    EXPECT_DEATH(journal->append({&gap, 1}, {}), "assertion failed");

    this->backend_.fail_next(false);
    ASSERT_EQ(journal->append({&block, 1}, {}), AppendOutcome::unknown);
    EXPECT_FALSE(journal->failure().empty());
    EXPECT_DEATH(journal->append({&block, 1}, {}), "assertion failed");
}

TYPED_TEST(JournalContract, AnUnknownAppendIsNeverShown) {
    for (const bool is_kept : {true, false}) {
        auto journal = this->lead();
        const ChainTip before = journal->tip();
        this->backend_.fail_next(is_kept);
        const SealedBlock block = block_after(before, 3);
        ASSERT_EQ(journal->append({&block, 1}, {}), AppendOutcome::unknown);
        EXPECT_EQ(journal->tip(), before);
        EXPECT_EQ(journal->read_block(block.first_seq).value(), std::nullopt);
        EXPECT_TRUE(read_all(*journal, block.first_seq).empty());
        journal = this->start_again(std::move(journal));
    }
}

TYPED_TEST(JournalContract, AfterAnUnknownAppendTheNextStartKnows) {
    for (const bool is_kept : {true, false}) {
        auto journal = this->lead();
        const ChainTip before = fill(*journal, 2, 4);
        this->backend_.fail_next(is_kept);
        const auto blocks = blocks_after(before, 2, 3);
        ASSERT_EQ(journal->append(blocks, {}), AppendOutcome::unknown);

        journal = this->start_again(std::move(journal));
        EXPECT_EQ(journal->tip(), is_kept ? blocks.back().tip : before);
        const ChainTip claim = claimed(*journal);
        EXPECT_EQ(claim.epoch.value, before.epoch.value + 1);
        fill(*journal, 1, 5);
        expect_sound(*journal);
    }
}

TYPED_TEST(JournalContract, ARestartFindsTheSameTip) {
    auto journal = this->lead();
    const ChainTip tip = fill(*journal, 3, 100);
    journal = this->start_again(std::move(journal));
    EXPECT_EQ(journal->tip(), tip);
    expect_sound(*journal);
    EXPECT_EQ(claimed(*journal).epoch, Epoch{2});
    fill(*journal, 2, 10);
    expect_sound(*journal);
}

TYPED_TEST(JournalContract, AnotherLedgersClaimIsRefused) {
    auto journal = this->lead();
    ChainId other = test_chain();
    other.shard += 1;
    const auto refused = journal->claim(other, test_time(), claim_event);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().fault, JournalFault::foreign);
    expect_sound(*journal);
}

TYPED_TEST(JournalContract, AChainIsVerifiedFromAnyBlocksEnd) {
    auto journal = this->lead();
    const auto blocks = blocks_after(journal->tip(), 6, 9);
    ASSERT_EQ(journal->append(blocks, {}), AppendOutcome::committed);
    std::size_t left = blocks.size();
    for (const SealedBlock& block : blocks) {
        const auto report = verify_chain(*journal, block.tip, go_on);
        ASSERT_TRUE(report) << report.error().detail;
        EXPECT_EQ(report->blocks, --left);
        EXPECT_EQ(report->tip, journal->tip());
    }
    ChainTip wrong = blocks[2].tip;
    wrong.hash.bytes[5] ^= 1;
    const auto report = verify_chain(*journal, wrong, go_on);
    ASSERT_FALSE(report);
    EXPECT_EQ(report.error().seq, blocks[2].first_seq);
}

TYPED_TEST(JournalContract, VerificationHandsOutBlocksInOrderUntilItIsStopped) {
    auto journal = this->lead();
    fill(*journal, 6, 9);
    Seq last{};
    const auto report = verify_chain(*journal, {}, [&](const BlockView& block, const ChainTip& at) {
        EXPECT_EQ(block.first_seq(), last.next());
        EXPECT_EQ(block.last_seq(), at.seq);
        last = at.seq;
        return last < Seq{19};
    });
    ASSERT_TRUE(report);
    EXPECT_EQ(report->tip.seq, Seq{19});
    EXPECT_EQ(report->blocks, 3u);
}

TYPED_TEST(JournalContract, AFlippedBitIsNamedByTheBlockItIsIn) {
    auto journal = this->lead();
    fill(*journal, 4, 10);  // blocks at 2, 12, 22, 32
    const std::size_t block_bytes = journal->read_block(Seq{12})->value().size();
    for (std::size_t bit = 0; bit < block_bytes * 8; bit += 37) {
        this->backend_.flip_bit(Seq{12}, bit);
        expect_damage(*journal, Seq{12});
        EXPECT_FALSE(journal->read_block(Seq{15})) << "bit " << bit;
        this->backend_.flip_bit(Seq{12}, bit);
    }
    expect_sound(*journal);
}

TYPED_TEST(JournalContract, ADamagedLastBlockIsNotOpened) {
    auto journal = this->lead();
    fill(*journal, 3, 10);
    this->backend_.flip_bit(Seq{22}, 1'000);
    journal.reset();
    this->backend_.restart();
    journal = this->backend_.journal();
    const auto tip = journal->open();
    ASSERT_FALSE(tip);
    EXPECT_EQ(tip.error().fault, JournalFault::damaged);
    EXPECT_EQ(tip.error().seq, Seq{22});
}

TYPED_TEST(JournalContract, AMissingBlockIsNamed) {
    auto journal = this->lead();
    fill(*journal, 4, 10);
    this->backend_.remove_block(Seq{22});
    expect_damage(*journal, Seq{22});
    const auto block = journal->read_block(Seq{25});
    ASSERT_FALSE(block);
    EXPECT_EQ(block.error().seq, Seq{25});
    this->backend_.remove_block(Seq{1});
    expect_damage(*journal, Seq{1});
}

TYPED_TEST(JournalContract, ACutTailIsNamedByTheHead) {
    auto journal = this->lead();
    const ChainTip tip = fill(*journal, 4, 10);
    const Head head{tip, true};
    EXPECT_TRUE(check_head(head, *journal));
    this->backend_.cut_after(Seq{21});
    journal = this->start_again(std::move(journal));
    expect_sound(*journal);
    const auto checked = check_head(head, *journal);
    ASSERT_FALSE(checked);
    EXPECT_EQ(checked.error().fault, JournalFault::shortened);
    EXPECT_EQ(checked.error().seq, Seq{22});
    EXPECT_NE(checked.error().detail.find("22 to 41"), std::string::npos);
}

TYPED_TEST(JournalContract, AJournalIsOpenedUpToAnyBlocksEnd) {
    auto journal = this->lead();
    fill(*journal, 4, 10);  // blocks at 2, 12, 22, 32
    auto part = this->backend_.journal();
    EXPECT_FALSE(part->open_up_to(Seq{20})) << "in the middle of a block";
    const auto tip = part->open_up_to(Seq{21});
    ASSERT_TRUE(tip) << tip.error().detail;
    EXPECT_EQ(tip->seq, Seq{21});
    EXPECT_EQ(read_all(*part, Seq{1}).size(), 3u);
    expect_sound(*part);
    EXPECT_DEATH(claimed(*part), "assertion failed");
    this->backend_.flip_bit(Seq{12}, 333);
    const auto damaged = this->backend_.journal()->open_up_to(Seq{31});
    ASSERT_FALSE(damaged);
    EXPECT_EQ(damaged.error().seq, Seq{12});
}

TYPED_TEST(JournalContract, ACopyIsTheSameChain) {
    auto journal = this->lead();
    fill(*journal, 3, 10);
    claimed(*journal);
    const SealedBlock block = block_after(journal->tip(), 4);
    const PersonalRow row{block.first_seq, "row"};
    ASSERT_EQ(journal->append({&block, 1}, {&row, 1}), AppendOutcome::committed);
    TypeParam other;
    auto copy = other.journal();
    opened(*copy);
    const auto copied = copy->copy_from(*journal);
    ASSERT_TRUE(copied) << copied.error().detail;
    EXPECT_EQ(copy->tip(), journal->tip());
    EXPECT_EQ(read_all(*copy, Seq{1}), read_all(*journal, Seq{1}));
    EXPECT_EQ(copy->read_personal(row.seq).value(), "row");
    EXPECT_EQ(claimed(*copy).epoch, Epoch{3});
}

TYPED_TEST(SharedJournalContract, ReadersBesideTheWriterSeeOnlyWhatIsCommitted) {
    auto journal = this->lead();
    std::atomic<bool> is_done{false};
    std::thread reader([&] {
        while (!is_done) {
            const auto report = verify_chain(*journal, {}, go_on);
            ASSERT_TRUE(report) << report.error().detail;
            EXPECT_LE(report->tip.seq, journal->tip().seq);
            EXPECT_TRUE(journal->read_personal(report->tip.seq));
        }
    });
    for (int i = 0; i < 100; ++i) {
        const auto blocks = blocks_after(journal->tip(), 2, 5);
        const PersonalRow row{blocks.back().tip.seq, "row"};
        ASSERT_EQ(journal->append(blocks, {&row, 1}), AppendOutcome::committed);
    }
    is_done = true;
    reader.join();
    expect_sound(*journal);
}

}  // namespace
}  // namespace creditd::tests
