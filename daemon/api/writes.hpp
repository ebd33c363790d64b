// Handlers of calls that change something: each parses, submits, and lets the event answer.
// They hold no rule of the ledger. Io threads.
#pragma once

#include "daemon/api/call.hpp"
#include "daemon/api/parse_command.hpp"

namespace creditd::daemon {

/// Any single command that is answered by its event.
void handle_command(Call& call, CommandKind kind);
void handle_put_feature(Call& call);
void handle_delete_feature(Call& call);
void handle_create_api_key(Call& call);
void handle_delete_api_key(Call& call);
void handle_accept_clock(Call& call);

}  // namespace creditd::daemon
