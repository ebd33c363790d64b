// The state mark: one spelling, and what another program makes of it: the same state, another one,
// or a log that the mark does not belong to.
#include "replay/state_mark.hpp"

#include <gtest/gtest.h>

#include "replay/memory_journal.hpp"
#include "replay/sha256.hpp"
#include "replay/state_hash.hpp"
#include "tests/support/random_commands.hpp"
#include "tests/support/temporary_folder.hpp"

namespace creditd::tests {
namespace {

using replay::MarkVerdict;
using replay::StateMark;

const Hash256 own_binary = replay::sha256("this program");
const Hash256 former_binary = replay::sha256("the former one");

class MarkedLedger : public testing::Test {
protected:
    MarkedLedger() {
        RandomCommands commands(11);
        commands.steps(ledger_, 400);
        EXPECT_TRUE(journal_.open());
        ledger_.append_to(journal_);
        mark_.version = "0.9";
        mark_.binary = former_binary;
        mark_.seq = journal_.tip().seq;
        mark_.hash = journal_.tip().hash;
        mark_.state = replay::hash_state(ledger_.state());
        commands.steps(ledger_, 100);
        ledger_.append_to(journal_);
    }
    MarkVerdict verdict(const StateMark& mark, const Hash256& binary = own_binary) {
        const auto check = replay::check_state_mark(journal_, mark, binary);
        EXPECT_TRUE(check) << check.error().detail;
        events_ = check->events;
        return check->verdict;
    }

    LedgerWorld ledger_;
    replay::MemoryJournal journal_{std::make_shared<replay::MemoryStore>()};
    StateMark mark_;
    std::uint64_t events_ = 0;
};

TEST_F(MarkedLedger, IsReplayedByAnotherProgramOnly) {
    EXPECT_EQ(verdict(mark_, former_binary), MarkVerdict::own);
    EXPECT_EQ(events_, 0U);
    EXPECT_EQ(verdict(mark_), MarkVerdict::same);
    EXPECT_EQ(events_, mark_.seq.value) << "from the first event, and not beyond the mark";
}

TEST_F(MarkedLedger, RefusesAnotherState) {
    mark_.state.bytes[31] ^= 1;
    EXPECT_EQ(verdict(mark_), MarkVerdict::different);
    EXPECT_EQ(verdict(mark_, former_binary), MarkVerdict::own) << "who made it may go on";
}

TEST_F(MarkedLedger, SaysNothingOfAnotherLog) {
    StateMark other = mark_;
    other.hash.bytes[0] ^= 1;
    EXPECT_EQ(verdict(other), MarkVerdict::foreign);
    other = mark_;
    other.seq = Seq{mark_.seq.value + 1'000'000};
    EXPECT_EQ(verdict(other), MarkVerdict::foreign) << "behind the end of the log";
    other = mark_;
    other.seq = Seq{mark_.seq.value - 1};
    EXPECT_EQ(verdict(other), MarkVerdict::foreign) << "in the middle of a block";
}

TEST_F(MarkedLedger, HasOneSpelling) {
    const std::string text = replay::encode_state_mark(mark_);
    EXPECT_EQ(replay::decode_state_mark(text), mark_);
    for (std::size_t i = 0; i < text.size(); ++i) {
        std::string other = text;
        other[i] = static_cast<char>(other[i] ^ 1);
        EXPECT_FALSE(replay::decode_state_mark(other)) << i;
        EXPECT_FALSE(replay::decode_state_mark(text.substr(0, i))) << i;
    }
    EXPECT_FALSE(replay::decode_state_mark(text + "\n"));
}

TEST_F(MarkedLedger, IsKeptInAFile) {
    TemporaryFolder folder;
    const auto path = replay::state_mark_path({folder.path()});
    EXPECT_EQ(replay::read_state_mark(path).value(), std::nullopt);
    ASSERT_TRUE(replay::write_state_mark(path, mark_));
    EXPECT_EQ(replay::read_state_mark(path).value(), mark_);
    ASSERT_TRUE(replay::write_file_atomically(path, "creditd-state 1\n"));
    EXPECT_EQ(replay::read_state_mark(path).error().fault, replay::JournalFault::damaged);
}

}  // namespace
}  // namespace creditd::tests
