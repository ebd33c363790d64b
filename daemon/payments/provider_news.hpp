// What a payment provider has told, in creditd's own words: the reading of one notification, of
// one status answer, or of one entry of a list of events. Values only; what they do to the ledger
// is decided in core. Facts are cumulative or carry their own name, so that they may arrive in any
// order and any number of times.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "core/orders.hpp"
#include "core/payments.hpp"
#include "core/types.hpp"

namespace creditd::daemon {

/// What whoever made the payment wrote beside it (Stripe: metadata `creditd_account`,
/// `creditd_order`, …, where missing `client_reference_id` for the account; Midtrans: the order).
/// Each is empty where nothing was said.
struct NewsGoods {
    std::string account;
    std::string order;
    std::string package;
    std::string credits;  // a number of credits, as it was written
    std::string plan;
    std::optional<Interval> interval;
    bool operator==(const NewsGoods&) const = default;
};

/// Of one payment: that it was made, refunded, disputed. `payment.paid` alone credits.
struct PaymentTold {
    PaymentNews payment;
    bool operator==(const PaymentTold&) const = default;
};
/// Of an order that was not paid: failed, expired or canceled.
struct OrderTold {
    OrderStatus status = OrderStatus::failed;
    bool operator==(const OrderTold&) const = default;
};
/// An invoice of a subscription was paid: its first cycle, or the next one.
struct CyclePaid {
    PaymentNews payment;
    std::string subscription;  // the provider's id of it
    bool is_first = false;
    std::optional<Timestamp> period_end;
    bool operator==(const CyclePaid&) const = default;
};
/// An invoice of a subscription could not be paid.
struct CycleFailed {
    std::string subscription;
    bool operator==(const CycleFailed&) const = default;
};
/// How a subscription stands at the provider.
struct SubscriptionTold {
    std::string subscription;
    bool is_running = true;    // false: it has ended there
    bool is_past_due = false;  // or unpaid
    bool cancel_at_period_end = false;
    std::optional<Timestamp> period_end;
    bool operator==(const SubscriptionTold&) const = default;
};
/// Nothing that creditd acts on: kept, and answered 2xx.
struct NothingTold {
    std::string why;  // a sentence
    bool operator==(const NothingTold&) const = default;
};

struct ProviderNews {
    std::string notification;  // the provider's id of it; two with the same id say the same
    std::string type;          // in the provider's words
    std::optional<Timestamp> at;
    NewsGoods goods;
    std::variant<NothingTold, PaymentTold, OrderTold, CyclePaid, CycleFailed, SubscriptionTold>
        told;
    bool operator==(const ProviderNews&) const = default;
};

}  // namespace creditd::daemon
