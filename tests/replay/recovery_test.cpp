// Recovery: whatever the start, from zero or from any snapshot, the state is the same; damage is
// named by its first sequence number; a damaged snapshot is passed over loudly.
#include <gtest/gtest.h>

#include <fstream>

#include "core/conservation.hpp"
#include "replay/memory_journal.hpp"
#include "replay/recovery.hpp"
#include "replay/snapshot_reader.hpp"
#include "replay/snapshot_store.hpp"
#include "replay/snapshot_walk.hpp"
#include "replay/state_hash.hpp"
#include "tests/support/ledger_world.hpp"
#include "tests/support/random_commands.hpp"
#include "tests/support/temporary_folder.hpp"

namespace creditd::tests {
namespace {

using namespace creditd::replay;

class RecoveryTest : public testing::Test {
protected:
    RecoveryTest() { EXPECT_TRUE(journal_.open()); }

    /// Some random work, and everything so far in the journal.
    void work(std::size_t steps) {
        commands_.steps(world_, steps);
        world_.append_to(journal_);
    }
    Seq snapshot() {
        SnapshotWriterOptions options;
        options.folder = snapshots();
        options.keep = 10;
        options.durable = [this] { return journal_.tip().seq; };
        SnapshotWriter writer(options);
        SnapshotWalk walk(writer);
        EXPECT_TRUE(walk.begin(world_.state(), journal_.tip()));
        while (walk.step(std::chrono::seconds(1)).is_running) std::this_thread::yield();
        writer.wait();
        EXPECT_TRUE(writer.last_result()->is_good()) << writer.last_result()->failure;
        return world_.state().head.seq;
    }
    std::filesystem::path snapshots() const { return folder_.path() / "snapshots"; }
    std::expected<Recovered, JournalError> recovered(RecoveryOptions options = {}) {
        MemoryJournal journal(store_);
        if (const auto opened = journal.open(); !opened) return std::unexpected(opened.error());
        options.warn = [this](const std::string& text) { warnings_.push_back(text); };
        return recover(journal, snapshots(), options);
    }
    /// Recovers, and expects the state that the world has.
    RecoveryReport expect_same(const RecoveryOptions& options = {}) {
        const auto result = recovered(options);
        if (!result) {
            ADD_FAILURE() << result.error().detail;
            return {};
        }
        EXPECT_EQ(result->tip, journal_.tip());
        EXPECT_EQ(result->state->head, world_.state().head);
        EXPECT_EQ(hash_state(*result->state), hash_state(world_.state()));
        return result->report;
    }
    void damage(Seq seq) {
        const auto path = snapshot_path(snapshots(), seq);
        std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
        file.seekp(static_cast<std::streamoff>(std::filesystem::file_size(path) / 2));
        file.put('\x5a').put('\x00').put('\x5a');
    }

