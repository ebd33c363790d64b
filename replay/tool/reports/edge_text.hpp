// How reports spell where their period begins and ends: in words, and in JSON. What a period is
// stands in period.hpp. Pure functions, any thread.
#pragma once

#include <optional>
#include <string>

#include "replay/tool/json_text.hpp"
#include "replay/tool/period.hpp"

namespace creditd::replay::tool {

/// `from 2026-11-01T00:00:00.000000Z up to, and without, the end`
std::string period_text(const Period& period);
/// A moment as text, a sequence number as a number, else null.
void append_edge(JsonText& json, std::string_view name, const std::optional<Position>& position);

}  // namespace creditd::replay::tool
