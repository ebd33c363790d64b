#include "replay/followers/history_run.hpp"

#include "core/assert.hpp"

namespace creditd::replay::followers {
namespace {

constexpr std::uint32_t anchor_distance = 64;

/// Radix sort, least significant digit first: a million in some milliseconds.
std::vector<HistoryRun::Account> sort(std::vector<HistoryRun::Account> accounts,
                                      std::uint32_t all_bits) {
    constexpr unsigned digit_bits = 11;
    std::vector<HistoryRun::Account> other(accounts.size());
    for (unsigned shift = 0; shift < 32 && (all_bits >> shift) != 0; shift += digit_bits) {
        const auto digit = [shift](const HistoryRun::Account& account) {
            return (account.no.value >> shift) & ((1u << digit_bits) - 1);
        };
        std::array<std::uint32_t, (1u << digit_bits) + 1> starts{};
        for (const auto& account : accounts) ++starts[digit(account) + 1];
        for (std::size_t i = 1; i < starts.size(); ++i) starts[i] += starts[i - 1];
        for (const auto& account : accounts) other[starts[digit(account)]++] = account;
        accounts.swap(other);
    }
    return accounts;
}

}  // namespace

// The memory is asked for at once, so that it never moves, but touched only as it fills.
HistoryRun::HistoryRun(Seq from, std::size_t capacity)
    : from_(from), capacity_(capacity), nodes_(std::make_unique_for_overwrite<Node[]>(capacity)) {
    CREDITD_ASSERT(capacity < none);
}

void HistoryRun::add(AccountNo account, const HistoryEntry& entry) {
    CREDITD_ASSERT(count_ < capacity_ && entry.seq > from_);
    CREDITD_ASSERT(entry.seq.value - from_.value <= UINT32_MAX);
    const auto place = static_cast<std::uint32_t>(count_++);
    Chain& chain = chains_[account.value];
    nodes_[place] = {static_cast<std::uint32_t>(entry.seq.value - from_.value),
                     chain.newest,
                     chain.anchor,
                     entry.kind,
                     entry.mask,
                     entry.hashes};
    // Node 0, 64, 128 … of the chain are anchors: each leads to the one before.
    if (chain.count++ % anchor_distance == 0) chain.anchor = place;
    chain.newest = place;
}

HistoryEntry HistoryRun::entry(std::uint32_t place) const {
    const Node& node = nodes_[place];
    return {seq(place), node.kind, node.mask, node.hashes};
}

std::uint32_t HistoryRun::newest(AccountNo account) const {
    const auto found = chains_.find(account.value);
    return found == chains_.end() ? none : found->second.newest;
}

std::uint32_t HistoryRun::newest_before(std::uint32_t place, Seq end) const {
    while (place != none && seq(place) >= end) {
        const std::uint32_t anchor = nodes_[place].anchor;
        const bool is_far = anchor != none && seq(anchor) >= end;
        place = is_far ? anchor : nodes_[place].previous;
    }
    return place;
}

std::vector<HistoryRun::Account> HistoryRun::accounts() const {
    std::vector<Account> result;
    result.reserve(chains_.size());
    std::uint32_t all_bits = 0;
    for (const auto& [no, chain] : chains_) {
        result.push_back({AccountNo{no}, chain.newest, chain.count});
        all_bits |= no;
    }
    return sort(std::move(result), all_bits);
}

}  // namespace creditd::replay::followers