    TemporaryFolder folder_;
    std::shared_ptr<MemoryStore> store_ = std::make_shared<MemoryStore>();
    MemoryJournal journal_{store_};
    LedgerWorld world_;
    RandomCommands commands_{5, 120};
    std::vector<std::string> warnings_;
};

TEST_F(RecoveryTest, OfAnEmptyJournalIsAnEmptyState) {
    const auto result = recovered();
    ASSERT_TRUE(result) << result.error().detail;
    EXPECT_EQ(result->state->head.seq, Seq{});
    EXPECT_TRUE(result->tip.is_empty());
}

TEST_F(RecoveryTest, FromZeroIsTheStateThatTheEventsLeadTo) {
    work(4'000);
    const RecoveryReport report = expect_same();
    EXPECT_EQ(report.snapshot, Seq{});
    EXPECT_EQ(report.events_applied, world_.state().head.seq.value);
    EXPECT_EQ(report.events_to_window, 0u);
}

TEST_F(RecoveryTest, FromEachSnapshotIsTheSame) {
    std::vector<Seq> made;
    for (int i = 0; i < 4; ++i) {
        work(700);
        made.push_back(snapshot());
    }
    work(500);
    while (!made.empty()) {
        const RecoveryReport report = expect_same();
        EXPECT_EQ(report.snapshot, made.back());
        EXPECT_EQ(report.read_after, made.back());
        EXPECT_EQ(report.events_applied, world_.state().head.seq.value - made.back().value);
        std::filesystem::remove(snapshot_path(snapshots(), made.back()));
        made.pop_back();
    }
    EXPECT_EQ(expect_same().snapshot, Seq{});
    EXPECT_TRUE(warnings_.empty());
}

TEST_F(RecoveryTest, CanBeToldToUseNoSnapshot) {
    work(500);
    snapshot();
    RecoveryOptions options;
    options.use_snapshots = false;
    EXPECT_EQ(expect_same(options).snapshot, Seq{});
}

TEST_F(RecoveryTest, PassesOverDamagedSnapshotsLoudly) {
    work(500);
    const Seq first = snapshot();
    work(500);
    const Seq second = snapshot();
    work(100);
    damage(second);
    RecoveryReport report = expect_same();
    EXPECT_EQ(report.snapshot, first);
    ASSERT_EQ(warnings_.size(), 1u);
    EXPECT_EQ(report.damaged_snapshots, warnings_);
    EXPECT_NE(warnings_[0].find(snapshot_path({}, second).string()), std::string::npos);
    damage(first);
    report = expect_same();
    EXPECT_EQ(report.snapshot, Seq{});
    EXPECT_EQ(report.damaged_snapshots.size(), 2u);
}

/// What the window must know after a start: every key, payment, refund and revocation after the
/// position up to which the indexes are synced.
TEST_F(RecoveryTest, PutsIntoTheWindowWhatTheIndexesLack) {
    work(1'500);
    const Seq at = snapshot();
    work(1'500);
    for (const std::uint64_t synced : {std::uint64_t{0}, std::uint64_t{1}, at.value / 2, at.value,
                                       at.value + 300, world_.state().head.seq.value}) {
        RecoveryOptions options;
        options.index_synced = Seq{synced};
        const auto result = recovered(options);
        ASSERT_TRUE(result) << result.error().detail;
        const Window& window = result->state->window;
        EXPECT_LE(window.from().value, synced);
        EXPECT_EQ(window.from(), result->report.read_after);
        for (const DecidedEvent& one : world_.events()) {
            const Event& event = one.event;
            if (event.seq.value <= synced) continue;
            if (event.origin && !event.origin->key.empty()) {
                EXPECT_EQ(window.find_key(event.origin->key_digest), event.seq);
            }
            if (const auto* purchase = std::get_if<CreditsPurchased>(&event.body)) {
                EXPECT_EQ(window.find_payment(purchase->payment_digest)->seq, event.seq);
            }
            if (const auto* refund = std::get_if<CreditsRefunded>(&event.body)) {
                EXPECT_GE(window.find_refunded(refund->deduction), refund->refunded_total);
            }
            if (const auto* revoked = std::get_if<GrantRevoked>(&event.body)) {
                EXPECT_TRUE(!revoked->whole || window.is_revoked(revoked->grant));
            }
        }
        EXPECT_EQ(hash_state(*result->state), hash_state(world_.state()));
    }
}

TEST_F(RecoveryTest, StopsWhereItIsTold) {
    work(800);
    const Seq at = snapshot();
    work(800);
    for (const std::uint64_t last : {std::uint64_t{2}, at.value - 5, at.value, at.value + 1,
                                     world_.state().head.seq.value - 1}) {
        RecoveryOptions options;
        options.last = Seq{last};
        const auto result = recovered(options);
        ASSERT_TRUE(result) << result.error().detail;
        EXPECT_EQ(result->state->head.seq, Seq{last});
        EXPECT_EQ(hash_state(*result->state), hash_state(*world_.replayed_to(Seq{last})));
        EXPECT_EQ(result->report.snapshot, last >= at.value ? at : Seq{});
    }
    const Event& middle = world_.events()[world_.events().size() / 2].event;
    RecoveryOptions options;
    options.until = middle.time;
    const auto result = recovered(options);
    ASSERT_TRUE(result);
    EXPECT_GE(result->state->head.seq, middle.seq);
    EXPECT_LE(result->state->head.time, middle.time);
    EXPECT_GT(world_.events()[result->state->head.seq.value].event.time, middle.time);
}

TEST_F(RecoveryTest, ShowsEveryEventThatItApplies) {
    work(600);
    std::uint64_t seen = 0;
    RecoveryOptions options;
    options.after_event = [&](const State& state, const Event& event) {
        EXPECT_EQ(state.head.seq, event.seq);
        EXPECT_EQ(event, world_.events()[event.seq.value - 1].event);
        ++seen;
        return true;
    };
    expect_same(options);
    EXPECT_EQ(seen, world_.state().head.seq.value);
}

TEST_F(RecoveryTest, ConservesEveryAccount) {
    work(5'000);
    const auto result = recovered();
    ASSERT_TRUE(result);
    for (std::size_t i = 0; i < result->state->accounts.count(); ++i) {
        const AccountNo no{static_cast<std::uint32_t>(i)};
        EXPECT_EQ(broken_rule(*result->state, no), std::nullopt);
    }
}

// --- damage --------------------------------------------------------------------------------------

TEST_F(RecoveryTest, NamesTheFirstEventOfADamagedBlock) {
    work(600);
    std::vector<Seq> firsts;
    ASSERT_TRUE(journal_.read(Seq{1}, [&](const StoredBlock& block) {
        firsts.push_back(block.first_seq);
        return true;
    }));
    for (std::size_t i = 1; i < firsts.size(); i += firsts.size() / 6) {
        store_->flip_bit(firsts[i], 8 * 100 + i % 64);
        const auto result = recovered();
        ASSERT_FALSE(result);
        EXPECT_EQ(result.error().fault, JournalFault::damaged);
        EXPECT_EQ(result.error().seq, firsts[i]);
        store_->flip_bit(firsts[i], 8 * 100 + i % 64);
    }
    expect_same();
}

TEST_F(RecoveryTest, NamesTheFirstEventOfAMissingBlock) {
    work(600);
    const auto block = BlockView::parse(*journal_.read_block(Seq{150}).value());
    const Seq missing = block->first_seq();
    store_->remove_block(missing);
    const auto result = recovered();
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().fault, JournalFault::damaged);
    EXPECT_EQ(result.error().seq, missing);
}

TEST_F(RecoveryTest, ASnapshotVouchesForTheJournal) {
    work(300);
    const Seq cut = world_.state().head.seq;
    work(300);
    const Seq at = snapshot();
    store_->cut_after(cut);
    const auto result = recovered();
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().fault, JournalFault::shortened);
    EXPECT_EQ(result.error().seq, cut.next());
    EXPECT_NE(result.error().detail.find(std::to_string(at.value)), std::string::npos);
}

TEST_F(RecoveryTest, AnEventThatCannotBeReadIsNamed) {
    work(100);
    BlockBuilder builder;
    builder.begin(journal_.tip().seq.next());
    builder.append("this is no event");
    const SealedBlock block = builder.seal(journal_.tip(), journal_.tip().time);
    ASSERT_EQ(journal_.append({&block, 1}, {}), AppendOutcome::committed);
    const auto result = recovered();
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().fault, JournalFault::damaged);
    EXPECT_EQ(result.error().seq, block.first_seq);
}

}  // namespace
}  // namespace creditd::tests
