// The application's own users, who read one account from their browser: who they are, what they
// may see, and how they get a token. What they show is looked at in auth/. Io threads.
#pragma once

#include <optional>

#include "daemon/api/call.hpp"

namespace creditd::daemon {

/// Whoever shows an account token or a JWT instead of an API key.
std::optional<Caller> find_end_user(const Call& call);

/// Of an end user: is the route about their own account? Of others: true.
bool may_see_account(const Call& call);

/// POST /v1/accounts/{account}/tokens. Records nothing, so it takes no Idempotency-Key.
void handle_create_token(Call& call);

}  // namespace creditd::daemon
