// Payments and orders. A payment is known by its provider and its id there, for ever. What is told
// of it later (refunds, disputes) is joined into its standing: facts that are cumulative or carry
// their own name, so that any order of the same news, with any repeats, ends in the same standing.
// How many credits are to be taken back follows from the standing alone. Values and pure functions.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/credits.hpp"
#include "core/grant_terms.hpp"
#include "core/offers.hpp"
#include "core/types.hpp"

namespace creditd {

/// In the order in which a later one replaces an earlier one.
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

/// Only `pending` waits for money; money that comes for one that has failed, expired or been
/// canceled settles it all the same. The last two follow from the payment's standing.
enum class OrderStatus : std::uint8_t {
    pending,
    settled,
    failed,
    expired,
    canceled,
    refunded,
    disputed
};

}  // namespace creditd
