// The history of every account: which events are its own, newest first, with just enough of each
// to filter by. Family `history`, one entry for up to 64 events of one account in one run:
//
//   key    u32 account number ‖ ~u64 oldest seq     big-endian: newest first
//   value  history_run.hpp
//
// Every event that names an account is in its history: refusals and expiries too, and both sides
// of a transfer, each for its own account.
// Written by the follower thread; pages are read by any. A page takes the lock once, briefly.
#pragma once

#include <functional>
#include <mutex>
#include <optional>

#include "replay/followers/history_run.hpp"
#include "replay/followers/sorted_run.hpp"
#include "replay/journal.hpp"

namespace creditd::replay {
class Database;
}  // namespace creditd::replay

namespace creditd::replay::followers {

struct HistoryFilter {
    KindSet kinds = ~KindSet{0};
    std::optional<std::string> feature;
    std::optional<std::string> user;
    std::optional<std::string> model;
    std::optional<std::string> resource;
    Seq from{};                // inclusive
    Seq to = Seq{UINT64_MAX};  // exclusive
    /// Does it ask for a text? These are found by a hash of 32 bits, so each find is confirmed.
    bool asks_for_text() const { return feature || user || model || resource; }
};

/// Does the event `seq`, read from the journal, have the texts of the filter? Asked only for
/// filters that have texts.
using HistoryConfirmation = std::function<std::expected<bool, JournalError>(Seq)>;

struct HistoryPage {
    std::vector<Seq> seqs;  // newest first
    /// There may be more before `next`: give it as `before` to go on. It is the last of `seqs`,
    /// or an earlier one where the search has been cut short (`scan_max`).
    bool has_more = false;
    Seq next{};
};

class HistoryIndex final : public RunFollower {
public:
    /// A page looks at no more entries than this before it answers with what it has.
    static constexpr std::size_t scan_max = 1'000'000;

    static std::expected<std::unique_ptr<HistoryIndex>, FollowerFailure> open(Database& database,
                                                                              RunOptions options);

    /// At most `limit` events of the account before `before` (exclusive), as of `consumed`.
    std::expected<HistoryPage, JournalError> page(AccountNo account, const HistoryFilter& filter,
                                                  Seq before, std::size_t limit,
                                                  const HistoryConfirmation& confirm = {}) const;

protected:
    void gather(std::span<const FollowedEvent> events) override;
    std::size_t open_entries() const override;
    void close_run(Seq to) override;
    bool write_entries(RunWriter& writer, std::size_t entries) override;
    void drop_closing() override;

private:
    using Run = std::shared_ptr<HistoryRun>;
    /// A run, and where an account's entries begin in it.
    struct Chain {
        std::shared_ptr<const HistoryRun> run;
        std::uint32_t newest = HistoryEntry::none;
    };
    /// The runs in memory, newest first, and up to where the family has everything else.
    struct Snapshot {
        std::array<Chain, 2> chains;
        Seq stored_to{};
    };
    class PageMaker;

    HistoryIndex(Database& database, RunOptions options);
    Snapshot snapshot(AccountNo account) const;
    void write_account(RunWriter& writer, AccountNo account);
    std::expected<void, JournalError> read_stored(AccountNo account, Seq stored_to,
                                                  PageMaker& maker) const;

    mutable std::mutex mutex_;
    Run open_;
    Run closing_;

    // Where the writing of the closing run stands; follower thread only.
    std::vector<std::uint32_t> accounts_;
    std::size_t next_account_ = 0;
    std::uint32_t next_entry_ = HistoryEntry::none;
    std::vector<HistoryEntry> chunk_;
    std::string key_;
    std::string value_;
};

}  // namespace creditd::replay::followers
