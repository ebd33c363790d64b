// POST /v1/accounts/{account}/forget: erases what is personal about an account (names, metadata,
// labels, descriptions, reasons, resources, what payment providers have sent about it), up to now
// and for good. Credits, ids and keys stay: they are facts, and every proof holds. Io threads.
#pragma once

#include "daemon/api/call.hpp"

namespace creditd::daemon {

/// 200 once nothing of it can be read any more; 202 where that takes longer: the same request under
/// the same key tells when it is done. Files are written anew afterwards.
void handle_forget(Call& call);

}  // namespace creditd::daemon
