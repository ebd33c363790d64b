#include "replay/tool/books/chart.hpp"

#include <fmt/format.h>

namespace creditd::replay::tool {
namespace {

constexpr std::array<std::string_view, charts_count> prefixes{
    "Assets:Clearing",     "Assets:Paid",      "Assets:Debts",   "Liabilities:Credits",
    "Liabilities:Pending", "Income:Usage",     "Expenses:Promo", "Income:Amounts",
    "Income:Breakage",     "Equity:Transfers", "Equity:Opening"};

constexpr std::array<std::string_view, 8> kind_titles{"Signup", "Plan",     "Purchase", "Bonus",
                                                      "Promo",  "Referral", "Admin",    "Refund"};

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_capital(char c) { return c >= 'A' && c <= 'Z'; }
bool is_small(char c) { return c >= 'a' && c <= 'z'; }

std::string beancount_part(std::string_view name) {
    std::string part;
    if (!is_digit(name.front()) && !is_capital(name.front())) part = "X-";
    for (const char c : name) {
        if (is_digit(c) || is_capital(c) || is_small(c)) {
            part += c;
        } else if (c == '-') {
            part += "--";
        } else {
            part += fmt::format("-{:02X}", static_cast<unsigned>(static_cast<unsigned char>(c)));
        }
    }
    return part;
}

}  // namespace

ChartNo ChartOfAccounts::add(Chart chart, std::string_view name) {
    accounts_.push_back({chart, std::string(name), 0});
    return ChartNo{static_cast<std::uint32_t>(accounts_.size() - 1)};
}

ChartNo ChartOfAccounts::of_customer(Chart chart, AccountNo no, std::string_view id) {
    auto& numbers = of_customers_[static_cast<std::size_t>(chart)];
    if (no.value >= numbers.size()) numbers.resize(no.value + std::size_t{1});
    ChartNo& number = numbers[no.value];
    if (number.is_none()) number = add(chart, id);
    return number;
}

ChartNo ChartOfAccounts::of_name(Chart chart, std::string_view name) {
    auto& names = by_name_[static_cast<std::size_t>(chart)];
    if (const auto found = names.find(name); found != names.end()) return found->second;
    return names.emplace(std::string(name), add(chart, name)).first->second;
}

WideCredits ChartOfAccounts::balance_of(Chart chart, AccountNo no) const {
    const auto& numbers = of_customers_[static_cast<std::size_t>(chart)];
    if (no.value >= numbers.size() || numbers[no.value].is_none()) return 0;
    return at(numbers[no.value]).balance;
}

bool is_carried(Chart chart) {
    switch (chart) {
        case Chart::usage:
        case Chart::promo:
        case Chart::amounts:
        case Chart::breakage: return false;
        default: return true;
    }
}

std::string plain_name(const ChartAccount& account) {
    std::string name(prefixes[static_cast<std::size_t>(account.chart)]);
    if (account.name.empty()) return name;
    name += ':';
    for (const char c : account.name) name += c == ':' ? '/' : c;
    return name;
}

std::string beancount_name(const ChartAccount& account) {
    std::string name(prefixes[static_cast<std::size_t>(account.chart)]);
    if (account.name.empty()) return name;
    return name + ':' + beancount_part(account.name);
}

std::string_view kind_title(GrantKind kind) {
    return kind_titles.at(static_cast<std::size_t>(kind));
}

}  // namespace creditd::replay::tool
