#include "core/canary.hpp"
#include "core/decide/context.hpp"

namespace creditd::deciding {
namespace {

std::optional<PaymentFact> known_payment(const Context& context, const Digest& digest) {
    const auto recent = context.state.window.find_payment(digest);
    if (canary(Canary::payment_twice)) return recent;
    return recent ? recent : context.evidence.payment;
}

/// A package may have changed or gone since it was first paid for: its name is compared alone.
bool is_same(const PaymentFact& known, const PurchaseCredits& command, AccountNo no) {
    const bool same_goods = command.package.empty() ? known.amount == command.amount : true;
    return known.account_no == no && known.payment == command.payment && same_goods &&
           known.package == hash_of_package(command.package);
}

/// Nothing: not on sale.
const Package* find_package(const Context& context, const std::string& id) {
    const auto& packages = context.state.catalog().packages;
    const auto found = packages.find(id);
    return found != packages.end() && found->second.set.active ? &found->second.set : nullptr;
}

/// Is the payment the price of that many credits? Each begun `per` costs `price`.
bool is_price_of(const CustomAmount& custom, const PurchaseCredits& command) {
    if (custom.price.minor == 0 || !custom.per.is_positive()) return true;
    if (command.payment.currency != custom.price.currency) return false;
    const std::int64_t begun =
        command.amount.value / custom.per.value + (command.amount.value % custom.per.value != 0);
    return WideCredits{begun} * custom.price.minor == command.payment.minor;
}

/// Is the price right, or the customer's own number of credits within its bounds?
RefusalCode check_terms(const Context& context, const PurchaseCredits& command,
                        const Package* package) {
    if (package != nullptr) {
        return command.payment == package->price ? RefusalCode::none : RefusalCode::price_differs;
    }
    const CustomAmount& custom = context.state.catalog().settings.custom;
    if (custom.max.is_zero()) return RefusalCode::none;
    const bool fits = command.amount >= custom.min && command.amount <= custom.max;
    if (!fits) return RefusalCode::amount_not_on_offer;
    return is_price_of(custom, command) ? RefusalCode::none : RefusalCode::price_differs;
}

Timestamp after(Duration length, Timestamp now) {
    return length.value == 0 ? Timestamp::never() : now + length;
}

GrantTerms terms_of(GrantKind kind, Timestamp now, Timestamp expires_at) {
    GrantTerms terms;
    terms.kind = kind;
    terms.effective_at = now;
    terms.expires_at = expires_at;
    return terms;
}

/// The purchase as if the account had no debt.
CreditsPurchased purchase_of(const Context& context, const PurchaseCredits& command,
                             const Package* package) {
    const bool has_expiry = command.expiry.at || command.expiry.in;
    const Timestamp expires_at = package == nullptr || has_expiry
                                     ? resolve_expiry(command.expiry, context.now)
                                     : after(package->expires_in, context.now);
    CreditsPurchased body;
    body.amount = package == nullptr ? command.amount : package->credits;
    body.terms = terms_of(GrantKind::purchase, context.now, expires_at);
    body.terms.cost = command.payment;
    body.terms.cost_credits = command.payment.minor > 0 ? body.amount : Credits{};
    body.provider = command.provider;
    body.payment_id = command.payment_id;
    body.payment_digest = command.payment_digest;
    body.payment = command.payment;
    if (package == nullptr) return body;
    body.package = package->id;
    body.bonus = package->bonus;
    if (body.bonus.is_zero()) return body;
    body.bonus_terms =
        terms_of(GrantKind::bonus, context.now, after(package->bonus_expires_in, context.now));
    return body;
}

}  // namespace

// A payment credits once, for ever: under another key it is answered with the first purchase, if
// it is the same payment in every respect.
Refusal decide(Context& context, const PurchaseCredits& command, Target target) {
    const Account& account = *target.account;
    const auto known = known_payment(context, command.payment_digest);
    const Package* const package = find_package(context, command.package);
    if (!known && package == nullptr && !command.package.empty()) {
        return refuse(RefusalCode::package_not_found);
    }
    if (account.closed()) return refuse(RefusalCode::account_closed);
    if (known) {
        if (!is_same(*known, command, target.no)) return refuse(RefusalCode::payment_conflict);
        context.emit(target.no, account, PurchaseRepeated{known->seq});
        return accepted;
    }
    if (const RefusalCode wrong = check_terms(context, command, package);
        wrong != RefusalCode::none) {
        return refuse(wrong);
    }
    CreditsPurchased body = purchase_of(context, command, package);
    if (body.terms.expires_at <= context.now) return refuse(RefusalCode::time_past);
    const Credits added = body.amount + body.bonus;
    const std::size_t grants = body.bonus.is_zero() ? 1 : 2;
    if (!has_room(account, added, grants)) return refuse(RefusalCode::balance_range);
    body.debt_repaid = std::min(account.debt(), body.amount);
    body.bonus_debt_repaid = std::min(account.debt() - body.debt_repaid, body.bonus);
    Event& event = context.emit(target.no, account, std::move(body));
    event.balances.after += added;
    event.balances.available += added;
    return accepted;
}

}  // namespace creditd::deciding
