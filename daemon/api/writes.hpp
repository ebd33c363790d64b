// Handlers of calls that change something: each parses, submits, and lets the event answer.
// They hold no rule of the ledger. Io threads.
#pragma once

#include "daemon/api/call.hpp"
#include "daemon/api/command_operation.hpp"
#include "daemon/api/parse_command.hpp"

namespace creditd::daemon {

/// Any single command that is answered by its event.
void handle_command(Call& call, CommandKind kind);
void handle_put_feature(Call& call);
void handle_patch_feature(Call& call);
void handle_delete_feature(Call& call);
void handle_put_offer(Call& call, OfferKind kind);
void handle_delete_offer(Call& call, OfferKind kind);
/// A whole catalog, as JSON or TOML.
void handle_put_catalog(Call& call);
void handle_create_api_key(Call& call);
void handle_delete_api_key(Call& call);
void handle_accept_clock(Call& call);

// What is arranged with an account (arrangement_writes.cpp).
/// PUT of a subscription: the same one that runs already is answered as it stands.
void handle_subscribe(Call& call);
/// A step of a subscription that may have nothing to do.
void handle_subscription_command(Call& call, CommandKind kind);
/// PUT of a thing of an account's own, whose id is the second in the path.
void handle_put_named(Call& call, CommandKind kind);
/// DELETE: 204.
void handle_removal(Call& call, CommandBody body);
void handle_advance_clock(Call& call);

/// The call's operation, with this command.
CommandOperation& new_operation(Call& call, CommandBody body);

}  // namespace creditd::daemon
