// What is asked of a history and what comes back, and the sieve between: which entries pass, and
// when the page is full. Where entries come from is history_index.hpp's affair. Values; any thread.
#pragma once

#include <expected>
#include <functional>
#include <optional>

#include "replay/followers/follower.hpp"
#include "replay/followers/history_chunk.hpp"
#include "replay/journal.hpp"

namespace creditd::replay::followers {

struct HistoryFilter {
    KindSet kinds = ~KindSet{0};
    std::optional<std::string> feature;
    std::optional<std::string> user;
    std::optional<std::string> model;
    std::optional<std::string> resource;
    bool has_resource = false;  // only what made something
    Seq from{};                 // inclusive
    Seq to = Seq{UINT64_MAX};   // exclusive
    std::size_t skip = 0;       // so many that pass, newest first, come before the page
    /// Does it ask for a text? These are found by a hash of 32 bits, and what was forgotten has
    /// left its hash, so each find is confirmed.
    bool asks_for_text() const { return feature || user || model || resource || has_resource; }
};

/// Does the event `seq`, read from the journal, have the texts of the filter? Asked only for
/// filters that have texts.
using HistoryConfirmation = std::function<std::expected<bool, JournalError>(Seq)>;

struct HistoryPage {
    /// A page looks at no more entries than this before it answers with what it has.
    static constexpr std::size_t scan_max = 1'000'000;

    std::vector<Seq> seqs;  // newest first
    /// There may be more before `next`: give it as `before` to go on. It is the last of `seqs`,
    /// or an earlier one where the search has been cut short (`scan_max`).
    bool has_more = false;
    Seq next{};
};

/// Takes entries newest first and keeps those that pass, until the page is full.
class PageMaker {
public:
    PageMaker(const HistoryFilter& filter, Seq before, std::size_t limit,
              const HistoryConfirmation& confirm);

    /// Nothing at or after this is wanted.
    Seq end() const { return end_; }
    bool is_done() const { return is_done_; }
    /// The next older entry.
    std::expected<void, JournalError> take(const HistoryEntry& entry);
    HistoryPage page() && { return std::move(page_); }

private:
    bool matches(const HistoryEntry& entry) const;

    const HistoryFilter& filter_;
    const HistoryConfirmation& confirm_;
    const std::size_t limit_;
    const Seq end_;
    std::array<std::optional<std::uint32_t>, history_fields> hashes_;
    HistoryPage page_;
    std::size_t to_skip_;
    std::size_t scanned_ = 0;
    Seq scanned_to_{};
    bool is_done_ = false;
};

}  // namespace creditd::replay::followers
