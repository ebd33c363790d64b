#include "replay/followers/history_run.hpp"

#include <bit>

#include "core/assert.hpp"
#include "replay/crc32c.hpp"

namespace creditd::replay::followers {

std::uint32_t history_hash(std::string_view text) { return crc32c(text); }

void append_chunk(std::string& out, const std::vector<HistoryEntry>& newest_first) {
    CREDITD_ASSERT(!newest_first.empty());
    const std::uint64_t oldest = newest_first.back().seq;
    std::uint64_t newer = newest_first.front().seq;
    bool is_first = true;
    for (const HistoryEntry& entry : newest_first) {
        append_be(out, entry.kind, 1);
        append_be(out, entry.mask, 1);
        append_varint(out, is_first ? entry.seq - oldest : newer - entry.seq);
        for (std::size_t i = 0; i < history_fields; ++i) {
            if ((entry.mask >> i & 1) != 0) append_be(out, entry.hashes[i], 4);
        }
        newer = entry.seq;
        is_first = false;
    }
}

bool read_chunk(std::string_view value, Seq oldest, std::vector<HistoryEntry>& newest_first) {
    Reader reader(value);
    std::uint64_t newer = 0;
    bool is_first = true;
    while (!reader.is_empty()) {
        HistoryEntry entry;
        entry.kind = reader.byte();
        entry.mask = reader.byte();
        const std::uint64_t distance = reader.varint();
        entry.seq = is_first ? oldest.value + distance : newer - distance;
        for (std::size_t i = 0; i < history_fields; ++i) {
            if ((entry.mask >> i & 1) != 0) {
                entry.hashes[i] = static_cast<std::uint32_t>(reader.be(4));
            }
        }
        newer = entry.seq;
        is_first = false;
        newest_first.push_back(entry);
    }
    return !reader.is_bad() && !is_first && newer == oldest.value;
}

// The memory is asked for at once, so that it never moves, but touched only as it fills.
HistoryRun::HistoryRun(Seq from, std::size_t capacity)
    : from_(from),
      capacity_(capacity),
      entries_(std::make_unique_for_overwrite<HistoryEntry[]>(capacity)) {
    CREDITD_ASSERT(capacity < HistoryEntry::none);
}

void HistoryRun::add(AccountNo account, HistoryEntry entry) {
    CREDITD_ASSERT(count_ < capacity_ && entry.seq > from_.value);
    const auto index = static_cast<std::uint32_t>(count_++);
    const auto [at, is_new] = newest_.try_emplace(account.value, index);
    if (!is_new) {
        link(entry, at->second);
        at->second = index;
    }
    entries_[index] = entry;
}

void HistoryRun::link(HistoryEntry& entry, std::uint32_t previous) const {
    const HistoryEntry& before = entries_[previous];
    entry.previous = previous;
    entry.jump = previous;
    entry.depth = before.depth + 1;
    if (before.jump == HistoryEntry::none) return;
    // Two steps of one length behind it: take both in one.
    const HistoryEntry& first = entries_[before.jump];
    if (first.jump == HistoryEntry::none) return;
    const HistoryEntry& second = entries_[first.jump];
    if (before.depth - first.depth == first.depth - second.depth) entry.jump = first.jump;
}

std::uint32_t HistoryRun::newest_before(std::uint32_t index, Seq end) const {
    while (index != HistoryEntry::none && entries_[index].seq >= end.value) {
        const HistoryEntry& entry = entries_[index];
        const bool is_far =
            entry.jump != HistoryEntry::none && entries_[entry.jump].seq >= end.value;
        index = is_far ? entry.jump : entry.previous;
    }
    return index;
}

std::uint32_t HistoryRun::newest(AccountNo account) const {
    const auto found = newest_.find(account.value);
    return found == newest_.end() ? HistoryEntry::none : found->second;
}

std::vector<std::uint32_t> HistoryRun::accounts() const {
    // Radix sort, least significant digit first: 1 M accounts in a few milliseconds.
    constexpr unsigned digit_bits = 11;
    std::vector<std::uint32_t> sorted;
    sorted.reserve(newest_.size());
    std::uint32_t all = 0;
    for (const auto& [account, index] : newest_) {
        sorted.push_back(account);
        all |= account;
    }
    std::vector<std::uint32_t> other(sorted.size());
    for (unsigned shift = 0; shift < 32 && (all >> shift) != 0; shift += digit_bits) {
        const auto digit = [shift](std::uint32_t value) {
            return (value >> shift) & ((1u << digit_bits) - 1);
        };
        std::array<std::uint32_t, (1u << digit_bits) + 1> starts{};
        for (const std::uint32_t account : sorted) ++starts[digit(account) + 1];
        for (std::size_t i = 1; i < starts.size(); ++i) starts[i] += starts[i - 1];
        for (const std::uint32_t account : sorted) other[starts[digit(account)]++] = account;
        sorted.swap(other);
    }
    return sorted;
}

}  // namespace creditd::replay::followers
