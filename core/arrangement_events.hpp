// The bodies of events about what has been arranged with an account beyond its credits, complete
// like all events: replay decides nothing. Part of event.hpp, apart from it for its length.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/arrangements.hpp"
#include "core/grant_terms.hpp"

namespace creditd {

/// A subscription begins, goes on, changes or ends, with all that it does to credits at once.
struct SubscriptionMoved {
    SubscriptionStep step{};
    Subscription subscription;       // as it stands afterwards
    std::string previous_plan;       // of `changed` and of a renewal into another plan
    std::vector<GrantPart> expired;  // what does not last beyond the cycle or the plan
    Credits granted{};               // to the new cycle; 0: nothing, and no terms
    GrantTerms terms;
    Credits debt_repaid{};
    bool operator==(const SubscriptionMoved&) const = default;
};
struct PromotionRedeemed {
    std::string code;
    Credits amount{};
    GrantTerms terms;
    Credits debt_repaid{};
    bool operator==(const PromotionRedeemed&) const = default;
};
/// On the account that was referred.
struct ReferralMade {
    std::string referrer;
    bool operator==(const ReferralMade&) const = default;
};
/// One on each side, after the first purchase of who was referred. A side may get nothing.
struct ReferralRewarded {
    std::string partner;  // the account on the other side
    bool is_referrer = false;
    Credits amount{};  // 0: this side's reward is none, and there are no terms
    GrantTerms terms;
    Credits debt_repaid{};
    bool operator==(const ReferralRewarded&) const = default;
};
struct BudgetSet {
    BudgetTerms terms;
    /// It counts from here on: what is refunded of earlier uses is none of it. False where only the
    /// limit is another, and in logs that do not know this field yet.
    bool begins = false;
    bool operator==(const BudgetSet&) const = default;
};
struct BudgetRemoved {
    std::string id;
    bool operator==(const BudgetRemoved&) const = default;
};
struct AlertSet {
    AlertTerms terms;
    bool operator==(const AlertSet&) const = default;
};
struct AlertRemoved {
    std::string id;
    bool operator==(const AlertRemoved&) const = default;
};
/// What is available crossed a threshold. Follows the event that made it cross.
struct BalanceAlerted {
    std::string alert;
    AlertNews news{};
    Credits threshold{};  // in credits, also where the alert is in percent
    bool operator==(const BalanceAlerted&) const = default;
};
struct AutoTopUpSet {
    AutoTopUpTerms terms;
    bool operator==(const AutoTopUpSet&) const = default;
};
struct AutoTopUpRemoved {
    bool operator==(const AutoTopUpRemoved&) const = default;
};
/// A package should be bought now. Follows the event that made it so.
struct TopUpAsked {
    std::string package;
    Credits credits{};  // with the bonus, as the catalog says today
    Money price{};
    std::uint32_t number = 1;  // within this month of UTC
    bool operator==(const TopUpAsked&) const = default;
};
/// Only on a ledger with a test clock: the event's own time is the new time.
struct ClockAdvanced {
    bool operator==(const ClockAdvanced&) const = default;
};

}  // namespace creditd
