// Asking memory early. A command waits for a handful of cache misses, one after the other: the slot
// of its account, the account, its grants, the slot of its key. A group of commands can ask for all
// of them at once, before the first one is executed. Changes nothing; the ledger thread only.
#pragma once

#include "core/command.hpp"
#include "core/state.hpp"

namespace creditd {

/// Each step relies on the lines that the one before asked for: do a step for the whole group.
enum class WarmStep : std::uint8_t { slots, accounts, grants };
inline constexpr std::array warm_steps{WarmStep::slots, WarmStep::accounts, WarmStep::grants};
/// Commands that are warmed together: more would push each other's lines out.
inline constexpr std::size_t warm_group = 64;

void warm_account(const State& state, std::string_view id, WarmStep step);
void warm(const State& state, const CommandMeta& meta, const CommandBody& body, WarmStep step);

}  // namespace creditd
