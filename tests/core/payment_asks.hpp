// What the rule book says of payments: news of them as providers tell it, orders, notifications,
// and checks of what stands afterwards. Prices are cents of USD.
#pragma once

#include "tests/core/subscription_asks.hpp"

namespace creditd::tests {

Money usd(std::int64_t amount);
/// Of the rule book's payment `payment`: the same that `purchase` and `buy` bring.
Digest digest_of_payment(const std::string& payment);
Digest digest_of_order(const std::string& order);

// --- news ----------------------------------------------------------------------------------------
PaymentNews paid(std::string payment, std::int64_t amount = 100);
/// A refund with a name; `so_far`: what all refunds are together, as the provider adds them up.
PaymentNews refunded(std::string payment, std::string refund, std::int64_t amount,
                     std::int64_t so_far = 0, RefundStatus status = RefundStatus::succeeded);
/// What all refunds are together, and nothing else.
PaymentNews refunded_so_far(std::string payment, std::int64_t amount);
PaymentNews disputed(std::string payment, DisputeStatus status, std::string dispute = "dp_1");

struct NoteSpec {
    std::string account{};
    std::string order{};
    std::string package{};
    std::int64_t amount = 0;
};
NotePayment note_of(PaymentNews news, const NoteSpec& spec = {});
/// Without a key, as the daemon tells it.
Ask note(PaymentNews news, NoteSpec spec = {});
Ask claw_back(ClawBack how);

// --- orders --------------------------------------------------------------------------------------
struct OrderSpec {
    std::string package{};
    std::string plan{};
    Interval interval = Interval::month;
    std::int64_t amount = 0;
    std::int64_t cents = 0;
    std::string provider = "stripe";
};
Ask place_order(std::string account, std::string id, OrderSpec spec);
Ask change_order(std::string id, std::optional<OrderStatus> status, bool must_be_pending = false);
Ask locate_order(std::string id, std::string reference, std::string pay_url);

/// Subscriptions that a payment pays for.
Ask subscribe_paid(std::string account, std::string plan, PaymentNews payment,
                   std::optional<std::int64_t> ends_in = {});
Ask renew_paid(std::string account, PaymentNews payment, std::optional<std::int64_t> ends_in = {});
/// What the provider says, at the minute `at`, of its subscription `sub`.
struct Said {
    std::string sub = "sub_1";
    std::int64_t at = 0;
    bool cancels = false;
    std::string plan{};
};
Ask hear(std::string account, SubscriptionStatus status, Said said);
Ask hear_failed(std::string account, Said said);
/// A cycle that ends in so many seconds is paid.
Ask hear_paid(std::string account, PaymentNews payment, std::int64_t ends_in, Said said);
Ask hear_bought(std::string account, std::string plan, PaymentNews payment, std::int64_t ends_in,
                Said said);

// --- notifications -------------------------------------------------------------------------------
struct NotificationSpec {
    std::string reason{};
    NotificationHint hint{};
    bool is_try = true;
};
NoteNotification notification_of(const std::string& id, NotificationOutcome outcome,
                                 const NotificationSpec& spec = {});
Ask notify(std::string id, NotificationOutcome outcome, NotificationSpec spec = {});
const Notification& notification_in(const World& world, const std::string& id);

// --- checks --------------------------------------------------------------------------------------
/// How much has been taken of a lot, and how.
struct Taken {
    std::int64_t taken = 0;
    std::int64_t owed = 0;
    std::int64_t written_off = 0;
    bool operator==(const Taken&) const = default;
};
const PaymentStanding& standing_of(const World& world, const std::string& payment);
const Order& order_in(const World& world, const std::string& order);
Check lots_are(std::string payment, std::vector<Taken> lots, Where where = CREDITD_HERE);
Check order_is(std::string order, OrderStatus status, Where where = CREDITD_HERE);

}  // namespace creditd::tests
