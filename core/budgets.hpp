// Budgets: what members may use within a window. Pure functions of the account; `apply` charges
// what is used and gives back what is refunded, `decide` asks whether there is room.
#pragma once

#include <string>
#include <string_view>

#include "core/account.hpp"

namespace creditd {

/// A rolling window moves on in slots of this part of its length: what was used in the slot that
/// is passing still counts.
inline constexpr std::int64_t rolling_slots = 360;

/// Who used what: both may be empty.
struct BudgetedUse {
    std::string_view user;
    std::string_view feature;
};

bool covers(const BudgetTerms& terms, const BudgetedUse& use);
/// What one of them has counted the other would have counted, too: only the limit may differ.
bool count_alike(const BudgetTerms& one, const BudgetTerms& other);
/// When the window (the slot, of a rolling one) that `moment` is in began.
Timestamp slot_of(const BudgetTerms& terms, Timestamp moment);
/// What still counts at `now`.
Credits spent_of(const Budget& budget, Timestamp now);
/// What open holds keep of it: counts as used.
Credits held_by(const Account& account, const BudgetTerms& terms);
/// When what counts at `now` next becomes less.
Timestamp budget_resets_at(const Budget& budget, Timestamp now);
/// `day`, `month` or e.g. `5h`.
std::string window_text(const BudgetTerms& terms);

void charge_budgets(Account& account, const BudgetedUse& use, Credits amount, Timestamp now);
/// Of a use at `used_at`, by the event `used`: nothing to a budget that has not counted it, or
/// whose window has passed it.
void give_back_to_budgets(Account& account, const BudgetedUse& use, Credits amount,
                          Timestamp used_at, Seq used);

/// The first budget, in order of id, that `amount` more would exceed, as a refusal; what open
/// holds keep counts as used.
Refusal budget_refusal(const Account& account, const BudgetedUse& use, Credits amount,
                       Timestamp now);

}  // namespace creditd
