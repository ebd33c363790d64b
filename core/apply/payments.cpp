#include "core/apply/parts.hpp"

namespace creditd::applying {
namespace {

void assert_sound(const PaymentStanding& standing) {
    for (const PaymentLot& lot : standing.lots) {
        CREDITD_ASSERT(lot.amount.is_positive() && lot.reversed() <= lot.amount);
        CREDITD_ASSERT(lot.taken.value >= 0 && lot.owed.value >= 0 && lot.written_off.value >= 0);
    }
}

void take_back(Account& account, const LotReversal& part) {
    const Credits whole = part.taken + part.owed + part.written_off;
    CREDITD_ASSERT(whole.is_positive() && part.taken.value >= 0 && part.owed.value >= 0);
    if (part.taken.is_positive()) burn_free(account, {part.grant, part.taken});
    if (part.owed.is_positive()) account.touch_extra().debt += part.owed;
    account.balance -= part.taken + part.owed;
    account.add_to_total(Total::revoked, part.taken + part.owed);
}

}  // namespace

void note_money(State& state, const Event& event) {
    const auto note = [&](const PaymentStanding& standing) {
        state.window.set_standing({event.account_no, standing}, event.seq);
    };
    if (const auto* noted = std::get_if<PaymentNoted>(&event.body)) note(noted->standing);
    else if (const auto* taken = std::get_if<PaymentReversed>(&event.body)) note(taken->standing);
    else if (const auto* back = std::get_if<PaymentRestored>(&event.body)) note(back->standing);
    else if (const auto* set = std::get_if<OrderSet>(&event.body)) {
        state.window.set_order({event.account_no, set->order}, event.seq);
    } else if (const auto* told = std::get_if<NotificationNoted>(&event.body)) {
        state.window.set_notification(told->notification, event.seq);
    }
}

void apply_body(State& state, const Event& event, const OrderSet& body) {
    CREDITD_ASSERT(!body.order.id.empty() && body.order.placed <= event.seq);
    note_money(state, event);
}

void apply_body(State& state, const Event& event, const PaymentNoted& body) {
    assert_sound(body.standing);
    // Its own position stands for what was granted before the payment was heard of.
    CREDITD_ASSERT(body.standing.purchase <= event.seq);
    note_money(state, event);
}

void apply_body(State& state, const Event& event, const PaymentReversed& body) {
    assert_sound(body.standing);
    CREDITD_ASSERT(!body.reversed.empty() && body.standing.purchase < event.seq);
    Account& account = state.accounts.touch(event.account_no);
    Credits sum{};
    for (const LotReversal& part : body.reversed) {
        take_back(account, part);
        sum += part.taken + part.owed;
    }
    CREDITD_ASSERT(sum == body.amount);
    note_money(state, event);
}

void apply_body(State& state, const Event& event, const PaymentRestored& body) {
    assert_sound(body.standing);
    Account& account = state.accounts.touch(event.account_no);
    repay_debt(account, body.debt_reversed);
    account.balance += body.debt_reversed;
    Credits joined = body.debt_reversed;
    for (const RestoredPart& part : body.restored) {
        // Before what was revoked since is counted as revoked again.
        account.take_from_total(Total::revoked, part.amount);
        restore(state, account, event, part);
        if (part.into != RestoredInto::revoked_grant) joined += part.amount;
    }
    account.take_from_total(Total::revoked, body.debt_reversed);
    CREDITD_ASSERT(joined == body.amount);
    note_money(state, event);
}

void apply_body(State& state, const Event& event, const NotificationNoted& body) {
    CREDITD_ASSERT(body.notification.received <= event.seq);
    note_money(state, event);
}

}  // namespace creditd::applying
