// Events: what happened, complete, so that replay decides nothing and an answer can be rendered
// from its event alone. Values only; the bytes on disk are schemas/event.fbs. Every list is in
// the order in which its effects are applied.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "core/arrangement_events.hpp"
#include "core/endpoints.hpp"
#include "core/offers.hpp"
#include "core/one_of.hpp"
#include "core/payment_events.hpp"
#include "core/price_rules.hpp"
#include "core/refusal.hpp"
#include "core/types.hpp"

namespace creditd {

/// The account's balance before and after the event, and what could be spent after it (for a
/// deduction: by that feature). `held` is the sum of open holds after it.
struct Balances {
    Credits before{};
    Credits after{};
    Credits available{};
    Credits held{};
    bool operator==(const Balances&) const = default;
};

/// What was asked. Part of the log format: new ones are added at the end.
enum class Operation : std::uint8_t {
    account,
    close,
    reopen,
    grant,
    purchase,
    deduct,
    refund,
    revoke,
    hold,
    capture,
    extend,
    release,
    transfer,
    batch,
    feature,
    remove_feature,
    create_key,
    revoke_key,
    offer,
    remove_offer,
    change_feature,
    catalog,
    subscribe,
    change_subscription,
    cancel_subscription,
    resume_subscription,
    renew_subscription,
    suspend_subscription,
    redeem,
    refer,
    set_budget,
    remove_budget,
    set_alert,
    remove_alert,
    set_auto_top_up,
    remove_auto_top_up,
    advance_clock,
    create_endpoint,
    change_endpoint,
    remove_endpoint,
    place_order,
    change_order,
    note_payment,
    note_notification,
    follow_subscription,
    forget
};

/// Which request made the event. Only the last event of a command has one; events that time
/// alone makes have none. `first_seq` is the first event of the same command.
struct Origin {
    std::string key;       // Idempotency-Key; empty where none is needed
    Digest key_digest{};   // of `key`; all zero when `key` is empty
    Digest fingerprint{};  // of the parsed command
    std::string actor;     // id of the API key that asked
    std::string trace_id;  // W3C trace id, 32 hex digits, or empty
    Seq first_seq{};
    Operation operation = Operation::account;
    bool operator==(const Origin&) const = default;
};

// --- ledger --------------------------------------------------------------------------------------
struct LedgerOpened {
    std::array<std::uint8_t, 16> ledger_id{};
    std::uint8_t decimals = limits::decimals_max;
    bool test_clock = false;  // its time is told by an administrator, not by the wall
    bool operator==(const LedgerOpened&) const = default;
};
/// A leader took over (or the loss of events was accepted): the block of one event called CLAIM.
struct EpochClaimed {
    Epoch epoch{};
    bool operator==(const EpochClaimed&) const = default;
};

// --- accounts ------------------------------------------------------------------------------------
struct AccountCreated {
    std::string parent;
    Credits credit_limit{};
    std::uint8_t followed_by = 0;  // events of the same operation: the sign-up credits
    bool operator==(const AccountCreated&) const = default;
};
struct AccountUpdated {
    std::string parent;
    Credits credit_limit{};
    Seq profile_seq{};  // event whose personal part is the account's profile (name, metadata…)
    bool operator==(const AccountUpdated&) const = default;
};
struct AccountClosed {
    bool operator==(const AccountClosed&) const = default;
};
struct AccountReopened {
    bool operator==(const AccountReopened&) const = default;
};
/// The personal parts of everything about the account before this event are to be erased. They are
/// no part of the log: the state stays as it is.
struct AccountForgotten {
    bool closed = false;  // as the account is
    bool operator==(const AccountForgotten&) const = default;
};

// --- grants --------------------------------------------------------------------------------------
struct CreditsGranted {
    Credits amount{};
    GrantTerms terms;
    Credits debt_repaid{};  // part of `amount` that lowered the debt at once
    bool operator==(const CreditsGranted&) const = default;
};
struct CreditsPurchased {
    Credits amount{};
    GrantTerms terms;
    Credits debt_repaid{};
    std::string provider;
    std::string payment_id;
    Digest payment_digest{};  // of (provider, payment_id): unique for ever
    Money payment{};
    std::string package{};  // empty: an amount was bought
    Credits bonus{};        // a free grant of its own, the second of this event; 0: none
    GrantTerms bonus_terms{};
    Credits bonus_debt_repaid{};
    bool operator==(const CreditsPurchased&) const = default;
};
/// The same payment under another key: nothing moved, the answer is the first purchase's.
struct PurchaseRepeated {
    Seq original{};
    bool operator==(const PurchaseRepeated&) const = default;
};
/// A grant's effective time came: it counts from now on, after repaying debt.
struct GrantActivated {
    GrantId grant{};
    Credits amount{};
    Credits debt_repaid{};
    bool operator==(const GrantActivated&) const = default;
};
struct GrantExpired {
    GrantId grant{};
    Credits amount{};
    bool operator==(const GrantExpired&) const = default;
};
struct GrantRevoked {
    GrantId grant{};
    Credits amount{};
    bool whole = false;  // nothing of the grant is left: later refunds into it stay revoked
    bool operator==(const GrantRevoked&) const = default;
};

// --- deductions ----------------------------------------------------------------------------------
/// What was used: shared by deductions, holds and captures.
struct Usage {
    std::string feature;  // empty: an amount was given
    std::int64_t quantity = 1;
    std::uint64_t price_book = 0;  // version of the prices; 0 where an amount was given
    std::vector<PriceLine> lines;
    std::string user;
    std::string model;
    std::vector<MeasuredUnit> units;   // in the order of their names
    std::vector<std::string> options;  // likewise
    bool operator==(const Usage&) const = default;
};
struct CreditsDeducted {
    Credits amount{};
    Credits required{};  // above `amount` only where a partial deduction was allowed
    bool partial_allowed = false;
    Usage usage;
    std::vector<GrantPart> burned;  // in burn order
    Credits debt{};                 // amount − Σ burned
    Credits waived{};               // the price, where an unlimited plan covers it: amount is 0
    bool operator==(const CreditsDeducted&) const = default;
};

struct CreditsRefunded {
    DeductionId deduction{};
    Credits amount{};
    Credits refunded_total{};  // of that deduction, this refund included
    Credits debt_reversed{};   // part of the deduction that had been debt and lowers it again
    std::vector<RestoredPart> restored;  // in reverse burn order
    // Of the deduction: budgets are given back what they were charged, and usage is told apart.
    std::string user;
    std::string feature;
    Timestamp deducted_at{};
    std::string model;
    bool operator==(const CreditsRefunded&) const = default;
};

// --- holds ---------------------------------------------------------------------------------------
enum class OnExpiry : std::uint8_t { release, capture };
enum class HoldStatus : std::uint8_t { open, captured, released, expired };

/// The hold as it stands after the event.
struct HoldSummary {
    HoldId id{};
    Credits amount{};
    Credits captured{};
    Credits remaining{};
    HoldStatus status = HoldStatus::open;
    Timestamp expires_at{};
    OnExpiry on_expiry = OnExpiry::release;
    bool operator==(const HoldSummary&) const = default;
};
struct HoldPlaced {
    HoldSummary hold;
    Usage usage;
    std::vector<GrantPart> reserved;  // in burn order
    Credits on_credit{};              // amount − Σ reserved, covered by the credit limit
    Credits waived{};  // the price, where an unlimited plan covers it: nothing is reserved
    bool operator==(const HoldPlaced&) const = default;
};
struct HoldExtended {
    HoldSummary hold;
    Credits amount{};  // added
    std::vector<GrantPart> reserved;
    Credits on_credit{};
    bool operator==(const HoldExtended&) const = default;
};
/// `released` goes back to its grants; of that, `expired` belonged to grants whose time is over.
struct HoldCaptured {
    HoldSummary hold;
    Credits amount{};
    Usage usage;
    std::vector<GrantPart> burned;
    Credits debt{};  // part taken from what was covered by the credit limit
    Credits released{};
    std::vector<GrantPart> expired;
    Credits waived{};  // the price, where the hold was covered by an unlimited plan
    bool operator==(const HoldCaptured&) const = default;
};
struct HoldReleased {
    HoldSummary hold;  // status says why: released by a command, or expired by time
    Credits released{};
    std::vector<GrantPart> expired;
    bool operator==(const HoldReleased&) const = default;
};

// --- transfers -----------------------------------------------------------------------------------
struct TransferredOut {
    std::string to;
    Credits amount{};
    std::vector<GrantPart> burned;
    bool operator==(const TransferredOut&) const = default;
};
/// One grant of the receiver for each part burned; its id is (this event, its place in `moved`).
struct MovedPart {
    GrantId from{};
    Credits amount{};
    Credits debt_repaid{};
    GrantTerms terms;
    bool operator==(const MovedPart&) const = default;
};
struct TransferredIn {
    std::string from;
    Credits amount{};
    std::vector<MovedPart> moved;
    Balances sender;  // so that the whole answer stands in this one event
    bool operator==(const TransferredIn&) const = default;
};

// --- refusals, catalog, keys ---------------------------------------------------------------------
struct CommandRefused {
    Operation operation = Operation::deduct;
    Refusal refusal;
    std::string feature;
    std::uint32_t index = 0;  // of the refused operation in an atomic batch
    bool operator==(const CommandRefused&) const = default;
};
struct FeatureSet {
    std::string key;
    std::string name;
    std::string category;
    std::string description;
    Credits price{};  // flat; the rules may add to it
    bool active = true;
    std::uint64_t price_book = 0;  // version that this change made
    PriceRules rules;
    std::string resource_template;  // of what a use makes (see core/resource.hpp); empty: none
    bool operator==(const FeatureSet&) const = default;
};
struct FeatureRemoved {
    std::string key;
    std::uint64_t price_book = 0;
    bool operator==(const FeatureRemoved&) const = default;
};
/// A plan, package, promotion, or the catalog's settings, as they are from now on.
struct OfferSet {
    Offer offer;
    std::uint64_t price_book = 0;
    bool operator==(const OfferSet&) const = default;
};
struct OfferRemoved {
    OfferKind kind{};  // never settings
    std::string id;
    std::uint64_t price_book = 0;
    bool operator==(const OfferRemoved&) const = default;
};
struct ApiKeyCreated {
    std::string id;
    std::string name;
    std::uint32_t scopes = 0;  // bit set of Scope
    std::string account_prefix;
    Timestamp expires_at = Timestamp::never();
    Hash256 secret_hash{};
    bool operator==(const ApiKeyCreated&) const = default;
};
struct ApiKeyRevoked {
    std::string id;
    bool operator==(const ApiKeyRevoked&) const = default;
};

/// The order is part of the log format: new kinds are added at the end.
using EventBodies = std::variant<
    LedgerOpened, EpochClaimed, AccountCreated, AccountUpdated, AccountClosed, AccountReopened,
    CreditsGranted, CreditsPurchased, PurchaseRepeated, GrantActivated, GrantExpired, GrantRevoked,
    CreditsDeducted, CreditsRefunded, HoldPlaced, HoldExtended, HoldCaptured, HoldReleased,
    TransferredOut, TransferredIn, CommandRefused, FeatureSet, FeatureRemoved, ApiKeyCreated,
    ApiKeyRevoked, OfferSet, OfferRemoved, SubscriptionMoved, PromotionRedeemed, ReferralMade,
    ReferralRewarded, BudgetSet, BudgetRemoved, AlertSet, AlertRemoved, BalanceAlerted,
    AutoTopUpSet, AutoTopUpRemoved, TopUpAsked, ClockAdvanced, EndpointSet, EndpointRemoved,
    OrderSet, PaymentNoted, PaymentReversed, PaymentRestored, NotificationNoted, AccountForgotten>;
using EventBody = OneOf<EventBodies>;
extern template class OneOf<EventBodies>;  // in event.cpp

struct Event {
    Seq seq{};
    Timestamp time{};
    AccountNo account_no = AccountNo::none();
    std::string account;  // empty where no account is touched
    Balances balances;
    std::optional<Origin> origin;
    std::optional<Hash256> personal_hash;  // commitment to the personal part, if there is one
    EventBody body;
    bool operator==(const Event&) const = default;
};

/// An event as decided, with its personal part: encoded bytes that are stored beside the facts
/// (names, metadata, description, labels, reason, resource). Empty when there is none.
struct DecidedEvent {
    Event event;
    std::string personal;
};

}  // namespace creditd
