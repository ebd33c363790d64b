// The auditor's naive ledger: accounts, grants, holds, deductions and the catalog as plain maps,
// and the rules of the contract over them, one function per wish. Every figure is summed anew
// whenever it is asked for; no sum is kept, and speed is no aim. No keys, no batches: see
// auditor.hpp. Owned and called by the Auditor only, on one thread; a copy is an independent
// ledger.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "tests/sim/auditor/arrangements.hpp"
#include "tests/sim/auditor/payments.hpp"
#include "tests/sim/auditor/story.hpp"

namespace creditd::sim::audit {

__extension__ typedef __int128 Wide;  ///< Lifetime totals outgrow 64 bits.

using Number = int;  ///< The book's own name of a grant, a hold or a transaction.

constexpr std::int64_t amount_limit = 1'000'000'000'000'000;  ///< |amount| and |balance| are below
constexpr std::int64_t microseconds = 1'000'000;              ///< in a second
constexpr std::int64_t refund_grant_days = 30;
constexpr std::int64_t refusal_window_us = 10 * microseconds;

struct Totals {
    Wide granted = 0;
    Wide purchased = 0;
    Wide consumed = 0;
    Wide refunded = 0;
    Wide expired = 0;
    Wide revoked = 0;
    Wide transferred_in = 0;
    Wide transferred_out = 0;
};

struct Account {
    std::string id;
    bool closed = false;
    std::int64_t credit_limit = 0;
    std::int64_t debt = 0;
    Totals totals;
    std::vector<std::int64_t> refusals;            ///< Times of the recorded ones.
    std::set<Number> grants;                       ///< Those of which something remains.
    std::map<std::string, std::int64_t> redeemed;  ///< How often, by code of the promotion.
    std::optional<Subscription> subscription;      ///< The last one that there was.
    std::map<std::string, Budget> budgets;         ///< By id.
};

struct Grant {
    Number number = 0;  ///< Rises with age.
    std::string account;
    std::string kind;
    std::int64_t amount = 0;
    std::int64_t remaining = 0;  ///< What is reserved included.
    int priority = 50;
    std::int64_t effective_at = 0;
    std::optional<std::int64_t> expires_at;
    std::vector<std::string> features;  ///< Empty: any, and plain amounts.
    std::optional<Money> cost;
    bool effective = false;
    bool revoked = false;   ///< A revocation has taken the last of it.
    std::int64_t lost = 0;  ///< To time and to revocations.
};

/// A part of a deduction or of a hold. Without a grant: debt.
struct Share {
    std::optional<Number> grant;
    std::int64_t amount = 0;
};

struct Hold {
    Number number = 0;
    std::string account;
    std::int64_t amount = 0;
    std::int64_t captured = 0;
    std::vector<Share> reserved;  ///< What is neither captured nor released, in order of burning.
    std::string status = "open";
    std::int64_t expires_at = 0;
    std::string on_expiry = "release";
    std::optional<std::string> feature;
    std::string user;
    std::vector<std::string> options;
    std::vector<std::int64_t> lines;         ///< Of its price, when it was placed.
    std::optional<std::int64_t> price_book;  ///< Likewise.
};

/// A deduction or a capture.
struct Deduction {
    std::string account;
    std::int64_t amount = 0;
    std::int64_t refunded = 0;
    std::vector<Share> refundable;  ///< What is not refunded yet, in order of burning.
    std::string user;
    std::string feature;
    std::int64_t used_at = 0;
};

/// What a payment has credited.
struct Paid {
    std::string account;
    std::int64_t amount = 0;
    Money money;
    std::optional<std::string> package;
    Outcome answer;
    std::vector<Number> grants;
};

/// What is asked of a hold or a deduction, once its price is known.
struct Need {
    std::int64_t amount = 0;
    std::optional<std::string> feature;
    std::vector<std::int64_t> lines;  ///< Of a feature's price.
};

/// Something that time alone does, in the words of the log.
struct Happening {
    std::string what;
    std::string account;
};

struct Book {
    std::map<std::string, Account> accounts;
    std::unordered_map<Number, Grant> grants;
    std::unordered_map<Number, Hold> holds;
    std::set<Number> open_holds;  ///< Only these reserve anything.
    std::map<Number, Deduction> deductions;
    CatalogTerms catalog;
    std::int64_t price_book = 0;  ///< Each change of the catalog makes a version.
    std::map<std::string, std::int64_t> redemptions;  ///< By everybody, by code.
    std::map<PaymentName, Paid> payments;
    std::map<PaymentName, Heard> heard;
    std::map<std::string, Order> orders;
    Number last_number = 0;
    std::int64_t refusals_max = 20;  ///< recorded for one account in `refusal_window_us`

