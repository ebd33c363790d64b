// The sums of a what-if: every use of a period at its own price and at another catalog's, by
// account, by feature and by day. Refunds follow the use that they are of, so they are settled
// last. Memory grows with accounts, features, days and refunds, not with uses. One thread.
#pragma once

#include <array>
#include <map>
#include <string>
#include <vector>

#include "replay/event_lookup.hpp"
#include "replay/tool/what_if/other_prices.hpp"

namespace creditd::replay::tool {

/// A number of uses or refunds, and what they moved.
struct Change {
    std::uint64_t count = 0;
    WideCredits was = 0;
    WideCredits would_be = 0;
    WideCredits difference() const { return would_be - was; }
    void add(Credits before, Credits after) {
        ++count;
        was += before.value;
        would_be += after.value;
    }
    /// Like events of another kind: only the credits.
    void take_off(Credits before, Credits after) {
        was -= before.value;
        would_be -= after.value;
    }
};

/// Of an account or a feature.
struct ChangeRow {
    Change used;    // less what was refunded; `count` are the uses alone
    Change waived;  // covered by unlimited plans: prices, nothing was taken
};
struct AccountChange {
    std::string account;
    ChangeRow row;
};

struct WhatIf {
    std::array<Change, 3> uses;  // by Pricing; without what is waived
    Change refunds;              // their credits are positive: they went back
    Change waived;
    std::map<NoPrice, Change> no_price;                      // of `uses` and of `waived`
    std::map<std::string, ChangeRow, std::less<>> features;  // empty: an amount was given
    std::vector<AccountChange> accounts;  // the largest difference first, then by id
    std::map<std::int64_t, Change> days;  // of UTC, since 1970; `count` are the uses alone
    /// Deductions that would have cost more, by more than the account then had left.
    std::uint64_t beyond_available = 0;

    /// Of everything that was taken, less what went back. `count` are the uses.
    Change total() const;
};

class WhatIfBook {
public:
    explicit WhatIfBook(const OtherPrices& prices) : prices_(prices) {}

    /// Every event of the period, in order.
    void take(const Event& event);
    /// Finds the uses that were refunded, and ends the book. A use before the period has its old
    /// price, and so has what was refunded of it.
    std::expected<WhatIf, JournalError> settle(EventLookup& lookup);

private:
    struct Refund {
        std::uint64_t deduction = 0;
        std::uint32_t account = 0;  // its place
        std::int64_t day = 0;
        ChangeRow* feature = nullptr;
        Credits amount{};
        Credits refunded_total{};  // this one included
    };
    void add(const Event& event, const RepricedUse& use);
    void add(const Event& event, const CreditsRefunded& refund);
    std::uint32_t place_of(const Event& event);
    ChangeRow& feature_row(std::string_view feature);
    std::expected<Credits, JournalError> would_go_back(const Refund& refund, EventLookup& lookup);

    const OtherPrices& prices_;
    WhatIf sums_;
    Seq first_{};                        // of the period; zero: none yet
    std::vector<std::uint32_t> places_;  // by account number; 0: none, else one more than the place
    std::vector<Refund> refunds_;
};

/// Do the sums by account, by feature and by day each make the total?
bool adds_up(const WhatIf& what_if);

}  // namespace creditd::replay::tool
