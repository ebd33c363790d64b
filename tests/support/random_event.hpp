// Random events that are valid in themselves: every field within its bounds, every relation that
// core/event.hpp states kept, but no ledger that they would fit. Covers every kind, every optional
// field, short and long texts. Same seed, same events. One thread at a time.
#pragma once

#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include "core/event.hpp"

namespace creditd::tests {

/// Event numbers have 48 bits: ids of grants hold one and 16 bits more.
inline constexpr std::uint64_t seq_max = (std::uint64_t{1} << 48) - 1;

class RandomEvents {
public:
    explicit RandomEvents(std::uint64_t seed) : random_(seed) {}

    /// An event of any kind.
    Event next();
    /// An event whose body is the alternative `kind` of EventBody.
    Event of_kind(std::size_t kind);

    /// What an account may have, in the order that the state keeps.
    Arrangements arrangements();

    /// Below `bound`, which is at least 1.
    std::uint64_t below(std::uint64_t bound) { return random_() % bound; }

private:
    template <std::size_t Kind = 0>
    EventBody body_of(std::size_t kind);

    bool chance(unsigned percent) { return below(100) < percent; }
    template <class Enum>
    Enum any(Enum last) {
        return static_cast<Enum>(below(static_cast<std::uint64_t>(last) + 1));
    }
    Credits amount();
    Credits small_amount();
    Credits balance();
    Timestamp time();
    GrantId grant_id();
    std::string id();
    std::string maybe_id() { return chance(50) ? id() : std::string{}; }
    std::string text(std::size_t bytes_max);
    std::string hex(std::size_t digits);
    std::string key();
    Digest digest();
    Hash256 hash();
    Money money();
    GrantTerms terms();
    std::vector<GrantPart> parts();
    Balances balances();
    Origin origin(Seq seq);
    Usage usage(Credits price);
    Measure measure();
    Surcharge surcharge();
    PriceRules rules();
    Duration maybe_duration() {
        return chance(50) ? Duration{} : Duration{static_cast<std::int64_t>(below(1ULL << 40))};
    }
    std::vector<std::string> ids();
    Plan plan();
    Package package();
    Promotion promotion();
    CatalogSettings settings();
    HoldSummary hold();
    std::vector<std::uint8_t> percents();
    Subscription subscription();
    BudgetTerms budget_terms();
    AlertTerms alert_terms();
    AutoTopUpTerms top_up_terms();
    std::vector<RestoredPart> restored_parts();
    PaymentStanding standing();

    void fill(LedgerOpened& body);
    void fill(EpochClaimed& body);
    void fill(AccountCreated& body);
    void fill(AccountUpdated& body);
    void fill(AccountClosed&) {}
    void fill(AccountReopened&) {}
    void fill(AccountForgotten& body) { body.closed = chance(50); }
    void fill(CreditsGranted& body);
    void fill(CreditsPurchased& body);
    void fill(PurchaseRepeated& body);
    void fill(GrantActivated& body);
    void fill(GrantExpired& body);
    void fill(GrantRevoked& body);
    void fill(CreditsDeducted& body);
    void fill(CreditsRefunded& body);
    void fill(HoldPlaced& body);
    void fill(HoldExtended& body);
    void fill(HoldCaptured& body);
    void fill(HoldReleased& body);
    void fill(TransferredOut& body);
    void fill(TransferredIn& body);
    void fill(CommandRefused& body);
    void fill(FeatureSet& body);
    void fill(FeatureRemoved& body);
    void fill(ApiKeyCreated& body);
    void fill(ApiKeyRevoked& body);
    void fill(OfferSet& body);
    void fill(OfferRemoved& body);
    void fill(SubscriptionMoved& body);
    void fill(PromotionRedeemed& body);
    void fill(ReferralMade& body);
    void fill(ReferralRewarded& body);
    void fill(BudgetSet& body);
    void fill(BudgetRemoved& body);
    void fill(AlertSet& body);
    void fill(AlertRemoved& body);
    void fill(BalanceAlerted& body);
    void fill(AutoTopUpSet& body);
    void fill(AutoTopUpRemoved&) {}
    void fill(TopUpAsked& body);
    void fill(ClockAdvanced&) {}
    void fill(EndpointSet& body);
    void fill(EndpointRemoved& body);
    void fill(OrderSet& body);
    void fill(PaymentNoted& body);
    void fill(PaymentReversed& body);
    void fill(PaymentRestored& body);
    void fill(NotificationNoted& body);

    std::mt19937_64 random_;
};

}  // namespace creditd::tests
