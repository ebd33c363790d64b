// When time alone will change which account, so that idle accounts are swept without a scan.
// Entries may be stale: the account's own `next_due` decides.
#pragma once

#include <deque>
#include <optional>
#include <queue>
#include <vector>

#include "core/types.hpp"

namespace creditd {

class DueQueue {
public:
    struct Entry {
        Timestamp due{};
        AccountNo account{};
        auto operator<=>(const Entry&) const = default;
    };

    void add(Timestamp due, AccountNo account) { heap_.push({due, account}); }
    std::optional<Entry> first() const {
        return heap_.empty() ? std::nullopt : std::optional{heap_.top()};
    }
    void pop() { heap_.pop(); }
    std::size_t count() const { return heap_.size(); }

private:
    // On a deque: growing it never copies what is there, so it never stalls the ledger thread.
    std::priority_queue<Entry, std::deque<Entry>, std::greater<>> heap_;
};

}  // namespace creditd
