// Commands: what was asked, parsed and checked for form, not yet for sense. Times arrive as data.
// Evidence: facts too old for memory, read from disk before the command reaches the ledger.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "core/event.hpp"

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
    Credits amount{};
    ExpiryRequest expiry;
    std::string provider;
    std::string payment_id;
    Digest payment_digest{};
    Money payment{};
};
/// Either an amount, or a feature with its quantity.
struct PriceRequest {
    std::optional<Credits> amount;
    std::string feature;
    std::int64_t quantity = 1;
    bool has_units = false;    // measured units were given; a flat price takes none
    bool has_options = false;  // likewise options
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
    bool active = true;
};
struct RemoveFeature {
    std::string key;
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

using CommandBody = std::variant<PutAccount, CloseAccount, ReopenAccount, GrantCredits,
                                 PurchaseCredits, DeductCredits, RefundDeduction, RevokeGrant,
                                 PlaceHold, CaptureHold, ExtendHold, ReleaseHold, TransferCredits,
                                 SetFeature, RemoveFeature, CreateApiKey, RevokeApiKey>;

// --- evidence ------------------------------------------------------------------------------------
/// A purchase found under the command's payment.
struct PaymentFact {
    Seq seq{};
    AccountNo account_no{};
    Credits amount{};
    Money payment{};
    bool operator==(const PaymentFact&) const = default;
};
/// A grant as it was made. Immutable but for `revoked`, which holds as of Evidence::as_of.
struct GrantFact {
    GrantId id{};
    AccountNo account_no{};
    Credits amount{};
    GrantTerms terms;
    bool revoked = false;
};
/// A deduction or capture, the grants that it burned (in burn order), and how much of it had been
/// refunded as of Evidence::as_of.
struct DeductionFact {
    DeductionId id{};
    AccountNo account_no{};
    Credits amount{};
    Credits debt{};
    std::vector<GrantPart> burned;
    std::vector<GrantFact> grants;  // one for each of `burned`, in its order
    Credits refunded_total{};
};
/// A hold was placed under this id, whether or not it is still open.
struct HoldFact {
    HoldId id{};
    AccountNo account_no{};
};
/// What the indexes on disk say, as of position `as_of`; what is newer is in the state's window.
/// An absent fact means "not there as of `as_of`".
struct Evidence {
    Seq as_of{};
    std::optional<PaymentFact> payment;
    std::optional<GrantFact> grant;
    std::optional<DeductionFact> deduction;
    std::optional<HoldFact> hold;
};

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

/// Policy that comes from configuration; its results are recorded in events.
struct Policy {
    Duration refund_grant_lifetime = Duration::days(limits::refund_grant_days_default);
};

}  // namespace creditd
