// The journal as decoded events: in order, whole, from any block.
#include "replay/event_stream.hpp"

#include <gtest/gtest.h>

#include "replay/memory_journal.hpp"
#include "tests/support/ledger_world.hpp"
#include "tests/support/random_commands.hpp"

namespace creditd::tests {
namespace {

using namespace creditd::replay;

class EventStreamTest : public testing::Test {
protected:
    EventStreamTest() { EXPECT_TRUE(journal_.open()); }
    void work(std::size_t steps) {
        commands_.steps(world_, steps);
        world_.append_to(journal_);
    }

    MemoryJournal journal_{std::make_shared<MemoryStore>()};
    LedgerWorld world_;
    RandomCommands commands_{5, 120};
};

TEST_F(EventStreamTest, EventsAreReadInOrderFromAnyBlock) {
    work(2'000);
    for (const unsigned decoders : {1u, 3u}) {
        const auto from = tip_at_or_before(journal_, Seq{700});
        ASSERT_TRUE(from);
        EXPECT_LE(from->seq, Seq{700});
        Seq next = from->seq.next();
        const auto read =
            read_events(journal_, *from,
                        [&](const EventBatch& batch) {
                            EXPECT_EQ(batch.blocks().front().header.first_seq, next);
                            for (const Event& event : batch.events()) {
                                EXPECT_EQ(event, world_.events()[next.value - 1].event);
                                next = next.next();
                            }
                            EXPECT_EQ(batch.tip().seq.next(), next);
                            return true;
                        },
                        {.workers = decoders});
        ASSERT_TRUE(read);
        EXPECT_EQ(read->tip, journal_.tip());
        EXPECT_EQ(next, journal_.tip().seq.next());
    }
}

TEST_F(EventStreamTest, EveryPlaceBetweenBlocksIsFound) {
    work(100);
    EXPECT_TRUE(tip_at_or_before(journal_, Seq{0})->is_empty());
    EXPECT_EQ(tip_at_or_before(journal_, Seq{1})->seq, Seq{1});  // the claim's block
    for (std::uint64_t seq = 1; seq <= journal_.tip().seq.value; ++seq) {
        const auto tip = tip_at_or_before(journal_, Seq{seq});
        ASSERT_TRUE(tip);
        EXPECT_LE(tip->seq.value, seq);
        EXPECT_GT(tip->seq.value + 7, seq);
    }
    EXPECT_EQ(tip_at_or_before(journal_, Seq{UINT64_MAX}), journal_.tip());
}

TEST_F(EventStreamTest, AReaderMayStopEarly) {
    work(3'000);
    int batches = 0;
    const auto read = read_events(journal_, {}, [&](const EventBatch&) { return ++batches < 1; });
    EXPECT_TRUE(read);
    EXPECT_EQ(batches, 1);
}

}  // namespace
}  // namespace creditd::tests
