// Forgetting accounts: exactly what is theirs goes, whoever holds a copy and whatever the order of
// events; nothing is lost that comes later; a start in between does it again.
#include "replay/followers/personal_eraser.hpp"

#include <gtest/gtest.h>

#include "replay/database.hpp"
#include "replay/followers/families.hpp"
#include "replay/followers/follower_thread.hpp"
#include "replay/memory_journal.hpp"
#include "replay/sha256.hpp"
#include "tests/support/ledger_world.hpp"
#include "tests/support/temporary_folder.hpp"

namespace creditd::tests {
namespace {

using replay::followers::FollowerThread;
using replay::followers::PersonalEraser;

/// The log of a small ledger, in memory.
class Log {
public:
    explicit Log(LedgerWorld& world)
        : world_(world),
          store_(std::make_shared<replay::MemoryStore>()),
          journal_(std::make_unique<replay::MemoryJournal>(store_)) {
        EXPECT_TRUE(journal_->open());
    }

    replay::MemoryStore& store() { return *store_; }
    replay::MemoryJournal& get() { return *journal_; }
    void append() { world_.append_to(*journal_, 3); }
    std::optional<std::string> part(Seq seq) const { return journal_->read_personal(seq).value(); }

private:
    LedgerWorld& world_;
    std::shared_ptr<replay::MemoryStore> store_;
    std::unique_ptr<replay::MemoryJournal> journal_;
};

class PersonalEraserTest : public testing::Test {
protected:
    PersonalEraserTest() {
        open_database("db");
        for (const char* account : {"ann", "ben", "cat"}) say(PutAccount{account, {}, {}, true});
        for (const char* account : {"ann", "ben"}) say(grant(account));
    }

