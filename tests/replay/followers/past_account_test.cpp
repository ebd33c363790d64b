// The past as it is read, against states that have been replayed to every moment of it.
#include "replay/followers/past_account.hpp"

#include <gtest/gtest.h>

#include <functional>

#include "core/apply.hpp"
#include "replay/database.hpp"
#include "replay/followers/families.hpp"
#include "replay/rocksdb_journal.hpp"
#include "schemas/snapshot_codec.hpp"
#include "tests/support/random_commands.hpp"
#include "tests/support/temporary_folder.hpp"

namespace creditd::tests {
namespace {

namespace followers = replay::followers;

/// A ledger of random commands on disk, with its history.
class OldLedger {
public:
    OldLedger(std::uint64_t seed, std::size_t commands,
              const std::function<void(LedgerWorld&)>& story = {}) {
        RandomCommands(seed, 12).steps(ledger, commands);
        if (story) story(ledger);
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

    followers::PastSources sources(bool with_images) {
        return {*history_, with_images ? images.get() : nullptr, *lookup_};
    }
    Seq newest(AccountNo no) const {
        return followers::newest_of(*history_, no).value().value_or(Seq{});
    }

    LedgerWorld ledger;
    std::unique_ptr<followers::AccountImages> images;

private:
    /// The world's personal parts are not real ones, so the history is fed by hand.
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

void expect_same_grants(const Account& expected, const Account& found) {
    ASSERT_EQ(found.grants.count(), expected.grants.count());
    const Grant* other = found.grants.begin();
    for (const Grant& grant : expected.grants) {
        EXPECT_EQ(other->id, grant.id);
        EXPECT_EQ(other->remaining, grant.remaining);
        EXPECT_EQ(other->reserved, grant.reserved);
        EXPECT_EQ(other->pending, grant.pending);
        ++other;
    }
}

/// The account in `state`, with everything that is due by `now`; compared with what is read.
void expect_read(OldLedger& old, const State& state, AccountNo no, followers::PastMoment moment,
                 bool with_images) {
    State then(state);
    then.head.time = std::min(then.head.time, moment.time);
    std::vector<DecidedEvent> dropped;
    execute_due(then, no, moment.time, {}, dropped);
    const auto past = followers::read_past(old.sources(with_images), no, moment);
    ASSERT_TRUE(past) << past.error().detail;
    ASSERT_TRUE(*past);
    const Account& expected = static_cast<const State&>(then).accounts.get(no);
    const Account& found = (*past)->account();
    EXPECT_EQ(found.id(), expected.id());
    EXPECT_EQ(found.balance, expected.balance);
    EXPECT_EQ(found.held, expected.held);
    EXPECT_EQ(found.available(), expected.available());
    expect_same_grants(expected, found);
}

/// Replays, leaves an image now and then, and asks about every account at some moments on the way.
std::size_t replay_and_ask(OldLedger& old, bool with_images) {
    const auto& events = old.ledger.events();
    State state;
    schemas::SnapshotEncoder encoder;
    std::mt19937 random(7);
    std::size_t asked = 0;
    for (std::size_t i = 0; i < events.size() && !testing::Test::HasFailure(); ++i) {
        const Event& event = events[i].event;
        apply(state, event);
        if (with_images && event.seq.value % 16 == 0 && !event.account_no.is_none()) {
            const Account& account =
                static_cast<const State&>(state).accounts.get(event.account_no);
            const followers::AccountImage image{
                event.account_no, event.seq,
                std::string(encoder.encode_chunk(AccountNo{0}, {&account, 1}, state.terms))};
            EXPECT_TRUE(old.images->add({&image, 1}));
        }
        if (i % 5 != 0 || i + 1 == events.size()) continue;
        // A time at which the next event has not happened, though something may be due.
        const std::int64_t gap = (events[i + 1].event.time - event.time).value;
        const std::int64_t waited = gap > 0 ? static_cast<std::int64_t>(random()) % gap : 0;
        const Timestamp now = event.time + Duration{waited};
        for (std::uint32_t no = 0; no < state.accounts.count(); ++no) {
            if (old.newest(AccountNo{no}) <= event.seq) continue;  // the live state answers
            SCOPED_TRACE(event.seq.value);
            expect_read(old, state, AccountNo{no}, {event.seq, now}, with_images);
            ++asked;
        }
    }
    return asked;
}

TEST(PastAccount, is_what_the_state_was) {
    for (const std::uint64_t seed : {1U, 2U, 3U}) {
        OldLedger old(seed, 700);
        EXPECT_GT(replay_and_ask(old, false), 500);
        EXPECT_GT(replay_and_ask(old, true), 500);
    }
}

TEST(PastAccount, was_not_there_before_it_was_made) {
    OldLedger old(4, 500);
    const auto& events = old.ledger.events();
    const auto made = std::ranges::find_if(events, [](const DecidedEvent& decided) {
        return std::holds_alternative<AccountCreated>(decided.event.body);
    });
    ASSERT_NE(made, events.end());
    const Event& event = made->event;
    const auto before = followers::read_past(old.sources(false), event.account_no,
                                             {Seq{event.seq.value - 1}, event.time});
    ASSERT_TRUE(before);
    EXPECT_FALSE(*before);
}

TEST(PastAccount, does_without_a_bad_image) {
    OldLedger old(5, 800);
    const Event& event = old.ledger.events()[old.ledger.events().size() / 2].event;
    const AccountNo no{0};
    schemas::SnapshotEncoder encoder;
    // One that is not an account, and one of another account: neither fits what comes after.
    const Account stranger("stranger", event.time);
    const followers::AccountImage bad[] = {
        {no, Seq{event.seq.value - 1}, "damaged"},
        {no, event.seq,
         std::string(encoder.encode_chunk(AccountNo{0}, {&stranger, 1}, TermsTable()))}};
    for (const auto& image : bad) {
        ASSERT_TRUE(old.images->add({&image, 1}));
        const followers::PastMoment moment{Seq{old.newest(no).value - 1}, event.time};
        const auto with = followers::read_past(old.sources(true), no, moment);
        const auto without = followers::read_past(old.sources(false), no, moment);
        ASSERT_TRUE(with && without);
        ASSERT_TRUE(*with && *without);
        EXPECT_EQ((*with)->account().balance, (*without)->account().balance);
    }
}

/// Two accounts that take turns have all odd and all even numbers.
TEST(AccountImages, are_left_by_numbers_of_every_kind) {
    std::size_t odd = 0;
    std::size_t even = 0;
    for (std::uint64_t seq = 1; seq <= 128'000; ++seq) {
        if (followers::image_turn(Seq{seq})) ++(seq % 2 == 0 ? even : odd);
    }
    EXPECT_NEAR(static_cast<double>(odd), 500, 100);
    EXPECT_NEAR(static_cast<double>(even), 500, 100);
}

/// A hold ran out, then its grant did, and nobody was there to see either.
TEST(PastAccount, takes_nothing_before_its_time) {
    OldLedger old(0, 0, [](LedgerWorld& ledger) {
        ledger.put_account("ann");
        ledger.grant("ann", 10, {.at = {}, .in = Duration::seconds(36'000)});
        PlaceHold hold;
        hold.account = "ann";
        hold.price.amount = Credits{4};
        hold.expires_in = Duration::seconds(3'600);
        ledger.run(hold);
        ledger.advance(Duration::seconds(72'000));
        ledger.grant("ann", 1);
    });
    const Event& placed = std::ranges::find_if(old.ledger.events(), [](const DecidedEvent& it) {
                              return std::holds_alternative<HoldPlaced>(it.event.body);
                          })->event;
    const auto balance_after = [&](std::int64_t seconds) {
        const auto past =
            followers::read_past(old.sources(false), AccountNo{0},
                                 {placed.seq, placed.time + Duration::seconds(seconds)});
        EXPECT_TRUE(past && *past);
        return (*past)->account().balance;
    };
    EXPECT_EQ(balance_after(0), Credits{10});
    EXPECT_EQ(balance_after(7'200), Credits{10});  // the hold is over
    EXPECT_EQ(balance_after(35'990), Credits{10});
    EXPECT_EQ(balance_after(36'010), Credits{0});
}

}  // namespace
}  // namespace creditd::tests
