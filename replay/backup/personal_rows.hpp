// The personal parts of a segment's events, in one file beside its blocks: for each, in the order
// of the events, its number as u64, its length as u32, and the part as it is stored.
// Pure functions; any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "replay/journal.hpp"

namespace creditd::replay::backup {

void append_row(std::string& file, Seq seq, std::string_view part);

struct RowView {
    Seq seq{};
    std::string_view part;
};
/// Nothing unless `file` is rows and nothing else, in order.
std::optional<std::vector<RowView>> read_rows(std::string_view file);

}  // namespace creditd::replay::backup
