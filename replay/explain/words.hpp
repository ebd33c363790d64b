// What the sentences of an explanation are made of: amounts, moments, money, grants, lists of
// parts. Inside replay/explain only; the sentences themselves are in the other files of this
// folder. Pure, one thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "replay/explain/explanation.hpp"

namespace creditd::replay::explaining {

struct Words {
    const Explanation& explanation;
    std::string text;

    const Event& event() const { return explanation.event; }

    Words& operator<<(std::string_view words);
    /// `2.5 credits`, `1 credit`.
    Words& operator<<(Credits amount);
    /// `2.5 credits were`, `1 credit was`.
    Words& were(Credits amount);
    bool is_one(Credits amount) const;
    /// The number alone.
    Words& number(Credits amount);
    Words& number(std::uint64_t value);
    /// `2026-11-20 22:00:00 UTC`
    Words& operator<<(Timestamp time);
    /// `15.00 USD`, with as many decimals as the currency has.
    Words& operator<<(const Money& money);
    /// `image, video and text`
    Words& list(const std::vector<std::string>& names);

    /// `grt_3 (plan credits, priority 50, until …, paid for)`; its id alone where nothing is known.
    Words& grant(GrantId id);
    /// `plan credits, priority 50, without end, free`
    Words& terms(const GrantTerms& terms);

    /// A line for each part: `  1. 5 credits of grt_3 (…)`.
    void parts(const std::vector<GrantPart>& list, std::string_view preposition);
    /// Begins the n-th line of a list, from 1.
    Words& line(std::size_t place);
    /// Where credits that came back are now, to the end of the line.
    void restored(const RestoredPart& part);
    /// The sentence about a grant that this event made, and what of it went to a debt.
    void new_grant(GrantId id, Credits amount, const GrantTerms& terms, Credits debt_repaid);
    void debt_repaid(Credits repaid, Credits left);
};

inline constexpr std::string_view burn_order_sentence =
    "in this order: lowest priority number, then earliest end, then free before paid, then oldest:";

// One function for each kind of transaction.
void say(Words& words, const CreditsGranted& body);
void say(Words& words, const CreditsPurchased& body);
void say(Words& words, const GrantActivated& body);
void say(Words& words, const GrantExpired& body);
void say(Words& words, const GrantRevoked& body);
void say(Words& words, const CreditsDeducted& body);
void say(Words& words, const CreditsRefunded& body);
void say(Words& words, const HoldPlaced& body);
void say(Words& words, const HoldExtended& body);
void say(Words& words, const HoldCaptured& body);
void say(Words& words, const HoldReleased& body);
void say(Words& words, const TransferredOut& body);
void say(Words& words, const TransferredIn& body);
void say(Words& words, const CommandRefused& body);
void say(Words& words, const SubscriptionMoved& body);
void say(Words& words, const PromotionRedeemed& body);
void say(Words& words, const ReferralRewarded& body);
void say(Words& words, const PaymentReversed& body);
void say(Words& words, const PaymentRestored& body);

}  // namespace creditd::replay::explaining
