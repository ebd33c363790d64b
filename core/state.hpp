// The state: everything that commands are decided on. Changed by `apply` only; owned by the ledger
// thread. A state may be stacked on another one: it reads through and keeps its own changes, so
// that an atomic batch or a dry run can be tried and dropped without undoing anything.
#pragma once

#include <array>
#include <functional>
#include <map>

#include "core/account_table.hpp"
#include "core/catalog.hpp"
#include "core/due_queue.hpp"
#include "core/terms_table.hpp"
#include "core/window.hpp"

namespace creditd {

/// Fixed when the ledger was made, or moved on by every event.
struct LedgerHead {
    std::array<std::uint8_t, 16> ledger_id{};
    std::uint8_t decimals = limits::decimals_max;
    Epoch epoch{};
    Seq seq{};         // of the last event
    Timestamp time{};  // of the last event
    bool test_clock = false;
    bool operator==(const LedgerHead&) const = default;
};

/// Number of redemptions by the code of the promotion.
using Redemptions = std::map<std::string, std::uint64_t, std::less<>>;

class State {
public:
    State();
    /// Stacked on `base`, which must outlive it and not change meanwhile.
    explicit State(const State& base);
    State(const State&&) = delete;
    State& operator=(const State&) = delete;

    LedgerHead head;
    TermsTable terms;
    AccountTable accounts;
    Window window;
    DueQueue due;

    const Catalog& catalog() const { return base_ == nullptr ? catalog_ : base_->catalog(); }
    /// Root only: catalog changes are never part of a stacked state.
    Catalog& change_catalog();

    /// The account of an open hold; a closed or unknown one gives nothing.
    std::optional<AccountNo> account_of_hold(HoldId hold) const;
    void add_hold(HoldId hold, AccountNo account);
    void remove_hold(HoldId hold);

    /// How often everybody together has redeemed this promotion.
    std::uint64_t redeemed(std::string_view code) const;
    void add_redemption(std::string_view code);
    /// All that were ever redeemed, by code.
    Redemptions redemptions() const;
    void restore_redemptions(Redemptions redemptions) { redemptions_ = std::move(redemptions); }

    /// Recomputes when time will next change the account, and queues it.
    void schedule(AccountNo no, Account& account);

    /// For loading a snapshot: puts the account back under the next number, with its holds.
    AccountNo restore_account(Account account);

private:
    const State* base_ = nullptr;
    Catalog catalog_;
    boost::unordered_flat_map<std::uint64_t, AccountNo> holds_;
    Redemptions redemptions_;  // of a stacked state: only what it changed, in full
};

}  // namespace creditd
