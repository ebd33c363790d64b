#include "replay/followers/history_page.hpp"

#include <algorithm>

#include "core/assert.hpp"

namespace creditd::replay::followers {

PageMaker::PageMaker(const HistoryFilter& filter, Seq before, std::size_t limit,
                     const HistoryConfirmation& confirm)
    : filter_(filter),
      confirm_(confirm),
      limit_(limit),
      end_(std::min(before, filter.to)),
      to_skip_(filter.skip) {
    CREDITD_ASSERT(limit > 0 && (!filter.asks_for_text() || confirm));
    const std::array texts{&filter.feature, &filter.user, &filter.model, &filter.resource};
    for (std::size_t i = 0; i < history_fields; ++i) {
        if (*texts[i]) hashes_[i] = history_hash(**texts[i]);
    }
}

std::expected<void, JournalError> PageMaker::take(const HistoryEntry& entry) {
    if (is_done_ || entry.seq >= end_) return {};
    if (entry.seq < filter_.from) {
        is_done_ = true;
        return {};
    }
    if (++scanned_ > HistoryPage::scan_max) {
        page_.has_more = is_done_ = true;
        page_.next = scanned_to_;
        return {};
    }
    scanned_to_ = entry.seq;
    if (!matches(entry)) return {};
    if (filter_.asks_for_text()) {
        const auto confirmed = confirm_(entry.seq);
        if (!confirmed) return std::unexpected(confirmed.error());
        if (!*confirmed) return {};
    }
    if (to_skip_ > 0) {
        --to_skip_;
        return {};
    }
    if (page_.seqs.size() == limit_) {
        page_.has_more = is_done_ = true;
        return {};
    }
    page_.seqs.push_back(entry.seq);
    page_.next = entry.seq;
    return {};
}

bool PageMaker::matches(const HistoryEntry& entry) const {
    if ((filter_.kinds >> entry.kind & 1) == 0) return false;
    constexpr unsigned resource_bit = history_fields - 1;
    if (filter_.has_resource && (entry.mask >> resource_bit & 1) == 0) return false;
    for (std::size_t i = 0; i < history_fields; ++i) {
        if (!hashes_[i]) continue;
        if ((entry.mask >> i & 1) == 0 || entry.hashes[i] != *hashes_[i]) return false;
    }
    return true;
}

}  // namespace creditd::replay::followers