    // Sums, all over what is effective unless they say otherwise.
    std::int64_t reserved(Number grant) const;
    std::int64_t balance(const std::string& account) const;
    std::int64_t pending(const std::string& account) const;
    std::int64_t held(const std::string& account) const;
    std::int64_t held_as_debt(const std::string& account) const;
    std::int64_t available(const std::string& account) const;
    /// What a plain amount or a feature may use; negative in debt.
    std::int64_t available_for(const std::string& account,
                               const std::optional<std::string>& feature) const;
    /// Grants that it may use and that have a part free, in burn order.
    std::vector<Number> burnable(const std::string& account,
                                 const std::optional<std::string>& feature) const;
    /// As burnable, whatever features the grants are limited to.
    std::vector<Number> movable(const std::string& account) const;

    /// Lets the first thing happen that is due for the account at `now`, if there is one.
    std::optional<Happening> settle_one(const std::string& account, std::int64_t now);
    /// Lets everything happen that is due for it at `now`, in order of time.
    void settle(const std::string& account, std::int64_t now);
    /// `from`, `to`, and each moment between them at which a grant or a hold begins or ends.
    std::set<std::int64_t> moments(std::int64_t from, std::int64_t to) const;
    /// A ledger of its own, with what the wish needs and little else: cheap, to try things out.
    Book part(const Wish& wish, std::optional<Number> id) const;

    // One wish each. `id` is the number of the object that the wish names, if there is one. They
    // change nothing when they refuse. The book is settled at `now`.
    Outcome put_account(std::int64_t now, const Wish& wish);
    Outcome set_closed(const Wish& wish, bool closed);
    Outcome grant(std::int64_t now, const Wish& wish);
    Outcome purchase(std::int64_t now, const Wish& wish);
    Outcome deduct(std::int64_t now, const Wish& wish);
    Outcome refund(std::int64_t now, const Wish& wish, std::optional<Number> id);
    Outcome revoke(std::int64_t now, const Wish& wish, std::optional<Number> id);
    Outcome place_hold(std::int64_t now, const Wish& wish);
    Outcome capture(std::int64_t now, const Wish& wish, std::optional<Number> id);
    Outcome extend(std::int64_t now, const Wish& wish, std::optional<Number> id);
    Outcome release(std::int64_t now, std::optional<Number> id);
    Outcome transfer(std::int64_t now, const Wish& wish);
    Outcome put_feature(const Wish& wish);
    Outcome put_package(const Wish& wish);
    Outcome put_promotion(const Wish& wish);
    Outcome remove(const Wish& wish);
    Outcome put_catalog(const Wish& wish);
    Outcome redeem(std::int64_t now, const Wish& wish);
    Outcome place_order(const Wish& wish);
    Outcome settle_order(std::int64_t now, const Wish& wish);
    Outcome cancel_order(const Wish& wish);
    Outcome put_plan(const Wish& wish);
    Outcome subscribe(std::int64_t now, const Wish& wish);
    Outcome change_subscription(std::int64_t now, const Wish& wish);
    Outcome cancel_subscription(const Wish& wish, bool resumes);
    Outcome put_budget(const Wish& wish);
    Outcome remove_budget(const Wish& wish);
    Outcome quote(std::int64_t now, const Wish& wish) const;
    Outcome read_balance(const std::string& account) const;
    Outcome read_hold(std::optional<Number> id) const;

    /// A provider's news, whatever was heard before.
    Noted hear(std::int64_t now, const News& news);

    /// How many of the account's refusals were recorded after that moment.
    std::int64_t refusals_after(std::int64_t time, const std::string& account) const;
    /// False: the account has had its refusals for now.
    bool may_refuse(std::int64_t now, const std::string& account) const;

