// The canonical bytes of a state, for the state hash: equal states give equal bytes on every
// machine. Core spells them; the caller hashes (SHA-256 in replay). The window is not part of it:
// how much of it is in memory depends on what the indexes have synced, not on the log.
#pragma once

#include <string>

#include "core/state.hpp"

namespace creditd {

/// Appends what is not in accounts: head, catalog, API keys, redemptions, and how many
/// accounts there are.
void append_canonical_ledger(std::string& out, const LedgerHead& head, const Catalog& catalog,
                             const Redemptions& redemptions, std::size_t account_count);
void append_canonical_ledger(std::string& out, const State& state);
/// Appends one account; `terms` is the table that its grants' terms are numbers of.
void append_canonical_account(std::string& out, const Account& account, const TermsTable& terms);
/// Appends the accounts of one chunk in order of their numbers.
void append_canonical_chunk(std::string& out, const State& state, std::size_t chunk);

}  // namespace creditd
