// Between the personal part of a request and its stored bytes with their commitment.
// The bytes themselves are schemas/personal.hpp's; salt and hash are added here. Any thread.
#pragma once

#include <optional>
#include <string>

#include "core/command.hpp"
#include "core/state.hpp"
#include "daemon/api/parse_command.hpp"
#include "daemon/basics/random.hpp"

namespace creditd::daemon {

/// Encodes with a fresh salt and commits to it: `meta.personal` and `meta.personal_hash`.
void seal_personal(const PersonalFields& fields, Random& random, CommandMeta& meta);

/// Where the feature of a deduction has a template and the client named nothing: draws the name of
/// what is made, and seals it. On the ledger thread, before the command is decided.
void name_resource(const State& state, Timestamp now, Random& random, Command& command,
                   PersonalFields& personal);

/// Empty where there is none, or it has been forgotten. Nothing: what is stored is damaged.
std::optional<PersonalFields> decode_personal_fields(const std::optional<std::string>& stored);

}  // namespace creditd::daemon