    /// The account that a wish would be recorded with, or nothing.
    std::optional<std::string> account_of(const Wish& wish, std::optional<Number> id) const;

    /// Empty, or which law is broken: sums everything.
    std::string violation() const;

    // Parts of the above.
    Number add_grant(std::int64_t now, Grant grant);
    Grant& store(Grant grant);
    /// Adds to what remains of it.
    void change(Grant& grant, std::int64_t by);
    void make_effective(Grant& grant);
    std::int64_t expire_rest(Grant& grant);
    std::int64_t close_hold(std::int64_t now, Hold& hold, const std::string& status,
                            std::vector<Part>* expired);
    std::vector<Share> take_shares(std::vector<Share>& from, std::int64_t amount);
    /// `use`: whose it is and for what.
    Number burn(std::int64_t amount, Deduction use, const std::vector<Share>& shares,
                Outcome& outcome);
    std::vector<Share> plan(const std::string& account, const Need& need) const;
    bool covers(const std::string& account, const Need& need, Outcome& refusal) const;
    bool has_room(const std::string& account, std::int64_t amount) const;
    std::optional<Outcome> price(const Wish& wish, Need& need) const;
    std::optional<Outcome> measured(const Wish& wish, const Hold& hold, Need& need) const;
    std::optional<Outcome> terms_of(const Wish& wish, PackageTerms& terms) const;
    void add_bought(std::int64_t now, const Wish& wish, const PackageTerms& terms,
                    Outcome& outcome);
    void copy_object(Book& to, Number number) const;
    void give_signup(std::int64_t now, const std::string& account);
    /// Tells the price of what a feature costs.
    void tell_price(const Need& need, Outcome& outcome) const;
    void restore(std::int64_t now, const std::string& account, const Share& share,
                 Outcome& outcome);
    // Of payments: the refusal, or empty.
    std::string hear_of(std::int64_t now, const News& news);
    std::string hear_of_order(const News& news);
    std::string goods_of_news(const News& news, const Order* order, PackageTerms& terms) const;
    void credit(std::int64_t now, const News& news, const Order* order, const PackageTerms& terms,
                Heard& known);
    Heard heard_of(const PaymentName& name) const;
    Order* order_of(const News& news, const Heard& known);
    std::string name_of(const Order& order) const;
    Money custom_price(std::int64_t credits) const;
    /// Brings what was taken back in line with what was heard.
    void bring_in_line(std::int64_t now, Heard& known);
    void take_back(Lot& lot, std::int64_t amount);
    void give_back(std::int64_t now, const std::string& account, Lot& lot, std::int64_t amount);
    /// Grants with a higher number.
    std::vector<Number> made_after(Number number) const;
    // Of subscriptions.
    const PlanTerms* plan_on_offer(const std::string& id, const std::string& interval) const;
    void renew(std::int64_t now, const std::string& account);
    void end_subscription(const std::string& account);
    std::vector<Share> leftovers(const std::string& account) const;
    void lose(const std::string& account, const std::vector<Share>& shares);
    void give_cycle(std::int64_t now, const std::string& account, const PlanTerms& terms);
    // Of budgets.
    void charge(Number number, const Deduction& use, std::int64_t amount);
    void uncharge(Number number, const Deduction& use, std::int64_t amount);
    std::optional<Outcome> over_budget(std::int64_t now, const std::string& account,
                                       const std::string& user, const std::string& feature,
                                       std::int64_t amount) const;
    HoldState state(const Hold& hold) const;
    /// `balance` of an answer, as it is before anything is done.
    Outcome begin(std::int64_t now, const std::string& account, const std::string& type) const;
    /// The rest of the answer, once all is done.
    void finish(Outcome& outcome, std::int64_t amount);
};

Outcome refused(int status, const std::string& code);
/// What is captured of a hold.
Deduction use_of(std::int64_t now, const Hold& hold);
/// When what the wish makes expires.
std::optional<std::int64_t> expiry(std::int64_t now, const Wish& wish);
Money as_answered(Money money);
/// So long after `now`, if there is a length.
std::optional<std::int64_t> after(std::int64_t now, std::optional<std::int64_t> length_s);
std::string placeholder(Number number);

}  // namespace creditd::sim::audit
