// Backups of a ledger in memory: whatever the target does wrong is found before the backup counts,
// and the one that it was stays readable.
#include "replay/backup/backup_writer.hpp"

#include <gtest/gtest.h>

#include "replay/backup/backup_journal.hpp"
#include "replay/memory_journal.hpp"
#include "tests/replay/backup/memory_target.hpp"
#include "tests/support/random_commands.hpp"

namespace creditd::tests {
namespace {

using namespace creditd::replay;
using namespace creditd::replay::backup;

class BackupWriterTest : public testing::Test {
protected:
    void SetUp() override {
        ASSERT_TRUE(journal_.open());
        work(200);
    }
    void work(std::size_t steps) {
        commands_.steps(world_, steps);
        for (int i = 0; i < 20; ++i) {
            PutAccount put;
            put.account = "personal-" + std::to_string(world_.events().size());
            put.has_profile = true;
            world_.run(put, "personal part " + std::to_string(i));
        }
        world_.append_to(journal_);
    }
    std::expected<void, JournalError> back_up(std::uint64_t segment_bytes = 4'000,
                                              const SignedPart& part = {}) {
        auto before = read_manifest(target_);
        if (!before) return std::unexpected(before.error());
        BackupWriter writer(target_, before->value_or(Manifest{}), journal_, segment_bytes);
        std::expected<void, JournalError> added;
        const auto read = verify_chain(journal_, before->value_or(Manifest{}).tip,
                                       [&](const BlockView& block, const ChainTip& tip) {
                                           added = writer.add(block, tip);
                                           return added.has_value();
                                       });
        if (!read) return std::unexpected(read.error());
        return added ? writer.finish(part) : added;
    }
    Manifest manifest() const { return read_manifest(target_).value().value(); }
    /// The ledger that the backup leads to, personal parts included.
    ChainTip restored(const UpTo& up_to = {}) {
        BackupJournal source(target_, manifest(), up_to);
        const auto opened = source.open();
        EXPECT_TRUE(opened) << opened.error().detail;
        copy_ = std::make_shared<MemoryStore>();
        MemoryJournal copy(copy_);
        EXPECT_TRUE(copy.open());
        const auto tip = copy.copy_from(source);
        EXPECT_TRUE(tip) << tip.error().detail;
        for (Seq seq{1}; seq <= copy.tip().seq; seq = seq.next()) {
            EXPECT_EQ(copy.read_personal(seq).value(), journal_.read_personal(seq).value());
        }
        return copy.tip();
    }

    LedgerWorld world_;
    RandomCommands commands_{5, 30};
    MemoryJournal journal_{std::make_shared<MemoryStore>()};
    MemoryTarget target_;
    std::shared_ptr<MemoryStore> copy_;
};

TEST_F(BackupWriterTest, AddsOnlyWhatIsNew) {
    ASSERT_TRUE(back_up());
    const Manifest first = manifest();
    EXPECT_GT(first.segments.size(), 3u);
    EXPECT_EQ(restored(), journal_.tip());
    const auto files = target_.files;
    const std::size_t puts = target_.puts;
    ASSERT_TRUE(back_up());
    EXPECT_EQ(target_.puts, puts) << "nothing was new";
    work(50);
    ASSERT_TRUE(back_up());
    const Manifest second = manifest();
    ASSERT_GT(second.segments.size(), first.segments.size());
    EXPECT_TRUE(std::equal(first.segments.begin(), first.segments.end(), second.segments.begin()));
    for (const auto& [name, bytes] : files) {
        if (name == manifest_name) continue;
        EXPECT_EQ(target_.files.at(name), bytes) << name;
    }
    EXPECT_EQ(restored(), journal_.tip());
}

TEST_F(BackupWriterTest, WhateverPutFailsOrLiesTheBackupIsTheOneBefore) {
    ASSERT_TRUE(back_up());
    const ChainTip before = journal_.tip();
    const auto files = target_.files;
    work(60);
    std::size_t needed = 0;
    for (auto fault : {&MemoryTarget::fail_at, &MemoryTarget::spoil_at, &MemoryTarget::lose_at}) {
        for (std::size_t n = 1; n < 1'000; ++n) {
            target_.files = files;
            target_.puts = 0;
            target_.*fault = n;
            const bool is_made = back_up().has_value();
            const bool is_struck = target_.puts >= n;
            target_.*fault = 0;
            EXPECT_EQ(is_made, !is_struck) << n;
            if (is_made) {
                needed = n - 1;
                break;
            }
            // The last put is the manifest's: what is kept of that one is damaged, and says so.
            const auto now = read_manifest(target_);
            if (!now || !*now) continue;
            EXPECT_EQ((*now)->tip, before) << n;
        }
        EXPECT_GT(needed, 4u);
    }
    target_.files = files;
    ASSERT_TRUE(back_up());
    EXPECT_EQ(restored(), journal_.tip());
}

TEST_F(BackupWriterTest, EndsWithAWholeBlockAtAnyPoint) {
    ASSERT_TRUE(back_up());
    const Seq end = journal_.tip().seq;
    for (Seq seq{1}; seq <= end; seq = seq.next()) {
        BackupJournal journal(target_, manifest(), {.last = seq});
        const auto tip = journal.open();
        ASSERT_TRUE(tip) << tip.error().detail;
        EXPECT_LE(tip->seq, seq);
        const auto next = journal_.read_block(tip->seq.next());
        ASSERT_TRUE(next && (!*next || BlockView::parse(**next)->last_seq() > seq)) << seq.value;
        if (tip->is_empty()) continue;
        // The same by its time: whatever has that time, or an earlier one.
        BackupJournal timed(target_, manifest(), {.until = tip->time});
        EXPECT_EQ(timed.open().value(), *tip);
    }
    const Seq cut = restored({.last = Seq{100}}).seq;
    EXPECT_TRUE(cut > Seq{90} && cut <= Seq{100}) << cut.value;
}

TEST_F(BackupWriterTest, KeepsAHeadThatItCovers) {
    SignedPart part;
    part.size = journal_.tip().seq.value;
    part.note = "a head";
    ASSERT_TRUE(back_up(4'000, part));
    EXPECT_EQ(manifest().checkpoint, "a head");
    part.size = journal_.tip().seq.value + 1;
    part.note = "a head of more";
    ASSERT_TRUE(back_up(4'000, part));
    EXPECT_EQ(manifest().checkpoint, "a head");
    work(1);
    ASSERT_TRUE(back_up(4'000, part));
    EXPECT_EQ(manifest().checkpoint, "a head of more");
    // A log that has signed nothing since it was restored takes nothing away.
    ASSERT_TRUE(back_up(4'000));
    EXPECT_EQ(manifest().checkpoint, "a head of more");
}

TEST_F(BackupWriterTest, EveryByteOfEveryFileCounts) {
    ASSERT_TRUE(back_up(40'000));
    const Manifest sound = manifest();
    for (auto& [name, bytes] : target_.files) {
        for (std::size_t at = 0; at < bytes.size(); at += name == manifest_name ? 1 : 211) {
            bytes[at] ^= 0x20;
            const auto now = read_manifest(target_);
            BackupJournal journal(target_, sound);
            MemoryJournal copy(std::make_shared<MemoryStore>());
            const bool is_restored = now.has_value() && journal.open().has_value() &&
                                     copy.open().has_value() && copy.copy_from(journal).has_value();
            EXPECT_FALSE(is_restored) << name << " " << at;
            bytes[at] ^= 0x20;
        }
    }
    EXPECT_EQ(restored(), journal_.tip());
}

}  // namespace
}  // namespace creditd::tests
