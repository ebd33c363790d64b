// Arrangements, and what else came after the first ledgers, in the canonical bytes of a state. All
// of it is written only where there is some, behind a mark: ledgers without it hash as they did
// before it existed. Inside core only, for state_digest.cpp.
#pragma once

#include "core/digest_writer.hpp"
#include "core/state.hpp"

namespace creditd::digesting {

void write_waived(Writer& writer, Credits waived);
/// Of a plan.
void write_alerts(Writer& writer, const std::vector<std::uint8_t>& alerts);
void write_arrangements(Writer& writer, const Arrangements& arrangements);
void write_test_clock(Writer& writer, const LedgerHead& head);
void write_redemptions(Writer& writer, const Redemptions& redemptions);

}  // namespace creditd::digesting
