// Revenue by month: what the lots of books/lots.hpp say, month by month and cost basis by cost
// basis, and whether it agrees with the double-entry books. Made from events alone. One thread.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "replay/tool/books/books.hpp"
#include "replay/tool/books/lots.hpp"
#include "replay/tool/reports/reports.hpp"

namespace creditd::replay::tool {

/// A month of UTC, counted from year 0.
struct Month {
    std::int32_t value = 0;
    auto operator<=>(const Month&) const = default;
};
Month month_of(Timestamp time);
std::string month_text(Month month);
std::optional<Month> parse_month(std::string_view text);

struct RevenueRow {
    Basis basis;
    Worth opening;  // deferred when the month begins
    Flow flow;
    Worth closing;  // deferred when it ends
};
struct RevenueMonth {
    Month month;
    std::vector<RevenueRow> rows;
};

class RevenueBook {
public:
    /// Events in order, from the first on.
    void take(const Event& event);
    /// Every month from the first that has something, or the one that is asked for.
    std::vector<RevenueMonth> months(std::optional<Month> only) const;
    /// What does not agree with the books, the lots or the balances; nothing: all of it does.
    std::optional<std::string> disagreement() const;

private:
    std::map<Month, BasisFlows> flows_;
    BasisFlows* current_ = nullptr;  // of the month that the last event was in
    Timestamp month_ends_{};
    Lots lots_;
    Books books_;
    std::string broken_;
};

std::string spell_revenue(const std::vector<RevenueMonth>& months, unsigned decimals,
                          ReportFormat format);

}  // namespace creditd::replay::tool
