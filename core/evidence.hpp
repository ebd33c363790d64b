// Evidence: facts of the past that a command is decided on, read from disk before it reaches the
// ledger; what is newer than they are is in the state's window. Values only.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/event.hpp"

namespace creditd {

/// A purchase found under the command's payment.
struct PaymentFact {
    Seq seq{};
    AccountNo account_no{};
    Credits amount{};
    Money payment{};
    std::uint64_t package = 0;  // hash_of_package
    Credits bonus{};
    Timestamp bought_at{};
    Timestamp expires_at{};
    Timestamp bonus_expires_at{};
    bool operator==(const PaymentFact&) const = default;
};
/// Tells packages apart in a fact of fixed size; 0 for none.
std::uint64_t hash_of_package(std::string_view package);
PaymentFact payment_fact_of(const Event& event, const CreditsPurchased& purchase);
/// A grant as it was made. Immutable but for `revoked`, which holds as of Evidence::as_of.
struct GrantFact {
    GrantId id{};
    AccountNo account_no{};
    Credits amount{};
    GrantTerms terms;
    bool revoked = false;
};
/// A deduction or capture, the grants that it burned (in burn order), and how much of it had been
/// refunded as of Evidence::as_of.
struct DeductionFact {
    DeductionId id{};
    AccountNo account_no{};
    Credits amount{};
    Credits debt{};
    std::vector<GrantPart> burned;
    std::vector<GrantFact> grants;  // one for each of `burned`, in its order
    Credits refunded_total{};
    std::string user;
    std::string feature;
    Timestamp deducted_at{};
    std::string model;
};
/// A hold was placed under this id, whether or not it is still open.
struct HoldFact {
    HoldId id{};
    AccountNo account_no{};
};
struct StandingFact {
    AccountNo account_no = AccountNo::none();
    PaymentStanding standing;
};
struct OrderFact {
    AccountNo account_no = AccountNo::none();
    Order order;
};
/// What the indexes on disk say, as of position `as_of`; what is newer is in the state's window.
/// An absent fact means "not there as of `as_of`".
struct Evidence {
    Seq as_of{};
    std::optional<PaymentFact> payment;
    std::optional<GrantFact> grant;
    std::optional<DeductionFact> deduction;
    std::optional<HoldFact> hold;
    std::optional<StandingFact> standing{};
    std::optional<OrderFact> order{};
    std::optional<Notification> notification{};
    // Of the lots that the payment bought:
    std::vector<GrantPart> lost{};   // as of exactly `as_of`; see losses.hpp
    std::vector<GrantId> revoked{};  // whole
};

}  // namespace creditd
