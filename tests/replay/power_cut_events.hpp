// The events that every ledger of the power cuts has, each a function of its number: so what was
// written is known without keeping it.
#pragma once

#include <string>
#include <string_view>

#include "core/event.hpp"

namespace creditd::tests {

/// Deductions and orders are theirs, in turn.
inline constexpr std::uint64_t power_cut_accounts = 4;
inline constexpr std::string_view power_cut_feature = "chat";

/// The idempotency key's digest of an event, and the digest of the order that it places.
Digest power_cut_key(Seq seq);
Digest power_cut_order(Seq placed);
std::string power_cut_personal(Seq seq);

/// Now and then a new account; an order and, later, the same when it is settled; else a deduction
/// of `seq` parts of a credit. Each under a key of its own, some with a personal part.
Event power_cut_event(Seq seq, Timestamp time);

}  // namespace creditd::tests
