// An account as reads show it: copied out of the state on the ledger thread, with what is due at
// that moment counted as having happened.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/state.hpp"
#include "daemon/api/parse_command.hpp"
#include "daemon/engine/operation.hpp"

namespace creditd::daemon {

struct BalanceView {
    std::string account;
    Credits balance{};
    Credits held{};
    Credits available{};
    bool unlimited = false;
    Seq seq{};
};

struct GrantView {
    Grant grant;
    GrantTerms terms;
};

struct AccountView {
    Account account;
    AccountNo no{};
    std::vector<GrantView> grants;  // in burn order
    Seq seq{};
    Timestamp now{};  // of the look
};

BalanceView balance_of(const Account& account, Seq seq);
/// In burn order.
std::vector<GrantView> grants_of(const Account& account, const TermsTable& terms);

/// Nothing: there is no such account for this caller.
std::optional<BalanceView> view_balance(const LedgerTurn& turn, std::string_view id,
                                        std::string_view prefix);
std::optional<AccountView> view_account(const LedgerTurn& turn, std::string_view id,
                                        std::string_view prefix);

void render_balance(std::string& out, const BalanceView& view, unsigned decimals);
void render_account(std::string& out, const AccountView& view, const PersonalFields& profile,
                    unsigned decimals);
/// An entry of the list of accounts: no grants.
void render_account_entry(std::string& out, const AccountView& view, const PersonalFields& profile,
                          unsigned decimals);
/// `{"data":[…]}` of an account's grants in burn order.
void render_grants(std::string& out, const AccountView& view, unsigned decimals);

}  // namespace creditd::daemon
