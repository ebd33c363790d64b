#include "core/decide/payments.hpp"

#include "core/canary.hpp"

namespace creditd::deciding {
namespace {

GrantTerms terms_of_lot(GrantKind kind, const PaymentFact& purchase) {
    GrantTerms terms;
    terms.kind = kind;
    terms.effective_at = purchase.bought_at;
    terms.expires_at = purchase.expires_at;
    if (kind == GrantKind::bonus) {
        terms.expires_at = purchase.bonus_expires_at;
        return terms;
    }
    terms.cost = purchase.payment;
    terms.cost_credits = purchase.payment.minor > 0 ? purchase.amount : Credits{};
    return terms;
}

std::vector<PaymentLot> lots_of(const PaymentFact& purchase) {
    std::vector<PaymentLot> lots(purchase.bonus.is_zero() ? 1 : 2);
    lots[0].grant = GrantId::of(purchase.seq, 0);
    lots[0].amount = purchase.amount;
    lots[0].terms = terms_of_lot(GrantKind::purchase, purchase);
    if (lots.size() == 1) return lots;
    lots[1].grant = GrantId::of(purchase.seq, 1);
    lots[1].amount = purchase.bonus;
    lots[1].terms = terms_of_lot(GrantKind::bonus, purchase);
    return lots;
}

/// What was told of the payment before, as far as it goes.
PaymentStanding standing_before(const Context& context, const Digest& payment) {
    const StandingFact* const known = find_standing(context, payment);
    return known == nullptr ? PaymentStanding{} : known->standing;
}

/// What is known of the payment before the news, with what its purchase says.
PaymentStanding standing_today(const Context& context, const PaymentNews& news,
                               const StandingFact* known) {
    const bool is_kept =
        known != nullptr && !(canary(Canary::early_news_lost) && known->standing.purchase == Seq{});
    PaymentStanding today = is_kept ? known->standing : PaymentStanding{};
    today.provider = news.provider;
    today.payment_id = news.payment_id;
    today.payment_digest = news.payment_digest;
    const auto purchase = find_purchase(context, news.payment_digest);
    if (!purchase) return today;
    today.purchase = purchase->seq;
    // A purchase may have been made without its price: then the provider says it.
    if (purchase->payment.minor > 0) today.amount = purchase->payment;
    if (today.lots.empty()) today.lots = lots_of(*purchase);
    return today;
}

/// The order was paid by another payment: this one is the customer's, until somebody decides.
bool is_paid_otherwise(const OrderFact* order, const PaymentNews& news) {
    return order != nullptr && order->order.is_paid() && !canary(Canary::order_paid_twice) &&
           order->order.payment_digest != news.payment_digest;
}

Bought goods_of(const Order& order, Timestamp now) {
    return {order.credits, after(order.expires_in, now), order.bonus,
            after(order.bonus_expires_in, now), order.package};
}

Refusal credit_order(Context& context, Target target, const Order& order, const PaymentNews& news) {
    if (news.amount != order.price) return refuse(RefusalCode::price_differs);
    if (order.plan.empty()) {
        return emit_purchase(context, target,
                             purchase_for(context, news, goods_of(order, context.now)));
    }
    const Subscription* const today = target.account->running_subscription();
    const bool renews = today != nullptr && today->plan == order.plan &&
                        today->interval == order.interval &&
                        today->source == SubscriptionSource::provider;
    const std::string account(target.account->id());
    if (renews) return decide(context, RenewSubscription{account, {}, news}, target);
    return decide(
        context,
        Subscribe{account, order.plan, order.interval, SubscriptionSource::provider, {}, news},
        target);
}

/// Credits what the notification itself names.
Refusal credit_goods(Context& context, Target target, const NotePayment& command) {
    if (!command.package.empty()) {
        const Package* const package = package_on_sale(context, command.package);
        if (package == nullptr) return refuse(RefusalCode::package_not_found);
        if (command.news.amount != package->price) return refuse(RefusalCode::price_differs);
        return emit_purchase(
            context, target,
            purchase_for(context, command.news,
                         {package->credits, after(package->expires_in, context.now), package->bonus,
                          after(package->bonus_expires_in, context.now), package->id}));
    }
    if (!command.amount.is_positive()) return refuse(RefusalCode::payment_unmatched);
    const RefusalCode wrong = check_custom(context, command.amount, command.news.amount);
    if (wrong != RefusalCode::none) return refuse(wrong);
    Bought bought;
    bought.amount = command.amount;
    return emit_purchase(context, target, purchase_for(context, command.news, std::move(bought)));
}

Refusal credit(Context& context, Target target, const NotePayment& command,
               const OrderFact* order) {
    if (target.account == nullptr) return refuse(RefusalCode::payment_unmatched);
    if (target.account->closed()) return refuse(RefusalCode::account_closed);
    if (is_paid_otherwise(order, command.news)) return refuse(RefusalCode::order_closed);
    // Goods that are named replace those of the order: its price was not what was paid.
    const bool is_decided = !command.package.empty() || command.amount.is_positive();
    if (order != nullptr && !is_decided) {
        return credit_order(context, target, order->order, command.news);
    }
    return credit_goods(context, target, command);
}

/// The order that the command names, or the one that is known to be the payment's.
const OrderFact* order_of(const Context& context, const NotePayment& command,
                          const StandingFact* known) {
    const OrderFact* const named = find_order(context, command.order_digest);
    if (named != nullptr) return named;
    return known == nullptr ? nullptr : find_order(context, known->standing.order_digest);
}

OrderStatus status_by(const PaymentStanding& standing) {
    if (is_disputed(standing)) return OrderStatus::disputed;
    return is_refunded_whole(standing) ? OrderStatus::refunded : OrderStatus::settled;
}

/// The order follows its payment.
void emit_order(Context& context, Target target, const Order& today,
                const PaymentStanding& standing) {
    Order order = today;
    order.status = status_by(standing);
    if (!order.is_paid()) order.settled_at = context.now;
    order.payment_id = standing.payment_id;
    order.payment_digest = standing.payment_digest;
    if (order != today) context.emit(target.no, *target.account, OrderSet{std::move(order)});
}

}  // namespace

std::optional<PaymentFact> find_purchase(const Context& context, const Digest& payment) {
    const auto recent = context.state.window.find_payment(payment);
    return recent ? recent : context.evidence.payment;
}

const StandingFact* find_standing(const Context& context, const Digest& payment) {
    const StandingFact* const recent = context.state.window.find_standing(payment);
    if (recent != nullptr) return recent;
    return context.evidence.standing ? &*context.evidence.standing : nullptr;
}

const OrderFact* find_order(const Context& context, const Digest& order) {
    if (order == Digest{}) return nullptr;
    const OrderFact* const recent = context.state.window.find_order(order);
    if (recent != nullptr) return recent;
    const auto& read = context.evidence.order;
    return read && read->order.digest == order ? &*read : nullptr;
}

void emit_used_payment(Context& context, Target target, const PaymentNews& payment) {
    auto standing = joined(standing_before(context, payment.payment_digest), payment);
    CREDITD_ASSERT(standing);
    standing->purchase = context.next_seq();
    standing->amount = payment.amount;
    context.emit(target.no, *target.account, PaymentNoted{std::move(*standing)});
}

void emit_cycle_payment(Context& context, Target target, const PaymentNews& payment) {
    const Event cycle = context.out.back().event;
    const auto& body = std::get<SubscriptionMoved>(cycle.body);
    auto standing = joined(standing_before(context, payment.payment_digest), payment);
    CREDITD_ASSERT(standing);
    standing->purchase = cycle.seq;
    standing->amount = payment.amount;
    if (body.granted.is_positive()) {
        PaymentLot lot;
        lot.grant = GrantId::of(cycle.seq, 0);
        lot.amount = body.granted;
        lot.terms = body.terms;
        standing->lots.push_back(std::move(lot));
    }
    Event& event = context.emit(target.no, *target.account, PaymentNoted{std::move(*standing)});
    event.balances = cycle.balances;
    event.balances.before = cycle.balances.after;
}

bool has_paid_cycle(const Context& context, const std::optional<PaymentNews>& payment) {
    if (!payment) return false;
    const StandingFact* const known = find_standing(context, payment->payment_digest);
    return known != nullptr && known->standing.purchase != Seq{};
}

RefusalCode check_cycle_payment(const Context& context, const std::optional<PaymentNews>& payment) {
    if (!payment) return RefusalCode::none;
    const Digest& digest = payment->payment_digest;
    const bool fits = joined(standing_before(context, digest), *payment).has_value();
    return fits && !find_purchase(context, digest) ? RefusalCode::none
                                                   : RefusalCode::payment_conflict;
}

// One step at a time, each on what the one before has made: the credit, then what is to be taken
// back of it, then the order. A step with nothing to do is passed over, so that the same news again
// does nothing.
Refusal decide(Context& context, const NotePayment& command, Target target) {
    const PaymentNews& news = command.news;
    const StandingFact* const known = find_standing(context, news.payment_digest);
    const PaymentStanding today = standing_today(context, news, known);
    const OrderFact* const order = order_of(context, command, known);
    // What has bought something is known by itself, whatever order it is said to be for.
    const bool is_lost = order == nullptr && !command.order.empty();
    if (is_lost && today.purchase == Seq{}) return refuse(RefusalCode::order_not_found);
    if (order != nullptr && order->account_no != target.no) {
        return refuse(RefusalCode::payment_conflict);
    }
    bool is_credited = today.purchase != Seq{};
    if (canary(Canary::news_credit_again)) {
        const auto bought = find_purchase(context, news.payment_digest);
        is_credited = is_credited && bought && bought->bought_at == context.now;
    }
    if (news.paid && !is_credited) return credit(context, target, command, order);
    auto next = joined(today, news);
    if (!next) return refuse(RefusalCode::payment_conflict);
    if (news.paid && next->amount.minor == 0) next->amount = news.amount;
    const bool differs = news.paid && news.amount.minor > 0 && news.amount != next->amount;
    if (differs || (is_credited && is_paid_otherwise(order, news))) {
        return refuse(RefusalCode::payment_conflict);
    }
    const bool has_order = order != nullptr && is_credited;
    // One payment pays one order.
    if (has_order && !today.order.empty() && today.order != order->order.id) {
        return refuse(RefusalCode::payment_conflict);
    }
    if (has_order) {
        next->order = order->order.id;
        next->order_digest = order->order.digest;
    }
    const std::size_t before = context.out.size();
    Refusal refusal =
        emit_standing(context, target, known == nullptr ? today : known->standing, *next);
    if (refusal != accepted || context.out.size() > before) return refusal;
    if (has_order) emit_order(context, target, order->order, *next);
    return accepted;
}

}  // namespace creditd::deciding
