#include "replay/tool/books/lots.hpp"

#include <numeric>

#include "core/assert.hpp"

namespace creditd::replay::tool {
namespace {

using enum MovementKind;

const Basis on_credit{{}, 0, 0, true};

std::int64_t floor_share(std::int64_t cost, std::int64_t part, std::int64_t whole) {
    CREDITD_ASSERT(cost >= 0 && part >= 0 && whole > 0);
    return static_cast<std::int64_t>(WideCredits{cost} * part / whole);
}

/// To the nearest, halves up: of the two shares, this one and the rest, the one with the larger
/// remainder gets the last unit.
std::int64_t nearest_share(std::int64_t cost, std::int64_t part, std::int64_t whole) {
    CREDITD_ASSERT(cost >= 0 && part >= 0 && whole > 0);
    return static_cast<std::int64_t>((WideCredits{cost} * part * 2 + whole) /
                                     (WideCredits{whole} * 2));
}

Worth minus(const Worth& worth) { return {-worth.credits, -worth.money}; }

}  // namespace

void Flow::add(const Flow& other) {
    sold.add(other.sold);
    used.add(other.used);
    expired.add(other.expired);
    returned.add(other.returned);
}

WideCredits Lots::Lot::deferred() const {
    return cost - nearest_share(cost, (amount - remaining).value, amount.value);
}

std::int64_t Lots::Lot::share(Credits before, Credits credits) const {
    return nearest_share(cost, (before + credits).value, amount.value) -
           nearest_share(cost, before.value, amount.value);
}

Lots::Lot& Lots::lot_of(GrantId grant) {
    const auto found = lots_.find(grant.value);
    CREDITD_ASSERT(found != lots_.end());
    return found->second;
}

const Basis* Lots::basis_of(const GrantTerms& terms) {
    Basis basis;
    if (terms.cost.minor > 0) {
        const std::int64_t credits = std::max<std::int64_t>(terms.cost_credits.value, 1);
        const std::int64_t divisor = std::gcd(terms.cost.minor, credits);
        basis = {terms.cost.currency, terms.cost.minor / divisor, credits / divisor, false};
    }
    return &bases_.emplace(basis, basis).first->second;
}

void Lots::add_lot(GrantId grant, Credits amount, std::int64_t cost, const Basis* basis) {
    const bool is_new = lots_.emplace(grant.value, Lot{amount, amount, cost, {}, basis}).second;
    CREDITD_ASSERT(is_new && amount.is_positive());
}

Worth Lots::leave(Lot& lot, Credits amount) {
    CREDITD_ASSERT(amount <= lot.remaining);
    const std::int64_t money = lot.share(lot.amount - lot.remaining, amount);
    lot.remaining -= amount;
    return {amount.value, money};
}

Worth Lots::come_back(Lot& lot, Credits amount) {
    lot.remaining += amount;
    CREDITD_ASSERT(lot.remaining <= lot.amount);
    return {amount.value, lot.share(lot.amount - lot.remaining, amount)};
}

/// The grant is gone for good: its credits come back as others, with their share of its cost.
Worth Lots::revive(Lot& lot, Credits amount) {
    const std::int64_t money = lot.share(lot.revived, amount);
    lot.revived += amount;
    CREDITD_ASSERT(lot.revived <= lot.amount);
    return {amount.value, money};
}

void Lots::take_new(const Movement& movement, BasisFlows& flows) {
    if (movement.kind == born) {
        const GrantTerms& terms = *movement.terms;
        const Basis* const basis = basis_of(terms);
        // The terms' cost is that of this grant, unless they came with another amount.
        const std::int64_t of = std::max<std::int64_t>(terms.cost_credits.value, 1);
        const std::int64_t cost = terms.cost.minor <= 0 ? 0
                                  : of == movement.amount.value
                                      ? terms.cost.minor
                                      : floor_share(terms.cost.minor, movement.amount.value, of);
        add_lot(movement.grant, movement.amount, cost, basis);
        flows[*basis].sold.add({movement.amount.value, cost});
        return;
    }
    CREDITD_ASSERT(movement.kind == moved_in);
    const auto sent = on_the_way_.find(movement.from.value);
    CREDITD_ASSERT(sent != on_the_way_.end() && sent->second.credits == movement.amount.value);
    const Basis* const basis = lot_of(movement.from).basis;
    add_lot(movement.grant, movement.amount, static_cast<std::int64_t>(sent->second.money), basis);
    on_the_way_.erase(sent);
}

void Lots::take_gone(const Movement& movement, BasisFlows& flows) {
    Lot& lot = lot_of(movement.grant);
    const Worth worth = leave(lot, movement.amount);
    switch (movement.kind) {
        case used: flows[*lot.basis].used.add(worth); return;
        case expired: flows[*lot.basis].expired.add(worth); return;
        case revoked: flows[*lot.basis].returned.add(worth); return;
        case repaid:
            // It was used before it was paid for: now it is known with what.
            flows[*lot.basis].used.add(worth);
            flows[on_credit].used.add({-movement.amount.value, 0});
            return;
        default: {
            CREDITD_ASSERT(movement.kind == moved_out);
            const bool is_new = on_the_way_.emplace(movement.grant.value, worth).second;
            CREDITD_ASSERT(is_new);
            return;
        }
    }
}

void Lots::take_restored(const Movement& movement, BasisFlows& flows) {
    if (movement.from == GrantId{}) {
        // A debt that something else has repaid: it comes back for nothing.
        const Basis* const basis = basis_of(*movement.terms);
        add_lot(movement.grant, movement.amount, 0, basis);
        flows[*basis].used.add({-movement.amount.value, 0});
        return;
    }
    Lot& from = lot_of(movement.from);
    const Basis* const basis = from.basis;
    if (movement.kind == restored && movement.grant == movement.from) {
        flows[*basis].used.add(minus(come_back(from, movement.amount)));
        return;
    }
    const Worth worth = revive(from, movement.amount);
    flows[*basis].used.add(minus(worth));
    if (movement.kind == restored_revoked) {
        flows[*basis].returned.add(worth);
    } else {
        add_lot(movement.grant, movement.amount, static_cast<std::int64_t>(worth.money), basis);
    }
}

/// What had been used is used on credit from now on, or no longer.
void Lots::take_owed(const Movement& movement, BasisFlows& flows) {
    Lot& lot = lot_of(movement.grant);
    const auto cost_of = [&](Credits part) {
        return floor_share(lot.cost, part.value, lot.amount.value);
    };
    const Worth worth{movement.amount.value - lot.owed.value,
                      WideCredits{cost_of(movement.amount)} - cost_of(lot.owed)};
    lot.owed = movement.amount;
    flows[*lot.basis].used.add(minus(worth));
    flows[*lot.basis].returned.add(worth);
    flows[on_credit].used.add({worth.credits, 0});
}

void Lots::take_reversed(const Movement& movement, BasisFlows& flows) {
    if (movement.kind == owed) {
        take_owed(movement, flows);
        return;
    }
    if (movement.kind == unrevoked_repaid) {
        flows[on_credit].used.add({movement.amount.value, 0});
        take_restored(movement, flows);
        return;
    }
    CREDITD_ASSERT(movement.kind == unrevoked);
    Lot& lot = lot_of(movement.from);
    const bool is_same = movement.grant == movement.from;
    const Worth worth = is_same ? come_back(lot, movement.amount) : revive(lot, movement.amount);
    flows[*lot.basis].returned.add(minus(worth));
    if (is_same) return;
    add_lot(movement.grant, movement.amount, static_cast<std::int64_t>(worth.money), lot.basis);
}

void Lots::take(const Movement& movement, BasisFlows& flows) {
    switch (movement.kind) {
        case activated: return;
        case born:
        case moved_in: take_new(movement, flows); return;
        case repaid:
        case used:
        case expired:
        case revoked:
        case moved_out: take_gone(movement, flows); return;
        case restored:
        case restored_revoked: take_restored(movement, flows); return;
        case owed:
        case unrevoked:
        case unrevoked_repaid: take_reversed(movement, flows); return;
        case used_on_credit: flows[on_credit].used.add({movement.amount.value, 0}); return;
        case debt_reversed: flows[on_credit].used.add({-movement.amount.value, 0}); return;
    }
}

void Lots::take(const Event& event, BasisFlows& flows) {
    movements_of(event, movements_);
    for (const Movement& movement : movements_) take(movement, flows);
}

std::map<Currency, WideCredits> Lots::deferred() const {
    std::map<Currency, WideCredits> sums;
    const auto add = [&sums](const Basis& basis, WideCredits money) {
        if (money != 0) sums[basis.currency] += money;
    };
    for (const auto& [grant, lot] : lots_) add(*lot.basis, lot.deferred());
    for (const auto& [grant, worth] : on_the_way_) {
        add(*lots_.find(grant)->second.basis, worth.money);
    }
    return sums;
}

}  // namespace creditd::replay::tool
