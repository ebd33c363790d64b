#include "core/apply/parts.hpp"
#include "core/budgets.hpp"

namespace creditd::applying {
namespace {

void reserve(Account& account, const GrantPart& part) {
    Grant* const grant = account.grants.find(part.grant);
    CREDITD_ASSERT(grant != nullptr && !grant->pending);
    CREDITD_ASSERT(part.amount.is_positive() && part.amount <= grant->free());
    grant->reserved += part.amount;
}

Credits reserve_all(Account& account, const std::vector<GrantPart>& parts) {
    Credits sum{};
    for (const GrantPart& part : parts) {
        reserve(account, part);
        sum += part.amount;
    }
    return sum;
}

Hold& open_hold(Account& account, const HoldSummary& summary) {
    Hold* const hold = account.find_hold(summary.id);
    CREDITD_ASSERT(hold != nullptr);
    return *hold;
}

/// Captures burn reserved parts in the order in which they were reserved.
void burn_front(Account& account, Hold& hold, const std::vector<GrantPart>& burned) {
    for (const GrantPart& part : burned) {
        CREDITD_ASSERT(!hold.reserved.empty());
        GrantPart& front = hold.reserved.front();
        CREDITD_ASSERT(front.grant == part.grant && part.amount <= front.amount);
        burn_reserved(account, part);
        front.amount -= part.amount;
        if (front.amount.is_zero()) hold.reserved.erase(hold.reserved.begin());
    }
}

/// Gives back everything that a hold that ends still keeps; returns how much that is.
Credits release_all(Account& account, const Hold& hold) {
    Credits sum = hold.on_credit;
    for (const GrantPart& part : hold.reserved) {
        Grant* const grant = account.grants.find(part.grant);
        CREDITD_ASSERT(grant != nullptr && part.amount <= grant->reserved);
        grant->reserved -= part.amount;
        sum += part.amount;
    }
    return sum;
}

/// Of what was released, the parts whose grant's time is over are gone at once.
void expire_released(Account& account, const Event& event, const std::vector<GrantPart>& expired) {
    for (const GrantPart& part : expired) {
        const Grant* const grant = account.grants.find(part.grant);
        CREDITD_ASSERT(grant != nullptr && grant->expires_at <= event.time);
        burn_free(account, part);
        account.balance -= part.amount;
        account.add_to_total(Total::expired, part.amount);
    }
}

void close(State& state, Account& account, HoldId id) {
    auto& holds = account.touch_extra().holds;
    const auto found =
        std::find_if(holds.begin(), holds.end(), [id](const Hold& h) { return h.id == id; });
    CREDITD_ASSERT(found != holds.end());
    holds.erase(found);
    state.remove_hold(id);
}

}  // namespace

void apply_body(State& state, const Event& event, const HoldPlaced& body) {
    Account& account = state.accounts.touch(event.account_no);
    CREDITD_ASSERT(body.hold.id.seq() == event.seq && body.hold.expires_at > event.time);
    const Credits reserved = reserve_all(account, body.reserved);
    CREDITD_ASSERT(reserved + body.on_credit == body.hold.amount);
    account.touch_extra().holds.push_back(
        Hold{body.hold.id, body.hold.amount, Credits{}, body.hold.expires_at, body.hold.on_expiry,
             body.reserved, body.on_credit, body.usage, body.waived});
    CREDITD_ASSERT(body.waived.is_zero() || body.hold.amount.is_zero());
    account.held += body.hold.amount;
    state.add_hold(body.hold.id, event.account_no);
}

void apply_body(State& state, const Event& event, const HoldExtended& body) {
    Account& account = state.accounts.touch(event.account_no);
    const Credits reserved = reserve_all(account, body.reserved);
    CREDITD_ASSERT(reserved + body.on_credit == body.amount);
    Hold& hold = open_hold(account, body.hold);
    hold.amount += body.amount;
    hold.on_credit += body.on_credit;
    hold.expires_at = body.hold.expires_at;
    hold.reserved.insert(hold.reserved.end(), body.reserved.begin(), body.reserved.end());
    account.held += body.amount;
    CREDITD_ASSERT(hold.amount == body.hold.amount);
}

void apply_body(State& state, const Event& event, const HoldCaptured& body) {
    Account& account = state.accounts.touch(event.account_no);
    Hold& hold = open_hold(account, body.hold);
    burn_front(account, hold, body.burned);
    CREDITD_ASSERT(body.debt <= hold.on_credit);
    hold.on_credit -= body.debt;
    if (body.debt.is_positive()) account.touch_extra().debt += body.debt;
    hold.captured += body.amount;
    CREDITD_ASSERT(body.waived.value >= 0 && (body.waived.is_zero() || body.amount.is_zero()));
    hold.waived -= std::min(hold.waived, body.waived);
    account.held -= body.amount;
    account.balance -= body.amount;
    account.add_to_total(Total::consumed, body.amount);
    charge_budgets(account, {body.usage.user, body.usage.feature}, body.amount, event.time);
    if (body.hold.status == HoldStatus::open) {
        CREDITD_ASSERT(body.released.is_zero() && hold.remaining() == body.hold.remaining);
        return;
    }
    const Credits released = release_all(account, hold);
    CREDITD_ASSERT(released == body.released);
    account.held -= released;
    expire_released(account, event, body.expired);
    close(state, account, body.hold.id);
}

void apply_body(State& state, const Event& event, const HoldReleased& body) {
    Account& account = state.accounts.touch(event.account_no);
    const Credits released = release_all(account, open_hold(account, body.hold));
    CREDITD_ASSERT(released == body.released);
    account.held -= released;
    expire_released(account, event, body.expired);
    close(state, account, body.hold.id);
}

}  // namespace creditd::applying
