#include <utility>

#include "core/budgets.hpp"
#include "core/decide/context.hpp"

namespace creditd::deciding {
namespace {

/// Takes `amount` off the front of what the hold keeps; the rest comes from its credit part.
BurnPlan plan_capture(const Hold& hold, Credits amount) {
    BurnPlan plan;
    plan.uncovered = amount;
    for (const GrantPart& part : hold.reserved) {
        if (plan.uncovered.is_zero()) break;
        const Credits taken = std::min(part.amount, plan.uncovered);
        plan.parts.push_back({part.grant, taken});
        plan.uncovered -= taken;
    }
    CREDITD_ASSERT(plan.uncovered <= hold.on_credit);
    return plan;
}

std::vector<GrantPart> kept_after(const Hold& hold, const std::vector<GrantPart>& burned) {
    std::vector<GrantPart> kept;
    for (std::size_t i = 0; i < hold.reserved.size(); ++i) {
        const Credits taken = i < burned.size() ? burned[i].amount : Credits{};
        const Credits rest = hold.reserved[i].amount - taken;
        if (rest.is_positive()) kept.push_back({hold.reserved[i].grant, rest});
    }
    return kept;
}

/// Reserves `amount` for a hold, or says what is missing.
struct Reservation {
    Refusal refusal;
    BurnPlan plan;
};
Reservation reserve(const Context& context, const Account& account, std::string_view feature,
                    Credits amount) {
    Reservation result;
    const Credits available = available_for(context.state, account, feature, context.now);
    if (amount > available + account.credit_limit()) {
        result.refusal = insufficient(amount, available, account.credit_limit());
        return result;
    }
    result.plan = plan_burn(context.state, account, feature, amount, context.now);
    return result;
}

/// What a capture by measure costs: one of the hold's feature, with the hold's options.
Priced price_of_units(const State& state, const Hold& hold,
                      const std::vector<MeasuredUnit>& units) {
    if (hold.usage.feature.empty()) return {refuse(RefusalCode::units_invalid), {}, {}};
    PriceRequest request;
    request.feature = hold.usage.feature;
    request.units = units;
    request.options = hold.usage.options;
    request.user = hold.usage.user;
    request.model = hold.usage.model;
    return price(state, request);
}

/// The amount that is given, all that is left, or what was measured.
Priced price_to_capture(const State& state, const Hold& hold, const CaptureHold& command) {
    if (!command.units.empty()) return price_of_units(state, hold, command.units);
    Priced captured;
    captured.amount = command.amount.value_or(left_to_capture(hold));
    captured.usage = hold.usage;
    return captured;
}

}  // namespace

HoldSummary summary_of(const Hold& hold, HoldStatus status) {
    return HoldSummary{hold.id, hold.amount,     hold.captured, hold.remaining(),
                       status,  hold.expires_at, hold.on_expiry};
}

Credits left_to_capture(const Hold& hold) {
    return hold.waived.is_positive() ? hold.waived : hold.remaining();
}

void emit_capture(Context& context, Target target, const Hold& hold, Credits amount, Usage usage,
                  HoldStatus status) {
    const Account& account = *target.account;
    HoldCaptured body;
    if (hold.waived.is_positive()) body.waived = std::exchange(amount, Credits{});
    BurnPlan plan = plan_capture(hold, amount);
    body.amount = amount;
    body.usage = std::move(usage);
    body.debt = plan.uncovered;
    body.hold = summary_of(hold, status);
    body.hold.captured += amount;
    body.hold.remaining -= amount;
    if (status != HoldStatus::open) {
        body.released = body.hold.remaining;
        body.hold.remaining = Credits{};
        body.expired = expired_parts(account, kept_after(hold, plan.parts), context.now);
    }
    body.burned = std::move(plan.parts);
    const Credits gone = sum_of(body.expired);
    const Credits released = body.released;
    Event& event = context.emit(target.no, account, std::move(body));
    event.balances.after -= amount + gone;
    event.balances.held -= amount + released;
    event.balances.available = event.balances.after - event.balances.held;
}

void emit_release(Context& context, Target target, const Hold& hold, HoldStatus status) {
    HoldReleased body;
    body.hold = summary_of(hold, status);
    body.released = hold.remaining();
    body.hold.remaining = Credits{};
    body.expired = expired_parts(*target.account, hold.reserved, context.now);
    const Credits gone = sum_of(body.expired);
    const Credits released = body.released;
    Event& event = context.emit(target.no, *target.account, std::move(body));
    event.balances.after -= gone;
    event.balances.held -= released;
    event.balances.available = event.balances.after - event.balances.held;
}

Refusal decide(Context& context, const PlaceHold& command, Target target) {
    const Account& account = *target.account;
    Priced priced = price(context.state, command.price);
    // What does not exist comes before the state of what does.
    if (priced.refusal.code == RefusalCode::feature_not_found) return priced.refusal;
    if (account.closed()) return refuse(RefusalCode::account_closed);
    if (priced.refusal != accepted) return priced.refusal;
    if (account.extra().holds.size() >= limits::account_holds_max) {
        return refuse(RefusalCode::balance_range);
    }
    HoldPlaced body;
    Reservation reservation;
    if (is_waived(account, priced.usage.feature)) {
        body.waived = std::exchange(priced.amount, Credits{});
    } else {
        reservation = reserve(context, account, priced.usage.feature, priced.amount);
        if (reservation.refusal != accepted) return reservation.refusal;
        Refusal over = budget_refusal(account, {command.price.user, command.price.feature},
                                      priced.amount, context.now);
        if (over != accepted) return over;
    }
    body.hold = HoldSummary{HoldId{context.next_seq().value},
                            priced.amount,
                            Credits{},
                            priced.amount,
                            HoldStatus::open,
                            context.now + command.expires_in,
                            command.on_expiry};
    body.usage = std::move(priced.usage);
    body.reserved = std::move(reservation.plan.parts);
    body.on_credit = reservation.plan.uncovered;
    Event& event = context.emit(target.no, account, std::move(body));
    event.balances.held += priced.amount;
    event.balances.available -= priced.amount;
    return accepted;
}

Refusal decide(Context& context, const ExtendHold& command, Target target) {
    const Account& account = *target.account;
    const Hold* const hold = target.account->find_hold(command.hold);
    if (account.closed()) return refuse(RefusalCode::account_closed);
    if (hold == nullptr) return refuse(RefusalCode::hold_closed);
    // Of a hold that is waived, any capture is: there is nothing to reserve for it.
    const bool is_free = hold->waived.is_positive();
    const Credits amount = is_free ? Credits{} : command.amount.value_or(Credits{});
    if (!checked_add(hold->amount, amount)) return refuse(RefusalCode::balance_range);
    Reservation reservation;
    if (amount.is_positive()) {
        reservation = reserve(context, account, hold->usage.feature, amount);
        if (reservation.refusal != accepted) return reservation.refusal;
    }
    // To keep it longer asks no budget, not even one that has been overrun.
    if (amount.is_positive()) {
        Refusal over =
            budget_refusal(account, {hold->usage.user, hold->usage.feature}, amount, context.now);
        if (over != accepted) return over;
    }
    HoldExtended body;
    body.hold = summary_of(*hold, HoldStatus::open);
    body.hold.amount += amount;
    body.hold.remaining += amount;
    if (command.expires_in) body.hold.expires_at = context.now + *command.expires_in;
    body.amount = amount;
    body.reserved = std::move(reservation.plan.parts);
    body.on_credit = reservation.plan.uncovered;
    Event& event = context.emit(target.no, account, std::move(body));
    event.balances.held += amount;
    event.balances.available -= amount;
    return accepted;
}

Refusal decide(Context& context, const CaptureHold& command, Target target) {
    if (target.account->closed()) return refuse(RefusalCode::account_closed);
    const Hold* const hold = target.account->find_hold(command.hold);
    if (hold == nullptr) return refuse(RefusalCode::hold_closed);
    Priced captured = price_to_capture(context.state, *hold, command);
    if (captured.refusal != accepted) return captured.refusal;
    const Credits left = left_to_capture(*hold);
    if (captured.amount > left && !hold->waived.is_positive()) {
        return refuse(RefusalCode::capture_exceeds_hold);
    }
    const bool closes = command.final || captured.amount >= left;
    emit_capture(context, target, *hold, captured.amount, std::move(captured.usage),
                 closes ? HoldStatus::captured : HoldStatus::open);
    return accepted;
}

// Releasing a closed hold is a success without an event: the caller raced with its end.
Refusal decide(Context& context, const ReleaseHold& command, Target target) {
    const Hold* const hold = target.account->find_hold(command.hold);
    if (hold == nullptr) return refuse(RefusalCode::hold_closed);
    emit_release(context, target, *hold, HoldStatus::released);
    return accepted;
}

}  // namespace creditd::deciding
