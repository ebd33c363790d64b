// The law of the ledger: what came in equals what is there plus what went out. Checked after every
// event in tests, and by the auditor's tool over a whole ledger.
#pragma once

#include <optional>
#include <string_view>

#include "core/state.hpp"

namespace creditd {

/// Checks one account at the time of the state's last event: the balance equals its grants less
/// its debt, holds and reservations agree, and
/// granted + purchased + transferred_in + refunded
///   = balance + pending + consumed + expired + revoked + transferred_out.
/// Returns the broken rule, or nothing.
std::optional<std::string_view> broken_rule(const State& state, AccountNo account);

}  // namespace creditd
