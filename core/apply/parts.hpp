// What the apply functions share: moving parts of grants, with every amount asserted. One function
// for each kind of event, grouped by file: accounts, grants, deductions, holds, transfers, catalog.
#pragma once

#include "core/apply.hpp"

namespace creditd::applying {

/// Adds a live grant that counts at once: `amount` less what repays debt.
void add_grant(State& state, Account& account, GrantId id, Credits amount, Credits debt_repaid,
               const GrantTerms& terms);
void repay_debt(Account& account, Credits amount);
/// Takes `amount` off the unreserved part; drops the grant when nothing is left of it.
void burn_free(Account& account, const GrantPart& part);
/// Takes off a part that a hold had reserved.
void burn_reserved(Account& account, const GrantPart& part);

/// Gives a part back to where it was burned from, or to what has taken its place.
void restore(State& state, Account& account, const Event& event, const RestoredPart& part);
/// What the window is to know of payments, orders and notifications.
void note_money(State& state, const Event& event);

void apply_body(State& state, const Event& event, const LedgerOpened& body);
void apply_body(State& state, const Event& event, const EpochClaimed& body);
void apply_body(State& state, const Event& event, const AccountCreated& body);
void apply_body(State& state, const Event& event, const AccountUpdated& body);
void apply_body(State& state, const Event& event, const AccountClosed& body);
void apply_body(State& state, const Event& event, const AccountReopened& body);
void apply_body(State& state, const Event& event, const AccountForgotten& body);
void apply_body(State& state, const Event& event, const CreditsGranted& body);
void apply_body(State& state, const Event& event, const CreditsPurchased& body);
void apply_body(State& state, const Event& event, const PurchaseRepeated& body);
void apply_body(State& state, const Event& event, const GrantActivated& body);
void apply_body(State& state, const Event& event, const GrantExpired& body);
void apply_body(State& state, const Event& event, const GrantRevoked& body);
void apply_body(State& state, const Event& event, const CreditsDeducted& body);
void apply_body(State& state, const Event& event, const CreditsRefunded& body);
void apply_body(State& state, const Event& event, const HoldPlaced& body);
void apply_body(State& state, const Event& event, const HoldExtended& body);
void apply_body(State& state, const Event& event, const HoldCaptured& body);
void apply_body(State& state, const Event& event, const HoldReleased& body);
void apply_body(State& state, const Event& event, const TransferredOut& body);
void apply_body(State& state, const Event& event, const TransferredIn& body);
void apply_body(State& state, const Event& event, const CommandRefused& body);
void apply_body(State& state, const Event& event, const FeatureSet& body);
void apply_body(State& state, const Event& event, const OfferSet& body);
void apply_body(State& state, const Event& event, const OfferRemoved& body);
void apply_body(State& state, const Event& event, const FeatureRemoved& body);
void apply_body(State& state, const Event& event, const ApiKeyCreated& body);
void apply_body(State& state, const Event& event, const ApiKeyRevoked& body);
void apply_body(State& state, const Event& event, const SubscriptionMoved& body);
void apply_body(State& state, const Event& event, const PromotionRedeemed& body);
void apply_body(State& state, const Event& event, const ReferralMade& body);
void apply_body(State& state, const Event& event, const ReferralRewarded& body);
void apply_body(State& state, const Event& event, const BudgetSet& body);
void apply_body(State& state, const Event& event, const BudgetRemoved& body);
void apply_body(State& state, const Event& event, const AlertSet& body);
void apply_body(State& state, const Event& event, const AlertRemoved& body);
void apply_body(State& state, const Event& event, const BalanceAlerted& body);
void apply_body(State& state, const Event& event, const AutoTopUpSet& body);
void apply_body(State& state, const Event& event, const AutoTopUpRemoved& body);
void apply_body(State& state, const Event& event, const TopUpAsked& body);
void apply_body(State& state, const Event& event, const ClockAdvanced& body);
void apply_body(State& state, const Event& event, const EndpointSet& body);
void apply_body(State& state, const Event& event, const EndpointRemoved& body);
void apply_body(State& state, const Event& event, const OrderSet& body);
void apply_body(State& state, const Event& event, const PaymentNoted& body);
void apply_body(State& state, const Event& event, const PaymentReversed& body);
void apply_body(State& state, const Event& event, const PaymentRestored& body);
void apply_body(State& state, const Event& event, const NotificationNoted& body);

}  // namespace creditd::applying
