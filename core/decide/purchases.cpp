#include "core/canary.hpp"
#include "core/decide/payments.hpp"

namespace creditd::deciding {
namespace {

std::optional<PaymentFact> known_payment(const Context& context, const Digest& digest) {
    if (canary(Canary::payment_twice)) return context.state.window.find_payment(digest);
    return find_purchase(context, digest);
}

/// A package may have changed or gone since it was first paid for: its name is compared alone.
bool is_same(const PaymentFact& known, const PurchaseCredits& command, AccountNo no) {
    const bool same_goods = command.package.empty() ? known.amount == command.amount : true;
    return known.account_no == no && known.payment == command.payment && same_goods &&
           known.package == hash_of_package(command.package);
}

/// Is the price right, or the customer's own number of credits within its bounds?
RefusalCode check_terms(const Context& context, const PurchaseCredits& command,
                        const Package* package) {
    if (package != nullptr) {
        return command.payment == package->price ? RefusalCode::none : RefusalCode::price_differs;
    }
    return check_custom(context, command.amount, command.payment);
}

GrantTerms terms_of(GrantKind kind, Timestamp now, Timestamp expires_at) {
    GrantTerms terms;
    terms.kind = kind;
    terms.effective_at = now;
    terms.expires_at = expires_at;
    return terms;
}

PaymentNews news_of(const PurchaseCredits& command) {
    PaymentNews news;
    news.provider = command.provider;
    news.payment_id = command.payment_id;
    news.payment_digest = command.payment_digest;
    news.paid = true;
    news.amount = command.payment;
    return news;
}

Bought goods_of(const Context& context, const PurchaseCredits& command, const Package* package) {
    const bool has_expiry = command.expiry.at || command.expiry.in;
    const Timestamp asked = resolve_expiry(command.expiry, context.now);
    if (package == nullptr) return {command.amount, asked, {}, Timestamp::never(), {}};
    return {package->credits, has_expiry ? asked : after(package->expires_in, context.now),
            package->bonus, after(package->bonus_expires_in, context.now), package->id};
}

}  // namespace

const Package* package_on_sale(const Context& context, const std::string& id) {
    const auto& packages = context.state.catalog().packages;
    const auto found = packages.find(id);
    return found != packages.end() && found->second.set.active ? &found->second.set : nullptr;
}

// Each begun `per` costs `price`.
std::optional<Money> custom_price(const CustomAmount& custom, Credits amount) {
    if (custom.price.minor == 0 || !custom.per.is_positive()) return std::nullopt;
    const std::int64_t begun =
        amount.value / custom.per.value + (amount.value % custom.per.value != 0);
    const WideCredits price = WideCredits{begun} * custom.price.minor;
    if (price > limits::money_minor_max) return std::nullopt;
    return Money{static_cast<std::int64_t>(price), custom.price.currency};
}

RefusalCode check_custom(const Context& context, Credits amount, const Money& payment) {
    const CustomAmount& custom = context.state.catalog().settings.custom;
    if (custom.max.is_zero()) return RefusalCode::none;
    if (amount < custom.min || amount > custom.max) return RefusalCode::amount_not_on_offer;
    if (custom.price.minor == 0 || !custom.per.is_positive()) return RefusalCode::none;
    const auto price = custom_price(custom, amount);
    return price && payment == *price ? RefusalCode::none : RefusalCode::price_differs;
}

Timestamp after(Duration length, Timestamp now) {
    return length.value == 0 ? Timestamp::never() : now + length;
}

CreditsPurchased purchase_for(const Context& context, const PaymentNews& payment, Bought bought) {
    CreditsPurchased body;
    body.amount = bought.amount;
    body.terms = terms_of(GrantKind::purchase, context.now, bought.expires_at);
    body.terms.cost = payment.amount;
    body.terms.cost_credits = payment.amount.minor > 0 ? body.amount : Credits{};
    body.provider = payment.provider;
    body.payment_id = payment.payment_id;
    body.payment_digest = payment.payment_digest;
    body.payment = payment.amount;
    body.package = std::move(bought.package);
    body.bonus = bought.bonus;
    if (body.bonus.is_zero()) return body;
    body.bonus_terms = terms_of(GrantKind::bonus, context.now, bought.bonus_expires_at);
    return body;
}

Refusal emit_purchase(Context& context, Target target, CreditsPurchased body) {
    const Account& account = *target.account;
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

// A payment credits once, for ever: under another key it is answered with the first purchase, if
// it is the same payment in every respect.
Refusal decide(Context& context, const PurchaseCredits& command, Target target) {
    const Account& account = *target.account;
    const auto known = known_payment(context, command.payment_digest);
    const Package* const package = package_on_sale(context, command.package);
    if (!known && package == nullptr && !command.package.empty()) {
        return refuse(RefusalCode::package_not_found);
    }
    if (account.closed()) return refuse(RefusalCode::account_closed);
    if (known) {
        if (!is_same(*known, command, target.no)) return refuse(RefusalCode::payment_conflict);
        context.emit(target.no, account, PurchaseRepeated{known->seq});
        return accepted;
    }
    // It may have paid a cycle of a subscription.
    const StandingFact* const told = find_standing(context, command.payment_digest);
    if (told != nullptr && told->standing.purchase != Seq{}) {
        return refuse(RefusalCode::payment_conflict);
    }
    if (const RefusalCode wrong = check_terms(context, command, package);
        wrong != RefusalCode::none) {
        return refuse(wrong);
    }
    return emit_purchase(
        context, target,
        purchase_for(context, news_of(command), goods_of(context, command, package)));
}

}  // namespace creditd::deciding
