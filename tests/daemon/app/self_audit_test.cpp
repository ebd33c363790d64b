// The audit beside a real engine on a real folder: all accounts come by and nothing is found where
// nothing is wrong; an account that went wrong in memory stops writes, snapshots and images, while
// reads go on.
#include "daemon/app/self_audit.hpp"

#include <gtest/gtest.h>

#include "daemon/app/open_ledger.hpp"
#include "tests/daemon/engine/ledger_fixture.hpp"
#include "tests/support/temporary_folder.hpp"

namespace creditd::daemon {
namespace {

using creditd::tests::TemporaryFolder;

constexpr auto patience = std::chrono::seconds(60);

/// Runs what comes home on a thread of its own, as a server does.
class HomeThread {
public:
    ~HomeThread() {
        home.post([this] { is_over_ = true; });
        thread_.join();
    }
    tests::Home home;

private:
    bool is_over_ = false;
    std::thread thread_{[this] {
        while (!is_over_) home.run_one();
    }};
};

class Deduct final : public Operation {
public:
    Deduct(http::IoThread& io, std::string id, std::int64_t amount) {
        home = &io;
        DeductCredits body;
        body.account = std::move(id);
        body.price.amount = Credits{amount};
        command_.body = std::move(body);
    }
    void execute(const LedgerTurn& turn) override {
        writes = turn.writes;
        if (writes != Unavailable::none) return;
        command_.evidence.as_of = turn.state.window.from();
        creditd::execute(turn.state, command_, turn.now, turn.policy, events);
    }
    void complete() override { is_done = true; }

    std::atomic<bool> is_done{false};
    Unavailable writes = Unavailable::none;

private:
    Command command_;
};

class CountingBackground final : public LedgerBackground {
public:
    bool step(State&, const replay::ChainTip&) override {
        ++steps;
        return false;
    }
    std::atomic<int> steps{0};
};

class AuditedDaemon {
public:
    AuditedDaemon() {
        config.ledger.data_dir = (folder_.path() / "data").string();
        config.audit.account_interval = Duration{1'000};
        config.audit.disk_bytes_per_second = 100 << 20;
        ledger = open_ledger_folder(config, clock_, random_).value();
        for (int i = 0; i < accounts; ++i) make_account("account-" + std::to_string(i));
    }
    ~AuditedDaemon() { stop(); }

    /// From here on the ledger thread has the state.
    void start() {
        followers = std::make_unique<replay::followers::FollowerThread>(*ledger.journal,
                                                                        ledger.followers());
        EngineOptions options;
        options.layout = ThreadLayout::ledger_and_journal;
        EngineHooks hooks;
        hooks.durable = [this](Seq seq) { followers->publish(seq); };
        hooks.indexes_synced = [] { return Seq{}; };
        hooks.catalog_changed = [](const Event&) {};
        hooks.fatal = [](const std::string& reason) { ADD_FAILURE() << reason; };
        engine = std::make_unique<Engine>(std::move(ledger.state), *ledger.journal, clock_, options,
                                          std::move(hooks));
        engine->set_background(&background);
        audit = std::make_unique<SelfAudit>(
            config.audit,
            SelfAudit::Parts{*engine, clock_, *followers, *ledger.journal, *ledger.database,
                             *ledger.history, ledger.images.get(), home_.home},
            3);
        followers->start();
        followers->publish(engine->durable());
        engine->start();
        audit->start();
    }
    void stop() {
        if (!audit) return;
        audit->stop();
        engine->stop();
        followers->stop();
    }
    Unavailable deduct(const std::string& id) {
        Deduct operation(home_.home, id, 1);
        Operation* const one = &operation;
        EXPECT_TRUE(engine->submit({&one, 1}));
        wait_for([&] { return operation.is_done.load(); });
        return operation.writes;
    }
    template <class Condition>
    void wait_for(const Condition& condition) {
        const auto end = std::chrono::steady_clock::now() + patience;
        while (!condition()) {
            ASSERT_LT(std::chrono::steady_clock::now(), end);
            std::this_thread::sleep_for(std::chrono::milliseconds(1));
        }
    }

    static constexpr int accounts = 5;
    Config config;
    OpenedLedger ledger;
    CountingBackground background;
    std::unique_ptr<replay::followers::FollowerThread> followers;
    std::unique_ptr<SelfAudit> audit;
    std::unique_ptr<Engine> engine;

private:
    /// The account and some credits, durable.
    void make_account(const std::string& id) {
        std::vector<DecidedEvent> events;
        const auto run = [&](CommandBody body) {
            Command command;
            command.body = std::move(body);
            command.evidence.as_of = ledger.state->window.from();
            const auto outcome = execute(*ledger.state, command, clock_.wall(), Policy{}, events);
            ASSERT_EQ(outcome.kind, OutcomeKind::done);
        };
        PutAccount put;
        put.account = id;
        run(put);
        GrantCredits grant;
        grant.account = id;
        grant.amount = Credits{1'000'000};
        run(grant);
        BlockStream stream(ledger.journal->tip());
        stream.add(events, true);
        ASSERT_EQ(ledger.journal->append(stream.blocks, {}), replay::AppendOutcome::committed);
    }

    TemporaryFolder folder_;
    SystemClock clock_;
    SystemRandom random_;
    HomeThread home_;
};

TEST(SelfAudit, LooksAtAllAndFindsNothingWhereNothingIsWrong) {
    AuditedDaemon daemon;
    daemon.start();
    const SelfAuditStats& stats = daemon.audit->stats();
    for (int i = 0; stats.accounts < 40 || stats.rounds < 2; ++i) {
        ASSERT_EQ(daemon.deduct("account-" + std::to_string(i % 5)), Unavailable::none) << i;
        if (HasFatalFailure()) return;
    }
    EXPECT_EQ(stats.mismatches, 0U);
    EXPECT_EQ(stats.failures, 0U);
    EXPECT_GE(stats.events, 80U);
    EXPECT_GT(stats.blocks, 5U);
    EXPECT_GT(stats.position, 0U);
    EXPECT_FALSE(daemon.engine->is_ledger_suspect());
}

TEST(SelfAudit, StopsWritesWhereAnAccountWentWrong) {
    AuditedDaemon daemon;
    daemon.ledger.state->accounts.touch(AccountNo{1}).balance += Credits{1};
    daemon.start();
    daemon.wait_for([&] { return daemon.engine->is_ledger_suspect(); });
    EXPECT_EQ(daemon.engine->writes_unavailable(), Unavailable::ledger_suspect);
    EXPECT_EQ(daemon.deduct("account-0"), Unavailable::ledger_suspect);
    daemon.wait_for([&] { return daemon.audit->stats().mismatches == 1; });
    // Nothing is derived from a state that is not to be trusted.
    const int steps = daemon.background.steps;
    EXPECT_EQ(daemon.deduct("account-1"), Unavailable::ledger_suspect);
    EXPECT_LE(daemon.background.steps, steps + 1);
}

TEST(SelfAudit, DoesNothingWhereItIsNotWanted) {
    AuditedDaemon daemon;
    daemon.config.audit = {};
    daemon.ledger.state->accounts.touch(AccountNo{1}).balance += Credits{1};
    daemon.start();
    EXPECT_EQ(daemon.deduct("account-0"), Unavailable::none);
    EXPECT_EQ(daemon.audit->stats().accounts + daemon.audit->stats().blocks, 0U);
}

}  // namespace
}  // namespace creditd::daemon
