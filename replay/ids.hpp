// The ids that creditd makes, as clients see them: `txn_42`, `grt_42`, `grt_42_1`, `hold_42`.
// Opaque to clients; the number is the sequence number of the event that made the thing.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "core/types.hpp"

namespace creditd::replay {

std::optional<Seq> parse_transaction_id(std::string_view text);
std::optional<GrantId> parse_grant_id(std::string_view text);
std::optional<HoldId> parse_hold_id(std::string_view text);

std::string transaction_text(Seq seq);
std::string grant_text(GrantId id);
void append_grant_text(std::string& out, GrantId id);

/// The event of a transaction: `txn_`, and for convenience the ids of grants and holds, which their
/// transactions made.
std::optional<Seq> transaction_seq(std::string_view id);

}  // namespace creditd::replay
