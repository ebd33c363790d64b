#include "tests/sim/laws_payments.hpp"

#include "tests/sim/crash.hpp"

namespace creditd::sim {
namespace {

[[noreturn]] void against_law(const char* law, const Event& event) {
    throw Failure{law, "by the event at seq " + std::to_string(event.seq.value) + " of account '" +
                           event.account + "'"};
}

std::string name_of(const std::string& provider, const std::string& id) {
    return provider + ' ' + id;
}

std::int64_t reversed_in(const PaymentStanding& standing) {
    std::int64_t sum = 0;
    for (const PaymentLot& lot : standing.lots) sum += lot.reversed().value;
    return sum;
}

}  // namespace

void PaymentLaws::check(const Event& event) {
    if (const auto* bought = std::get_if<CreditsPurchased>(&event.body)) {
        check_bought(event, *bought);
    } else if (const auto* taken = std::get_if<PaymentReversed>(&event.body)) {
        check_reversed(event, *taken);
    } else if (const auto* back = std::get_if<PaymentRestored>(&event.body)) {
        check_restored(event, *back);
    } else if (const auto* noted = std::get_if<PaymentNoted>(&event.body)) {
        check_standing(event, noted->standing);
    } else if (const auto* set = std::get_if<OrderSet>(&event.body)) {
        check_order(event, set->order);
    } else if (const auto* told = std::get_if<NotificationNoted>(&event.body)) {
        check_notification(event, told->notification);
    }
}

void PaymentLaws::check_bought(const Event& event, const CreditsPurchased& bought) {
    const std::string name = name_of(bought.provider, bought.payment_id);
    const bool is_first = credited_.emplace(name, bought.amount.value + bought.bonus.value).second;
    if (!is_first) against_law("a payment credits once", event);
}

void PaymentLaws::check_reversed(const Event& event, const PaymentReversed& reversed) {
    const PaymentStanding& standing = reversed.standing;
    std::int64_t& sum = taken_back_[name_of(standing.provider, standing.payment_id)];
    std::int64_t left = 0;
    for (const LotReversal& part : reversed.reversed) {
        sum += part.taken.value + part.owed.value + part.written_off.value;
        left += part.taken.value + part.owed.value;
    }
    if (left != event.balances.before.value - event.balances.after.value) {
        against_law("what is taken back leaves the balance", event);
    }
    check_standing(event, standing);
}

void PaymentLaws::check_restored(const Event& event, const PaymentRestored& restored) {
    const PaymentStanding& standing = restored.standing;
    std::int64_t& sum = taken_back_[name_of(standing.provider, standing.payment_id)];
    std::int64_t back = restored.debt_reversed.value;
    for (const RestoredPart& part : restored.restored) back += part.amount.value;
    // What was written off comes back without credits.
    if (back > sum) against_law("no more comes back than was taken", event);
    sum = std::min(sum - back, reversed_in(standing));
    check_standing(event, standing);
}

void PaymentLaws::check_standing(const Event& event, const PaymentStanding& standing) {
    const std::string name = name_of(standing.provider, standing.payment_id);
    const auto credited = credited_.find(name);
    const auto taken = taken_back_.find(name);
    const std::int64_t whole = credited == credited_.end() ? 0 : credited->second;
    const std::int64_t reversed = taken == taken_back_.end() ? 0 : taken->second;
    // A payment of a subscription's cycle has bought no credits by itself.
    const bool is_purchase = credited != credited_.end();
    if (is_purchase && reversed > whole) {
        against_law("no more is taken back than was credited", event);
    }
    if (reversed != reversed_in(standing)) {
        against_law("a payment's standing says what was taken back", event);
    }
}

void PaymentLaws::check_order(const Event& event, const Order& order) {
    const std::string payment = name_of(order.provider, order.payment_id);
    const auto known = order_paid_by_.find(order.id);
    if (!order.is_paid()) {
        if (known != order_paid_by_.end()) against_law("what is paid stays paid", event);
        return;
    }
    if (!order_paid_by_.emplace(order.id, payment).second && known->second != payment) {
        against_law("an order is paid once", event);
    }
    const auto [paid, is_first] = payment_paid_.emplace(payment, order.id);
    if (!is_first && paid->second != order.id) against_law("a payment pays one order", event);
}

void PaymentLaws::check_notification(const Event& event, const Notification& notification) {
    const std::string name = name_of(notification.provider, notification.id);
    if (dealt_with_.contains(name)) against_law("a notification is dealt with once", event);
    if (notification.outcome != NotificationOutcome::quarantined) dealt_with_.insert(name);
}

}  // namespace creditd::sim
