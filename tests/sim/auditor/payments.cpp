// The naive ledger's rules for orders, and for what providers tell of payments.
#include <algorithm>
#include <utility>

#include "tests/sim/auditor/book.hpp"

namespace creditd::sim::audit {

namespace {

bool is_otherwise_paid(const Order* order, const PaymentName& payment) {
    return order != nullptr && order->paid_by && *order->paid_by != payment;
}

int status_of(const std::string& refusal) {
    return refusal == "order_not_found" || refusal == "package_not_found" ? 404 : 409;
}

PackageTerms goods_of(const Order& order) {
    PackageTerms terms;
    terms.credits = order.credits;
    terms.bonus = order.bonus;
    terms.price = order.price;
    terms.expires_in_s = order.expires_in_s;
    terms.bonus_expires_in_s = order.bonus_expires_in_s;
    return terms;
}

bool is_same(const Order& order, const Wish& wish) {
    if (order.account != wish.account || order.package != wish.package) return false;
    const Payment& asked = wish.payment.value();
    if (order.provider != asked.provider) return false;
    if (wish.package) return true;
    const bool same_price = asked.money.amount == 0 || order.price == as_answered(asked.money);
    return order.credits == wish.amount && same_price;
}

}  // namespace

// --- what was heard ------------------------------------------------------------------------------

std::int64_t Heard::refunded() const {
    std::int64_t told = 0;
    std::map<std::string, RefundNews> named;
    for (const News& one : news) {
        told = std::max(told, one.refunded);
        for (const RefundNews& refund : one.refunds) {
            RefundNews& known = named[refund.id];
            known.amount = std::max(known.amount, refund.amount);
            known.step = std::max(known.step, refund.step);
        }
    }
    std::int64_t stands = 0;
    for (const auto& [id, refund] : named) {
        if (refund.step == RefundStep::failed) told -= refund.amount;
        else stands += refund.amount;
    }
    return std::min(std::max({told, stands, std::int64_t{0}}), money.amount);
}

bool Heard::is_disputed() const {
    std::map<std::string, DisputeStep> disputes;
    for (const News& one : news) {
        for (const DisputeNews& dispute : one.disputes) {
            DisputeStep& known = disputes[dispute.id];
            known = std::max(known, dispute.step);
        }
    }
    return std::ranges::any_of(disputes,
                               [](const auto& one) { return one.second != DisputeStep::won; });
}

std::int64_t Heard::to_reverse(std::int64_t amount) const {
    if (is_disputed()) return amount;
    if (money.amount == 0) return 0;
    const Wide share = Wide{amount} * refunded();
    const Wide part = share / money.amount + (share % money.amount == 0 ? 0 : 1);
    return static_cast<std::int64_t>(part);
}

// --- orders --------------------------------------------------------------------------------------

Outcome Book::place_order(const Wish& wish) {
    if (!accounts.contains(wish.account)) return refused(404, "account_not_found");
    Outcome outcome;
    outcome.status = 201;
    outcome.account = wish.account;
    if (const auto known = orders.find(wish.id); known != orders.end()) {
        return is_same(known->second, wish) ? outcome : refused(409, "order_exists");
    }
    PackageTerms terms;
    Order order;
    if (wish.package) {
        const auto found = catalog.packages.find(*wish.package);
        const bool is_sold = found != catalog.packages.end() && found->second.active;
        if (!is_sold) return refused(404, "package_not_found");
        terms = found->second;
    } else {
        Wish bought = wish;
        Money& money = bought.payment.value().money;
        if (money.amount == 0) money = custom_price(wish.amount.value());
        if (money.amount == 0) return refused(400, "amount_range");
        if (const auto refusal = terms_of(bought, terms)) return *refusal;
    }
    if (accounts.at(wish.account).closed) return refused(409, "account_closed");
    order.account = wish.account;
    order.package = wish.package;
    order.credits = terms.credits;
    order.bonus = terms.bonus;
    order.expires_in_s = terms.expires_in_s;
    order.bonus_expires_in_s = terms.bonus_expires_in_s;
    order.price = as_answered(terms.price);
    order.provider = wish.payment.value().provider;
    orders[wish.id] = std::move(order);
    return outcome;
}

Money Book::custom_price(std::int64_t credits) const {
    const SettingsTerms& settings = catalog.settings;
    if (settings.custom_per == 0) return {};
    const std::int64_t parts =
        credits / settings.custom_per + (credits % settings.custom_per == 0 ? 0 : 1);
    return {parts * settings.custom_price.amount, settings.custom_price.currency};
}

/// An administrator has seen the money.
Outcome Book::settle_order(std::int64_t now, const Wish& wish) {
    const auto order = orders.find(wish.id);
    if (order == orders.end()) return refused(404, "order_not_found");
    News news;
    news.provider = "manual";
    news.payment = wish.payment.value().id;
    news.order = wish.id;
    news.paid = true;
    news.money = order->second.price;
    const Noted noted = hear(now, news);
    if (noted.outcome != "applied") return refused(status_of(noted.reason), noted.reason);
    Outcome outcome;
    outcome.status = 200;
    outcome.account = orders.at(wish.id).account;
    return outcome;
}

Outcome Book::cancel_order(const Wish& wish) {
    const auto order = orders.find(wish.id);
    if (order == orders.end()) return refused(404, "order_not_found");
    std::string& status = order->second.status;
    if (status != "pending" && status != "canceled") return refused(409, "order_closed");
    status = "canceled";
    Outcome outcome;
    outcome.status = 200;
    outcome.account = order->second.account;
    return outcome;
}

// --- news ----------------------------------------------------------------------------------------

Noted Book::hear(std::int64_t now, const News& news) {
    if (news.says_nothing()) return {"ignored", {}};
    const std::string refusal = news.payment.empty() ? hear_of_order(news) : hear_of(now, news);
    if (refusal.empty()) return {"applied", {}};
    return {"quarantined", refusal};
}

std::string Book::hear_of_order(const News& news) {
    const auto order = orders.find(news.order);
    if (order == orders.end()) return "order_not_found";
    if (order->second.status == "pending") order->second.status = news.order_status;
    return {};
}

/// Why the news cannot be; or empty. Whatever is refused has changed nothing.
std::string Book::hear_of(std::int64_t now, const News& news) {
    const PaymentName name(news.provider, news.payment);
    Heard known = heard_of(name);
    Order* const order = order_of(news, known);
    if (order == nullptr && !news.order.empty() && !known.is_credited) return "order_not_found";
    if (known.account.empty() && order != nullptr) known.account = order->account;
    if (known.account.empty() && accounts.contains(news.account)) known.account = news.account;
    if (order != nullptr && order->account != known.account) return "payment_conflict";
    const bool is_otherwise = is_otherwise_paid(order, name);
    const bool is_first = news.paid && !known.is_credited;
    PackageTerms terms;
    if (is_first) {
        if (known.account.empty()) return "payment_unmatched";
        if (accounts.at(known.account).closed) return "account_closed";
        if (is_otherwise) return "order_closed";
        const std::string refusal = goods_of_news(news, order, terms);
        if (!refusal.empty()) return refusal;
    } else if (known.is_credited) {
        const bool differs = news.paid && news.money.amount > 0 && known.money.amount > 0 &&
                             as_answered(news.money) != known.money;
        if (differs || is_otherwise) return "payment_conflict";
    }
    const std::string order_name = order == nullptr ? "" : name_of(*order);
    const bool is_of_two = !known.order.empty() && known.order != order_name;
    if (order != nullptr && known.is_credited && is_of_two) return "payment_conflict";
    if (is_first) credit(now, news, order, terms, known);
    known.news.push_back(news);
    if (order != nullptr && known.is_credited) known.order = order_name;
    bring_in_line(now, known);
    if (order != nullptr && known.is_credited) {
        order->paid_by = name;
        const bool is_whole = known.money.amount > 0 && known.refunded() == known.money.amount;
        order->status = known.is_disputed() ? "disputed" : is_whole ? "refunded" : "settled";
    }
    heard[name] = std::move(known);
    return {};
}

/// What is known of the payment; a purchase is known by itself.
Heard Book::heard_of(const PaymentName& name) const {
    const auto found = heard.find(name);
    Heard known = found == heard.end() ? Heard{} : found->second;
    const auto paid = payments.find(name);
    if (paid == payments.end() || known.is_credited) return known;
    known.is_credited = true;
    known.account = paid->second.account;
    known.money = paid->second.money;
    for (const Number number : paid->second.grants) {
        known.lots.push_back({number, grants.at(number).amount});
    }
    return known;
}

Order* Book::order_of(const News& news, const Heard& known) {
    auto found = orders.find(news.order);
    if (found == orders.end()) found = orders.find(known.order);
    return found == orders.end() ? nullptr : &found->second;
}

std::string Book::name_of(const Order& order) const {
    const auto found =
        std::ranges::find_if(orders, [&](const auto& one) { return &one.second == &order; });
    return found->first;
}

std::string Book::goods_of_news(const News& news, const Order* order, PackageTerms& terms) const {
    const Money money = as_answered(news.money);
    if (order != nullptr) {
        terms = goods_of(*order);
        return money == order->price ? "" : "price_differs";
    }
    Wish bought;
    bought.payment = Payment{news.provider, news.payment, money};
    if (!news.package.empty()) bought.package = news.package;
    else if (news.credits > 0) bought.amount = news.credits;
    else return "payment_unmatched";
    const auto refusal = terms_of(bought, terms);
    if (!refusal) return {};
    if (refusal->code == "invalid_request") return "price_differs";
    return refusal->code == "amount_range" ? "amount_not_on_offer" : refusal->code;
}

void Book::credit(std::int64_t now, const News& news, const Order* order, const PackageTerms& terms,
                  Heard& known) {
    Wish bought;
    bought.account = known.account;
    bought.payment = Payment{news.provider, news.payment, as_answered(news.money)};
    if (order != nullptr) bought.package = order->package;
    else if (!news.package.empty()) bought.package = news.package;
    Outcome outcome = begin(now, known.account, "purchase");
    const Number before = last_number;
    add_bought(now, bought, terms, outcome);
    finish(outcome, terms.credits);
    payments[PaymentName(news.provider, news.payment)] =
        Paid{known.account,  terms.credits, bought.payment->money,
             bought.package, outcome,       made_after(before)};
    known = heard_of(PaymentName(news.provider, news.payment));
}

std::vector<Number> Book::made_after(Number number) const {
    std::vector<Number> made;
    for (Number one = number + 1; one <= last_number; ++one) {
        if (grants.contains(one)) made.push_back(one);
    }
    return made;
}

// --- taking back ---------------------------------------------------------------------------------

void Book::bring_in_line(std::int64_t now, Heard& known) {
    for (Lot& lot : known.lots) {
        const std::int64_t more = known.to_reverse(lot.amount) - lot.reversed();
        if (more > 0) take_back(lot, more);
        if (more < 0) give_back(now, known.account, lot, -more);
    }
}

/// First what is left of the grant, then what was spent; what was lost nobody owes.
void Book::take_back(Lot& lot, std::int64_t amount) {
    Grant& grant = grants.at(lot.grant);
    Account& owner = accounts.at(grant.account);
    const std::int64_t left = grant.remaining - reserved(grant.number);
    const std::int64_t spent =
        std::max<std::int64_t>(0, lot.amount - left - lot.taken - grant.lost - lot.owed);
    const std::int64_t taken = std::min(amount, left);
    const std::int64_t owed =
        catalog.settings.claw_back == "debt" ? std::min(amount - taken, spent) : 0;
    change(grant, -taken);
    owner.debt += owed;
    owner.totals.revoked += taken + owed;
    lot.taken += taken;
    lot.owed += owed;
    lot.written_off += amount - taken - owed;
}

/// What was taken last comes back first.
void Book::give_back(std::int64_t now, const std::string& account, Lot& lot, std::int64_t amount) {
    const auto part_of = [&](std::int64_t& from) {
        const std::int64_t part = std::min(amount, from);
        from -= part;
        amount -= part;
        return part;
    };
    static_cast<void>(part_of(lot.written_off));
    const std::int64_t owed = part_of(lot.owed);
    const std::int64_t taken = part_of(lot.taken);
    Outcome unseen;
    if (owed > 0) restore(now, account, {std::nullopt, owed}, unseen);
    if (taken > 0) restore(now, account, {lot.grant, taken}, unseen);
    // It had been revoked, not refunded.
    Totals& totals = accounts.at(account).totals;
    totals.refunded -= owed + taken;
    totals.revoked -= owed + taken;
}

}  // namespace creditd::sim::audit
