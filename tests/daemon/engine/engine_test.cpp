// The engine, in each thread layout: nothing is completed before it is durable, order is kept, what
// cannot be taken is refused whole, and a write that is uncertain stops the process.
#include "daemon/engine/engine.hpp"

#include <gtest/gtest.h>

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
    EngineLayouts() { fixture.options.layout = GetParam(); }
    LedgerFixture fixture;
};

TEST_P(EngineLayouts, CompletesOnlyWhatIsDurableAndPublished) {
    fixture.start();
    for (int i = 0; i < 50; ++i) {
        PutAccounts put(fixture, {"account-" + std::to_string(i)});
        submit(fixture, put);
        finish(fixture, put);
        EXPECT_GE(put.durable_then, put.last());
        EXPECT_GE(put.published_then, put.last());
        EXPECT_EQ(fixture.engine->durable(), put.last());
    }
    EXPECT_EQ(fixture.engine->stats().accounts.load(), 50U);
}

TEST_P(EngineLayouts, KeepsTheOrderOfSubmission) {
    fixture.start();
    std::vector<std::unique_ptr<PutAccounts>> puts;
    for (int i = 0; i < 200; ++i) {
        puts.push_back(std::make_unique<PutAccounts>(
            fixture, std::vector<std::string>{"account-" + std::to_string(i)}));
        submit(fixture, *puts.back());
    }
    finish(fixture, *puts.back());
    for (std::size_t i = 0; i < puts.size(); ++i) {
        EXPECT_TRUE(puts[i]->completed);
        EXPECT_EQ(puts[i]->last(), Seq{3 + i});  // after the CLAIM and the ledger's first event
    }
}

TEST_P(EngineLayouts, FinishesWhatIsQueuedBeforeItStops) {
    fixture.start();
    PutAccounts put(fixture, {"last"});
    submit(fixture, put);
    if (GetParam() == ThreadLayout::shared) fixture.engine->turn();
    fixture.engine->stop();
    EXPECT_EQ(fixture.journal.tip().seq, put.last());
    PutAccounts late(fixture, {"late"});
    Operation* const one = &late;
    EXPECT_FALSE(fixture.engine->submit(std::span(&one, 1)));
}

TEST_P(EngineLayouts, OneBlockStaysOneBlock) {
    fixture.start();
    PutAccounts before(fixture, {"before"});
    PutAccounts batch(fixture, {"a", "b", "c"}, true);
    submit(fixture, before);
    submit(fixture, batch);
    finish(fixture, batch);
    std::size_t blocks = 0;
    ASSERT_TRUE(fixture.journal
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
    SharedEngine() { fixture.options.layout = ThreadLayout::shared; }
    LedgerFixture fixture;
};

TEST_F(SharedEngine, RefusesAGroupWholeWhenTheQueueIsFull) {
    fixture.options.queue_operations_max = 3;
    fixture.start();
    PutAccounts a(fixture, {"a"}), b(fixture, {"b"}), c(fixture, {"c"}), d(fixture, {"d"});
    submit(fixture, a);
    submit(fixture, b);
    const std::array<Operation*, 2> group{&c, &d};
    EXPECT_FALSE(fixture.engine->submit(group));
    EXPECT_EQ(fixture.engine->queue_length(), 2U);
    EXPECT_EQ(fixture.engine->stats().shed.load(), 2U);
    finish(fixture, b);
    EXPECT_TRUE(fixture.engine->submit(group));
    finish(fixture, d);
    EXPECT_TRUE(c.completed);
}

TEST_F(SharedEngine, RefusesWhileWhatWaitsIsTooOld) {
    fixture.start();
    PutAccounts a(fixture, {"a"}), b(fixture, {"b"});
    submit(fixture, a);
    fixture.clock.advance(Duration{fixture.options.queue_age_max.value + 1});
    Operation* const late = &b;
    EXPECT_FALSE(fixture.engine->submit(std::span(&late, 1)));
    finish(fixture, a);
    EXPECT_TRUE(fixture.engine->submit(std::span(&late, 1)));
}

TEST_F(SharedEngine, SaysThatTheDiskIsFull) {
    fixture.start();
    fixture.engine->set_disk_full(true);
    PutAccounts refused(fixture, {"a"});
    submit(fixture, refused);
    finish(fixture, refused);
    EXPECT_EQ(refused.writes, Unavailable::disk_full);
    fixture.engine->set_disk_full(false);
    PutAccounts taken(fixture, {"a"});
    submit(fixture, taken);
    finish(fixture, taken);
    EXPECT_EQ(taken.writes, Unavailable::none);
}

TEST_F(SharedEngine, WaitsForAnAdministratorWhenTheClockJumps) {
    fixture.start();
    fixture.clock.wall_us += Duration::seconds(3'600).value;  // the monotonic clock stays
    PutAccounts first(fixture, {"a"}), refused(fixture, {"a"}), taken(fixture, {"a"});
    submit(fixture, first);  // the turn that notices it has looked before
    finish(fixture, first);
    submit(fixture, refused);
    finish(fixture, refused);
    EXPECT_EQ(refused.writes, Unavailable::clock_suspect);
    fixture.engine->clock_guard().accept();
    submit(fixture, taken);
    finish(fixture, taken);
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
    fixture.start();
    PutAccounts put(fixture, {"a"});
    Follows first(fixture, put);
    submit(fixture, first);
    EXPECT_TRUE(fixture.engine->turn());
    EXPECT_FALSE(put.completed);
    EXPECT_FALSE(fixture.engine->turn());
    EXPECT_TRUE(put.completed);
}

/// What is large is written by the journal thread; its completion is posted to the io thread.
TEST_F(SharedEngine, WritesALargeGroupOnTheJournalThread) {
    fixture.start();
    std::vector<std::string> ids;
    for (int i = 0; i < 500; ++i) ids.push_back("account-" + std::to_string(i));
    PutAccounts large(fixture, ids), small(fixture, {"small"});
    submit(fixture, large);
    fixture.engine->turn();
    EXPECT_FALSE(large.completed);
    fixture.home.run_one();
    EXPECT_TRUE(large.completed);
    EXPECT_GE(large.durable_then, large.last());
    submit(fixture, small);
    finish(fixture,
           small);  // behind a thread that is not quite done, even a small one goes its way
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
