#include "schemas/snapshot_codec.hpp"

#include <gtest/gtest.h>

#include "core/conservation.hpp"
#include "core/state_digest.hpp"
#include "schemas/event_codec.hpp"
#include "tests/schemas/sample_state.hpp"
#include "tests/support/random_commands.hpp"

namespace creditd::schemas {
namespace {

std::string canonical(std::span<const Account> accounts, const TermsTable& terms) {
    std::string bytes;
    for (const Account& account : accounts) append_canonical_account(bytes, account, terms);
    return bytes;
}

std::string canonical(const State& state) {
    std::string bytes;
    append_canonical_ledger(bytes, state);
    for (std::size_t i = 0; i < state.accounts.chunk_count(); ++i) {
        append_canonical_chunk(bytes, state, i);
    }
    return bytes;
}

std::span<const Account> accounts_of(const State& state, std::size_t chunk) {
    const std::size_t first = chunk * limits::chunk_accounts;
    const std::size_t count = std::min(limits::chunk_accounts, state.accounts.count() - first);
    return {&state.accounts.get(AccountNo{static_cast<std::uint32_t>(first)}), count};
}

/// The state after a snapshot of `state` has been written and read.
std::unique_ptr<State> restored(const State& state) {
    auto result = std::make_unique<State>();
    SnapshotEncoder encoder;
    const auto count =
        restore_ledger(encoder.encode_ledger(state.head, state.catalog(), state.redemptions(),
                                             state.accounts.count()),
                       *result);
    EXPECT_TRUE(count && *count == state.accounts.count());
    for (std::size_t i = 0; i < state.accounts.chunk_count(); ++i) {
        const AccountNo first{static_cast<std::uint32_t>(i * limits::chunk_accounts)};
        const auto bytes = encoder.encode_chunk(first, accounts_of(state, i), state.terms);
        const auto chunk = restore_chunk(bytes, *result);
        EXPECT_TRUE(chunk) << chunk.error().detail;
    }
    return result;
}

std::string sample_chunk() {
    TermsTable terms;
    const std::vector<Account> accounts = tests::sample_accounts(terms);
    SnapshotEncoder encoder;
    return std::string(encoder.encode_chunk(tests::sample_first, accounts, terms));
}

TEST(SnapshotCodec, DecodesAccountsWithEverything) {
    TermsTable terms;
    const std::vector<Account> accounts = tests::sample_accounts(terms);
    TermsTable other_terms;
    GrantTerms unrelated;
    unrelated.kind = GrantKind::bonus;
    other_terms.intern(unrelated);  // numbers differ from those of the encoder
    std::vector<Account> decoded;
    ASSERT_TRUE(decode_chunk(sample_chunk(), tests::sample_first, other_terms, decoded));
    ASSERT_EQ(decoded.size(), accounts.size());
    EXPECT_EQ(canonical(decoded, other_terms), canonical(accounts, terms));
    EXPECT_EQ(decoded[1].extra(), accounts[1].extra());
    EXPECT_TRUE(decoded[1].grants.begin()->paid);
    EXPECT_FALSE(decoded[0].has_extra());
}

TEST(SnapshotCodec, DecodesTheLedger) {
    const LedgerImage image = tests::sample_ledger();
    SnapshotEncoder encoder;
    const auto decoded = decode_ledger(
        encoder.encode_ledger(image.head, image.catalog, image.redemptions, image.account_count));
    ASSERT_TRUE(decoded) << decoded.error().detail;
    EXPECT_EQ(*decoded, image);
}

TEST(SnapshotCodec, RefusesAChunkOutOfPlace) {
    TermsTable terms;
    std::vector<Account> decoded;
    const auto result = decode_chunk(sample_chunk(), AccountNo{0}, terms, decoded);
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error(), (CodecError{CodecFault::inconsistent, "first_account"}));
}

TEST(SnapshotCodec, NeverTakesOneRecordForTheOther) {
    const LedgerImage image = tests::sample_ledger();
    SnapshotEncoder encoder;
    const std::string ledger(
        encoder.encode_ledger(image.head, image.catalog, image.redemptions, 0));
    TermsTable terms;
    std::vector<Account> decoded;
    EXPECT_EQ(decode_chunk(ledger, AccountNo{0}, terms, decoded).error().fault,
              CodecFault::damaged);
    EXPECT_EQ(decode_ledger(sample_chunk()).error().fault, CodecFault::damaged);
}

TEST(SnapshotCodec, RestoresALedgerThatGoesOnTheSameWay) {
    tests::LedgerWorld world;
    tests::RandomCommands commands(21, 300);
    commands.steps(world, 6'000);
    const std::unique_ptr<State> copy = restored(world.state());
    ASSERT_EQ(canonical(*copy), canonical(world.state()));
    for (std::uint32_t i = 0; i < copy->accounts.count(); ++i) {
        EXPECT_EQ(broken_rule(*copy, AccountNo{i}), std::nullopt);
        EXPECT_EQ(copy->accounts.get(AccountNo{i}).next_due,
                  world.state().accounts.get(AccountNo{i}).next_due);
    }
    // Whatever happens next happens to the copy too, without an assertion.
    const std::size_t before = world.events().size();
    commands.steps(world, 3'000);
    for (std::size_t i = before; i < world.events().size(); ++i) {
        apply(*copy, world.events()[i].event);
    }
    EXPECT_EQ(canonical(*copy), canonical(world.state()));
}

TEST(EventCodec, ReadsBackEveryEventThatCoreMakes) {
    tests::LedgerWorld world;
    tests::RandomCommands commands(22, 100);
    commands.steps(world, 6'000);
    EventEncoder encoder;
    Event decoded;
    std::size_t kinds = 0;
    std::vector<bool> seen(event_kinds_count);
    for (const DecidedEvent& decided : world.events()) {
        ASSERT_TRUE(decode_event(encoder.encode(decided.event), decoded));
        ASSERT_EQ(decoded, decided.event);
        if (!seen[decided.event.body.index()]) ++kinds;
        seen[decided.event.body.index()] = true;
    }
    EXPECT_GE(kinds, 20U);
}

}  // namespace
}  // namespace creditd::schemas
