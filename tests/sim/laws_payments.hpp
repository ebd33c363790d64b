// The laws of payments: each is credited once, no more of it is taken back than was credited, and
// one order has one payment. Sees each event in its order. Owned by Laws.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <utility>

#include "core/event.hpp"

namespace creditd::sim {

class PaymentLaws {
public:
    /// Throws Failure where `event` breaks one.
    void check(const Event& event);

private:
    void check_bought(const Event& event, const CreditsPurchased& bought);
    void check_reversed(const Event& event, const PaymentReversed& reversed);
    void check_restored(const Event& event, const PaymentRestored& restored);
    void check_standing(const Event& event, const PaymentStanding& standing);
    void check_order(const Event& event, const Order& order);
    void check_notification(const Event& event, const Notification& notification);

    std::map<std::string, std::int64_t> credited_;    // by payment, with the bonus
    std::map<std::string, std::int64_t> taken_back_;  // by payment: taken, owed, written off
    std::map<std::string, std::string> order_paid_by_;
    std::map<std::string, std::string> payment_paid_;  // orders, by payment
    std::set<std::string> dealt_with_;                 // notifications
};

}  // namespace creditd::sim
