// The naive ledger's rules for the catalog, and for what is bought or redeemed from it.
#include <algorithm>
#include <utility>

#include "tests/sim/auditor/book.hpp"

namespace creditd::sim::audit {

namespace {

/// How many entries have to change, come or go to make `from` into `to`.
template <class Terms>
std::int64_t changes(const std::map<std::string, Terms>& from,
                     const std::map<std::string, Terms>& to) {
    std::int64_t count = 0;
    for (const auto& [name, terms] : to) {
        const auto known = from.find(name);
        if (known == from.end() || known->second != terms) ++count;
    }
    for (const auto& [name, terms] : from) {
        if (!to.contains(name)) ++count;
    }
    return count;
}

/// Under a key it is 200, new or not: a repeat must be answered the same.
template <class Terms>
Outcome put(std::map<std::string, Terms>& all, const Wish& wish, const Terms& terms) {
    Outcome outcome;
    outcome.status = all.contains(wish.id) || !wish.key.empty() ? 200 : 201;
    all[wish.id] = terms;
    return outcome;
}

}  // namespace

std::optional<std::int64_t> after(std::int64_t now, std::optional<std::int64_t> length_s) {
    if (!length_s) return {};
    return now + *length_s * microseconds;
}

Outcome Book::put_feature(const Wish& wish) {
    FeatureTerms terms;
    if (wish.catalog.empty()) {
        terms.flat = wish.amount.value();
        terms.active = wish.active.value_or(true);
    } else {
        terms = wish.catalog.front().features.at(wish.id);
    }
    catalog.features[wish.id] = terms;
    Outcome outcome;
    outcome.status = 200;
    if (!terms.has_rules) outcome.credits = terms.flat;
    outcome.active = terms.active;
    outcome.price_book = ++price_book;
    return outcome;
}

Outcome Book::put_package(const Wish& wish) {
    ++price_book;
    const PackageTerms& terms = wish.catalog.front().packages.at(wish.id);
    Outcome outcome = put(catalog.packages, wish, terms);
    outcome.credits = terms.credits;
    outcome.active = terms.active;
    return outcome;
}

Outcome Book::put_plan(const Wish& wish) {
    ++price_book;
    const PlanTerms& terms = wish.catalog.front().plans.at(wish.id);
    Outcome outcome = put(catalog.plans, wish, terms);
    outcome.priority = terms.priority;
    outcome.credits = terms.credits;
    outcome.active = terms.active;
    return outcome;
}

Outcome Book::put_promotion(const Wish& wish) {
    ++price_book;
    const PromotionTerms& terms = wish.catalog.front().promotions.at(wish.id);
    Outcome outcome = put(catalog.promotions, wish, terms);
    outcome.priority = terms.priority;
    outcome.credits = terms.credits;
    outcome.active = terms.active;
    return outcome;
}

Outcome Book::remove(const Wish& wish) {
    std::size_t gone = 0;
    std::string code;
    if (wish.kind == WishKind::delete_feature) {
        code = "feature_not_found";
        gone = catalog.features.erase(wish.id);
    } else if (wish.kind == WishKind::delete_package) {
        code = "package_not_found";
        gone = catalog.packages.erase(wish.id);
    } else if (wish.kind == WishKind::delete_plan) {
        code = "plan_not_found";
        gone = catalog.plans.erase(wish.id);
    } else {
        code = "promotion_not_found";
        gone = catalog.promotions.erase(wish.id);
    }
    if (gone == 0) return refused(404, code);
    ++price_book;
    Outcome outcome;
    outcome.status = 204;
    return outcome;
}

/// What it does not name is gone.
Outcome Book::put_catalog(const Wish& wish) {
    const CatalogTerms& next = wish.catalog.front();
    Outcome outcome;
    outcome.status = 200;
    outcome.changes =
        changes(catalog.features, next.features) + changes(catalog.plans, next.plans) +
        changes(catalog.packages, next.packages) + changes(catalog.promotions, next.promotions) +
        (catalog.settings == next.settings ? 0 : 1);
    catalog = next;
    price_book += *outcome.changes;
    outcome.price_book = price_book;
    return outcome;
}

/// What is for sale under the wish's name or amount, or why nothing is.
std::optional<Outcome> Book::terms_of(const Wish& wish, PackageTerms& terms) const {
    if (!wish.package) {
        const SettingsTerms& settings = catalog.settings;
        terms.credits = wish.amount.value();
        terms.price = as_answered(wish.payment.value().money);
        const bool is_out =
            terms.credits < settings.custom_min || terms.credits > settings.custom_max;
        if (settings.custom_max > 0 && is_out) return refused(400, "amount_range");
        if (settings.custom_max > 0 && settings.custom_price.amount > 0) {
            // Each begun part costs the price.
            std::int64_t parts = terms.credits / settings.custom_per;
            if (parts * settings.custom_per < terms.credits) ++parts;
            const Money asked{parts * settings.custom_price.amount, settings.custom_price.currency};
            if (terms.price != as_answered(asked)) return refused(400, "invalid_request");
        }
        return {};
    }
    const auto found = catalog.packages.find(*wish.package);
    if (found == catalog.packages.end() || !found->second.active) {
        return refused(404, "package_not_found");
    }
    terms = found->second;
    if (as_answered(wish.payment.value().money) != terms.price) {
        return refused(400, "invalid_request");
    }
    return {};
}

Outcome Book::purchase(std::int64_t now, const Wish& wish) {
    const auto found = accounts.find(wish.account);
    if (found == accounts.end()) return refused(404, "account_not_found");
    if (found->second.closed) return refused(409, "account_closed");
    const Payment& payment = wish.payment.value();
    const Money money = as_answered(payment.money);
    const std::pair name(payment.provider, payment.id);
    if (const auto paid = payments.find(name); paid != payments.end()) {
        const Paid& first = paid->second;
        if (first.account != wish.account || first.package != wish.package ||
            (wish.amount && first.amount != *wish.amount) || first.money != money) {
            return refused(409, "payment_conflict");
        }
        Outcome again = first.answer;
        again.status = 200;
        again.duplicate = true;
        return again;
    }
    PackageTerms terms;
    if (const auto refusal = terms_of(wish, terms)) return *refusal;
    if (!has_room(wish.account, terms.credits + terms.bonus)) return refused(422, "balance_range");
    Outcome outcome = begin(now, wish.account, "purchase");
    const Number before = last_number;
    add_bought(now, wish, terms, outcome);
    finish(outcome, terms.credits);
    payments[name] =
        Paid{wish.account, terms.credits, money, wish.package, outcome, made_after(before)};
    // It may have been refunded before it was heard of.
    if (heard.contains(name)) {
        Heard known = heard_of(name);
        bring_in_line(now, known);
        heard[name] = std::move(known);
    }
    return outcome;
}

/// What was bought, and then what comes with it.
void Book::add_bought(std::int64_t now, const Wish& wish, const PackageTerms& terms,
                      Outcome& outcome) {
    Totals& totals = accounts.at(wish.account).totals;
    Grant grant;
    grant.account = wish.account;
    grant.kind = "purchase";
    grant.amount = terms.credits;
    grant.expires_at = expiry(now, wish);
    if (!grant.expires_at) grant.expires_at = after(now, terms.expires_in_s);
    grant.cost = as_answered(wish.payment.value().money);
    outcome.expires_at = grant.expires_at;
    totals.purchased += terms.credits;
    outcome.grant = placeholder(add_grant(now, std::move(grant)));
    outcome.package = wish.package;
    if (terms.bonus == 0) return;
    Grant bonus;
    bonus.account = wish.account;
    bonus.kind = "bonus";
    bonus.amount = terms.bonus;
    bonus.expires_at = outcome.bonus_until = after(now, terms.bonus_expires_in_s);
    totals.granted += terms.bonus;
    outcome.bonus = Part{placeholder(add_grant(now, std::move(bonus))), terms.bonus};
}

Outcome Book::redeem(std::int64_t now, const Wish& wish) {
    const auto promotion = catalog.promotions.find(wish.id);
    if (promotion == catalog.promotions.end()) return refused(404, "promotion_not_found");
    const auto found = accounts.find(wish.account);
    if (found == accounts.end()) return refused(404, "account_not_found");
    if (found->second.closed) return refused(409, "account_closed");
    const PromotionTerms& terms = promotion->second;
    std::int64_t& mine = found->second.redeemed[wish.id];
    if (mine >= terms.per_account_max) return refused(409, "already_redeemed");
    if (!has_room(wish.account, terms.credits)) return refused(422, "balance_range");
    const bool is_on = terms.active && terms.starts_at.value_or(now) <= now &&
                       (!terms.ends_at || now < *terms.ends_at);
    std::int64_t& all = redemptions[wish.id];
    if (terms.redemptions_max && all >= *terms.redemptions_max) {
        return refused(422, "promotion_exhausted");
    }
    if (!is_on) return refused(422, "promotion_inactive");
    ++mine;
    ++all;
    Wish given;
    given.account = wish.account;
    given.amount = terms.credits;
    given.grant_kind = "promo";
    given.priority = terms.priority;
    given.expires_in_s = terms.expires_in_s;
    given.features = terms.features;
    Outcome outcome = grant(now, given);
    outcome.promotion = wish.id;
    return outcome;
}

void Book::copy_object(Book& to, Number number) const {
    const auto copy_grants = [&](const std::vector<Share>& shares) {
        for (const Share& share : shares) {
            if (share.grant) to.grants.insert(*grants.find(*share.grant));
        }
    };
    if (const auto grant = grants.find(number); grant != grants.end()) to.grants.insert(*grant);
    if (const auto hold = holds.find(number); hold != holds.end()) to.holds.insert(*hold);
    if (const auto deduction = deductions.find(number); deduction != deductions.end()) {
        to.deductions.insert(*deduction);
        copy_grants(deduction->second.refundable);
    }
}

Book Book::part(const Wish& wish, std::optional<Number> id) const {
    Book part;
    part.catalog = catalog;
    part.price_book = price_book;
    part.redemptions = redemptions;
    part.last_number = last_number;
    part.refusals_max = refusals_max;
    for (const auto& name : {account_of(wish, id).value_or(""), wish.to}) {
        const auto account = accounts.find(name);
        if (account == accounts.end()) continue;
        part.accounts.insert(*account);
        for (const Number number : account->second.grants) part.grants[number] = grants.at(number);
    }
    for (const Number number : open_holds) {
        const Hold& hold = holds.at(number);
        if (!part.accounts.contains(hold.account)) continue;
        part.holds[number] = hold;
        part.open_holds.insert(number);
    }
    if (id) copy_object(part, *id);
    if (wish.payment) {
        const auto paid = payments.find({wish.payment->provider, wish.payment->id});
        if (paid != payments.end()) part.payments.insert(*paid);
    }
    if (const auto order = orders.find(wish.id); order != orders.end()) part.orders.insert(*order);
    return part;
}

}  // namespace creditd::sim::audit
