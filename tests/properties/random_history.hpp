// A random ledger with a random catalog: commands of every kind on a few accounts while time moves
// in steps of microseconds to months. The same seed makes the same history. One thread.
#pragma once

#include "tests/properties/random_catalog.hpp"
#include "tests/support/ledger_world.hpp"

namespace creditd::tests {

class RandomHistory {
public:
    explicit RandomHistory(std::uint64_t seed) : random_(seed) {}

    /// The catalog, and the accounts.
    void begin();
    /// One command, or an atomic batch; before it some time may pass.
    void step();
    /// A deduction of an account, by price or by amount.
    DeductCredits deduction(const std::string& account);
    PlaceHold hold(const std::string& account);

    LedgerWorld& world() { return world_; }
    const LedgerWorld& world() const { return world_; }
    Random& random() { return random_; }
    const std::string& any_account() { return random_.any_of(accounts_); }

private:
    PriceRequest price();
    CommandBody any_command();
    CommandBody about_the_catalog();
    CommandBody about_arrangements();
    CommandBody about_subscriptions();
    CommandBody about_holds();
    CommandBody grant();
    PurchaseCredits purchase();
    CommandBody news_of_a_payment();
    CommandBody refund();
    CommandBody revocation();
    CommandBody transfer();
    CommandBody budget();
    CommandBody put_account(const std::string& account);
    SetFeature feature(const std::string& key);
    void let_time_pass();
    std::optional<Timestamp> some_period_end();

    /// The newest more often: what is old is mostly closed or used up.
    template <class Id>
    Id recent(const std::vector<Id>& ids) {
        if (ids.empty()) return Id{1};
        const std::size_t reach =
            random_.one_in(4) ? ids.size() : std::min<std::size_t>(12, ids.size());
        return ids[ids.size() - 1 - random_.below(reach)];
    }

    Random random_;
    unsigned reopened_ = 0;
    LedgerWorld world_;
    std::vector<std::string> accounts_;
    std::uint64_t payments_ = 0;
};

}  // namespace creditd::tests
