// A what-if as values, and its spellings: text for people, JSON, CSV (a row for each account), and
// a chart. Pure, any thread. Who makes it from a ledger is what_if.cpp.
#pragma once

#include <string>

#include "replay/tool/reports/reports.hpp"
#include "replay/tool/what_if/what_if_book.hpp"

namespace creditd::replay::tool {

struct WhatIfReport {
    std::string ledger;
    std::string catalog;  // the other one's file
    unsigned decimals = 0;
    Period period;
    std::size_t top = SIZE_MAX;  // accounts that are listed
    WhatIf sums;
};

std::string spell_what_if(const WhatIfReport& report, ReportFormat format);

/// A document of its own in SVG: bars of both totals by day, by month where there are more than two
/// months, by year where there are more than five years. Its colours follow the reader's scheme.
std::string draw_what_if(const WhatIfReport& report);

}  // namespace creditd::replay::tool
