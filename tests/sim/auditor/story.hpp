// The vocabulary of a story: what a client wishes (`Wish`) and what an answer says (`Outcome`).
// Written by the generator, rendered to HTTP and read back by the clients, predicted by the
// auditor. No rules, no JSON, nothing of the engine: the standard library only. Plain values that
// anyone may copy on any thread. Amounts are minor units, times are microseconds since 1970 in UTC.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tests/sim/auditor/offers.hpp"

namespace creditd::sim {

enum class WishKind {
    put_account,
    close_account,
    reopen_account,
    grant,
    purchase,
    deduct,
    refund,
    revoke,
    place_hold,
    capture,
    extend,
    release,
    transfer,
    put_feature,
    delete_feature,
    put_package,
    delete_package,
    put_promotion,
    delete_promotion,
    put_catalog,
    redeem,
    batch,
    read_balance,
    read_hold,
    quote,
    place_order,   ///< `payment` without its id: the provider and the price.
    settle_order,  ///< `payment.id`: by which it was paid.
    cancel_order,
    read_order,
    put_plan,
    delete_plan,
    subscribe,
    change_subscription,
    cancel_subscription,
    resume_subscription,
    put_budget,  ///< `id`, `amount`, `interval`, and what it is for
    remove_budget,
};

/// By the word of a story's line, or of a batch's operation where that differs; none: no such kind.
std::optional<WishKind> wish_kind_of(std::string_view word);

struct Payment {
    std::string provider;
    std::string id;
    Money money;
    bool operator==(const Payment&) const = default;
};

/// One request as a client means it. A field that is not set is not sent, and a field that its kind
/// does not know (see the comments) stays unset: the auditor judges well-formed requests only.
struct Wish {
    WishKind kind = WishKind::read_balance;
    /// The Idempotency-Key. Empty: none is sent (in a batch: the operation has none of its own).
    std::string key;
    /// Of the path; the sender of a transfer. Unused where `id` names the object.
    std::string account;
    /// As the daemon gave it: grt_ (revoke), txn_ (refund), hold_ (capture, extend, release,
    /// read_hold). The key, id or code of what is put, deleted or redeemed in a catalog; an order.
    std::string id;
    std::string to;  ///< transfer: the receiver.

    /// The `amount` of every kind that has one; `credits` of put_feature.
    std::optional<std::int64_t> amount;
    std::optional<std::string> description;  ///< Any POST, put_feature.
    bool dry_run = false;                    ///< Any kind that moves credits.

    std::optional<std::int64_t> credit_limit;  ///< put_account
    std::optional<std::string> name;           ///< put_account, put_feature

    std::optional<std::string> grant_kind;     ///< grant: `bonus`, `promo` ...
    std::optional<int> priority;               ///< grant
    std::optional<std::int64_t> effective_at;  ///< grant
    std::optional<std::int64_t> expires_at;    ///< grant, purchase
    /// grant, purchase, place_hold, extend: sent as `<n>s`
    std::optional<std::int64_t> expires_in_s;
    std::optional<std::vector<std::string>> features;  ///< grant: the only features it may pay for
    std::optional<Money> cost;                         ///< grant
    std::optional<Payment> payment;                    ///< purchase

    std::optional<std::string> package;         ///< purchase: instead of `amount`
    std::optional<std::string> feature;         ///< deduct, place_hold, quote: instead of `amount`
    std::optional<std::int64_t> quantity;       ///< … with `feature`
    std::map<std::string, std::int64_t> units;  ///< … in millionths; capture: instead of `amount`
    std::vector<std::string> options;           ///< … with `feature`
    std::optional<std::string> user;            ///< deduct, place_hold
    std::optional<std::string> model;           ///< deduct, place_hold
    std::optional<bool> allow_partial;          ///< deduct

    std::optional<std::string> on_expiry;  ///< place_hold: `release` or `capture`
    std::optional<bool> final_capture;     ///< capture: `final`
    std::optional<bool> active;            ///< put_feature
    std::vector<CatalogTerms> catalog;     ///< put_…: one

    std::optional<std::string> plan;      ///< subscribe, change_subscription
    std::optional<std::string> interval;  ///< likewise; put_budget: its window
    std::optional<bool> at_period_end;    ///< change_subscription, cancel_subscription

    bool atomic = false;           ///< batch: mode atomic, else independent
    std::vector<Wish> operations;  ///< batch

