#include "core/state.hpp"

namespace creditd {

State::State() = default;

State::State(const State& base)
    : head(base.head),
      terms(&base.terms),
      accounts(&base.accounts),
      window(&base.window),
      base_(&base) {}

Catalog& State::change_catalog() {
    CREDITD_ASSERT(base_ == nullptr);
    return catalog_;
}

std::optional<AccountNo> State::account_of_hold(HoldId hold) const {
    if (const auto found = holds_.find(hold.value); found != holds_.end()) return found->second;
    return base_ == nullptr ? std::nullopt : base_->account_of_hold(hold);
}

void State::add_hold(HoldId hold, AccountNo account) {
    const bool inserted = holds_.emplace(hold.value, account).second;
    CREDITD_ASSERT(inserted);
}

void State::remove_hold(HoldId hold) {
    // A stacked state may close a hold of its base: there the account's own list decides.
    const std::size_t erased = holds_.erase(hold.value);
    CREDITD_ASSERT(erased == 1 || base_ != nullptr);
}

void State::schedule(AccountNo no, Account& account) {
    const Timestamp due_at = earliest_due(account);
    if (due_at == account.next_due) return;
    account.next_due = due_at;
    if (base_ == nullptr && !due_at.is_never()) due.add(due_at, no);
}

AccountNo State::restore_account(Account account) {
    CREDITD_ASSERT(base_ == nullptr);
    const AccountNo no{static_cast<std::uint32_t>(accounts.count())};
    for (const Hold& hold : account.extra().holds) add_hold(hold.id, no);
    account.next_due = Timestamp::never();
    schedule(no, account);
    return accounts.add(std::move(account));
}

std::uint64_t State::redeemed(std::string_view code) const {
    if (const auto found = redemptions_.find(code); found != redemptions_.end()) {
        return found->second;
    }
    return base_ == nullptr ? 0 : base_->redeemed(code);
}

Redemptions State::redemptions() const {
    if (base_ == nullptr) return redemptions_;
    Redemptions all = base_->redemptions();
    for (const auto& [code, count] : redemptions_) all[code] = count;
    return all;
}

void State::add_redemption(std::string_view code) {
    const std::uint64_t count = redeemed(code) + 1;
    redemptions_[std::string(code)] = count;
}

}  // namespace creditd
