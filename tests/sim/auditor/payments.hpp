// The vocabulary of payments in a story: what a provider tells (`News`), and what the naive ledger
// keeps of orders and payments. All that was heard of a payment is kept as it came; what it comes
// to is summed anew whenever it is asked for. Values only, nothing of the engine. Money is in minor
// units of its currency, credits are in millionths.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "tests/sim/auditor/offers.hpp"

namespace creditd::sim {

/// A later one replaces an earlier one.
enum class RefundStep { pending, succeeded, failed };
enum class DisputeStep { open, won, lost };

struct RefundNews {
    std::string id;
    std::int64_t amount = 0;
    RefundStep step = RefundStep::pending;
};
struct DisputeNews {
    std::string id;
    DisputeStep step = DisputeStep::open;
};

/// One notification of a provider, or its answer to a question.
struct News {
    std::string provider;
    std::string id;            ///< The notification's name.
    std::string account;       ///< Of these, what it names.
    std::string order;         ///< …
    std::string package;       ///< …
    std::int64_t credits = 0;  ///< …
    std::string order_status;  ///< Of the order alone: failed, expired or canceled.
    std::string payment;       ///< Empty: it says nothing of a payment.
    bool paid = false;
    Money money;                ///< That was paid.
    std::int64_t refunded = 0;  ///< All refunds so far, as the provider adds them up.
    std::vector<RefundNews> refunds;
    std::vector<DisputeNews> disputes;

    bool says_nothing() const { return payment.empty() && order_status.empty(); }
};

/// What became of it: applied, ignored, quarantined; and why it was quarantined.
struct Noted {
    std::string outcome;
    std::string reason;
};

namespace audit {

using PaymentName = std::pair<std::string, std::string>;  ///< Provider and id.

/// A grant that a payment bought, and what was taken back of it.
struct Lot {
    int grant = 0;
    std::int64_t amount = 0;
    std::int64_t taken = 0;        ///< Out of what was left of the grant.
    std::int64_t owed = 0;         ///< Had been spent: a debt.
    std::int64_t written_off = 0;  ///< Is not asked for.

    std::int64_t reversed() const { return taken + owed + written_off; }
};

/// All that was heard of one payment, in the order in which it was.
struct Heard {
    std::vector<News> news;
    std::string account;  ///< Empty: nobody's yet.
    bool is_credited = false;
    Money money;
    std::string order;
    std::vector<Lot> lots;

    /// What has gone back to the customer.
    std::int64_t refunded() const;
    /// Is there a dispute that is not won?
    bool is_disputed() const;
    /// How much of a lot is to be taken back.
    std::int64_t to_reverse(std::int64_t amount) const;
};

struct Order {
    std::string account;
    std::optional<std::string> package;
    std::int64_t credits = 0;
    std::int64_t bonus = 0;
    std::optional<std::int64_t> expires_in_s;
    std::optional<std::int64_t> bonus_expires_in_s;
    Money price;
    std::string provider;
    std::string status = "pending";
    std::optional<PaymentName> paid_by;
};

}  // namespace audit
}  // namespace creditd::sim
