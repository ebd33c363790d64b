// The engine, in each thread layout: nothing is completed before it is durable, order is kept, what
// cannot be taken is refused whole, and a write that is uncertain stops the process.
#include "daemon/engine/engine.hpp"

#include <gtest/gtest.h>

#include <stdexcept>
#include <thread>

#include "tests/daemon/engine/ledger_fixture.hpp"

namespace creditd::daemon {
namespace {

using tests::LedgerFixture;

/// Puts accounts, and notes what it finds when it is completed.
class PutAccounts final : public Operation {
public:
    PutAccounts(LedgerFixture& fixture, std::vector<std::string> ids, bool one_block = false)
        : fixture_(fixture), ids_(std::move(ids)), one_block_(one_block) {
        home = &fixture.home;
    }
    void execute(const LedgerTurn& turn) override {
        writes = turn.writes;
        if (writes != Unavailable::none) return;
        for (const std::string& id : ids_) {
            Command command;
            PutAccount put;
            put.account = id;
            command.body = std::move(put);
            const auto outcome =
                creditd::execute(turn.state, command, turn.now, turn.policy, events);
            CREDITD_ASSERT(outcome.kind == OutcomeKind::done);
        }
    }
    void complete() override {
        durable_then = fixture_.journal.tip().seq;
        published_then = fixture_.published;
        completed = true;
    }
    bool is_one_block() const override { return one_block_; }
    Seq last() const { return events.back().event.seq; }

