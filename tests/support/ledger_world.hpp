// A small ledger in memory for tests: executes commands, keeps every event, finds the evidence that
// commands need in those events, and writes what it has to any journal. One thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/execute.hpp"
#include "replay/journal.hpp"
#include "schemas/event_codec.hpp"
#include "tests/support/fact_book.hpp"

namespace creditd::tests {

class LedgerWorld {
public:
    /// A ledger with its first two events, the claim of epoch 1 and LedgerOpened; its journal, if
    /// there is to be one, is written by `append_to`.
    explicit LedgerWorld(unsigned decimals = 6);

    State& state() { return *state_; }
    const State& state() const { return *state_; }
    /// All events since the beginning; event `seq` stands at seq - 1.
    const std::vector<DecidedEvent>& events() const { return events_; }
    Timestamp now() const { return now_; }
    void advance(Duration duration) { now_ = now_ + duration; }
    const FactBook& facts() const { return facts_; }
    replay::ChainId chain() const;

    /// Fills in key, digests and evidence, and executes; a microsecond passes.
    Outcome run(CommandBody body, std::string personal = {});
    Outcome run_atomic(std::vector<CommandBody> bodies);
    /// Executes as it stands, but for the evidence.
    Outcome run(Command command);
    /// What time has made due for idle accounts.
    void sweep_due();
    /// The event that answered the last command.
    const Event& last() const { return events_.back().event; }

    // Shorthand. Amounts are minor units.
    void put_account(std::string id, std::int64_t credit_limit = 0);
    GrantId grant(std::string account, std::int64_t amount, ExpiryRequest expiry = {});
    Outcome deduct(std::string account, std::int64_t amount);

    /// Appends to a journal what it lacks, `block_events` events a block, `group_blocks` blocks a
    /// write; the first call must be on an empty, opened journal, which it claims.
    void append_to(replay::Journal& journal, std::size_t block_events = 7,
                   std::size_t group_blocks = 3);

    /// The state after event `seq`, by applying every event up to it to a fresh state.
    std::unique_ptr<State> replayed_to(Seq seq) const;

private:
    CommandMeta next_meta(std::string personal);
    void take(std::size_t first);

    std::unique_ptr<State> state_ = std::make_unique<State>();
    std::vector<DecidedEvent> events_;
    FactBook facts_;
    Timestamp now_{1'700'000'000'000'000};
    std::uint64_t commands_ = 0;
};

/// Bytes of the claim's event, as `Journal::claim` asks for them.
std::string encode_claim(Epoch epoch, Seq seq, Timestamp time);

}  // namespace creditd::tests
