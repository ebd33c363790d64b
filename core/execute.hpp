// execute: one command against the state, from key to events. Decides and applies at once, so that
// the next command sees it; the caller makes the events durable before anybody hears of them.
#pragma once

#include "core/apply.hpp"
#include "core/command.hpp"

namespace creditd {

enum class OutcomeKind : std::uint8_t {
    done,            // events were emitted; the last one is the answer (a recorded refusal too)
    refused,         // not recorded: nothing happened, apart from what time alone had made due
    known_key,       // the key has an outcome already: the event `known` and those before it
    stale_evidence,  // the window has moved past the evidence: fetch it again
    nothing_done,    // a hold is closed already, or the catalog is as it should be
};

struct Outcome {
    OutcomeKind kind = OutcomeKind::done;
    Refusal refusal;
    std::uint32_t index = 0;  // of the operation that refused an atomic batch
    Seq known{};
    std::size_t first_event = 0;  // in `out`: the first event of the command's own
};

/// Executes at `now` (not before the last event's time), appending events to `out` in order.
/// The personal part of the command goes with its last event (with both of a transfer; with the
/// first of a new account).
Outcome execute(State& state, const Command& command, Timestamp now, const Policy& policy,
                std::vector<DecidedEvent>& out);

/// All operations, or none and the first refusal with its index.
Outcome execute(State& state, const AtomicBatch& batch, Timestamp now, const Policy& policy,
                std::vector<DecidedEvent>& out);

/// Emits and applies what time alone has made due for one account at `now`.
void execute_due(State& state, AccountNo account, Timestamp now, const Policy& policy,
                 std::vector<DecidedEvent>& out);

/// Sweeps idle accounts whose time has come, earliest first, until about `events_max` events have
/// been emitted. Returns whether more is due.
bool sweep(State& state, Timestamp now, const Policy& policy, std::size_t events_max,
           std::vector<DecidedEvent>& out);

/// The first event of a new ledger.
Event open_ledger(const State& state, const std::array<std::uint8_t, 16>& ledger_id,
                  std::uint8_t decimals, Timestamp now, bool test_clock = false);

}  // namespace creditd
