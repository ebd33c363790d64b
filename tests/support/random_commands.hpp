// Random work for a LedgerWorld: every kind of command, over a few accounts, so that grants
// expire, holds close, refunds meet revoked and expired grants, and many commands are refused.
// The same seed makes the same ledger. One thread.
#pragma once

#include <random>
#include <string>

#include "tests/support/ledger_world.hpp"

namespace creditd::tests {

class RandomCommands {
public:
    explicit RandomCommands(std::uint64_t seed, std::size_t accounts = 200)
        : random_(seed), accounts_max_(accounts) {}

    /// Executes one command, or lets some time pass.
    void step(LedgerWorld& world);
    void steps(LedgerWorld& world, std::size_t count) {
        for (std::size_t i = 0; i < count; ++i) step(world);
    }

private:
    std::uint64_t below(std::uint64_t bound) { return random_() % bound; }
    bool one_in(std::uint64_t n) { return below(n) == 0; }
    Credits amount(std::int64_t max) {
        return Credits{1 + static_cast<std::int64_t>(below(static_cast<std::uint64_t>(max)))};
    }
    std::string account();
    template <class Id>
    Id any_of(const std::vector<Id>& ids);
    PriceRequest price();

    CommandBody any_command(LedgerWorld& world);
    CommandBody put_account();
    CommandBody grant_credits(LedgerWorld& world);
    CommandBody purchase();
    CommandBody transfer();
    CommandBody about_holds(LedgerWorld& world);
    CommandBody about_catalog();
    CommandBody about_offers();
    CommandBody about_the_past(LedgerWorld& world);

    std::mt19937_64 random_;
    std::size_t accounts_max_;
    unsigned reopened_ = 0;
    std::size_t accounts_made_ = 0;
    std::uint64_t api_keys_ = 0;
};

}  // namespace creditd::tests
