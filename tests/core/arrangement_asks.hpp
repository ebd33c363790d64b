// What the rule book says of budgets, alerts and the auto top-up: who uses credits, what is
// arranged with an account, and checks of what budgets count, of what alerts tell, and of what is
// asked for. Amounts are minor units, times are seconds.
#pragma once

#include "tests/core/subscription_asks.hpp"

namespace creditd::tests {

inline constexpr std::int64_t an_hour = 3'600;
inline constexpr auto by_day = BudgetWindow::day;
inline constexpr auto rolling = BudgetWindow::rolling;

/// A deduction or a hold, of this member.
Ask by(std::string user, const Ask& ask);

struct BudgetSpec {
    std::string user{};     // empty: everybody
    std::string feature{};  // empty: everything
    BudgetWindow window = BudgetWindow::month;
    std::uint16_t hours = 0;
    std::int8_t utc_offset = 0;
};
Ask budget(std::string account, std::string id, std::int64_t limit, BudgetSpec spec = {});
Ask remove_budget(std::string account, std::string id);

struct AlertSpec {
    std::int64_t below = 0;
    std::uint8_t percent = 0;
    std::int64_t recovered_at = 0;
};
Ask alert(std::string account, std::string id, AlertSpec spec);
Ask remove_alert(std::string account, std::string id);

struct TopUpSpec {
    std::string package = "small";
    std::int64_t threshold = 20;
    std::uint32_t monthly_max = 0;
    std::int64_t cool_down = 0;  // seconds
};
Ask auto_top_up(std::string account, TopUpSpec spec = {});
Ask remove_auto_top_up(std::string account);

Ask referral(std::string account, std::string referrer);

// --- what must follow ----------------------------------------------------------------------------
/// Refused for this budget, with these figures, and the log remembers it.
struct Over {
    std::string budget;
    std::string window;
    std::int64_t required = 0;
    std::int64_t available = 0;
    Timestamp resets_at{};
};
Check over_budget(Over over, Where where = CREDITD_HERE);
/// What counts now, without holds.
Check spent(std::string account, std::string budget, std::int64_t amount,
            Where where = CREDITD_HERE);
/// Of which alert, what, and its threshold.
struct Told {
    std::string alert;
    AlertNews news{};
    std::int64_t threshold = 0;
    bool operator==(const Told&) const = default;
};
/// All that alerts tell among the news, in order.
Check told(std::vector<Told> news, Where where = CREDITD_HERE);
Check level(std::string account, std::string alert, AlertLevel level, Where where = CREDITD_HERE);
/// The ids of all alerts, in order.
Check alerts_are(std::string account, std::vector<std::string> ids, Where where = CREDITD_HERE);
/// The numbers of the top-ups that the news ask for.
Check asked(std::vector<std::uint32_t> numbers, Where where = CREDITD_HERE);

}  // namespace creditd::tests
