// Live accounts against their history: what is the same is found to be, whatever has happened to it
// and whatever is due; a state that went wrong, by one unit or in a field that no balance shows, is
// found out.
#include "replay/audit/account_audit.hpp"

#include <gtest/gtest.h>

#include "core/apply.hpp"
#include "replay/database.hpp"
#include "replay/followers/families.hpp"
#include "replay/rocksdb_journal.hpp"
#include "schemas/snapshot_codec.hpp"
#include "tests/support/random_commands.hpp"
#include "tests/support/temporary_folder.hpp"

namespace creditd::tests {
namespace {

namespace audit = replay::audit;
namespace followers = replay::followers;

constexpr std::size_t all_events = 1'000'000;

/// A ledger of random commands, its journal and its history on disk.
class AuditedLedger {
public:
    AuditedLedger(std::uint64_t seed, std::size_t commands, std::size_t accounts = 12) {
        RandomCommands(seed, accounts).steps(ledger, commands);
        replay::DatabaseOptions options;
        options.folder = folder_.path() / "db";
        options.followers = followers::follower_families();
        database_ = replay::Database::open(options).value();
        journal_ = std::make_unique<replay::RocksDbJournal>(*database_);
        EXPECT_TRUE(journal_->open());
        ledger.append_to(*journal_);
        images = std::make_unique<followers::AccountImages>(*database_);
        followers::RunOptions runs;
        runs.folder = folder_.path() / "runs";
        runs.entries = 500;
        history_ = followers::HistoryIndex::open(*database_, runs).value();
        EXPECT_TRUE(journal_->read(Seq{1}, [this](const auto& block) { return follow(block); }));
        lookup_.emplace(*journal_);
    }

    audit::AccountFinding check(const audit::LiveAccount& live,
                                std::size_t events_max = all_events) {
        const auto found =
            audit::audit_account({*history_, images.get(), *lookup_}, live, events_max);
        EXPECT_TRUE(found) << found.error().detail;
        return found.value_or(audit::AccountFinding{});
    }
    const State& state() const { return ledger.state(); }
    std::uint32_t count() const { return static_cast<std::uint32_t>(state().accounts.count()); }

    LedgerWorld ledger;
    std::unique_ptr<followers::AccountImages> images;

private:
    bool follow(const replay::StoredBlock& stored) {
        const auto block = replay::BlockView::parse(stored.bytes);
        std::vector<followers::FollowedEvent> events;
        for (const std::string_view bytes : *block) {
            events.push_back({schemas::EventView::of(bytes).value(), {}});
        }
        EXPECT_TRUE(history_->consume(events));
        return true;
    }

    TemporaryFolder folder_;
    std::unique_ptr<replay::Database> database_;
    std::unique_ptr<replay::RocksDbJournal> journal_;
    std::unique_ptr<followers::HistoryIndex> history_;
    std::optional<replay::EventLookup> lookup_;
};

TEST(AccountAudit, finds_every_account_of_a_long_story_to_be_what_its_log_says) {
    for (std::uint64_t seed = 1; seed <= 12; ++seed) {
        AuditedLedger audited(seed, 1'500);
        std::uint64_t events = 0;
        for (std::uint32_t no = 0; no < audited.count(); ++no) {
            const auto live = audit::copy_account(audited.state(), AccountNo{no});
            const auto found = audited.check(live);
            EXPECT_TRUE(found.is_same()) << live.id << ": " << found.difference;
            events += found.events;
        }
        EXPECT_GT(events, 1'000U);
    }
}

TEST(AccountAudit, compares_at_the_copys_own_event) {
    AuditedLedger audited(21, 900);
    State state;
    std::size_t compared = 0;
    for (const DecidedEvent& decided : audited.ledger.events()) {
        apply(state, decided.event);
        if (decided.event.account_no.is_none() || decided.event.seq.value % 7 != 0) continue;
        const auto live = audit::copy_account(state, decided.event.account_no);
        EXPECT_EQ(live.seq, decided.event.seq);
        EXPECT_TRUE(audited.check(live).is_same()) << decided.event.seq.value;
        ++compared;
    }
    EXPECT_GT(compared, 50U);
}

// Time goes by and nobody writes down what it did: neither side has it, so nothing differs.
TEST(AccountAudit, does_not_count_what_is_due_and_has_no_event_yet) {
    AuditedLedger audited(3, 900);
    audited.ledger.advance(Duration::days(4'000));
    std::size_t overdue = 0;
    for (std::uint32_t no = 0; no < audited.count(); ++no) {
        const Account& account = audited.state().accounts.get(AccountNo{no});
        if (account.next_due <= audited.ledger.now()) ++overdue;
        EXPECT_TRUE(audited.check(audit::copy_account(audited.state(), AccountNo{no})).is_same());
    }
    EXPECT_GT(overdue, 0U);
}

TEST(AccountAudit, begins_with_an_image_where_there_are_many_events) {
    AuditedLedger audited(5, 3'000, 3);
    State state;
    schemas::SnapshotEncoder encoder;
    for (const DecidedEvent& decided : audited.ledger.events()) {
        const AccountNo no = decided.event.account_no;
        apply(state, decided.event);
        if (no.is_none() || decided.event.seq.value % 16 != 0) continue;
        const Account& account = static_cast<const State&>(state).accounts.get(no);
        const followers::AccountImage image{
            no, decided.event.seq,
            std::string(encoder.encode_chunk(AccountNo{0}, {&account, 1}, state.terms))};
        EXPECT_TRUE(audited.images->add({&image, 1}));
    }
    for (std::uint32_t no = 0; no < audited.count(); ++no) {
        const auto live = audit::copy_account(audited.state(), AccountNo{no});
        const auto whole = audited.check(live);
        const auto part = audited.check(live, 50);
        EXPECT_TRUE(whole.is_same()) << whole.difference;
        EXPECT_TRUE(part.is_same()) << part.difference;
        EXPECT_GE(part.events, 50U);
        EXPECT_LT(part.events, whole.events / 2);
    }
}

TEST(AccountAudit, finds_one_unit_too_much) {
    AuditedLedger audited(7, 600);
    auto& account = audited.ledger.state().accounts.touch(AccountNo{2});
    account.balance += Credits{1};
    const auto found = audited.check(audit::copy_account(audited.state(), AccountNo{2}));
    EXPECT_NE(found.difference.find("by the log"), std::string::npos) << found.difference;
    EXPECT_TRUE(audited.check(audit::copy_account(audited.state(), AccountNo{1})).is_same());
}

TEST(AccountAudit, finds_what_no_balance_shows) {
    AuditedLedger audited(8, 600);
    auto& account = audited.ledger.state().accounts.touch(AccountNo{0});
    account.add_to_total(Total::refunded, Credits{1});
    const auto found = audited.check(audit::copy_account(audited.state(), AccountNo{0}));
    EXPECT_NE(found.difference.find("something else"), std::string::npos) << found.difference;
}

TEST(AccountAudit, finds_an_account_that_the_log_does_not_know) {
    AuditedLedger audited(9, 300);
    auto live = audit::copy_account(audited.state(), AccountNo{0});
    live.no = AccountNo{100'000};
    EXPECT_EQ(audited.check(live).difference, "the log does not make the account");
}

}  // namespace
}  // namespace creditd::tests
