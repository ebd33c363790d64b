// What the decisions about payments, orders, purchases and refunds share: what is known of them,
// credits that were paid for, and what comes back. Inside decide only.
#pragma once

#include "core/decide/context.hpp"

namespace creditd::deciding {

// Newest first: what the window has, else what was read from disk.
std::optional<PaymentFact> find_purchase(const Context& context, const Digest& payment);
const StandingFact* find_standing(const Context& context, const Digest& payment);
const OrderFact* find_order(const Context& context, const Digest& order);

/// Emits the purchase, which is complete but for the debt it repays, unless there is no room for it
/// or its time is over already.
Refusal emit_purchase(Context& context, Target target, CreditsPurchased body);
/// A purchase of `amount` and, unless it is zero, `bonus`, for this payment.
struct Bought {
    Credits amount{};
    Timestamp expires_at = Timestamp::never();
    Credits bonus{};
    Timestamp bonus_expires_at = Timestamp::never();
    std::string package;
};
CreditsPurchased purchase_for(const Context& context, const PaymentNews& payment, Bought bought);
/// The package of this id that is on sale; nothing: none is.
const Package* package_on_sale(const Context& context, const std::string& id);
/// Are these credits the price of that payment, and on offer?
RefusalCode check_custom(const Context& context, Credits amount, const Money& payment);
/// Of so many credits in a number of the customer's own; nothing: the catalog has no price.
std::optional<Money> custom_price(const CustomAmount& custom, Credits amount);
Timestamp after(Duration length, Timestamp now);

/// Brings what was taken of the payment's lots in line with `next`, and notes it where that, or
/// anything in it, is not what `before` says.
Refusal emit_standing(Context& context, Target target, const PaymentStanding& before,
                      PaymentStanding next);
/// A payment has bought the cycle that the last event emitted grants.
void emit_cycle_payment(Context& context, Target target, const PaymentNews& payment);
/// A payment is for what was granted before it was heard of: it counts as used, without a lot.
void emit_used_payment(Context& context, Target target, const PaymentNews& payment);
/// Has this payment bought a cycle already?
bool has_paid_cycle(const Context& context, const std::optional<PaymentNews>& payment);
/// May it buy one? Not if it has bought credits, or has more refunds than there is room for.
RefusalCode check_cycle_payment(const Context& context, const std::optional<PaymentNews>& payment);

// --- of refunds, and of what a won dispute gives back --------------------------------------------
RestoredPart restore_share(const Context& context, const GrantFact& grant, Credits amount,
                           GrantId new_grant);
RestoredPart restore_repaid_debt(const Context& context, Credits amount, GrantId new_grant);

}  // namespace creditd::deciding
