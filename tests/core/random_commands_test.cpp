// What holds for every ledger: seeded random commands over a few accounts, checked after each one.
#include <gtest/gtest.h>

#include <random>

#include "tests/core/given_when_then.hpp"
#include "tests/support/random_commands.hpp"

namespace creditd::tests {
namespace {

using Seeds = testing::TestWithParam<std::uint64_t>;

/// Replays a ledger that the shared random commands have made, with the laws after every event.
class Ledgers : public Seeds {
protected:
    static constexpr std::size_t commands = 4'000;
    static constexpr std::size_t accounts = 6;
};

TEST_P(Ledgers, KeepTheLawsAfterEveryEventAndReplayToTheSameBytes) {
    LedgerWorld ledger;
    RandomCommands random(GetParam(), accounts);
    random.steps(ledger, commands);
    World auditor{ledger.events()};
    EXPECT_EQ(canonical_bytes(auditor.state()), canonical_bytes(ledger.state()));
}

TEST_P(Ledgers, AreTheSameForTheSameSeed) {
    const auto bytes = [] {
        LedgerWorld ledger;
        RandomCommands random(GetParam(), accounts);
        random.steps(ledger, commands / 3);
        return canonical_bytes(ledger.state());
    };
    EXPECT_EQ(bytes(), bytes());
}

TEST_P(Ledgers, ChangeNothingWhenTheyRefuse) {
    LedgerWorld ledger;
    RandomCommands random(GetParam(), accounts);
    std::size_t refused = 0;
    for (std::size_t i = 0; i < commands; ++i) {
        // What is due is not the refused command's doing: it happens first.
        ledger.sweep_due();
        const std::string before = canonical_bytes(ledger.state());
        const std::size_t events = ledger.events().size();
        random.step(ledger);
        if (ledger.events().size() != events) continue;
        ++refused;
        ASSERT_EQ(canonical_bytes(ledger.state()), before) << "after command " << i;
    }
    EXPECT_GT(refused, commands / 50);
}

TEST_P(Ledgers, ChangeNoCreditsWhenTheyRecordARefusal) {
    LedgerWorld ledger;
    RandomCommands random(GetParam(), accounts);
    random.steps(ledger, commands);
    State state;
    std::size_t recorded = 0;
    for (const DecidedEvent& decided : ledger.events()) {
        if (!std::holds_alternative<CommandRefused>(decided.event.body)) {
            apply(state, decided.event);
            continue;
        }
        ++recorded;
        const AccountNo no = decided.event.account_no;
        // Only the head and the count of refusals differ: put the old ones back.
        const AccountExtra before = state.accounts.get(no).extra();
        const std::string bytes = canonical_bytes(state);
        const LedgerHead head = state.head;
        apply(state, decided.event);
        const LedgerHead refused_head = std::exchange(state.head, head);
        AccountExtra& extra = state.accounts.touch(no).touch_extra();
        const AccountExtra after = std::exchange(extra, before);
        ASSERT_EQ(canonical_bytes(state), bytes) << "after event " << decided.event.seq.value;
        extra = after;
        state.head = refused_head;
    }
    EXPECT_GT(recorded, commands / 50);
}

TEST_P(Ledgers, GetARefundedDeductionBack) {
    LedgerWorld ledger;
    RandomCommands random(GetParam(), accounts);
    std::size_t tried = 0;
    for (std::size_t i = 0; i < commands; ++i) {
        random.step(ledger);
        ledger.sweep_due();
        if (i % 5 != 0 || ledger.state().accounts.count() == 0) continue;
        const AccountNo no{static_cast<std::uint32_t>(i % ledger.state().accounts.count())};
        const Account before = ledger.state().accounts.get(no);
        const Outcome outcome =
            ledger.deduct(std::string(before.id()), 1 + static_cast<std::int64_t>(i % 300));
        if (outcome.kind != OutcomeKind::done || outcome.refusal.code != RefusalCode::none)
            continue;
        // A microsecond passes between the two: nothing may have become due in it.
        if (ledger.state().accounts.get(no).next_due <= ledger.now() + Duration{1}) continue;
        ++tried;
        ledger.run(RefundDeduction{ledger.facts().deductions().back(), {}});
        const Account& after = ledger.state().accounts.get(no);
        ASSERT_EQ(after.balance, before.balance);
        ASSERT_EQ(after.held, before.held);
        ASSERT_EQ(after.debt(), before.debt());
        ASSERT_EQ(after.grants.count(), before.grants.count());
        for (std::size_t g = 0; g < before.grants.count(); ++g) {
            ASSERT_EQ(after.grants.begin()[g].id, before.grants.begin()[g].id);
            ASSERT_EQ(after.grants.begin()[g].remaining, before.grants.begin()[g].remaining);
            ASSERT_EQ(after.grants.begin()[g].reserved, before.grants.begin()[g].reserved);
        }
    }
    EXPECT_GT(tried, commands / 50);
}

PriceRequest plain(Credits amount) {
    PriceRequest price;
    price.amount = amount;
    return price;
}

/// Operations that may go together: of accounts that nothing is due for.
std::vector<CommandBody> some_operations(std::mt19937_64& random) {
    const auto below = [&](std::uint64_t bound) { return random() % bound; };
    const auto amount = [&] { return Credits{1 + static_cast<std::int64_t>(below(40))}; };
    std::vector<CommandBody> bodies;
    for (std::uint64_t i = 0; i < 1 + below(6); ++i) {
        const std::string ann = "a" + std::to_string(below(3));
        const std::string bob = "b" + std::to_string(below(3));
        switch (below(5)) {
            case 0: bodies.emplace_back(TransferCredits{ann, bob, amount()}); break;
            case 1: {
                GrantCredits grant;
                grant.account = bob;
                grant.amount = amount();
                grant.expiry.in = Duration::seconds(1 + static_cast<std::int64_t>(below(90)));
                bodies.emplace_back(grant);
                break;
            }
            case 2:
                bodies.emplace_back(PlaceHold{ann, plain(amount()), Duration::seconds(60), {}});
                break;
            default: bodies.emplace_back(DeductCredits{ann, plain(amount()), false}); break;
        }
    }
    return bodies;
}

TEST_P(Ledgers, DoAnAtomicBatchAsIfOneByOne) {
    World together;
    World apart;
    for (World* world : {&together, &apart}) {
        for (const std::string id : {"a0", "a1", "a2", "b0", "b1", "b2"}) {
            account(id, {.credit_limit = 30}).run(*world);
            grant(id, 200, {.expires_in = 300}).run(*world);
        }
    }
    std::mt19937_64 random(GetParam());
    std::size_t succeeded = 0;
    for (int round = 0; round < 60; ++round) {
        for (World* world : {&together, &apart}) {
            world->advance(Duration::seconds(5));
            world->sweep();
        }
        const std::vector<CommandBody> bodies = some_operations(random);
        const std::string before = canonical_bytes(together.state());
        const Outcome outcome = together.run_atomic(bodies, {.keyless = true});
        if (outcome.kind != OutcomeKind::done) {
            ASSERT_EQ(canonical_bytes(together.state()), before);
            continue;
        }
        ++succeeded;
        for (const CommandBody& body : bodies) {
            ASSERT_EQ(apart.run(body, {.keyless = true}).kind, OutcomeKind::done);
        }
        ASSERT_EQ(canonical_bytes(together.state()), canonical_bytes(apart.state()));
    }
    EXPECT_GT(succeeded, 10U);
}

INSTANTIATE_TEST_SUITE_P(Random, Ledgers, testing::Range<std::uint64_t>(1, 13));

}  // namespace
}  // namespace creditd::tests
