// The run of the history that is in memory: entries in order of arrival, chained for each account,
// so that adding takes constant time and an account's entries are walked newest first.
// Added to by one thread; what a reader was told of under the index's lock never changes.
#pragma once

#include <memory>
#include <vector>

#include <boost/unordered/unordered_flat_map.hpp>

#include "replay/followers/encoding.hpp"
#include "replay/followers/history_chunk.hpp"

namespace creditd::replay::followers {

class HistoryRun {
public:
    static constexpr std::uint32_t none = UINT32_MAX;

    /// Holds events after `from`, less than 2^32 of them and at most `capacity` entries.
    HistoryRun(Seq from, std::size_t capacity);

    Seq from() const { return from_; }
    std::size_t count() const { return count_; }
    /// The account's next entry; later than all before it.
    void add(AccountNo account, const HistoryEntry& entry);

    /// Place of the account's newest entry, or none.
    std::uint32_t newest(AccountNo account) const;

    /// All that an account has.
    struct Account {
        AccountNo no{};
        std::uint32_t newest = none;
        std::uint32_t count = 0;
    };
    /// Those that have anything, in the order of their numbers.
    std::vector<Account> accounts() const;

    // For those who hold a place.
    HistoryEntry entry(std::uint32_t place) const;
    /// The same account's entry before this one, or none.
    std::uint32_t previous(std::uint32_t place) const { return nodes_[place].previous; }
    /// The newest entry before `end` on the chain that begins at `place`, or none.
    std::uint32_t newest_before(std::uint32_t place, Seq end) const;
    void prefetch(std::uint32_t place) const { __builtin_prefetch(&nodes_[place]); }

private:
    /// Half a cache line.
    struct Node {
        std::uint32_t offset = 0;  // seq − from
        std::uint32_t previous = none;
        std::uint32_t anchor = none;  // the nearest before it whose place on the chain is n × 64
        std::uint8_t kind = 0;
        std::uint8_t mask = 0;
        std::array<std::uint32_t, history_fields> hashes{};
    };
    static_assert(sizeof(Node) == 32);
    struct Chain {
        std::uint32_t newest = none;
        std::uint32_t anchor = none;  // what the next entry's will be
        std::uint32_t count = 0;
    };
    struct AccountHash {
        using is_avalanching = void;
        std::size_t operator()(std::uint32_t account) const {
            return static_cast<std::size_t>(spread(account));
        }
    };
    Seq seq(std::uint32_t place) const { return Seq{from_.value + nodes_[place].offset}; }

    Seq from_;
    std::size_t capacity_;
    std::size_t count_ = 0;
    std::unique_ptr<Node[]> nodes_;
    boost::unordered_flat_map<std::uint32_t, Chain, AccountHash> chains_;
};

}  // namespace creditd::replay::followers
