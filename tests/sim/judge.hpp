// The auditor at work in the simulation. It carries out what the log says was asked for, in the
// log's order and at the log's times, from what clients had sent; predicts each answer; and
// compares: every command with the state after it, every answer with its prediction, every balance
// read with the log position that it names. What is answered and not in the log must have a reason.
// Owned by Clients, one thread.
#pragma once

#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/state.hpp"
#include "tests/sim/auditor/auditor.hpp"
#include "tests/sim/connection.hpp"
#include "tests/sim/laws.hpp"
#include "tests/sim/reading.hpp"

namespace creditd::sim {

/// A request as the judge knows it: what it wishes, and the log's end and that event's time when it
/// was sent.
struct Plea {
    std::optional<Wish> wish;
    Seq log_end{};
    Timestamp sent_at{};
    Timestamp logged_at{};
};

class Judge {
public:
    Judge();

    /// `request` is on its way.
    Plea sent(const Request& request, Timestamp now);
    /// An event is in the log, and `after` is the state with it. Throws Failure.
    void happened(const Event& event, const State& after);
    /// An answer was heard. Throws Failure.
    void answered(const Request& request, const Plea& plea, const Answer& answer, const Json& body,
                  Timestamp now);
    /// It was that late: the ledger's clock may be, too, though nobody has asked for anything then,
    /// and it does not go back.
    void saw(Timestamp now) { latest_ = std::max(latest_, now); }
    /// A provider has answered a question of the daemon's.
    void told(News news);
    /// At the end: every account is as the auditor has it.
    void conclude(const State& state) const;

private:
    /// What was sent under a key, and once it is in the log, its predicted answer.
    struct Case {
        std::string content;
        std::optional<Wish> wish;
        bool is_done = false;
        Seq seq{};                         // that has its outcome
        std::optional<Outcome> predicted;  // until it has been compared
    };
    struct Balance {
        Seq seq{};
        Timestamp time{};
        bool is_by_time = false;  // nobody asked for it
        std::int64_t balance = 0;
        std::int64_t held = 0;
        std::int64_t available = 0;
    };
    struct Answered {  // what the checks of one answer share
        const Request& request;
        const Plea& plea;
    };

    void remember(const std::string& key, const Request& request, std::optional<Wish> wish);
    void carry_out(Case& one, const Event& event);
    void carry_out_own(const Event& event);
    void note_order(const Event& event);
    void check_orders(const Event& event);
    void pass_time(const Event& event, const State& after);
    void check_nothing_due(const Case& one, const Event& event);
    void note_balance(const std::string& account, const Event& event, bool is_by_time);
    void note_moments(const Event& event);
    Period period_of(const Answered& at) const;
    void note_catalog(const Event& event);
    void check_account(const State& state, AccountNo no, const std::string& what) const;
    void check_write(const Answered& at, const std::string& key, const Wish& wish,
                     const Outcome& said);
    void check_unlogged(const Answered& at, const Wish& wish, const Outcome& said);
    void check_refusal(const Answered& at, const Wish& wish, const Outcome& said) const;
    void check_news(const Answered& at, unsigned status, const Json& body) const;
    void check_order(const Answered& at, const Wish& wish, const Outcome& said,
                     const Json& body) const;
    void check_arrangement(const Answered& at, const Wish& wish, const Outcome& said) const;
    void check_balance(const Answered& at, const Wish& wish, const Outcome& said) const;
    void check_hold(const Answered& at, const Wish& wish, const Outcome& said) const;
    void check_trial(const Answered& at, const Wish& wish, const Outcome& said) const;
    void compare(const Answered& at, const Outcome& predicted, const Outcome& said);
    bool is_missing(const Answered& at, const Wish& wish, const std::string& code) const;
    bool would_be_refused(const Answered& at, const Wish& wish, const Outcome& said) const;
    bool is_settled(const Answered& at, const Wish& wish) const;
    bool has_many_refusals(const Answered& at, const Wish& wish) const;
    bool is_late(const Wish& wish) const;
    bool was_there(const std::string& account, Seq end) const;
    bool had_gap(const std::string& feature, Seq end) const;

    Auditor auditor_;
    std::map<std::string, Case> cases_;                                  // by key
    std::map<std::string, std::vector<Balance>> history_;                // by account
    std::map<std::string, std::vector<std::pair<Seq, bool>>> features_;  // set or removed
    std::map<std::string, Seq> created_;                                 // accounts
    Seq catalog_changed_{};
    // What providers have told, and what became of it; how orders stood, and since when.
    std::map<std::string, News> told_;
    std::map<std::string, std::vector<std::pair<Seq, std::string>>> noted_;
    std::map<std::string, std::vector<std::pair<Seq, std::string>>> order_history_;
    std::vector<std::string> touched_orders_;
    Origins origins_;
    std::vector<AccountNo> touched_;  // by the command whose end is not seen yet
    Seq end_{};
    Timestamp latest_{};  // that was seen anywhere
    Timestamp logged_{};  // of the newest event
};

}  // namespace creditd::sim
