// The inbox: every notification that a provider has sent, as it came, with what became of it. What
// could not be applied waits here until somebody corrects what is to be assumed and drives it
// again. Io threads.
#pragma once

#include "daemon/api/call.hpp"

namespace creditd::daemon {

void handle_list_inbox(Call& call);
void handle_get_notification(Call& call);
/// What is to be assumed: account, order, package or credits; or that nothing is to be done.
void handle_patch_notification(Call& call);
void handle_redrive(Call& call);
/// Asks Stripe for the events since a moment, and takes up those that never arrived.
void handle_reconcile(Call& call);

}  // namespace creditd::daemon
