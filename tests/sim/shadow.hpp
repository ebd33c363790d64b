// A replay from the first event that runs along: reads durable blocks straight from the simulated
// disk, verifies the chain, applies every event and checks the laws of the ledger after each. What
// a recovery or the running daemon has as its state must hash to the same.
#pragma once

#include <functional>
#include <memory>

#include "core/state.hpp"
#include "replay/fold.hpp"
#include "tests/sim/disk.hpp"
#include "tests/sim/laws.hpp"

namespace creditd::sim {

class Shadow {
public:
    using EventSeen = std::function<void(const Event&)>;

    /// `seen` is told of every event, once, after it was applied.
    explicit Shadow(EventSeen seen) : state_(std::make_unique<State>()), seen_(std::move(seen)) {
        state_->window.set_generation_keys(1'000);
    }

    /// Takes in every block of the disk that is new. Throws Failure where a law is broken.
    void follow(const SimDisk& disk);
    /// Is everything that was taken in still there, byte for byte?
    void check_kept(const SimDisk& disk) const;

    const State& state() const { return *state_; }
    const replay::ChainTip& tip() const { return fold_.tip(); }
    Hash256 hash() const;

private:
    void take(const Event& event);
    void check_account(const Event& event) const;

    std::unique_ptr<State> state_;
    replay::Fold fold_;
    Hash256 last_block_{};
    Seq last_first_{};
    Laws laws_;
    EventSeen seen_;
};

}  // namespace creditd::sim
