// Commands: what was asked, parsed and checked for form, not yet for sense. Times arrive as data.
// With each comes its evidence: facts too old for memory.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "core/evidence.hpp"
#include "core/one_of.hpp"

namespace creditd {

enum class Scope : std::uint8_t {
    admin,
    ledger_write,
    ledger_read,
    catalog_write,
    audit_read,
    webhooks_write,
    payments_write
};

/// What is the same for every command.
struct CommandMeta {
    std::string key;
    Digest key_digest{};
    Digest fingerprint{};
    std::string actor;
    std::string trace_id;
    std::string account_prefix;  // of the API key: accounts outside it do not exist for the caller
    std::string personal;        // encoded personal part, empty if none
    Hash256 personal_hash{};
};

struct PutAccount {
    std::string account;
    std::optional<std::string> parent;
    std::optional<Credits> credit_limit;
    bool has_profile = false;  // a new personal part (name, metadata, labels) comes with it
};
struct CloseAccount {
    std::string account;
};
struct ReopenAccount {
    std::string account;
};
struct ForgetAccount {
    std::string account;
};
/// An expiry given as a moment or as a length from now; neither: never.
struct ExpiryRequest {
    std::optional<Timestamp> at;
    std::optional<Duration> in;
};
struct GrantCredits {
    std::string account;
    Credits amount{};
    GrantKind kind = GrantKind::admin;
    std::uint16_t priority = limits::grant_priority_default;
    std::optional<Timestamp> effective_at;
    ExpiryRequest expiry;
    std::vector<std::string> features;
    Money cost{};
};
struct PurchaseCredits {
    std::string account;
    Credits amount{};  // of a package: what the catalog says
    ExpiryRequest expiry;
    std::string provider;
    std::string payment_id;
    Digest payment_digest{};
    Money payment{};
    std::string package{};  // empty: the amount was given
};
/// Either an amount, or a feature with its quantity.
struct PriceRequest {
    std::optional<Credits> amount;
    std::string feature;
    std::int64_t quantity = 1;
    std::vector<MeasuredUnit> units;   // in the order of their names, each once
    std::vector<std::string> options;  // likewise
    std::string user;
    std::string model;
};
struct DeductCredits {
    std::string account;
    PriceRequest price;
    bool allow_partial = false;
};
struct RefundDeduction {
    DeductionId deduction{};
    std::optional<Credits> amount;  // all that is left to refund
};
struct RevokeGrant {
    GrantId grant{};
    std::optional<Credits> amount;  // all that is left of it
};
struct PlaceHold {
    std::string account;
    PriceRequest price;
    Duration expires_in{};
    OnExpiry on_expiry = OnExpiry::release;
};
struct CaptureHold {
    HoldId hold{};
    std::optional<Credits> amount;  // all that remains
    bool final = false;             // release the rest
    /// Instead of an amount: what was measured, at the price of the hold's feature today.
    std::vector<MeasuredUnit> units{};
};
struct ExtendHold {
    HoldId hold{};
    std::optional<Credits> amount;
    std::optional<Duration> expires_in;  // from now
};
struct ReleaseHold {
    HoldId hold{};
};
struct TransferCredits {
    std::string from;
    std::string to;
    Credits amount{};
};
struct SetFeature {
    std::string key;
    std::string name;
    std::string category;
    std::string description;
    Credits price{};
    PriceRules rules;
    bool active = true;
    std::string resource_template{};
};
/// Changes what is given of a feature, and nothing else.
struct ChangeFeature {
    std::string key;
    std::optional<std::string> name;
    std::optional<std::string> category;
    std::optional<std::string> description;
    std::optional<Credits> price;  // with `rules`
    PriceRules rules;
    std::optional<bool> active;
    std::optional<std::string> resource_template{};
};
struct RemoveFeature {
    std::string key;
};
struct SetOffer {
    Offer offer;
};
struct RemoveOffer {
    OfferKind kind{};
    std::string id;
};
/// What the catalog is from now on: what it has and these have not is removed.
struct ReplaceCatalog {
    std::vector<SetFeature> features;
    std::vector<Offer> offers;                // plans, packages, promotions and, once, the settings
    std::optional<std::uint64_t> price_book;  // refused unless this is today's version
};
/// Which of its subscriptions a payment provider speaks of, and when it did: its news come in any
/// order. None where an application speaks for it.
struct SubscriptionNews {
    std::string subscription;
    Timestamp at{};
};
struct Subscribe {  // answered as it is where the same subscription runs already
    std::string account;
    std::string plan;
    Interval interval = Interval::month;
    SubscriptionSource source = SubscriptionSource::calendar;
    std::optional<Timestamp> period_end;   // of source provider: when it says that the cycle ends
    std::optional<PaymentNews> payment{};  // that pays the first cycle: it does so once
    std::optional<SubscriptionNews> news{};
};
struct ChangeSubscription {
    std::string account;
    std::string plan;
    std::optional<Interval> interval;  // none: as today
    bool at_period_end = false;
};
struct CancelSubscription {
    std::string account;
    bool at_period_end = true;
};
struct ResumeSubscription {
    std::string account;
};
/// Source provider only: the next cycle is paid.
struct RenewSubscription {
    std::string account;
    std::optional<Timestamp> period_end;   // none: by the calendar
    std::optional<PaymentNews> payment{};  // that pays it: it does so once
    std::optional<SubscriptionNews> news{};
};
/// Source provider only: a payment failed.
struct SuspendSubscription {
    std::string account;
    std::optional<SubscriptionNews> news{};
};
/// Source provider only: how it stands there.
struct FollowSubscription {
    std::string account;
    SubscriptionNews news;
    SubscriptionStatus status = SubscriptionStatus::active;  // active, past due or ended
    bool cancel_at_period_end = false;
    std::string plan;  // empty: as today
    Interval interval = Interval::month;
};
struct RedeemPromotion {
    std::string account;
    std::string code;
};
struct ReferAccount {
    std::string account;  // who is referred
    std::string referrer;
};
struct SetBudget {
    std::string account;
    BudgetTerms terms;
};
struct RemoveBudget {
    std::string account;
    std::string id;
};
struct SetAlert {
    std::string account;
    AlertTerms terms;
};
struct RemoveAlert {
    std::string account;
    std::string id;
};
struct SetAutoTopUp {
    std::string account;
    AutoTopUpTerms terms;
};
struct RemoveAutoTopUp {
    std::string account;
};
/// On a ledger with a test clock. `execute` gets the new time as now.
struct AdvanceClock {};
struct CreateEndpoint {
    std::string url;
    std::string description;
    std::vector<std::string> events;  // in their order, each once
};
/// Changes what is given of an endpoint, and nothing else.
struct ChangeEndpoint {
    std::string id;
    std::optional<std::string> url;
    std::optional<std::string> description;
    std::optional<std::vector<std::string>> events;
    std::optional<EndpointStatus> status;
    std::optional<Duration> rotate_overlap;  // a new secret; the old one signs on for this long
};
struct RemoveEndpoint {
    std::string id;
};
/// What is bought: a package, a plan, or an amount, at today's terms. The same order again is
/// answered as it stands.
struct PlaceOrder {
    std::string account;
    std::string id;
    Digest digest{};
    std::string package;
    std::string plan;
    Interval interval = Interval::month;
    Credits amount{};
    Money price{};  // of an amount, where the catalog has no price for it
    std::string provider;
};
/// Where it is paid, or that it will not be. `status` moves a pending order only.
struct ChangeOrder {
    std::string id;
    Digest digest{};
    std::optional<OrderStatus> status;  // failed, expired or canceled
    bool must_be_pending = false;       // refused otherwise; else nothing happens
    std::string reference;              // each of these unless it is empty
    std::string pay_url;
    std::string qr_url;
    Timestamp pay_until{};
};
/// What was told of a payment. That it was made credits what the order says, or what stands here.
struct NotePayment {
    PaymentNews news;
    std::string account;  // each of these may be empty
    std::string order;
    Digest order_digest{};
    std::string package;
    Credits amount{};
};
/// What became of a notification. Repeats of one that was dealt with change nothing.
struct NoteNotification {
    Notification notification;  // without what its first event says
    bool is_try = true;         // false: somebody changed what is to be assumed
    Digest order_digest{};      // of the order to be read with it; zero: none
};
struct CreateApiKey {
    std::string id;
    std::string name;
    std::uint32_t scopes = 0;
    std::string account_prefix;
    std::optional<Duration> expires_in;
    Hash256 secret_hash{};
};
struct RevokeApiKey {
    std::string id;
};

using CommandBodies =
    std::variant<PutAccount, CloseAccount, ReopenAccount, GrantCredits, PurchaseCredits,
                 DeductCredits, RefundDeduction, RevokeGrant, PlaceHold, CaptureHold, ExtendHold,
                 ReleaseHold, TransferCredits, SetFeature, RemoveFeature, CreateApiKey,
                 RevokeApiKey, SetOffer, RemoveOffer, ChangeFeature, ReplaceCatalog, Subscribe,
                 ChangeSubscription, CancelSubscription, ResumeSubscription, RenewSubscription,
                 SuspendSubscription, RedeemPromotion, ReferAccount, SetBudget, RemoveBudget,
                 SetAlert, RemoveAlert, SetAutoTopUp, RemoveAutoTopUp, AdvanceClock, CreateEndpoint,
                 ChangeEndpoint, RemoveEndpoint, PlaceOrder, ChangeOrder, NotePayment,
                 NoteNotification, FollowSubscription, ForgetAccount>;
using CommandBody = OneOf<CommandBodies>;
extern template class OneOf<CommandBodies>;  // in command.cpp

struct Command {
    CommandMeta meta;
    CommandBody body;
    Evidence evidence;
};

/// One command under one key: every operation, or none.
struct AtomicBatch {
    CommandMeta meta;
    Seq as_of{};  // evidence about the batch's own key
    std::vector<Command> operations;
};

/// Where cycles of subscriptions end. A question that core asks while it decides; the answer is
/// recorded in the event, so replay never asks it.
class Calendar {
public:
    virtual ~Calendar() = default;
    /// `anchor` and so many intervals later, at the same local time of day in `zone` (IANA name):
    /// on the anchor's day of the month, or on the month's last day where it is shorter. Later than
    /// `anchor` and strictly rising with `count` ≥ 1.
    virtual Timestamp after(Timestamp anchor, Interval interval, std::uint32_t count,
                            const std::string& zone) const = 0;
};
/// All zones taken as UTC.
const Calendar& utc_calendar();

/// Policy that comes from configuration; its results are recorded in events.
struct Policy {
    Duration refund_grant_lifetime = Duration::days(limits::refund_grant_days_default);
    const Calendar* calendar = &utc_calendar();
};

}  // namespace creditd
