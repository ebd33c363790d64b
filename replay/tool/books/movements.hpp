// What each kind of event does to credits, as elementary movements: the one mapping under the
// double-entry journal, the statement and the revenue report. Only the movements of credits, not
// their names in a chart of accounts (chart.hpp), nor their worth in money (lots.hpp).
// Pure functions, any thread.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "core/event.hpp"

namespace creditd::replay::tool {

enum class MovementKind : std::uint8_t {
    born,              // a grant is made, for money or for nothing
    activated,         // a grant that was pending counts from now on
    repaid,            // a part of a grant lowers the account's debt
    used,              // a part of a grant is spent
    used_on_credit,    // spent without a grant: the debt grows
    expired,           // a part of a grant runs out
    revoked,           // a part of a grant is taken back
    restored,          // what was spent is back, in `grant`; it had been taken from `from`
    restored_revoked,  // what was spent of `from` is back, and taken back at once
    debt_reversed,     // what was spent on credit is back: the debt falls
    moved_out,         // a part of a grant leaves for another account
    moved_in,          // what was taken from `from`, of another account, arrives as `grant`
    owed,              // `amount` is what is owed from now on for what was spent of `grant`
    unrevoked,         // what was taken back of `from` is back, in `grant`
    unrevoked_repaid   // a debt for what was spent is no more: it was repaid, and comes back
};

struct Movement {
    MovementKind kind{};
    Credits amount{};
    GrantId grant{};
    GrantId from{};
    const GrantTerms* terms = nullptr;  // of `grant`, where it may be a new one
    bool is_pending = false;            // of born: it counts later
    bool is_purchase = false;           // of born: `name` took the payment
    std::string_view name{};            // the feature that was used, the provider that was paid
};

/// Replaces `out` by the movements of this event, in order; they point into the event. Most kinds
/// of events move nothing. A kind that the mapping does not know does not compile.
void movements_of(const Event& event, std::vector<Movement>& out);

}  // namespace creditd::replay::tool
