#include "core/decide/payments.hpp"

namespace creditd::deciding {
namespace {

Refusal with_package(const Context& context, const std::string& id, Order& order) {
    const Package* const package = package_on_sale(context, id);
    if (package == nullptr) return refuse(RefusalCode::package_not_found);
    order.package = package->id;
    order.credits = package->credits;
    order.bonus = package->bonus;
    order.expires_in = package->expires_in;
    order.bonus_expires_in = package->bonus_expires_in;
    order.price = package->price;
    return accepted;
}

Refusal with_plan(const Context& context, const PlaceOrder& command, Order& order) {
    const auto& plans = context.state.catalog().plans;
    const auto found = plans.find(command.plan);
    if (found == plans.end() || !found->second.set.active) {
        return refuse(RefusalCode::plan_not_found);
    }
    for (const PlanPrice& price : found->second.set.prices) {
        if (price.interval == command.interval) order.price = price.price;
    }
    // What costs nothing is not ordered.
    if (order.price.minor == 0) return refuse(RefusalCode::plan_not_found);
    order.plan = command.plan;
    order.interval = command.interval;
    return accepted;
}

Refusal with_amount(const Context& context, const PlaceOrder& command, Order& order) {
    const CustomAmount& custom = context.state.catalog().settings.custom;
    const auto price = custom_price(custom, command.amount);
    order.credits = command.amount;
    order.price = command.price.minor > 0 ? command.price : price.value_or(Money{});
    if (order.price.minor == 0) return refuse(RefusalCode::amount_not_on_offer);
    const RefusalCode wrong = check_custom(context, command.amount, order.price);
    return wrong == RefusalCode::none ? accepted : refuse(wrong);
}

/// What is asked, at today's terms.
Refusal with_goods(const Context& context, const PlaceOrder& command, Order& order) {
    if (!command.package.empty()) return with_package(context, command.package, order);
    if (!command.plan.empty()) return with_plan(context, command, order);
    return with_amount(context, command, order);
}

/// Was this asked for before, whatever the catalog said then?
bool is_same(const OrderFact& known, const PlaceOrder& command, AccountNo no) {
    const Order& order = known.order;
    const bool is_custom = command.package.empty() && command.plan.empty();
    const bool is_same_price = command.price.minor == 0 || order.price == command.price;
    return known.account_no == no && order.package == command.package &&
           order.plan == command.plan && order.provider == command.provider &&
           (command.plan.empty() || order.interval == command.interval) &&
           (!is_custom || (order.credits == command.amount && is_same_price));
}

void keep_if_given(std::string& today, const std::string& given) {
    if (!given.empty()) today = given;
}

}  // namespace

Refusal decide(Context& context, const PlaceOrder& command, Target target) {
    if (const OrderFact* const known = find_order(context, command.digest)) {
        return is_same(*known, command, target.no) ? accepted : refuse(RefusalCode::order_exists);
    }
    Order order;
    const Refusal refusal = with_goods(context, command, order);
    if (refusal != accepted) return refusal;
    if (target.account->closed()) return refuse(RefusalCode::account_closed);
    order.id = command.id;
    order.digest = command.digest;
    order.placed = context.next_seq();
    order.placed_at = context.now;
    order.provider = command.provider;
    context.emit(target.no, *target.account, OrderSet{std::move(order)});
    return accepted;
}

Refusal decide(Context& context, const ChangeOrder& command, Target target) {
    const OrderFact* const known = find_order(context, command.digest);
    if (known == nullptr) return refuse(RefusalCode::order_not_found);
    Order order = known->order;
    const bool is_pending = order.status == OrderStatus::pending;
    const bool is_done = command.status && order.status == *command.status;
    if (command.must_be_pending && !is_pending && !is_done) {
        return refuse(RefusalCode::order_closed);
    }
    if (command.status && is_pending) order.status = *command.status;
    keep_if_given(order.reference, command.reference);
    keep_if_given(order.pay_url, command.pay_url);
    keep_if_given(order.qr_url, command.qr_url);
    if (command.pay_until != Timestamp{}) order.pay_until = command.pay_until;
    if (order != known->order) {
        context.emit(target.no, *target.account, OrderSet{std::move(order)});
    }
    return accepted;
}

// One that was dealt with stays so, whatever comes again under its name.
Refusal decide(Context& context, const NoteNotification& command) {
    const Notification* known = context.state.window.find_notification(command.notification.digest);
    if (known == nullptr && context.evidence.notification) known = &*context.evidence.notification;
    Notification next = command.notification;
    if (known == nullptr) {
        next.received = context.next_seq();
        next.received_at = context.now;
        context.emit(NotificationNoted{std::move(next)});
        return accepted;
    }
    const bool is_open = known->outcome == NotificationOutcome::quarantined;
    if (!is_open) return accepted;
    next.received = known->received;
    next.received_at = known->received_at;
    next.tries = known->tries + (command.is_try ? 1 : 0);
    // What somebody has decided that it means stays, when the provider says it again.
    if (next.hint == NotificationHint{}) next.hint = known->hint;
    if (next != *known) context.emit(NotificationNoted{std::move(next)});
    return accepted;
}

}  // namespace creditd::deciding
