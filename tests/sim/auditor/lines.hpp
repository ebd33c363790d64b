// Wishes as lines of text and outcomes as JSON, so that a program in another language can ask the
// auditor. Pure functions for any thread; what is wrong in a line throws std::invalid_argument.
#pragma once

#include <string>
#include <string_view>

#include "tests/sim/auditor/story.hpp"

namespace creditd::sim {

/// `kind<TAB>field=value<TAB>…`, fields as in Wish. Amounts are minor units, times microseconds,
/// flags 0 or 1, money `12 EUR`, a payment `provider id 12 EUR`, features divided by commas (empty:
/// none). In a batch each operation follows a field `--`.
Wish read_wish(std::string_view line);

/// One JSON object in one line with the field names of the contract's answers, but amounts in
/// minor units and times in microseconds. What the outcome does not have is left out.
std::string write_outcome(const Outcome& outcome);

}  // namespace creditd::sim
