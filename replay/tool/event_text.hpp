// Events as auditors load them: one JSON object a line, or one CSV row, with every field of the
// event under a stable name and in a stable order. Pure functions, any thread.
#pragma once

#include <string>

#include "core/event.hpp"
#include "replay/event_stream.hpp"

namespace creditd::replay::tool {

/// One line, `\n` included. `block` is the one that holds the event.
void append_event_json(std::string& out, const Event& event, const BatchBlock& block,
                       unsigned decimals);

/// The names of the columns, and one row; both end with CRLF. What only some kinds of events have
/// stands as JSON in the column `details`.
void append_csv_header(std::string& out);
void append_event_csv(std::string& out, const Event& event, const BatchBlock& block,
                      unsigned decimals);

}  // namespace creditd::replay::tool
