// A command that the daemon itself gives, for nobody who waits for its answer. Whoever makes it
// keeps it until the engine has stopped.
#pragma once

#include <utility>

#include "daemon/engine/operation.hpp"

namespace creditd::daemon {

/// Needs no evidence: it has no key, and names nothing but what is in the state.
class OwnCommand final : public Operation {
public:
    explicit OwnCommand(CommandBody body) {
        command_.meta.actor = "creditd";
        command_.body = std::move(body);
    }

    void execute(const LedgerTurn& turn) override {
        if (turn.writes != Unavailable::none) return;
        command_.evidence.as_of = turn.state.window.from();
        creditd::execute(turn.state, command_, turn.now, turn.policy, events);
    }
    void complete() override {}

private:
    Command command_;
};

}  // namespace creditd::daemon
