// Stored blocks read again while the database is open: all of them, in pieces, round after round;
// damage of a table on disk is found although the database has the blocks in its caches; blocks
// that are only in memory yet, and tables that are made meanwhile, are no damage.
#include "replay/audit/chain_walk.hpp"

#include <gtest/gtest.h>
#include <rocksdb/db.h>

#include <fstream>
#include <random>

#include "replay/audit/table_journal.hpp"
#include "replay/memory_journal.hpp"
#include "tests/replay/database_fixture.hpp"

namespace creditd::tests {
namespace {

using namespace creditd::replay;
using audit::ChainWalk;
using audit::TableJournal;

constexpr std::uint64_t whole_chain = 1ull << 40;

class WalkedDatabase : public DatabaseTest {
protected:
    WalkedDatabase() : database_(open()), journal_(*database_) {
        opened(journal_);
        claimed(journal_);
    }
    /// Blocks that compression does not make smaller.
    void add_blocks(int count) {
        for (int i = 0; i < count; ++i) {
            BlockBuilder builder;
            builder.begin(journal_.tip().seq.next());
            for (int j = 0; j < 8; ++j) {
                std::string event(2'000, ' ');
                for (char& c : event) c = static_cast<char>(random_());
                builder.append(event);
            }
            const SealedBlock block = builder.seal(journal_.tip(), test_time());
            ASSERT_EQ(journal_.append({&block, 1}, {}), AppendOutcome::committed);
        }
    }
    void flush() { ASSERT_TRUE(database_->flush()); }
    std::expected<ChainWalk::Piece, JournalError> step(ChainWalk& walk, std::uint64_t bytes) {
        const ChainTip written = journal_.tip();
        TableJournal tables(*database_);
        const auto tip = tables.open();
        if (!tip) return std::unexpected(tip.error());
        return walk.step(tables, written, bytes);
    }
    /// Steps to the end of the round; returns how many.
    int round(ChainWalk& walk, std::uint64_t bytes) {
        for (int steps = 1;; ++steps) {
            const auto piece = step(walk, bytes);
            EXPECT_TRUE(piece) << piece.error().detail;
            if (!piece) return steps;
            if (piece->is_end) {
                EXPECT_EQ(piece->last, journal_.tip().seq);
                return steps;
            }
        }
    }
    void flip_bit_of_tables(double where) {
        for (const auto& entry : fs::directory_iterator(folder_)) {
            if (entry.path().extension() != ".sst" || entry.file_size() < 100'000) continue;
            std::fstream file(entry.path(), std::ios::in | std::ios::out | std::ios::binary);
            const auto at =
                static_cast<std::streamoff>(static_cast<double>(entry.file_size()) * where);
            file.seekg(at);
            const auto byte = static_cast<char>(file.get() ^ 4);
            file.seekp(at);
            file.put(byte);
        }
    }

    std::unique_ptr<Database> database_;
    RocksDbJournal journal_;
    std::mt19937 random_{1};
};

TEST_F(WalkedDatabase, ReadsEverythingInPiecesRoundAfterRound) {
    add_blocks(40);
    flush();
    add_blocks(10);  // in the write-ahead log only
    ChainWalk walk;
    EXPECT_EQ(round(walk, whole_chain), 1);
    const int steps = round(walk, 50'000);
    EXPECT_GT(steps, 10);
    EXPECT_EQ(round(walk, 50'000), steps);
    EXPECT_EQ(round(walk, 1), 51);
}

TEST_F(WalkedDatabase, IsNotDisturbedByWhatIsWrittenMeanwhile) {
    add_blocks(5);
    ChainWalk walk;
    for (int i = 0; i < 200; ++i) {
        add_blocks(1);
        if (i % 7 == 0) flush();
        if (i % 50 == 0) {
            const auto compacted =
                database_->db().CompactRange({}, database_->family("journal"), nullptr, nullptr);
            EXPECT_TRUE(compacted.ok());
        }
        const auto piece = step(walk, 40'000);
        ASSERT_TRUE(piece) << i << ": " << piece.error().detail;
        EXPECT_GT(piece->blocks, 0U);
        EXPECT_LE(piece->last, journal_.tip().seq);
    }
}

TEST_F(WalkedDatabase, FindsABitThatFlippedUnderTheOpenDatabase) {
    add_blocks(40);
    flush();
    // The database has read all, and keeps what it can.
    for (std::uint64_t seq = 1; seq < 300; ++seq) {
        ASSERT_TRUE(journal_.read_block(Seq{seq}).value());
    }
    ChainWalk walk;
    round(walk, whole_chain);
    flip_bit_of_tables(0.5);
    ASSERT_TRUE(journal_.read_block(Seq{160}).value()) << "the cache hides it";
    const auto piece = step(walk, whole_chain);
    ASSERT_FALSE(piece);
    EXPECT_EQ(piece.error().fault, JournalFault::damaged);
    EXPECT_GT(piece.error().seq.value_or(Seq{}), Seq{100});
    EXPECT_LT(piece.error().seq.value_or(Seq{}), Seq{220});
    EXPECT_FALSE(step(walk, whole_chain)) << "it is still there in the next round";
}

TEST_F(WalkedDatabase, FindsATableThatIsGone) {
    add_blocks(20);
    flush();
    ChainWalk walk;
    round(walk, whole_chain);
    for (const auto& entry : fs::directory_iterator(folder_)) {
        if (entry.path().extension() == ".sst" && entry.file_size() > 100'000) {
            fs::remove(entry.path());
        }
    }
    const auto piece = step(walk, whole_chain);
    ASSERT_FALSE(piece);
    EXPECT_EQ(piece.error().fault, JournalFault::damaged) << piece.error().detail;
}

// Somebody puts another history in the place of this one, every hash of it made anew.
TEST(ChainWalk, FindsAnotherChainThanTheWritersOwn) {
    const auto make = [](std::uint32_t first_count) {
        auto journal = std::make_unique<MemoryJournal>(std::make_shared<MemoryStore>());
        opened(*journal);
        claimed(*journal);
        fill(*journal, 1, first_count);
        fill(*journal, 1, 20 - first_count);
        return journal;
    };
    const auto own = make(8);
    const auto forged = make(9);
    ASSERT_EQ(own->tip().seq, forged->tip().seq);
    ChainWalk walk;
    EXPECT_TRUE(walk.step(*own, own->tip(), whole_chain).value().is_end);
    const auto found = walk.step(*forged, own->tip(), whole_chain);
    ASSERT_FALSE(found);
    EXPECT_EQ(found.error().fault, JournalFault::damaged);
}

TEST(ChainWalk, HasNothingToDoInAnEmptyJournal) {
    MemoryJournal journal(std::make_shared<MemoryStore>());
    opened(journal);
    ChainWalk walk;
    EXPECT_TRUE(walk.step(journal, {}, 1).value().is_end);
}

}  // namespace
}  // namespace creditd::tests
