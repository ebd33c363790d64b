// What the naive ledger keeps of what is arranged with an account: its subscription, which the
// calendar renews, and budgets. Values only, nothing of the engine.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>

namespace creditd::sim::audit {

struct Subscription {
    std::string plan;
    std::string interval;
    bool is_running = true;
    bool is_trial = false;
    std::int64_t anchor = 0;  ///< Cycles are counted from here.
    std::int64_t cycle = 0;
    std::int64_t period_start = 0;
    std::int64_t period_end = 0;
    bool cancels = false;   ///< When the period ends.
    std::string next_plan;  ///< Takes over then; empty: none.
    std::string next_interval;

    bool has_schedule() const { return cancels || !next_plan.empty(); }
};

struct Budget {
    std::string user;     ///< Empty: everybody.
    std::string feature;  ///< Empty: everything.
    std::string window;   ///< day or month
    std::int64_t limit = 0;
    std::map<std::int64_t, std::int64_t> spent;  ///< By the beginning of the day or month.
    std::set<std::int64_t> uses;                 ///< What it has counted.

    bool covers(const std::string& who, const std::string& what) const {
        return (user.empty() || user == who) && (feature.empty() || feature == what);
    }
    /// When the day or month of that moment began.
    std::int64_t begin_of(std::int64_t moment) const;
};

/// So many months later, on the same day or the month's last one.
std::int64_t months_after(std::int64_t moment, std::int64_t months);

}  // namespace creditd::sim::audit
