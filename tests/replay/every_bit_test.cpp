// Every single bit of a 64 KB journal, flipped one at a time: 524 288 journals that are each wrong
// in one bit. Every one must be refused, naming the block, or else give the very same state.
// Verification of a block depends on its own bytes and on the chain before it alone, so each flip
// is tried on its block (parse and fold, as verify_chain does it), against the sound chain before
// it; for a sample of the bits the whole of open and recover runs on the damaged store.
#include <gtest/gtest.h>

#include "replay/fold.hpp"
#include "replay/memory_journal.hpp"
#include "replay/recovery.hpp"
#include "replay/state_hash.hpp"
#include "tests/support/ledger_world.hpp"
#include "tests/support/random_commands.hpp"
#include "tests/support/temporary_folder.hpp"

namespace creditd::tests {
namespace {

using namespace creditd::replay;

constexpr std::size_t journal_bytes = 64 * 1024;

class EveryBit : public testing::Test {
protected:
    struct Kept {
        Seq first_seq{};
        std::string bytes;
    };

    /// Random work until the journal has its size.
    void SetUp() override {
        ASSERT_TRUE(journal_.open());
        RandomCommands commands(11, 40);
        std::size_t bytes = 0;
        while (bytes < journal_bytes) {
            commands.steps(world_, 20);
            world_.append_to(journal_);
            bytes = load();
        }
    }
    std::size_t load() {
        blocks_.clear();
        std::size_t bytes = 0;
        EXPECT_TRUE(journal_.read(Seq{1}, [&](const StoredBlock& block) {
            blocks_.push_back({block.first_seq, std::string(block.bytes)});
            bytes += block.bytes.size();
            return true;
        }));
        return bytes;
    }
    std::expected<Recovered, JournalError> recovered() {
        MemoryJournal journal(store_);
        if (const auto opened = journal.open(); !opened) return std::unexpected(opened.error());
        return recover(journal, folder_.path());
    }

    TemporaryFolder folder_;
    std::shared_ptr<MemoryStore> store_ = std::make_shared<MemoryStore>();
    MemoryJournal journal_{store_};
    LedgerWorld world_;
    std::vector<Kept> blocks_;
};

void flip(std::string& bytes, std::size_t bit) {
    bytes[bit / 8] = static_cast<char>(bytes[bit / 8] ^ (1 << (bit % 8)));
}

TEST_F(EveryBit, OfTheJournalIsVouchedFor) {
    Fold fold;
    std::size_t tried = 0;
    std::size_t accepted = 0;
    for (Kept& kept : blocks_) {
        for (std::size_t bit = 0; bit < kept.bytes.size() * 8; ++bit) {
            flip(kept.bytes, bit);
            if (const auto block = BlockView::parse(kept.bytes)) {
                Fold trial = fold;
                accepted += trial.offer(*block) == FoldVerdict::accepted ? 1u : 0u;
            }
            flip(kept.bytes, bit);
            ++tried;
        }
        const auto sound = BlockView::parse(kept.bytes);
        ASSERT_TRUE(sound);
        ASSERT_EQ(fold.offer(*sound), FoldVerdict::accepted);
    }
    std::cout << tried << " bits flipped one at a time, " << accepted << " accepted\n";
    EXPECT_GE(tried, journal_bytes * 8);
    EXPECT_EQ(accepted, 0u);
}

/// The header of every block, and every 251st bit of its events.
TEST_F(EveryBit, IsRefusedByAWholeRecovery) {
    const Hash256 sound = hash_state(world_.state());
    std::size_t refused = 0;
    for (std::size_t i = 0; i < blocks_.size(); i += 7) {
        const auto& [seq, bytes] = blocks_[i];
        for (std::size_t bit = 0; bit < bytes.size() * 8;
             bit += bit < block_format::header_bytes * 8 ? 17 : 251) {
            store_->flip_bit(seq, bit);
            const auto result = recovered();
            ASSERT_FALSE(result) << "block " << seq.value << " bit " << bit;
            EXPECT_EQ(result.error().seq, seq) << result.error().detail;
            ++refused;
            store_->flip_bit(seq, bit);
        }
    }
    std::cout << refused << " recoveries refused\n";
    EXPECT_GT(refused, 500u);
    const auto result = recovered();
    ASSERT_TRUE(result);
    EXPECT_EQ(hash_state(*result->state), sound);
}

}  // namespace
}  // namespace creditd::tests
