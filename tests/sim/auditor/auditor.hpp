// The auditor: a second, naive ledger that reads the contract for itself. It predicts the answer to
// every wish, and its answers are compared with the daemon's. Here: keys, batches, dry runs and
// refusals, around the rules of book.hpp. It shares no code with the engine.
// Owned by the simulation, one thread. A copy is an independent ledger: where it is unknown whether
// a request was carried out, keep one auditor that executed it and one that did not.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "tests/sim/auditor/book.hpp"
#include "tests/sim/auditor/story.hpp"

namespace creditd::sim {

struct Period {
    std::int64_t from_us = 0;
    std::int64_t to_us = 0;
};

class Auditor {
public:
    /// Carries the wish out at the event time `now_us` and predicts the answer. Times never go
    /// backwards. Ids that were not learned yet are placeholders (`?7`).
    Outcome execute(std::int64_t now_us, const Wish& wish);

    /// Learns each id that stands in `actual` where `predicted` has a placeholder. Returns empty,
    /// or which object was given two ids. Call it once the two are known to agree (`difference`).
    std::string learn(const Outcome& predicted, const Outcome& actual);
    std::string learn(const std::string& placeholder, const std::string& id);

    /// A provider's news are in the log at `now_us`.
    Noted hear(std::int64_t now_us, const News& news);
    const std::map<std::string, audit::Order>& orders() const { return book_.orders; }

    /// What the answer would be, had the wish been carried out at `now_us`; nothing is done.
    Outcome would(std::int64_t now_us, const Wish& wish) const;
    /// What it may be at any time of the period, where nothing but time happens: at its ends, and
    /// at each moment between them at which something begins or ends.
    std::vector<Outcome> possible(const Wish& wish, Period period) const;
    /// As `would`, had the account been made that the wish names.
    Outcome would_with_account(std::int64_t now_us, const Wish& wish) const;
    /// Lets the first thing happen that is due for the account at `now_us`, if there is one.
    std::optional<audit::Happening> pass_one(const std::string& account, std::int64_t now_us) {
        return book_.settle_one(account, now_us);
    }
    /// The accounts that the wish is about.
    std::vector<std::string> targets(const Wish& wish) const;
    /// `outcome` with every id that is known by now.
    Outcome named(Outcome outcome) const;
    /// Does the id stand for anything?
    bool knows(const std::string& id) const { return numbers_.contains(id); }
    /// As things stand, whatever is due.
    Outcome balance_of(const std::string& account) const { return book_.read_balance(account); }
    Outcome hold_of(const std::string& id) const;
    /// Whose refusal that of the wish would be, or nothing.
    std::optional<std::string> account_of(const Wish& wish) const;
    std::int64_t refusals_after(std::int64_t time_us, const std::string& account) const;
    /// Against a ledger that counts refusals from window to window, more than its limit may fall
    /// into one that begins elsewhere.
    void set_refusals_max(std::int64_t count) { book_.refusals_max = count; }
    /// All laws are summed up after every so many wishes; they are dear.
    void set_audit_interval(unsigned wishes) { audit_interval_ = wishes; }

    /// What GET /v1/accounts/{a}/balance answers for each account at that moment.
    std::map<std::string, Outcome> balances(std::int64_t now_us) const;

    /// Empty, or the first law that was broken: that is a bug of the auditor.
    const std::string& violation() const { return violation_; }

private:
    struct Recorded {
        Wish request;
        Outcome outcome;
    };

    Outcome execute_one(std::int64_t now, const Wish& wish);
    static Outcome carry_out(audit::Book& book, std::int64_t now, const Wish& wish,
                             std::optional<audit::Number> id);
    Outcome carry_out_atomic(std::int64_t now, const Wish& batch,
                             std::optional<std::string>& account);
    Outcome execute_independent(std::int64_t now, const Wish& batch);
    std::optional<Outcome> replay(const Wish& wish) const;
    void audit(const std::string& what);
    std::optional<audit::Number> number_of(const std::string& id) const;
    void name_ids(Outcome& outcome) const;

    audit::Book book_;
    std::map<std::string, Recorded> recorded_;  ///< By Idempotency-Key.
    std::map<std::string, std::string> ids_;    ///< Placeholder to id.
    std::map<std::string, audit::Number> numbers_;
    std::string violation_;
    unsigned audit_interval_ = 1;
    unsigned unaudited_ = 0;
};

/// Empty, or the first field in which the answer is not as predicted. A placeholder agrees with any
/// id. Not compared: `seq`; `created_at` and `credit_limit` where either of the two has none.
std::string difference(const Outcome& predicted, const Outcome& actual);

}  // namespace creditd::sim
