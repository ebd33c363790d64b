// The state hash: one SHA-256 that two ledgers share exactly when their states are equal:
// SHA-256(canonical ledger bytes ‖ SHA-256(canonical bytes of chunk 0) ‖ … of the last chunk).
// The canonical bytes are core's (core/state_digest.hpp); a chunk is chunk_accounts accounts in
// order of their numbers. Pure functions; a state must not change while it is hashed.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/state.hpp"

namespace creditd::replay {

/// Hash of one chunk. `terms` is the table of the accounts' grants, `scratch` a buffer to reuse.
Hash256 hash_chunk(std::span<const Account> accounts, const TermsTable& terms,
                   std::string& scratch);

/// The chunks' hashes in order, put together with the ledger's canonical bytes.
Hash256 combine_state_hash(std::string_view canonical_ledger, std::span<const Hash256> chunks);

/// The hash of a whole state at rest, on `threads` threads.
Hash256 hash_state(const State& state, unsigned threads = 1);

}  // namespace creditd::replay
