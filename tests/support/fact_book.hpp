// What the indexes on disk would know of a ledger in memory: facts of all events so far, and the
// evidence that a command needs of them. Values only; one thread.
#pragma once

#include <map>
#include <vector>

#include "core/command.hpp"

namespace creditd::tests {

class FactBook {
public:
    void add(const Event& event);
    Evidence evidence_for(const Command& command, Seq as_of) const;

    const std::vector<GrantId>& grants() const { return grant_order_; }
    const std::vector<DeductionId>& deductions() const { return deduction_order_; }
    const std::vector<HoldId>& holds() const { return hold_order_; }

    /// What was told last; null: nothing was.
    const PaymentStanding* standing(const Digest& payment) const;
    const Order* order(const Digest& order) const;
    const Notification* notification(const Digest& notification) const;

private:
    void add_grant(GrantFact fact);
    void add_restored(const std::vector<RestoredPart>& parts, AccountNo no);
    void add_deduction(DeductionFact fact);
    /// Grants that an event makes.
    void add_made(const Event& event);
    /// Of payments, orders and notifications.
    void add_money(const Event& event);
    void find_payment(const Digest& payment, Evidence& evidence) const;
    void find_money(const CommandBody& body, Evidence& evidence) const;

    std::map<Digest, PaymentFact> payments_;
    std::map<Digest, StandingFact> standings_;
    std::map<Digest, OrderFact> orders_;
    std::map<Digest, Notification> notifications_;
    std::map<std::uint64_t, GrantFact> grants_;
    std::map<std::uint64_t, std::vector<Credits>> lost_;  // of a grant
    std::map<std::uint64_t, DeductionFact> deductions_;
    std::map<std::uint64_t, HoldFact> holds_;
    std::vector<GrantId> grant_order_;
    std::vector<DeductionId> deduction_order_;
    std::vector<HoldId> hold_order_;
};

}  // namespace creditd::tests
