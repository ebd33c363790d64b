// Payments. One is known by its provider and its id there, for ever. What is told of it later
// (refunds, disputes) is joined into its standing: facts that are cumulative or carry a name of
// their own, so that any order of the same news, with any repeats, ends in the same standing. How
// many credits are to be taken back follows from the standing alone. Values and pure functions.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/grant_terms.hpp"

namespace creditd {

/// A later one replaces an earlier one.
enum class RefundStatus : std::uint8_t {
    pending,    // asked for: counts
    succeeded,  // counts
    failed      // or canceled: the money has stayed
};
/// Likewise. One that is open or lost takes the whole payment back.
enum class DisputeStatus : std::uint8_t { open, won, lost };

/// A refund that has a name of its own.
struct PaymentRefund {
    std::string id;
    std::int64_t minor = 0;  // in the payment's currency
    RefundStatus status = RefundStatus::pending;
    bool operator==(const PaymentRefund&) const = default;
};
struct PaymentDispute {
    std::string id;
    DisputeStatus status = DisputeStatus::open;
    bool operator==(const PaymentDispute&) const = default;
};

/// One piece of news of one payment; any part may be missing.
struct PaymentNews {
    std::string provider;
    std::string payment_id;
    Digest payment_digest{};
    bool paid = false;
    Money amount{};                   // what was paid; {0, ""} where it was not said
    std::int64_t refunded_minor = 0;  // all refunds so far, as the provider adds them up
    std::vector<PaymentRefund> refunds;
    std::vector<PaymentDispute> disputes;
    bool operator==(const PaymentNews&) const = default;
};

/// A grant that the payment bought, and what has been taken back of it.
struct PaymentLot {
    GrantId grant{};
    Credits amount{};
    GrantTerms terms;
    Credits taken{};        // out of the grant itself
    Credits owed{};         // had been spent: became a debt
    Credits written_off{};  // had been spent, or lost by time: is not asked for
    bool operator==(const PaymentLot&) const = default;

    Credits reversed() const { return taken + owed + written_off; }
};

/// All that is known of a payment. Without `purchase` it is not known to have been made, or what it
/// was for: then it has no lots.
struct PaymentStanding {
    std::string provider;
    std::string payment_id;
    Digest payment_digest{};
    Money amount{};
    Seq purchase{};     // the event that credited it; 0: none has
    std::string order;  // empty: none
    Digest order_digest{};
    std::int64_t refunded_minor = 0;       // the highest sum that was told
    std::vector<PaymentRefund> refunds;    // by id
    std::vector<PaymentDispute> disputes;  // by id
    std::vector<PaymentLot> lots;          // at most two: what was bought, and the bonus
    bool operator==(const PaymentStanding&) const = default;
};

/// What is left of the news is added; what is known already changes nothing. Nothing: there is no
/// room for more refunds or disputes (limits::payment_refunds_max).
std::optional<PaymentStanding> joined(PaymentStanding standing, const PaymentNews& news);

/// What has gone back to the customer, at most the amount paid.
std::int64_t refunded_minor(const PaymentStanding& standing);
bool is_refunded_whole(const PaymentStanding& standing);
/// Is there a dispute that is open or lost?
bool is_disputed(const PaymentStanding& standing);

/// How much of a lot of `amount` credits the standing takes back: all of it under a dispute, else
/// the refunded share, rounded up to the ledger's smallest unit.
Credits to_reverse(const PaymentStanding& standing, Credits amount);

}  // namespace creditd
