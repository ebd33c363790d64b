// Orders and notifications of payment providers, as events keep them. An order is what was to be
// bought, at the terms of the moment it was placed; a notification is what a provider sent, kept as
// it came, with what became of it. Values only.
#pragma once

#include <cstdint>
#include <string>

#include "core/offers.hpp"
#include "core/types.hpp"

namespace creditd {

/// Only `pending` waits for money; money that comes for one that has failed, expired or been
/// canceled settles it all the same. The last two follow from the payment's standing, and one that
/// is no longer disputed is settled again.
enum class OrderStatus : std::uint8_t {
    pending,
    settled,
    failed,
    expired,
    canceled,
    refunded,
    disputed
};

struct Order {
    std::string id;
    Digest digest{};  // of `id`
    Seq placed{};     // the order's first event
    Timestamp placed_at{};
    OrderStatus status = OrderStatus::pending;
    std::string package;  // either of these two, or an amount
    std::string plan;
    Interval interval{};
    Credits credits{};  // of a plan: none, for its cycles are granted as they are paid
    Credits bonus{};
    Duration expires_in{};  // of the credits; 0: never
    Duration bonus_expires_in{};
    Money price{};
    std::string provider;
    std::string reference;   // the provider's id of what was made for it there
    std::string pay_url;     // where the customer pays
    std::string qr_url;      // a picture of the code to pay with
    Timestamp pay_until{};   // 0: the provider did not say
    Timestamp settled_at{};  // 0: it is not
    std::string payment_id;  // that settled it
    Digest payment_digest{};
    bool operator==(const Order&) const = default;

    bool is_paid() const { return settled_at != Timestamp{}; }
};

enum class NotificationOutcome : std::uint8_t {
    applied,      // it changed something, or said what was known
    ignored,      // it says nothing that creditd acts on
    quarantined,  // it could not be applied: somebody has to look at it
    dismissed     // somebody has looked, and decided that nothing is to be done
};

/// What is to be assumed where the provider's own words lead nowhere.
struct NotificationHint {
    std::string account;
    std::string order;
    std::string package;
    Credits credits{};
    bool operator==(const NotificationHint&) const = default;
};

/// As it stands after the event. What was received is the personal part of the first one.
struct Notification {
    std::string provider;
    std::string id;   // the provider's
    Digest digest{};  // of both
    Seq received{};   // the notification's first event
    Timestamp received_at{};
    std::string type;  // in the provider's words
    NotificationOutcome outcome{};
    std::string reason;   // why it was quarantined or ignored: a code or a sentence
    std::string account;  // that it was about, as far as it is known
    std::string order;
    std::string payment_id;
    std::uint32_t tries = 1;  // how often it was tried to apply it
    NotificationHint hint;
    bool operator==(const Notification&) const = default;
};

}  // namespace creditd
