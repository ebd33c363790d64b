// The run of the history that is in memory: entries in order of arrival, chained for each account,
// so that adding takes constant time and an account's entries are walked newest first. And their
// stored form. Private to history_index.cpp.
// Added to by one thread; entries that a reader was told of under the index's lock never change.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include <boost/unordered/unordered_flat_map.hpp>

#include "replay/followers/encoding.hpp"
#include "replay/followers/follower.hpp"

namespace creditd::replay::followers {

/// What an entry can be filtered by without reading its event.
enum class HistoryField : std::uint8_t { feature, user, model, resource };
inline constexpr std::size_t history_fields = 4;

/// A 32-bit hash of a field's text. Stored, so never to be changed: CRC-32C.
std::uint32_t history_hash(std::string_view text);

struct HistoryEntry {
    static constexpr std::uint32_t none = UINT32_MAX;

    std::uint64_t seq = 0;
    // In a run: the account's entry before this one, one further back, and how many there are
    // before. The longer steps are chosen so that any is reached in logarithmic time (Myers 1983,
    // "An applicative random-access stack").
    std::uint32_t previous = none;
    std::uint32_t jump = none;
    std::uint32_t depth = 0;
    std::uint8_t kind = 0;
    std::uint8_t mask = 0;  // bit i: field i is there
    std::array<std::uint32_t, history_fields> hashes{};
};

/// Entries of one account, newest first, as one stored value under (account, ~oldest seq). Each is
/// {u8 kind, u8 mask, varint distance, u32 × fields there}: distance to the entry before it, for
/// the first to the oldest.
void append_chunk(std::string& out, const std::vector<HistoryEntry>& newest_first);
/// Appends the entries; false if the value is malformed.
bool read_chunk(std::string_view value, Seq oldest, std::vector<HistoryEntry>& newest_first);

class HistoryRun {
public:
    /// Holds events after `from`, at most `capacity` of them.
    HistoryRun(Seq from, std::size_t capacity);

    Seq from() const { return from_; }
    std::size_t count() const { return count_; }
    /// Follower thread, under the lock that `newest` is asked under.
    void add(AccountNo account, HistoryEntry entry);
    /// Index of the account's newest entry, or none.
    std::uint32_t newest(AccountNo account) const;
    /// Index of the newest entry before `end` in the chain that begins at `index`, or none.
    std::uint32_t newest_before(std::uint32_t index, Seq end) const;
    const HistoryEntry& entry(std::uint32_t index) const { return entries_[index]; }
    /// All accounts that have entries, ascending.
    std::vector<std::uint32_t> accounts() const;

private:
    struct AccountHash {
        using is_avalanching = void;
        std::size_t operator()(std::uint32_t account) const {
            return static_cast<std::size_t>(spread(account));
        }
    };
    void link(HistoryEntry& entry, std::uint32_t previous) const;

    Seq from_;
    std::size_t capacity_;
    std::size_t count_ = 0;
    std::unique_ptr<HistoryEntry[]> entries_;
    boost::unordered_flat_map<std::uint32_t, std::uint32_t, AccountHash> newest_;
};

}  // namespace creditd::replay::followers
