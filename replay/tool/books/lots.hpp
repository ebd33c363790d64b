// What credits are worth in money: each grant is a lot with a cost, and every movement of its
// credits moves a part of that cost. Exact integers of minor units of a currency.
//
// The cost of a grant of `amount` credits with `gone` of them gone is
//     deferred = cost - round(cost * gone / amount), halves up
// (of what is gone and what is left, the larger remainder gets the last unit), and an event
// recognises the difference before and after it. So all that was recognised is within half a minor
// unit of the exact share, and when the last credit is gone it is exactly the cost. One thread.
#pragma once

#include <boost/unordered/unordered_flat_map.hpp>

#include <cstdint>
#include <map>
#include <vector>

#include "replay/tool/books/movements.hpp"

namespace creditd::replay::tool {

/// What was paid for a credit: `cost` for `credits`, in lowest terms. Free credits have no
/// currency; neither has what is used on credit, which is `on_credit`.
struct Basis {
    Currency currency{};
    std::int64_t cost = 0;
    std::int64_t credits = 0;  // minor units
    bool on_credit = false;
    auto operator<=>(const Basis&) const = default;
};

/// Credits (in minor units) and their cost (likewise).
struct Worth {
    WideCredits credits = 0;
    WideCredits money = 0;
    void add(const Worth& other) {
        credits += other.credits;
        money += other.money;
    }
    bool is_zero() const { return credits == 0 && money == 0; }
};

/// What happened to the credits of a basis: deferred moves by sold - used - expired - returned.
struct Flow {
    Worth sold;      // or given away
    Worth used;      // less what was refunded
    Worth expired;   // breakage
    Worth returned;  // taken back
    Worth change() const {
        return {sold.credits - used.credits - expired.credits - returned.credits,
                sold.money - used.money - expired.money - returned.money};
    }
    void add(const Flow& other);
    bool is_zero() const {
        return sold.is_zero() && used.is_zero() && expired.is_zero() && returned.is_zero();
    }
};

using BasisFlows = std::map<Basis, Flow>;

class Lots {
public:
    /// Adds what the event does to `flows`.
    void take(const Event& event, BasisFlows& flows);
    /// The cost of everything that is left, from the lots themselves.
    std::map<Currency, WideCredits> deferred() const;

private:
    struct Lot {
        Credits amount{};
        Credits remaining{};
        std::int64_t cost = 0;
        Credits revived{};  // what was refunded of it after it had gone
        const Basis* basis = nullptr;
        Credits owed{};  // for what was spent of it, since its payment was taken back
        WideCredits deferred() const;
        /// The share of its cost that this many credits have, after the first `before`.
        std::int64_t share(Credits before, Credits credits) const;
    };
    Lot& lot_of(GrantId grant);
    const Basis* basis_of(const GrantTerms& terms);
    void add_lot(GrantId grant, Credits amount, std::int64_t cost, const Basis* basis);
    Worth leave(Lot& lot, Credits amount);
    Worth come_back(Lot& lot, Credits amount);
    Worth revive(Lot& lot, Credits amount);
    void take(const Movement& movement, BasisFlows& flows);
    void take_new(const Movement& movement, BasisFlows& flows);
    void take_gone(const Movement& movement, BasisFlows& flows);
    void take_restored(const Movement& movement, BasisFlows& flows);
    /// Of a payment that was taken back, and given back.
    void take_owed(const Movement& movement, BasisFlows& flows);
    void take_reversed(const Movement& movement, BasisFlows& flows);

    boost::unordered_flat_map<std::uint64_t, Lot> lots_;          // by grant
    boost::unordered_flat_map<std::uint64_t, Worth> on_the_way_;  // by grant left, between accounts
    std::map<Basis, Basis> bases_;  // their own keys: stable addresses
    std::vector<Movement> movements_;
};

}  // namespace creditd::replay::tool
