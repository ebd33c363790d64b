#include "core/apply.hpp"

#include "core/apply/parts.hpp"
#include "core/consequences.hpp"
#include "core/losses.hpp"

namespace creditd {
namespace {

// Before the body: a generation of the window may close when the key is added, and everything
// that this event adds must not be older than its key.
void add_key(State& state, const Event& event) {
    if (event.origin && !event.origin->key.empty()) {
        state.window.add_key(event.origin->key_digest, event.seq);
    }
}

void assert_continues(const State& state, const Event& event) {
    CREDITD_ASSERT(event.seq == state.head.seq.next());
    CREDITD_ASSERT(event.time >= state.head.time);
    if (event.account_no.is_none() || std::holds_alternative<AccountCreated>(event.body)) return;
    const Account& account = state.accounts.get(event.account_no);
    CREDITD_ASSERT(account.id() == event.account);
    CREDITD_ASSERT(account.balance == event.balances.before);
}

void finish_account(State& state, const Event& event) {
    if (event.account_no.is_none()) return;
    Account& account = state.accounts.touch(event.account_no);
    CREDITD_ASSERT(account.balance == event.balances.after && account.balance.in_range());
    CREDITD_ASSERT(account.held == event.balances.held && account.held.value >= 0);
    rearm_top_up(account);
    state.schedule(event.account_no, account);
}

}  // namespace

void apply(State& state, const Event& event) {
    assert_continues(state, event);
    add_key(state, event);
    state.head.seq = event.seq;
    state.head.time = event.time;
    std::visit([&](const auto& body) { applying::apply_body(state, event, body); }, event.body);
    for (const GrantPart& part : lost_in(event.body)) state.window.add_lost(part, event.seq);
    finish_account(state, event);
}

void apply_to_window(State& state, const Event& event) {
    add_key(state, event);
    if (const auto* purchase = std::get_if<CreditsPurchased>(&event.body)) {
        state.window.add_payment(purchase->payment_digest, payment_fact_of(event, *purchase));
    } else if (const auto* refund = std::get_if<CreditsRefunded>(&event.body)) {
        state.window.set_refunded(refund->deduction, refund->refunded_total, event.seq);
    } else if (const auto* revoked = std::get_if<GrantRevoked>(&event.body); revoked != nullptr) {
        if (revoked->whole) state.window.add_revoked(revoked->grant, event.seq);
    }
    applying::note_money(state, event);
    for (const GrantPart& part : lost_in(event.body)) state.window.add_lost(part, event.seq);
}

}  // namespace creditd
