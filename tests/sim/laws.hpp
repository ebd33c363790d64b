// What every event must keep to, said a second time and from the contract: a few lines for each
// rule, with maps instead of windows and evidence. Sees each event with the state before it.
// Owned by Shadow.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>

#include "core/state.hpp"
#include "tests/sim/laws_payments.hpp"

namespace creditd::sim {

/// Tells what was asked for from what time alone does, and from the ledger's own events.
class Origins {
public:
    /// Call it once for each event, in their order.
    bool is_unasked(const Event& event);

private:
    unsigned followers_left_ = 0;  // events that belong to the creation of an account
};

class Laws {
public:
    /// Throws Failure where `event` breaks one. `before`: the state without it.
    void check(const State& before, const Event& event);
    /// At the end of a block: no command may be half in it.
    void check_end() const;

private:
    void check_spending(const State& before, const Event& event) const;
    void check_usage(const State& before, const Usage& usage, Credits amount,
                     const Event& event) const;
    void check_hold_end(const State& before, const Event& event) const;
    void check_once(const Event& event);
    void check_refund(const Event& event);
    void check_command(const Event& event);

    std::map<std::string, Seq> keys_;
    std::map<std::string, Seq> payments_;             // provider and id
    std::map<std::uint64_t, std::int64_t> deducted_;  // by deduction: its amount
    std::map<std::uint64_t, std::int64_t> refunded_;  // and what came back of it
    PaymentLaws payment_laws_;
    Origins origins_;
    Seq open_command_{};           // first event that no origin covers yet
    std::optional<Event> sender_;  // of a transfer that is half seen
};

}  // namespace creditd::sim
