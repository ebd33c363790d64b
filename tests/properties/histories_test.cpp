// What holds after every event of every history: conservation, burn order, refunds to where the
// credits came from, and prices that are the sum of their lines.
#include <gtest/gtest.h>

#include <set>

#include "schemas/event_kind.hpp"
#include "tests/properties/naive_ledger.hpp"
#include "tests/properties/price_witness.hpp"
#include "tests/properties/random_history.hpp"
#include "tests/properties/seeds.hpp"

namespace creditd::tests {
namespace {

using Histories = testing::TestWithParam<std::uint64_t>;

/// Two witnesses of the log, and a state that only applies it.
class Audit {
public:
    explicit Audit(const LedgerWorld& world) : world_(world) {}
    /// Every event that is new, one by one.
    void follow() {
        for (; at_ < world_.events().size(); ++at_) {
            const Event& event = world_.events()[at_].event;
            ledger.take(event);
            prices.take(event);
            apply(*state_, event);
            ledger.compare(*state_);
        }
    }
    NaiveLedger ledger;
    PriceWitness prices;

private:
    const LedgerWorld& world_;
    std::unique_ptr<State> state_ = std::make_unique<State>();
    std::size_t at_ = 0;
};

TEST_P(Histories, KeepTheBooksOfTwoWitnesses) {
    constexpr int steps = 2'500;
    RandomHistory history(GetParam());
    Audit audit(history.world());
    history.begin();
    for (int i = 0; i < steps; ++i) {
        history.step();
        audit.follow();
        ASSERT_FALSE(HasFailure()) << "seed " << GetParam() << ", step " << i;
    }
}

/// Whatever is checked above is there to be checked.
TEST(SomeHistories, HaveEveryKindOfEventAndAskEveryQuestion) {
    std::set<schemas::EventKind> missing;
    for (std::size_t kind = 0; kind < schemas::event_kinds_count; ++kind) {
        missing.insert(static_cast<schemas::EventKind>(kind));
    }
    // API keys, endpoints, the clock, orders and notifications move no credits; a dispute that was
    // won is rare in so few steps.
    for (const auto kind :
         {schemas::EventKind::api_key_created, schemas::EventKind::api_key_revoked,
          schemas::EventKind::clock_advanced, schemas::EventKind::endpoint_set,
          schemas::EventKind::endpoint_removed, schemas::EventKind::order_set,
          schemas::EventKind::notification_noted, schemas::EventKind::payment_restored}) {
        missing.erase(kind);
    }
    std::size_t burns = 0;
    std::size_t returns = 0;
    std::size_t prices = 0;
    for (std::uint64_t seed = 1; seed <= 6; ++seed) {
        RandomHistory history(seed);
        Audit audit(history.world());
        history.begin();
        for (int i = 0; i < 3'000; ++i) history.step();
        audit.follow();
        burns += audit.ledger.burns();
        returns += audit.ledger.returns();
        prices += audit.prices.prices();
        for (const DecidedEvent& decided : history.world().events()) {
            missing.erase(schemas::kind_of(decided.event.body));
        }
    }
    for (const auto kind : missing) ADD_FAILURE() << schemas::name_of(kind);
    EXPECT_GT(burns, 2'000U);
    EXPECT_GT(returns, 500U);
    EXPECT_GT(prices, 1'000U);
}

INSTANTIATE_TEST_SUITE_P(Random, Histories, some_seeds(60), name_of_seed);

}  // namespace
}  // namespace creditd::tests
