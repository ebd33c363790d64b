#include "replay/tool/reports/revenue_book.hpp"

#include <fmt/format.h>

#include <chrono>

namespace creditd::replay::tool {
namespace {

std::chrono::year_month calendar_month(Month month) {
    return std::chrono::year(month.value / 12) /
           std::chrono::month(static_cast<unsigned>(month.value % 12 + 1));
}

Timestamp start_of(Month month) {
    const std::chrono::sys_days day = calendar_month(month) / std::chrono::day(1);
    return Timestamp{} + Duration::days(day.time_since_epoch().count());
}

}  // namespace

Month month_of(Timestamp time) {
    const std::chrono::sys_time<std::chrono::microseconds> moment{
        std::chrono::microseconds(time.value)};
    const std::chrono::year_month_day date(std::chrono::floor<std::chrono::days>(moment));
    return Month{int(date.year()) * 12 + static_cast<std::int32_t>(unsigned(date.month())) - 1};
}

std::string month_text(Month month) {
    return fmt::format("{:04}-{:02}", month.value / 12, month.value % 12 + 1);
}

std::optional<Month> parse_month(std::string_view text) {
    const auto first = parse_time(std::string(text) + "-01");
    if (!first) return std::nullopt;
    return month_of(*first);
}

void RevenueBook::take(const Event& event) {
    if (current_ == nullptr || event.time >= month_ends_) {
        const Month month = month_of(event.time);
        current_ = &flows_[month];
        month_ends_ = start_of(Month{month.value + 1});
    }
    lots_.take(event, *current_);
    const auto postings = books_.post(event);
    if (postings.empty() || books_.agrees_with(event) || !broken_.empty()) return;
    broken_ = "seq " + std::to_string(event.seq.value) + ": the balance of " + event.account +
              " is not what the events before it add up to";
}

std::vector<RevenueMonth> RevenueBook::months(std::optional<Month> only) const {
    std::vector<RevenueMonth> months;
    if (flows_.empty()) return months;
    std::map<Basis, Worth> deferred;
    const Month last = std::max(flows_.rbegin()->first, only.value_or(Month{}));
    for (Month month = flows_.begin()->first; month <= last; ++month.value) {
        const auto found = flows_.find(month);
        const BasisFlows flows = found == flows_.end() ? BasisFlows{} : found->second;
        for (const auto& [basis, flow] : flows) deferred.try_emplace(basis);
        RevenueMonth result{month, {}};
        for (auto& [basis, worth] : deferred) {
            const auto flow = flows.find(basis);
            RevenueRow row{basis, worth, flow == flows.end() ? Flow{} : flow->second, {}};
            worth.add(row.flow.change());
            row.closing = worth;
            if (!row.opening.is_zero() || !row.flow.is_zero()) result.rows.push_back(row);
        }
        if (!result.rows.empty() && (!only || *only == month)) months.push_back(std::move(result));
    }
    return months;
}

std::optional<std::string> RevenueBook::disagreement() const {
    if (!broken_.empty()) return broken_;
    Flow all;
    std::map<Currency, WideCredits> deferred;
    for (const auto& [month, flows] : flows_) {
        for (const auto& [basis, flow] : flows) {
            all.add(flow);
            const WideCredits money = flow.change().money;
            if (money != 0) deferred[basis.currency] += money;
        }
    }
    std::erase_if(deferred, [](const auto& entry) { return entry.second == 0; });
    WideCredits used = 0;
    WideCredits expired = 0;
    WideCredits owned = 0;
    const ChartOfAccounts& chart = books_.chart();
    for (std::uint32_t i = 0; i < chart.count(); ++i) {
        const ChartAccount& account = chart.at(ChartNo{i});
        switch (account.chart) {
            case Chart::usage:
            case Chart::amounts: used -= account.balance; break;
            case Chart::breakage: expired -= account.balance; break;
            case Chart::credits:
            case Chart::pending:
            case Chart::debts:
            // What is on its way between two accounts is owned by one of them.
            case Chart::transfers: owned -= account.balance; break;
            default: break;
        }
    }
    if (used != all.used.credits) return "what was used is not the income of the books";
    if (expired != all.expired.credits) return "what expired is not the breakage of the books";
    if (owned != all.change().credits) return "what is deferred is not what customers own";
    if (deferred != lots_.deferred()) return "the cost deferred is not that of what is left";
    return std::nullopt;
}

}  // namespace creditd::replay::tool
