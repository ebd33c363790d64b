// The chart of accounts of the double-entry journal: which names there are, how each plain-text
// tool spells them, and what stands in each. Grows by use. One thread.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "core/event.hpp"

namespace creditd::replay::tool {

/// The first parts of a name; all but the last four end with a name of their own.
enum class Chart : std::uint8_t {
    clearing,   // Assets:Clearing:<provider>     what providers have been paid for us
    paid,       // Assets:Paid:<Kind>             grants with a cost that came without a payment
    debts,      // Assets:Debts:<account>         what a customer has used on credit
    credits,    // Liabilities:Credits:<account>  what a customer may still use
    pending,    // Liabilities:Pending:<account>  grants whose time has not come
    usage,      // Income:Usage:<feature>         what was used
    promo,      // Expenses:Promo:<Kind>          what was given away
    amounts,    // Income:Amounts                 what was used without naming a feature
    breakage,   // Income:Breakage                what ran out
    transfers,  // Equity:Transfers               on the way between two accounts; else zero
    opening  // Equity:Opening                 where the balances at the start of a period come from
};
inline constexpr std::size_t charts_count = 11;

/// Number of an account in the chart, in order of first use.
struct ChartNo {
    std::uint32_t value = UINT32_MAX;
    bool is_none() const { return value == UINT32_MAX; }
    bool operator==(const ChartNo&) const = default;
};

struct ChartAccount {
    Chart chart{};
    std::string name;       // as creditd knows it; empty where the chart has one account only
    WideCredits balance{};  // debits less credits: what customers own is negative
};

class ChartOfAccounts {
public:
    /// One of a customer: debts, credits or pending.
    ChartNo of_customer(Chart chart, AccountNo no, std::string_view id);
    ChartNo of_name(Chart chart, std::string_view name = {});

    ChartAccount& at(ChartNo no) { return accounts_[no.value]; }
    const ChartAccount& at(ChartNo no) const { return accounts_[no.value]; }
    std::size_t count() const { return accounts_.size(); }
    /// Zero where it was never used.
    WideCredits balance_of(Chart chart, AccountNo no) const;

private:
    ChartNo add(Chart chart, std::string_view name);

    std::vector<ChartAccount> accounts_;
    std::array<std::vector<ChartNo>, charts_count> of_customers_;  // by AccountNo
    std::array<std::map<std::string, ChartNo, std::less<>>, charts_count> by_name_;
};

/// Does it go on from period to period? Income and expenses begin anew.
bool is_carried(Chart chart);

/// `Liabilities:Credits:user-42`, for hledger and ledger. A colon within a name is a slash.
std::string plain_name(const ChartAccount& account);
/// `Liabilities:Credits:X-user--42`, for beancount, which allows letters, digits and dashes only,
/// a capital or a digit in front: `-` is `--`, `.` `-2E`, `:` `-3A`, `@` `-40`, `_` `-5F`; a small
/// letter in front gets `X-` before it. Different names stay different.
std::string beancount_name(const ChartAccount& account);

/// `Signup`, `Plan`, ...
std::string_view kind_title(GrantKind kind);

}  // namespace creditd::replay::tool
