// A small state with fixed content for the golden snapshot records: plain accounts, and one that
// has everything that an account can have.
#pragma once

#include <vector>

#include "schemas/snapshot_codec.hpp"

namespace creditd::tests {

/// Accounts 64 to 66, their terms interned in `terms`.
std::vector<Account> sample_accounts(TermsTable& terms);
inline constexpr AccountNo sample_first{64};

schemas::LedgerImage sample_ledger();

}  // namespace creditd::tests
