// The books kept a second time, from the events alone and from the words of the design: what each
// account has, owes and has ever received. Shares no code with core/apply or core/decide. Checks
// each event against itself and fails the test where it does not fit. Slow and plain.
#pragma once

#include <array>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "core/state.hpp"
#include "tests/properties/exact_price.hpp"

namespace creditd::tests {

/// A grant as it was made, and what is left of it; those that are used up stay in the books.
struct Lot {
    GrantId id{};
    std::int64_t made = 0;
    std::int64_t left = 0;
    std::int64_t kept = 0;  // by open holds
    GrantTerms terms;
    bool is_pending = false;
    bool is_revoked = false;  // nothing of it was left by a revocation
    std::int64_t lost = 0;    // to time, or by a revocation
    std::int64_t taken = 0;   // back, since its payment was refunded or disputed
    std::int64_t owed = 0;    // likewise, of what had been spent

    std::int64_t free() const { return left - kept; }
};

/// Does `a` burn before `b`? The published order, compared in another way than core does.
bool burns_first(const Lot& a, const Lot& b);

struct NaiveHold {
    std::string feature;
    std::vector<GrantPart> reserved;
    std::int64_t on_credit = 0;
    std::int64_t captured = 0;
};

struct Books {
    std::map<std::uint64_t, Lot> lots;  // by id
    std::map<std::uint64_t, NaiveHold> holds;
    std::int64_t debt = 0;
    std::int64_t credit_limit = 0;
    std::array<Wide, totals_count> totals{};  // by Total

    Wide& total(Total which) { return totals[static_cast<std::size_t>(which)]; }
    Wide total(Total which) const { return totals[static_cast<std::size_t>(which)]; }
    std::int64_t balance() const;
    std::int64_t pending() const;
    std::int64_t held() const;
    std::int64_t on_credit() const;
    /// What `feature` (empty: a plain amount) could spend.
    std::int64_t available_for(const std::string& feature, Timestamp now) const;
    /// What something is left of, in burn order.
    std::vector<const Lot*> live() const;
};

struct Burnt {
    std::string account;
    std::int64_t amount = 0;
    std::int64_t debt = 0;
    std::int64_t refunded = 0;
    std::vector<GrantPart> parts;
};

class NaiveLedger {
public:
    /// Takes the event in; failures of the test say what does not fit.
    void take(const Event& event);
    /// Does the state say the same of every account?
    void compare(const State& state) const;

    const Books& books(const std::string& account) const { return books_.at(account); }
    const Burnt& burnt(DeductionId id) const { return burnt_.at(id.value); }
    std::size_t burns() const { return burns_; }      // events whose grants had an order to keep
    std::size_t returns() const { return returns_; }  // parts of refunds that were expected so

private:
    using Usable = std::function<bool(const Lot&)>;
    struct Expected {
        std::vector<GrantPart> parts;
        std::int64_t uncovered = 0;
    };

    /// Kinds that move no credits change nothing here.
    template <class Body>
    void on(const Event&, Books&, const Body&) {}
    void on(const Event& event, Books& books, const AccountCreated& body);
    void on(const Event& event, Books& books, const AccountUpdated& body);
    void on(const Event& event, Books& books, const CreditsGranted& body);
    void on(const Event& event, Books& books, const CreditsPurchased& body);
    void on(const Event& event, Books& books, const GrantActivated& body);
    void on(const Event& event, Books& books, const GrantExpired& body);
    void on(const Event& event, Books& books, const GrantRevoked& body);
    void on(const Event& event, Books& books, const CreditsDeducted& body);
    void on(const Event& event, Books& books, const CreditsRefunded& body);
    void on(const Event& event, Books& books, const HoldPlaced& body);
    void on(const Event& event, Books& books, const HoldExtended& body);
    void on(const Event& event, Books& books, const HoldCaptured& body);
    void on(const Event& event, Books& books, const HoldReleased& body);
    void on(const Event& event, Books& books, const TransferredOut& body);
    void on(const Event& event, Books& books, const TransferredIn& body);
    void on(const Event& event, Books& books, const SubscriptionMoved& body);
    void on(const Event& event, Books& books, const PromotionRedeemed& body);
    void on(const Event& event, Books& books, const ReferralRewarded& body);
    void on(const Event& event, Books& books, const PaymentReversed& body);
    void on(const Event& event, Books& books, const PaymentRestored& body);

    Expected expected_burn(const Books& books, std::int64_t amount, const Usable& usable);
    Expected expected_burn(const Books& books, std::int64_t amount, const std::string& feature,
                           Timestamp now);
    std::vector<RestoredPart> expected_return(const Event& event, const Books& books,
                                              const CreditsRefunded& body);
    void add_lot(const Event& event, Books& books, std::uint16_t index, Credits amount,
                 Credits debt_repaid, const GrantTerms& terms);
    void reserve(Books& books, NaiveHold& hold, const std::vector<GrantPart>& parts,
                 Credits on_credit);
    void end_hold(const Event& event, Books& books, const HoldSummary& said, Credits released,
                  const std::vector<GrantPart>& expired);
    void check_before(const Event& event, const Books& books) const;
    void check_after(const Event& event, const Books& books) const;

    std::map<std::string, Books> books_;
    std::map<std::uint64_t, Burnt> burnt_;
    std::vector<MovedPart> on_the_way_;  // of a transfer: what its second event must bring
    Balances sent_{};
    std::size_t burns_ = 0;
    std::size_t returns_ = 0;
};

}  // namespace creditd::tests