    Unavailable writes = Unavailable::none;
    Seq durable_then{};
    Seq published_then{};
    bool completed = false;

private:
    LedgerFixture& fixture_;
    std::vector<std::string> ids_;
    bool one_block_;
};

void submit(LedgerFixture& fixture, Operation& operation) {
    Operation* const one = &operation;
    ASSERT_TRUE(fixture.engine->submit(std::span(&one, 1)));
}

/// Does an io thread's part until it is completed.
void finish(LedgerFixture& fixture, const PutAccounts& operation) {
    while (!operation.completed) {
        fixture.home.run_ready();
        if (fixture.options.layout == ThreadLayout::shared) fixture.engine->turn();
        std::this_thread::yield();
    }
}

class EngineLayouts : public testing::TestWithParam<ThreadLayout> {
protected:
    EngineLayouts() { fixture_.options.layout = GetParam(); }
    LedgerFixture fixture_;
};

TEST_P(EngineLayouts, CompletesOnlyWhatIsDurableAndPublished) {
    fixture_.start();
    for (int i = 0; i < 50; ++i) {
        PutAccounts put(fixture_, {"account-" + std::to_string(i)});
        submit(fixture_, put);
        finish(fixture_, put);
        EXPECT_GE(put.durable_then, put.last());
        EXPECT_GE(put.published_then, put.last());
        EXPECT_EQ(fixture_.engine->durable(), put.last());
    }
    EXPECT_EQ(fixture_.engine->stats().accounts.load(), 50U);
}

TEST_P(EngineLayouts, KeepsTheOrderOfSubmission) {
    fixture_.start();
    std::vector<std::unique_ptr<PutAccounts>> puts;
    for (int i = 0; i < 200; ++i) {
        puts.push_back(std::make_unique<PutAccounts>(
            fixture_, std::vector<std::string>{"account-" + std::to_string(i)}));
        submit(fixture_, *puts.back());
    }
    finish(fixture_, *puts.back());
    for (std::size_t i = 0; i < puts.size(); ++i) {
        EXPECT_TRUE(puts[i]->completed);
        EXPECT_EQ(puts[i]->last(), Seq{3 + i});  // after the CLAIM and the ledger's first event
    }
}

TEST_P(EngineLayouts, FinishesWhatIsQueuedBeforeItStops) {
    fixture_.start();
    PutAccounts put(fixture_, {"last"});
    submit(fixture_, put);
    if (GetParam() == ThreadLayout::shared) fixture_.engine->turn();
    fixture_.engine->stop();
    EXPECT_EQ(fixture_.journal.tip().seq, put.last());
    PutAccounts late(fixture_, {"late"});
    Operation* const one = &late;
    EXPECT_FALSE(fixture_.engine->submit(std::span(&one, 1)));
}

TEST_P(EngineLayouts, OneBlockStaysOneBlock) {
    fixture_.start();
    PutAccounts before(fixture_, {"before"});
    PutAccounts batch(fixture_, {"a", "b", "c"}, true);
    submit(fixture_, before);
    submit(fixture_, batch);
    finish(fixture_, batch);
    std::size_t blocks = 0;
    ASSERT_TRUE(fixture_.journal
                    .read(batch.last(),
                          [&](const replay::StoredBlock& stored) {
                              EXPECT_EQ(stored.first_seq, batch.events.front().event.seq);
                              return ++blocks > 0;
                          })
                    .has_value());
    EXPECT_EQ(blocks, 1U);
}

INSTANTIATE_TEST_SUITE_P(All, EngineLayouts,
                         testing::Values(ThreadLayout::shared, ThreadLayout::ledger,
                                         ThreadLayout::ledger_and_journal));

class SharedEngine : public testing::Test {
protected:
    SharedEngine() { fixture_.options.layout = ThreadLayout::shared; }
    LedgerFixture fixture_;
};

TEST_F(SharedEngine, RefusesAGroupWholeWhenTheQueueIsFull) {
    fixture_.options.queue_operations_max = 3;
    fixture_.start();
    PutAccounts a(fixture_, {"a"}), b(fixture_, {"b"}), c(fixture_, {"c"}), d(fixture_, {"d"});
    submit(fixture_, a);
    submit(fixture_, b);
    const std::array<Operation*, 2> group{&c, &d};
    EXPECT_FALSE(fixture_.engine->submit(group));
    EXPECT_EQ(fixture_.engine->queue_length(), 2U);
    EXPECT_EQ(fixture_.engine->stats().shed.load(), 2U);
    finish(fixture_, b);
    EXPECT_TRUE(fixture_.engine->submit(group));
    finish(fixture_, d);
    EXPECT_TRUE(c.completed);
}

TEST_F(SharedEngine, RefusesWhileWhatWaitsIsTooOld) {
    fixture_.start();
    PutAccounts a(fixture_, {"a"}), b(fixture_, {"b"});
    submit(fixture_, a);
    fixture_.clock.advance(Duration{fixture_.options.queue_age_max.value + 1});
    Operation* const late = &b;
    EXPECT_FALSE(fixture_.engine->submit(std::span(&late, 1)));
    finish(fixture_, a);
    EXPECT_TRUE(fixture_.engine->submit(std::span(&late, 1)));
}

TEST_F(SharedEngine, SaysThatTheDiskIsFull) {
    fixture_.start();
    fixture_.engine->set_disk_full(true);
    PutAccounts refused(fixture_, {"a"});
    submit(fixture_, refused);
    finish(fixture_, refused);
    EXPECT_EQ(refused.writes, Unavailable::disk_full);
    fixture_.engine->set_disk_full(false);
    PutAccounts taken(fixture_, {"a"});
    submit(fixture_, taken);
    finish(fixture_, taken);
    EXPECT_EQ(taken.writes, Unavailable::none);
}

TEST_F(SharedEngine, WaitsForAnAdministratorWhenTheClockJumps) {
    fixture_.start();
    fixture_.clock.wall_us += Duration::seconds(3'600).value;  // the monotonic clock stays
    PutAccounts first(fixture_, {"a"}), refused(fixture_, {"a"}), taken(fixture_, {"a"});
    submit(fixture_, first);  // the turn that notices it has looked before
    finish(fixture_, first);
    submit(fixture_, refused);
    finish(fixture_, refused);
    EXPECT_EQ(refused.writes, Unavailable::clock_suspect);
    fixture_.engine->clock_guard().accept();
    submit(fixture_, taken);
    finish(fixture_, taken);
    EXPECT_EQ(taken.writes, Unavailable::none);
}

/// Submits another one when it is completed, as an answer begins the next request of a pipeline.
class Follows final : public Operation {
public:
    Follows(LedgerFixture& fixture, Operation& next) : fixture_(fixture), next_(next) {
        home = &fixture.home;
    }
    void execute(const LedgerTurn&) override {}
    void complete() override { submit(fixture_, next_); }

private:
    LedgerFixture& fixture_;
    Operation& next_;
};

TEST_F(SharedEngine, SaysThatThereIsMoreWhenAnAnswerBeganTheNextRequest) {
    fixture_.start();
    PutAccounts put(fixture_, {"a"});
    Follows first(fixture_, put);
    submit(fixture_, first);
    EXPECT_TRUE(fixture_.engine->turn());
    EXPECT_FALSE(put.completed);
    EXPECT_FALSE(fixture_.engine->turn());
    EXPECT_TRUE(put.completed);
}

/// What is large is written by the journal thread; its completion is posted to the io thread.
TEST_F(SharedEngine, WritesALargeGroupOnTheJournalThread) {
    fixture_.start();
    std::vector<std::string> ids;
    for (int i = 0; i < 500; ++i) ids.push_back("account-" + std::to_string(i));
    PutAccounts large(fixture_, ids), small(fixture_, {"small"});
    submit(fixture_, large);
    fixture_.engine->turn();
    EXPECT_FALSE(large.completed);
    fixture_.home.run_one();
    EXPECT_TRUE(large.completed);
    EXPECT_GE(large.durable_then, large.last());
    submit(fixture_, small);
    // Behind a thread that is not quite done, even a small one goes its way.
    finish(fixture_, small);
    EXPECT_EQ(small.last(), Seq{large.last().value + 1});
}

class EngineDeath : public testing::TestWithParam<replay::MemoryFault> {};

TEST_P(EngineDeath, AnUncertainWriteEndsTheProcessWithoutAnAnswer) {
    testing::FLAGS_gtest_death_test_style = "threadsafe";
    EXPECT_DEATH(
        {
            LedgerFixture fixture;
            fixture.options.layout = ThreadLayout::shared;
            fixture.start();
            PutAccounts put(fixture, {"a"});
            submit(fixture, put);
            fixture.store->fail_next(GetParam());
            fixture.engine->turn();
            if (put.completed) std::exit(0);  // it answered: not a death
        },
        "fatal: ");
}

INSTANTIATE_TEST_SUITE_P(All, EngineDeath,
                         testing::Values(replay::MemoryFault::unknown_kept,
                                         replay::MemoryFault::unknown_dropped,
                                         replay::MemoryFault::unknown_torn,
                                         replay::MemoryFault::deposed));

class Throws final : public Operation {
public:
    explicit Throws(LedgerFixture& fixture) { home = &fixture.home; }
    void execute(const LedgerTurn&) override { throw std::length_error("too long"); }
    void complete() override { std::exit(0); }  // it answered: not a death
};

class EngineLayoutDeath : public testing::TestWithParam<ThreadLayout> {};

TEST_P(EngineLayoutDeath, AnExceptionInTheLedgerEndsTheProcess) {
    testing::FLAGS_gtest_death_test_style = "threadsafe";
    EXPECT_DEATH(
        {
            LedgerFixture fixture;
            fixture.options.layout = GetParam();
            fixture.start();
            Throws operation(fixture);
            submit(fixture, operation);
            for (;;) {
                if (GetParam() == ThreadLayout::shared) fixture.engine->turn();
            }
        },
        "fatal: too long");
}

INSTANTIATE_TEST_SUITE_P(All, EngineLayoutDeath,
                         testing::Values(ThreadLayout::shared, ThreadLayout::ledger,
                                         ThreadLayout::ledger_and_journal));

/// Time that another thread took is in the one figure and not in the other.
TEST(StallMeter, TellsWorkFromWaiting) {
    const SystemClock clock;
    StallMeter meter(clock);
    meter.start();
    std::this_thread::sleep_for(std::chrono::milliseconds(30));
    meter.lap();
    EXPECT_GE(meter.max_us(), 30'000);
    EXPECT_LT(meter.max_cpu_us(), 20'000);
    meter.start();
    const Duration began = clock.thread_cpu();
    while (clock.thread_cpu().value < began.value + 40'000) {
    }
    meter.lap();
    EXPECT_GE(meter.max_cpu_us(), 40'000);
}

}  // namespace
}  // namespace creditd::daemon
