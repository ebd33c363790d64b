// What every decide function gets, and how it writes its events. One file per command; each is a
// pure function of the context: it emits complete events and returns no refusal, or it returns a
// refusal and has emitted nothing.
#pragma once

#include <vector>

#include "core/burn.hpp"
#include "core/command.hpp"

namespace creditd::deciding {

struct Context {
    const State& state;
    const CommandMeta& meta;
    const Evidence& evidence;
    Timestamp now{};
    const Policy& policy;
    std::vector<DecidedEvent>& out;
    std::size_t first_event = 0;  // where this command's own events begin in `out`

    /// Position that the next emitted event will have. Events already in `out` from `first_event`
    /// on are decided but not yet applied.
    Seq next_seq() const { return Seq{state.head.seq.value + 1 + (out.size() - first_event)}; }
    /// An event on an account: balances.before is filled in, `after`, `available` and `held` stand
    /// as they are before it.
    Event& emit(AccountNo no, const Account& account, EventBody body);
    /// An event of the ledger as a whole.
    Event& emit(EventBody body);
};

inline const Refusal accepted{};
inline Refusal refuse(RefusalCode code) {
    Refusal refusal;
    refusal.code = code;
    return refusal;
}

/// The account of a command, resolved before it is decided.
struct Target {
    AccountNo no = AccountNo::none();
    const Account* account = nullptr;
};

Refusal decide(Context& context, const PutAccount& command, Target target);
Refusal decide(Context& context, const CloseAccount& command, Target target);
Refusal decide(Context& context, const ReopenAccount& command, Target target);
Refusal decide(Context& context, const ForgetAccount& command, Target target);
Refusal decide(Context& context, const GrantCredits& command, Target target);
Refusal decide(Context& context, const PurchaseCredits& command, Target target);
Refusal decide(Context& context, const DeductCredits& command, Target target);
Refusal decide(Context& context, const RefundDeduction& command, Target target);
Refusal decide(Context& context, const RevokeGrant& command, Target target);
Refusal decide(Context& context, const PlaceHold& command, Target target);
Refusal decide(Context& context, const CaptureHold& command, Target target);
Refusal decide(Context& context, const ExtendHold& command, Target target);
Refusal decide(Context& context, const ReleaseHold& command, Target target);
Refusal decide(Context& context, const TransferCredits& command, Target sender, Target receiver);
Refusal decide(Context& context, const SetFeature& command);
Refusal decide(Context& context, const RemoveFeature& command);
Refusal decide(Context& context, const CreateApiKey& command);
Refusal decide(Context& context, const RevokeApiKey& command);
Refusal decide(Context& context, const SetOffer& command);
Refusal decide(Context& context, const RemoveOffer& command);
Refusal decide(Context& context, const ChangeFeature& command);
/// Emits only what differs from today's catalog; nothing, where it is the same.
Refusal decide(Context& context, const ReplaceCatalog& command);
Refusal decide(Context& context, const Subscribe& command, Target target);
Refusal decide(Context& context, const ChangeSubscription& command, Target target);
Refusal decide(Context& context, const CancelSubscription& command, Target target);
Refusal decide(Context& context, const ResumeSubscription& command, Target target);
Refusal decide(Context& context, const RenewSubscription& command, Target target);
Refusal decide(Context& context, const SuspendSubscription& command, Target target);
Refusal decide(Context& context, const FollowSubscription& command, Target target);
Refusal decide(Context& context, const RedeemPromotion& command, Target target);
Refusal decide(Context& context, const ReferAccount& command, Target referred, Target referrer);
Refusal decide(Context& context, const SetBudget& command, Target target);
Refusal decide(Context& context, const RemoveBudget& command, Target target);
Refusal decide(Context& context, const SetAlert& command, Target target);
Refusal decide(Context& context, const RemoveAlert& command, Target target);
Refusal decide(Context& context, const SetAutoTopUp& command, Target target);
Refusal decide(Context& context, const RemoveAutoTopUp& command, Target target);
Refusal decide(Context& context, const AdvanceClock& command);
Refusal decide(Context& context, const CreateEndpoint& command);
Refusal decide(Context& context, const ChangeEndpoint& command);
Refusal decide(Context& context, const RemoveEndpoint& command);
Refusal decide(Context& context, const PlaceOrder& command, Target target);
Refusal decide(Context& context, const ChangeOrder& command, Target target);
/// One step of what follows from the news: asked again until there is none (see execute.cpp). The
/// account may be none, of a payment that is not known.
Refusal decide(Context& context, const NotePayment& command, Target target);
Refusal decide(Context& context, const NoteNotification& command);

/// The first of time's own events for an account that has one due, in order of (time, id): a grant
/// becomes effective, a grant expires, a hold expires. To be applied before the next is asked for.
void emit_next_due(Context& context, Target target);
/// What follows from the account's balance by itself (see consequences.hpp) and is due.
void emit_consequence(Context& context, Target target);
/// The rewards of a first purchase, to both sides.
void emit_referral_reward(Context& context, Target referred);
/// What time does to a subscription whose moment has come: the next cycle, past due, or its end.
void emit_subscription_due(Context& context, Target target);
/// The subscription of the account that the events so far are about to make, if the catalog has a
/// plan for new accounts.
void emit_signup_subscription(Context& context);

// --- shared by several commands ------------------------------------------------------------------
/// Amount and usage of a deduction or hold: the given amount, or the feature's flat price.
struct Priced {
    Refusal refusal;
    Credits amount{};
    Usage usage;
};
Priced price(const State& state, const PriceRequest& request);

/// Is the account's use of `feature` (empty: a plain amount) covered by an unlimited plan?
bool is_waived(const Account& account, std::string_view feature);

/// 402 with what is missing; `available` may be negative.
Refusal insufficient(Credits required, Credits available, Credits credit_limit);

/// When a requested expiry falls.
Timestamp resolve_expiry(const ExpiryRequest& request, Timestamp now);

/// May `amount` be added without the balance, or what may still join it, leaving its range, and
/// is there room for `grants` more grants?
bool has_room(const Account& account, Credits amount, std::size_t grants);

/// Parts of `released` whose grant's time is over at `now`.
std::vector<GrantPart> expired_parts(const Account& account, const std::vector<GrantPart>& released,
                                     Timestamp now);
Credits sum_of(const std::vector<GrantPart>& parts);

/// The hold as an event shows it.
HoldSummary summary_of(const Hold& hold, HoldStatus status);

/// What a capture takes unless it says otherwise: what remains of the hold, or of its price where
/// that is waived.
Credits left_to_capture(const Hold& hold);
/// Decides the capture of `amount` of an open hold, for `usage`; `status` other than open closes
/// it. Of a hold that is waived nothing is taken, and `amount` is what it would have cost.
void emit_capture(Context& context, Target target, const Hold& hold, Credits amount, Usage usage,
                  HoldStatus status);
/// Decides the end of an open hold without a capture.
void emit_release(Context& context, Target target, const Hold& hold, HoldStatus status);

}  // namespace creditd::deciding
