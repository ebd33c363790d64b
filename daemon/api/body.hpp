// Reading a request's body: one JSON document a thread, and the answer to wrong fields.
// What the fields mean is parse_command.hpp's affair. Io threads.
#pragma once

#include "daemon/api/call.hpp"
#include "daemon/api/parse_command.hpp"

namespace creditd::daemon {

/// The tape of this thread, reused from request to request.
JsonDocument& thread_document();

/// 400 with every wrong field; the code is that of the gravest.
void respond_field_errors(Call& call, const FieldErrors& errors);

ParseContext parse_context(const Call& call, FieldErrors& errors);

/// Parses the body of a single command and finishes the reader. Nothing: answered already with 400.
/// An absent body counts as an empty object.
std::optional<ParsedCommand> parse_body(Call& call, CommandKind kind, std::string_view target);

}  // namespace creditd::daemon
