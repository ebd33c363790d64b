#include <tuple>

#include "core/canary.hpp"
#include "core/consequences.hpp"
#include "core/decide/context.hpp"

namespace creditd::deciding {
namespace {

/// Something that time does to an account. Grants first become effective, then expire; at the same
/// moment a subscription comes last.
struct Due {
    Timestamp at = Timestamp::never();
    std::uint64_t id = 0;
    const Grant* grant = nullptr;
    const Hold* hold = nullptr;
    bool is_subscription = false;

    bool before(const Due& other) const { return std::tie(at, id) < std::tie(other.at, other.id); }
};

Due first_due(const Account& account) {
    Due first;
    const auto offer = [&first](const Due& due) {
        if (due.before(first)) first = due;
    };
    for (const Grant& grant : account.grants) {
        if (grant.pending) {
            offer({grant.effective_at, grant.id.value, &grant, nullptr});
        } else if (grant.free().is_positive() || canary(Canary::hold_of_expired_grant)) {
            offer({grant.expires_at, grant.id.value, &grant, nullptr});
        }
    }
    for (const Hold& hold : account.extra().holds) {
        offer({hold.expires_at, GrantId::of(hold.id.seq(), 0).value, nullptr, &hold});
    }
    if (const Subscription* const subscription = account.running_subscription()) {
        offer({subscription->due_at(), UINT64_MAX, nullptr, nullptr, true});
    }
    return first;
}

/// When the credits of one cycle have expired and those of the next are still to come, nothing is
/// low: no alert and no top-up until the subscription has moved.
bool is_between_cycles(const Account& account, Timestamp now) {
    const Subscription* const subscription = account.running_subscription();
    return subscription != nullptr && subscription->due_at() <= now;
}

void emit_activated(Context& context, Target target, const Grant& grant) {
    const Credits repaid = std::min(target.account->debt(), grant.remaining);
    const Credits amount = grant.remaining;
    Event& event =
        context.emit(target.no, *target.account, GrantActivated{grant.id, amount, repaid});
    event.balances.after += amount;
    event.balances.available += amount;
}

void emit_expired(Context& context, Target target, const Grant& grant) {
    const Credits amount = canary(Canary::hold_of_expired_grant) ? grant.remaining : grant.free();
    Event& event = context.emit(target.no, *target.account, GrantExpired{grant.id, amount});
    event.balances.after -= amount;
    event.balances.available -= amount;
}

}  // namespace

void emit_next_due(Context& context, Target target) {
    if (!is_between_cycles(*target.account, context.now) &&
        consequence_due(*target.account) <= context.now) {
        emit_consequence(context, target);
        return;
    }
    const Due due = first_due(*target.account);
    CREDITD_ASSERT(due.at <= context.now);
    if (due.is_subscription) {
        emit_subscription_due(context, target);
    } else if (due.hold != nullptr) {
        if (due.hold->on_expiry == OnExpiry::capture) {
            emit_capture(context, target, *due.hold, left_to_capture(*due.hold), due.hold->usage,
                         HoldStatus::expired);
        } else {
            emit_release(context, target, *due.hold, HoldStatus::expired);
        }
    } else if (due.grant->pending) {
        emit_activated(context, target, *due.grant);
    } else {
        emit_expired(context, target, *due.grant);
    }
}

}  // namespace creditd::deciding
