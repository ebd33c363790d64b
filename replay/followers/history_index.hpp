// The history of every account: which events are its own, newest first, with just enough of each
// to filter by. Every event that names an account is in its history: refusals and expiries too, and
// both sides of a transfer, each for its own account. Family `history`; what is stored there is in
// history_chunk.hpp, what is asked in history_page.hpp.
// Written by the follower thread; pages are read by any. A page takes the lock once, briefly.
#pragma once

#include <mutex>

#include "replay/followers/history_page.hpp"
#include "replay/followers/history_run.hpp"
#include "replay/followers/sorted_run.hpp"

namespace creditd::replay {
class Database;
}  // namespace creditd::replay

namespace creditd::replay::followers {

class HistoryIndex final : public RunFollower {
public:
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
    /// A run, and where an account's entries begin in it.
    struct Chain {
        std::shared_ptr<const HistoryRun> run;
        std::uint32_t newest = HistoryRun::none;
    };
    /// The runs in memory, newest first, and up to where the family has everything else.
    struct Snapshot {
        std::array<Chain, 2> chains;
        Seq stored_to{};
    };
    /// Where the writing of the closing run stands: first the busy accounts, then the groups.
    struct Position {
        std::vector<HistoryRun::Account> accounts;
        std::size_t next = 0;
        bool is_at_groups = false;
        std::uint32_t place = HistoryRun::none;  // inside a busy account
    };

    HistoryIndex(Database& database, RunOptions options);
    Snapshot snapshot(AccountNo account) const;
    void prefetch_next() const;
    /// These write the next chunk, or group, and return how much they have dealt with.
    std::size_t write_busy(RunWriter& writer);
    std::size_t write_group(RunWriter& writer);
    std::expected<void, JournalError> read_stored(AccountNo account, Seq stored_to,
                                                  PageMaker& maker) const;

    mutable std::mutex mutex_;
    std::shared_ptr<HistoryRun> open_;
    std::shared_ptr<HistoryRun> closing_;

    Position position_;  // follower thread only, like the buffers
    std::array<std::vector<HistoryEntry>, history_group_accounts> entries_;
    std::string key_;
    std::string value_;
};

}  // namespace creditd::replay::followers
