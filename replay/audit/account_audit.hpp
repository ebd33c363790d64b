// Is an account what its history says? Compares a copy of the live account, taken by the ledger
// thread between two events, with the same account made again from the log as of that very event.
// Nothing of time enters: what is due and has no event yet has happened on neither side.
// Reads the disk: for a thread that may.
#pragma once

#include <cstdint>
#include <expected>
#include <string>

#include "core/state.hpp"
#include "replay/followers/past_account.hpp"

namespace creditd::replay::audit {

/// An account as memory has it, all of it: grants, holds, totals, arrangements.
struct LiveAccount {
    AccountNo no = AccountNo::none();
    Seq seq{};  // the last event of the ledger that it reflects
    std::string id;
    Credits balance{};
    std::string canonical;  // core/state_digest.hpp
};

/// A copy of the account; the state stands at the end of an event.
LiveAccount copy_account(const State& state, AccountNo no);

struct AccountFinding {
    std::uint64_t events = 0;  // of the account, applied again
    std::string difference;    // in a sentence; empty: none
    bool is_same() const { return difference.empty(); }
};

/// The history must have consumed `live.seq`. An account with more events than `events_max` begins
/// with the image before the last so many of them, if there is one. A history that does not fit
/// together is a difference; an error says that the log could not be read, or is damaged.
std::expected<AccountFinding, JournalError> audit_account(const followers::PastSources& sources,
                                                          const LiveAccount& live,
                                                          std::size_t events_max);

}  // namespace creditd::replay::audit
