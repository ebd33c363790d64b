// Bodies of the events about payments, orders and notifications. Values only, complete: replay
// looks nothing up.
#pragma once

#include <vector>

#include "core/orders.hpp"
#include "core/payments.hpp"

namespace creditd {

enum class RestoredInto : std::uint8_t {
    same_grant,    // the grant that was burned, revived with these terms if it was used up
    new_grant,     // it has expired: a `refund` grant with its priority, features and cost
    revoked_grant  // it was revoked: refunded and revoked at once
};
struct RestoredPart {
    GrantId burned_from{};  // 0: the part had been debt, which something else has repaid since
    GrantId grant{};        // where the credits are now; `burned_from` unless into is new_grant
    Credits amount{};
    RestoredInto into = RestoredInto::same_grant;
    Credits original_amount{};  // size of the grant when it was made (same_grant)
    GrantTerms terms;           // of `grant`, so that replay needs no lookup
    bool operator==(const RestoredPart&) const = default;
};

/// The order as it is from now on.
struct OrderSet {
    Order order;
    bool operator==(const OrderSet&) const = default;
};
/// Something was told of a payment that moves no credits, or none yet.
struct PaymentNoted {
    PaymentStanding standing;
    bool operator==(const PaymentNoted&) const = default;
};
/// What this event takes of one lot.
struct LotReversal {
    GrantId grant{};
    Credits taken{};
    Credits owed{};
    Credits written_off{};
    bool operator==(const LotReversal&) const = default;
};
/// A payment was refunded or is disputed: its credits are taken back.
struct PaymentReversed {
    PaymentStanding standing;           // after it
    Credits amount{};                   // that leaves the balance: what is taken, and owed
    std::vector<LotReversal> reversed;  // one for each lot of which something is taken
    bool operator==(const PaymentReversed&) const = default;
};
/// A dispute was won or a refund failed: what had been taken comes back.
struct PaymentRestored {
    PaymentStanding standing;  // after it
    Credits amount{};          // that joins the balance
    Credits debt_reversed{};   // part of it
    std::vector<RestoredPart> restored;
    bool operator==(const PaymentRestored&) const = default;
};
struct NotificationNoted {
    Notification notification;
    bool operator==(const NotificationNoted&) const = default;
};

}  // namespace creditd
