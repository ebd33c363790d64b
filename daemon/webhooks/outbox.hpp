// What is still to be sent to one endpoint, and in which order: messages of one account one after
// the other, those of different accounts side by side. A message that fails holds back the later
// ones of its account and no others; those are not kept here but read again from the log, so the
// outbox stays small however long the receiver is away. Pure, but for the log that others read for
// it; no thread of its own.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "core/endpoints.hpp"
#include "core/types.hpp"
#include "daemon/webhooks/retry_schedule.hpp"

namespace creditd::daemon {

struct WebhookMessage {
    Seq seq{};
    std::string id;                         // `webhook-id`
    AccountNo account = AccountNo::none();  // none: of the ledger as a whole
    std::string type;
    std::string body;
};

struct OutboxLimits {
    std::size_t in_flight_max = 32;
    std::size_t messages_max = 1'000;  // that are kept here
    std::size_t failing_max = 200;     // accounts; with more of them, everything waits
};

/// Everything before the event that made the endpoint is none of its news.
Seq first_position(const Endpoint& endpoint);

class Outbox {
public:
    /// Of a new endpoint: everything after `position`.
    explicit Outbox(Seq position, OutboxLimits limits = {})
        : limits_(limits), position_(position) {}
    /// As `print` wrote it; nothing: it is not.
    static std::optional<Outbox> parse(std::string_view text, OutboxLimits limits = {});
    /// Everything that is needed to go on after a restart. What was delivered since it was printed
    /// is delivered once more.
    std::string print() const;

    /// The log has been looked through up to here.
    Seq position() const { return position_; }
    std::size_t in_flight() const { return in_flight_; }
    std::size_t failing() const { return retries_.size(); }
    /// Accounts with something to send.
    std::size_t waiting() const { return lanes_.size(); }

    // --- reading the log -------------------------------------------------------------------------
    /// Should the log be read on from `position`?
    bool wants_more() const {
        return held_ < limits_.messages_max && retries_.size() < limits_.failing_max;
    }
    /// What was found after `position`, in order; everything up to `looked_to` has been looked at.
    void add(std::vector<WebhookMessage> messages, Seq looked_to);
    /// An account whose messages after `after` are to be read again; none while enough is kept.
    struct Refill {
        AccountNo account{};
        Seq after{};
    };
    std::optional<Refill> refill() const;
    /// What was found for it up to `looked_to`. What lies beyond `position` is found later.
    void refilled(AccountNo account, std::vector<WebhookMessage> messages, Seq looked_to);

    // --- attempts --------------------------------------------------------------------------------
    /// The next message to send, taken as in flight; null: none at `now`. Valid until its outcome.
    const WebhookMessage* next(Timestamp now);
    /// How often the account's message at hand has failed.
    unsigned failures(AccountNo account) const;
    /// An outcome of what is not awaited changes nothing.
    void delivered(AccountNo account, Seq seq);
    /// False: that was the last attempt. It stays first in its account's line.
    bool failed(AccountNo account, Seq seq, Timestamp now, std::optional<Duration> retry_after,
                double spread);
    /// When something that failed is to be tried again; never: nothing has.
    Timestamp next_retry() const;

    /// Everything that failed is tried at once, as if for the first time.
    void start_over();
    /// Everything after this position once more, and before it what was not delivered yet. Outcomes
    /// of an earlier round are no longer for this outbox.
    void rewind(Seq after);
    std::uint32_t round() const { return round_; }

private:
    struct Lane {
        std::deque<WebhookMessage> waiting;
        Seq last{};              // delivered, or before the first that is not
        bool is_behind = false;  // there may be more in the log after what waits here
        bool is_in_flight = false;
        unsigned failures = 0;
        Timestamp next_try{};  // where there were failures
    };
    using Lanes = std::map<AccountNo, Lane>;

    Lanes::iterator awaited(AccountNo account, Seq seq);
    void settle(Lanes::iterator lane);
    void end_attempt(Lane& lane);
    const WebhookMessage* begin_attempt(AccountNo account);
    void hurry_retries();

    OutboxLimits limits_;
    Seq position_;
    Lanes lanes_;                  // only of accounts with something to send
    std::deque<AccountNo> ready_;  // whose first message can be sent, each once
    std::set<std::pair<Timestamp, AccountNo>> retries_;
    std::set<AccountNo> behind_;  // nothing waits here, and the log has to be read
    std::size_t held_ = 0;        // messages
    std::size_t in_flight_ = 0;
    unsigned failed_in_a_row_ = 0;
    std::uint32_t round_ = 0;
};

}  // namespace creditd::daemon