    bool operator==(const Wish&) const = default;
};

/// `{grant, amount}` of `burned`, `restored` and `expired`.
struct Part {
    std::string grant;
    std::int64_t amount = 0;
    bool revoked = false;  ///< restored: to a revoked grant, so refunded and revoked at once
    bool operator==(const Part&) const = default;
};

/// `{from_grant, grant, amount}` of a transfer's `moved`.
struct Moved {
    std::string from_grant;
    std::string grant;
    std::int64_t amount = 0;
    bool operator==(const Moved&) const = default;
};

/// The hold in an answer: `hold` of extend, capture and release; the top level of place_hold, of
/// read_hold and of the release of a closed hold, which also set `id` and `amount` of the Outcome.
struct HoldState {
    std::string id;
    std::int64_t amount = 0;
    std::int64_t captured = 0;
    std::int64_t remaining = 0;
    std::string status;  ///< open, captured, released or expired
    std::int64_t expires_at = 0;
    std::string on_expiry;
    bool operator==(const HoldState&) const = default;
};

/// `{account, balance, available}` of a transfer's `from` and `to`.
struct Side {
    std::string account;
    std::int64_t balance = 0;
    std::int64_t available = 0;
    bool operator==(const Side&) const = default;
};

/// What an answer says. A field that the answer does not have, or has as null, is not set. Ids that
/// the auditor cannot know yet are placeholders: `?` and a number (see Auditor::learn).
struct Outcome {
    int status = 0;
    std::string code;       ///< The problem's code; empty in 2xx.
    bool replayed = false;  ///< Idempotent-Replayed; in a batch `replayed`.

    std::optional<std::int64_t> seq;         ///< Never predicted.
    std::optional<std::string> type;         ///< Type of transaction: grant, purchase ...
    std::optional<std::string> id;           ///< grt_, txn_ or hold_, as the answer's `id`
    std::optional<std::string> transaction;  ///< grant, place_hold: txn_
    std::optional<std::string> account;
    std::optional<std::int64_t> amount;
    std::optional<std::int64_t> delta;
    std::optional<std::int64_t> balance_before;
    std::optional<std::int64_t> balance_after;  ///< Also `balance` of read_balance.
    std::optional<std::int64_t> held;           ///< read_balance
    std::optional<std::int64_t> available;      ///< Also of a 402.
    std::optional<std::int64_t> created_at;

    std::optional<std::int64_t> required;   ///< 402; deduct with allow_partial
    std::optional<std::int64_t> shortfall;  ///< 402; deduct with allow_partial
    std::optional<std::int64_t> debt;       ///< deduct, capture: the part that no grant paid

    std::optional<std::string> grant;          ///< purchase, revoke: grt_
    std::optional<std::string> grant_kind;     ///< grant
    std::optional<std::int64_t> remaining;     ///< grant: after it has repaid debt
    std::optional<int> priority;               ///< grant
    std::optional<std::int64_t> expires_at;    ///< grant, purchase
    std::optional<std::int64_t> effective_at;  ///< grant
    std::optional<bool> duplicate;             ///< purchase: the payment was credited before

    std::vector<Part> burned;                    ///< deduct, capture: in order
    std::vector<Part> restored;                  ///< refund: in order
    std::vector<Part> expired;                   ///< release: what expired at once
    std::vector<Moved> moved;                    ///< transfer: in order
    std::optional<std::string> deduction;        ///< refund: txn_
    std::optional<std::int64_t> refunded_total;  ///< refund
    std::optional<HoldState> hold;
    std::optional<Side> from;  ///< transfer
    std::optional<Side> to;    ///< transfer

    std::vector<std::int64_t> lines;         ///< deduct, hold, capture, quote: those that are not 0
    std::optional<std::int64_t> price_book;  ///< likewise of a feature; put_feature, put_catalog
    std::optional<bool> sufficient;          ///< quote
    std::optional<std::string> package;      ///< purchase
    std::optional<Part> bonus;               ///< purchase
    std::optional<std::int64_t> bonus_until;  ///< purchase: when it expires
    std::optional<std::string> promotion;     ///< redeem
    std::optional<std::int64_t> changes;      ///< put_catalog

    std::optional<std::string> account_status;  ///< put, close, reopen account: open or closed
    std::optional<std::int64_t> credit_limit;   ///< put_account
    std::optional<std::int64_t> credits;        ///< put_feature
    std::optional<bool> active;                 ///< put_feature

    std::vector<Outcome> results;       ///< batch: one each, in order
    std::optional<std::int64_t> index;  ///< atomic batch: the operation that was refused

    bool operator==(const Outcome&) const = default;
};

}  // namespace creditd::sim
