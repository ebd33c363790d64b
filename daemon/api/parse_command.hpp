// From a request's JSON to a core command: fields, units and bounds of the contract, all errors of
// a body at once. The same functions read a single call's body and an operation of a batch.
#pragma once

#include <string_view>

#include "core/command.hpp"
#include "schemas/personal.hpp"
#include "text/json_reader.hpp"

namespace creditd::daemon {

/// The personal part of a request: texts that are stored apart from the facts.
using PersonalFields = schemas::PersonalPart;

struct ParsedCommand {
    CommandBody body;
    PersonalFields personal;
    bool dry_run = false;
};

/// What parsing needs to know besides the body.
struct ParseContext {
    unsigned decimals = 6;
    Timestamp now{};                // expiries must lie after it
    bool is_administrator = false;  // may give a `reason`
    FieldErrors& errors;            // the same that the reader writes to
    std::string_view second{};      // the second id in the path, where there is one
};

/// Which command to read; `target` is the id in the path, or in `account` / `id` of an operation.
enum class CommandKind : std::uint8_t {
    account,
    close,
    reopen,
    grant,
    purchase,
    deduct,
    refund,
    revoke,
    hold,
    capture,
    extend,
    release,
    transfer,
    api_key,
    // about what is arranged with an account (parse_arrangement.cpp)
    subscribe,
    change_subscription,
    cancel_subscription,
    resume_subscription,
    renew_subscription,
    suspend_subscription,
    redeem,
    refer,
    set_budget,
    set_alert,
    set_auto_top_up,
    forget
};

/// Reads the fields of one command; the caller finishes the reader. Wrong fields are in its errors;
/// then the result means nothing. An id in `target` that is not of the form of its kind names
/// nothing that exists: it becomes number 0.
ParsedCommand parse_command(CommandKind kind, ObjectReader& reader, std::string_view target,
                            const ParseContext& context);

/// The same of a command about what is arranged with an account.
CommandBody read_arrangement(CommandKind kind, ObjectReader& reader, std::string_view target,
                             const ParseContext& context);

/// The kind of a batch operation by its `op`.
std::optional<CommandKind> operation_kind(std::string_view op);

}  // namespace creditd::daemon
