// A ledger for the rule book: executes commands with evidence from its own events and checks the
// laws after every single event, on a second state that only ever applies. No journal, no disk.
// Time stands still unless a test lets it pass. One thread.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/execute.hpp"
#include "tests/support/ledger_world.hpp"

namespace creditd::tests {

/// What a command brings besides its body.
struct Asked {
    std::string key{};     // empty: a fresh one
    bool keyless = false;  // none at all
    std::string prefix{};  // of the API key that asks
    std::string personal{};
    std::optional<Seq> evidence_as_of{};  // absent: of the last event
};

class World {
public:
    World();
    /// Replays what another ledger has decided, checking the laws after every event.
    explicit World(const std::vector<DecidedEvent>& events);

    Outcome run(const CommandBody& body, const Asked& asked = {});
    Outcome run_atomic(const std::vector<CommandBody>& bodies, const Asked& asked = {});
    /// One tick of at most about `events_max` events; is more due?
    bool sweep(std::size_t events_max = limits::sweep_events_max);
    void advance(Duration duration) { now_ = now_ + duration; }
    /// As after a start from a snapshot of this state: accounts stay, the window is empty.
    void forget_window();
    Policy policy;
    bool check_every_event = true;  // else the laws are checked after every command only

    const State& state() const { return *state_; }
    Timestamp now() const { return now_; }
    const FactBook& facts() const { return facts_; }
    /// Facts of the events up to `seq`.
    FactBook facts_as_of(Seq seq) const;
    const Account& account(std::string_view id) const;
    /// The n-th thing that was made, from 1.
    GrantId grant(std::size_t nth) const { return facts_.grants().at(nth - 1); }
    DeductionId deduction(std::size_t nth) const { return facts_.deductions().at(nth - 1); }
    HoldId hold(std::size_t nth) const { return facts_.holds().at(nth - 1); }

    /// Of the last command, and the events that it and time made.
    const Outcome& outcome() const { return outcome_; }
    std::vector<Event> news() const;
    const std::vector<DecidedEvent>& events() const { return events_; }
    const Event& last() const { return events_.back().event; }
    template <class Body>
    const Body& last_as() const {
        return std::get<Body>(last().body);
    }

    CommandMeta meta_of(const Asked& asked);

private:
    /// Applies what is new to the mirror, event by event, and checks every law after each.
    void check_news();
    void check_laws(const Event& event) const;
    /// An answer is rendered from its event alone: what that says must be so after it.
    void check_answer(const Event& event) const;

    std::unique_ptr<State> state_ = std::make_unique<State>();
    std::unique_ptr<State> mirror_ = std::make_unique<State>();
    std::vector<DecidedEvent> events_;
    std::size_t checked_ = 0;
    std::size_t news_begin_ = 0;
    FactBook facts_;
    Outcome outcome_;
    Timestamp now_{1'700'000'000'000'000};
    std::uint64_t keys_ = 0;
};

/// Canonical bytes of the whole state: equal for equal states.
std::string canonical_bytes(const State& state);
/// The same of one account.
std::string canonical_bytes(const State& state, std::string_view account);

/// The name of an event's kind in snake_case, e.g. `credits_granted`.
std::string_view name_of(const EventBody& body);

}  // namespace creditd::tests
