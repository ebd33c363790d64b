// Which accounts a command is about, whether they exist for the caller, and the dispatch from a
// command to its decide function.
#pragma once

#include "core/decide/context.hpp"

namespace creditd {

/// The accounts of a command. `account` is none where the command has none (catalog, API keys) or
/// makes it; `receiver` only for transfers.
struct Targets {
    Refusal refusal;
    AccountNo account = AccountNo::none();
    AccountNo receiver = AccountNo::none();
};

Targets resolve_targets(const State& state, const Command& command);
Refusal decide_body(deciding::Context& context, const CommandBody& body, const Targets& targets);
Operation operation_of(const CommandBody& body);

}  // namespace creditd
