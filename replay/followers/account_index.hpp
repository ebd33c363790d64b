// The ids of all accounts in their order, for lists; what an account is (balance, profile, labels)
// is not here. Accounts are never renamed or removed. Family `accounts`:
//
//   key    the account's id      value  u32 big-endian account number
//
// Written by the follower thread; pages are read by any.
#pragma once

#include <map>
#include <mutex>
#include <vector>

#include "replay/followers/sorted_run.hpp"
#include "replay/journal.hpp"

namespace creditd::replay {
class Database;
}  // namespace creditd::replay

namespace creditd::replay::followers {

struct ListedAccount {
    std::string id;
    AccountNo no = AccountNo::none();
    bool operator==(const ListedAccount&) const = default;
};
struct AccountPage {
    std::vector<ListedAccount> accounts;  // in ascending order of the bytes of their ids
    bool has_more = false;                // go on after the last one's id
};

class AccountIndex final : public RunFollower {
public:
    /// Ids take memory while their run is open: it is closed earlier than the other followers'.
    static constexpr std::size_t run_entries_max = 128 * 1024;

    static std::expected<std::unique_ptr<AccountIndex>, FollowerFailure> open(Database& database,
                                                                              RunOptions options);

    /// At most `limit` accounts whose ids begin with `prefix` and come after `after` (empty: from
    /// the first), as of `consumed`.
    std::expected<AccountPage, JournalError> page(std::string_view prefix, std::string_view after,
                                                  std::size_t limit) const;

protected:
    void gather(std::span<const FollowedEvent> events) override;
    std::size_t open_entries() const override;
    void close_run(Seq to) override;
    bool write_entries(RunWriter& writer, std::size_t entries) override;
    void drop_closing() override;

private:
    using Run = std::map<std::string, AccountNo, std::less<>>;

    AccountIndex(Database& database, RunOptions options);
    /// Adds at most `count` of the family's to `found`.
    std::expected<void, JournalError> read_stored(std::string_view prefix, std::string_view after,
                                                  std::size_t count, Run& found) const;

    mutable std::mutex mutex_;
    Run open_;
    Run closing_;
    Run::const_iterator next_;  // to be written; follower thread only
    std::string value_;
};

}  // namespace creditd::replay::followers