    void open_database(const char* name) {
        replay::DatabaseOptions options;
        options.folder = folder_.path() / name;
        options.followers = replay::followers::follower_families();
        database_.reset();
        database_ = std::move(replay::Database::open(std::move(options)).value());
    }
    static GrantCredits grant(std::string account) {
        GrantCredits grant;
        grant.account = std::move(account);
        grant.amount = Credits{1'000};
        return grant;
    }
    /// A command with a personal part of its own; returns the number of its last event.
    Seq say(CommandBody body) {
        const auto outcome = world_.run(std::move(body), "part " + std::to_string(++said_));
        EXPECT_EQ(outcome.kind, OutcomeKind::done);
        return world_.last().seq;
    }
    Seq forget(std::string account) {
        EXPECT_EQ(world_.run(ForgetAccount{std::move(account)}).kind, OutcomeKind::done);
        return world_.last().seq;
    }
    /// News under a name of its own, with this as what was received.
    Seq receive(const std::string& id, const std::string& received) {
        NoteNotification command;
        command.notification = news(id);
        EXPECT_EQ(world_.run(std::move(command), received).kind, OutcomeKind::done);
        return world_.last().seq;
    }
    static Notification news(const std::string& id) {
        Notification told;
        told.provider = "stripe";
        told.id = id;
        told.digest = replay::digest128('n', "stripe", id);
        told.type = "some.news";
        told.outcome = NotificationOutcome::ignored;
        return told;
    }
    Seq notice(const std::string& id, const std::function<void(Notification&)>& about) {
        NoteNotification command;
        command.notification = news(id);
        about(command.notification);
        return say(std::move(command));
    }

    /// Everything is written and followed to the end.
    void follow() {
        log_->append();
        open_eraser();
        settle();
    }
    void open_eraser() {
        PersonalEraser::Options options;
        options.runs.folder = folder_.path() / "runs";
        options.rewrite = rewrite_;
        options.on_failure = on_failure_;
        eraser_ =
            std::move(PersonalEraser::open(*database_, log_->get(), std::move(options)).value());
    }
    void settle() {
        FollowerThread thread(log_->get(), {eraser_.get()});
        const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(60);
        const Seq end = world_.last().seq;
        EXPECT_TRUE(thread.wait_for([&] { return eraser_->erased() >= end; }, deadline));
        while (eraser_->stats().pending > 0 && std::chrono::steady_clock::now() < deadline) {
            thread.turn();
        }
        EXPECT_TRUE(thread.is_healthy());
    }
    bool has_part(Seq seq) const { return log_->part(seq).has_value(); }
    /// All events that have lost their parts.
    std::vector<std::uint64_t> gone() const {
        std::vector<std::uint64_t> gone;
        for (const DecidedEvent& one : world_.events()) {
            if (!one.personal.empty() && !has_part(one.event.seq)) {
                gone.push_back(one.event.seq.value);
            }
        }
        return gone;
    }

    TemporaryFolder folder_;
    std::unique_ptr<replay::Database> database_;
    LedgerWorld world_;
    std::optional<Log> log_{world_};
    std::function<bool(std::atomic<bool>&)> rewrite_;
    std::function<void(const std::string&)> on_failure_;
    std::unique_ptr<PersonalEraser> eraser_;
    int said_ = 0;
};

using Gone = std::vector<std::uint64_t>;

TEST_F(PersonalEraserTest, TakesWhatIsTheAccountsOwnAndWasThere) {
    const Seq before = say(grant("ann"));
    const Seq other = say(grant("ben"));
    forget("ann");
    const Seq after = say(grant("ann"));
    follow();
    EXPECT_FALSE(has_part(before));
    EXPECT_TRUE(has_part(other));
    EXPECT_TRUE(has_part(after));
    EXPECT_EQ(gone().size(), 3u) << "her profile, her first grant, and the second one";
    EXPECT_EQ(eraser_->stats().parts, 3u);
    EXPECT_EQ(eraser_->stats().pending, 0u);
}

TEST_F(PersonalEraserTest, TakesBothCopiesOfATransfersPart) {
    const auto send = [&](std::string from, std::string to) {
        TransferCredits transfer;
        transfer.from = std::move(from);
        transfer.to = std::move(to);
        transfer.amount = Credits{1};
        return say(std::move(transfer)).value;
    };
    const std::uint64_t sent = send("ann", "ben");
    const std::uint64_t foreign = send("ben", "cat");
    const std::uint64_t received = send("ben", "ann");
    forget("ann");
    follow();
    for (const std::uint64_t seq : {sent, received}) {
        EXPECT_FALSE(has_part(Seq{seq})) << seq;
        EXPECT_FALSE(has_part(Seq{seq - 1})) << seq;
    }
    EXPECT_TRUE(has_part(Seq{foreign}));
    EXPECT_TRUE(has_part(Seq{foreign - 1}));
}

TEST_F(PersonalEraserTest, TakesWhatProvidersHaveSentAboutIt) {
    PlaceOrder order;
    order.account = "ann";
    order.id = "order-1";
    order.digest = replay::digest128('o', order.id);
    order.amount = Credits{100};
    order.price = {300, Currency::of("USD")};
    order.provider = "stripe";
    // Heard of before anybody knows whose payment it is.
    const Seq early = notice("e1", [](Notification& n) { n.payment_id = "pi_1234567"; });
    say(order);
    PurchaseCredits bought;
    bought.account = "ann";
    bought.amount = Credits{100};
    bought.provider = "stripe";
    bought.payment_id = "pi_1234567";
    bought.payment_digest = replay::digest128('p', "stripe", "pi_1234567");
    say(bought);
    const Seq by_account = notice("e2", [](Notification& n) { n.account = "ann"; });
    const Seq by_order = notice("e3", [](Notification& n) { n.order = "order-1"; });
    const Seq by_hint = notice("e4", [](Notification& n) { n.hint.account = "ann"; });
    const Seq by_hinted_order = notice("e8", [](Notification& n) { n.hint.order = "order-1"; });
    const Seq by_what_was_sent = receive("e9", R"({"id":"ch_1","payment_intent":"pi_1234567"})");
    const Seq of_another = receive("e10", R"({"id":"ch_2","payment_intent":"pi_12345678"})");
    const Seq other = notice("e5", [](Notification& n) { n.account = "ben"; });
    const Seq nobody = notice("e6", [](Notification& n) { n.payment_id = "pi_2"; });
    forget("ann");
    const Seq late = notice("e7", [](Notification& n) { n.account = "ann"; });
    follow();
    for (const Seq seq :
         {early, by_account, by_order, by_hint, by_hinted_order, by_what_was_sent}) {
        EXPECT_FALSE(has_part(seq)) << seq.value;
    }
    for (const Seq seq : {other, nobody, late, of_another}) EXPECT_TRUE(has_part(seq)) << seq.value;
}

TEST_F(PersonalEraserTest, TakesWhatTheWishItselfSays) {
    const Seq wish = say(ForgetAccount{"ann"});
    follow();
    EXPECT_FALSE(has_part(wish));
}

TEST_F(PersonalEraserTest, SeveralAtOnceAndOneTwice) {
    forget("ann");
    const Seq between = say(grant("ann"));
    forget("ben");
    forget("ann");
    const Seq after = say(grant("ben"));
    follow();
    EXPECT_FALSE(has_part(between));
    EXPECT_TRUE(has_part(after));
    EXPECT_EQ(gone().size(), 5u);
    EXPECT_EQ(eraser_->stats().pending, 0u);
}

TEST_F(PersonalEraserTest, IsDoneOnceAndAgainOnlyWithoutItsCursor) {
    const Seq profile{3};
    ASSERT_TRUE(world_.events()[profile.value - 1].event.personal_hash);
    forget("ann");
    follow();
    EXPECT_EQ(eraser_->cursor(), eraser_->consumed()) << "it was saved when it was done";
    open_eraser();
    settle();
    EXPECT_EQ(eraser_->stats().parts, 0u);
    // As after a restore: the parts are back, and the cursor is not.
    eraser_.reset();
    open_database("restored");
    log_.emplace(world_);
    log_->append();
    EXPECT_TRUE(has_part(profile));
    open_eraser();
    settle();
    EXPECT_FALSE(has_part(profile));
    EXPECT_EQ(eraser_->stats().parts, 2u);
}

TEST_F(PersonalEraserTest, WhoStartsAnewReadsNothingForIt) {
    forget("ann");
    log_->append();
    open_eraser();
    EXPECT_EQ(eraser_->consumed(), world_.last().seq) << "nobody waits for what it still looks for";
    EXPECT_EQ(eraser_->erased(), Seq{});
    settle();
    EXPECT_EQ(gone().size(), 2u);
}

TEST_F(PersonalEraserTest, AnOldWishIsNotTakenForDoneBecauseOfANewOne) {
    for (int i = 0; i < 30; ++i) say(grant("cat"));  // some blocks before the wish
    const Seq old_wish = forget("ann");
    for (int i = 0; i < 30; ++i) say(grant("cat"));
    log_->append();
    open_eraser();
    FollowerThread thread(log_->get(), {eraser_.get()});
    const Seq new_wish = forget("ben");
    log_->append();
    thread.publish(new_wish);
    while (eraser_->erased() < new_wish) {
        thread.turn();
        if (eraser_->erased() < old_wish) continue;
        ASSERT_FALSE(has_part(Seq{3})) << "done too early";
    }
}

TEST_F(PersonalEraserTest, AWishDuringAScanAndOneDuringARewriting) {
    std::atomic<bool> may_end{false};
    rewrite_ = [&](std::atomic<bool>&) {
        while (!may_end) std::this_thread::yield();
        return true;
    };
    forget("ann");
    log_->append();
    open_eraser();
    FollowerThread thread(log_->get(), {eraser_.get()});
    thread.turn();  // the scan is under way
    const Seq second = forget("ben");
    log_->append();
    thread.publish(second);
    while (eraser_->erased() < second) thread.turn();
    EXPECT_EQ(eraser_->stats().pending, 2u);
    const Seq third = forget("cat");
    log_->append();
    thread.publish(third);
    while (eraser_->erased() < third) thread.turn();
    may_end = true;
    while (eraser_->stats().pending > 0) thread.turn();
    EXPECT_EQ(gone().size(), 5u);
}

TEST_F(PersonalEraserTest, StopsWithARewritingUnderWay) {
    bool was_woken = false;
    rewrite_ = [](std::atomic<bool>& is_canceled) {
        while (!is_canceled) std::this_thread::yield();
        return false;
    };
    const Seq wish = forget("ann");
    log_->append();
    open_eraser();
    eraser_->set_wake([&] { was_woken = true; });
    {
        FollowerThread thread(log_->get(), {eraser_.get()});
        while (eraser_->erased() < wish) thread.turn();
        thread.turn();
    }
    eraser_->stop();
    was_woken = false;
    eraser_.reset();
    EXPECT_FALSE(was_woken) << "whoever is woken may be gone";
    rewrite_ = {};
    open_eraser();
    settle();
    EXPECT_EQ(eraser_->stats().pending, 0u);
}

TEST_F(PersonalEraserTest, DamageOnTheWayStopsNobodyElse) {
    const Seq wish = forget("ann");
    log_->append();
    log_->store().flip_bit(Seq{2}, 8 * 200);
    std::string reason;
    on_failure_ = [&](const std::string& why) { reason = why; };
    open_eraser();
    FollowerThread thread(log_->get(), {eraser_.get()});
    while (thread.turn()) continue;
    EXPECT_NE(reason.find("at seq"), std::string::npos) << reason;
    EXPECT_LT(eraser_->erased(), wish);
    EXPECT_LT(eraser_->cursor(), wish);
    const Seq after = say(grant("ben"));
    log_->append();
    thread.publish(after);
    while (thread.turn()) continue;
    EXPECT_TRUE(thread.is_healthy());
    EXPECT_EQ(thread.position(), after);
}

/// Ingesting gives a table its second name, and only then takes the first one away.
TEST_F(PersonalEraserTest, ARunThatACrashLeftIsNotWrittenOver) {
    namespace fs = std::filesystem;
    forget("ann");
    follow();
    std::map<std::string, std::string> tables;
    for (const auto& entry : fs::directory_iterator(folder_.path() / "db")) {
        const std::string path = entry.path().string();
        if (path.ends_with(".sst")) tables[path] = text_of_file(path);
    }
    ASSERT_EQ(tables.size(), 1u) << "the cursor's";
    const auto& [table, bytes] = *tables.begin();
    fs::create_hard_link(table, folder_.path() / "runs" / "erasures.run");
    open_eraser();
    forget("ben");
    log_->append();
    settle();
    EXPECT_EQ(eraser_->cursor(), world_.last().seq) << "it was written again";
    EXPECT_TRUE(!fs::exists(table) || text_of_file(table) == bytes);
    eraser_.reset();
    open_database("db");
    open_eraser();
    EXPECT_EQ(eraser_->cursor(), world_.last().seq);
}

TEST_F(PersonalEraserTest, AFailedRewritingIsTriedAgainByTheNextStart) {
    rewrite_ = [](std::atomic<bool>&) { return false; };
    const Seq wish = forget("ann");
    log_->append();
    open_eraser();
    FollowerThread thread(log_->get(), {eraser_.get()});
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(60);
    while (eraser_->stats().failures == 0 && std::chrono::steady_clock::now() < deadline) {
        thread.turn();
    }
    EXPECT_EQ(eraser_->erased(), world_.last().seq) << "nothing can be read any more";
    EXPECT_EQ(eraser_->stats().pending, 1u);
    eraser_->request_seal();
    while (thread.turn()) continue;
    EXPECT_LT(eraser_->cursor(), wish) << "the next start must see it";
    rewrite_ = [](std::atomic<bool>&) { return true; };
    open_eraser();
    settle();
    EXPECT_EQ(eraser_->stats().pending, 0u);
    EXPECT_GE(eraser_->cursor(), wish);
}

}  // namespace
}  // namespace creditd::tests
