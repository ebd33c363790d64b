// What was used, by account and hour, feature, user and model: sums that are added up when they are
// asked for, from as many entries as there are hours, and not from a scan of the history. Family
// `usage`, one entry for each account, hour and run:
//
//   key    u32 account ‖ u32 hour since 1970 ‖ u64 last seq of the run      big-endian
//   value  n × (feature ‖ user ‖ model ‖ sums)      texts with a varint of their length, varints
//
// Written by the follower thread; read by any.
#pragma once

#include <functional>
#include <mutex>
#include <string>
#include <unordered_map>
#include <vector>

#include "core/credits.hpp"
#include "replay/followers/sorted_run.hpp"
#include "replay/journal.hpp"

namespace creditd::replay {
class Database;
}  // namespace creditd::replay

namespace creditd::replay::followers {

/// Who used what; each may be empty.
struct UsageName {
    std::string_view feature;
    std::string_view user;
    std::string_view model;
};

struct UsageSums {
    std::uint64_t uses = 0;      // deductions and captures
    std::uint64_t refusals = 0;  // for want of credits or for another reason that is recorded
    WideCredits consumed = 0;
    WideCredits waived = 0;    // the price of what an unlimited plan covered
    WideCredits refunded = 0;  // in the hour of the refund
    UsageSums& operator+=(const UsageSums& other);
    bool operator==(const UsageSums&) const = default;
};

/// Hours since 1970; `to` is exclusive.
struct UsageRange {
    AccountNo account{};
    std::uint32_t from = 0;
    std::uint32_t to = UINT32_MAX;
};

class UsageIndex final : public RunFollower {
public:
    /// What is open is scanned by every question: its run is closed earlier than others.
    static constexpr std::size_t run_entries_max = 256 * 1024;

    static std::expected<std::unique_ptr<UsageIndex>, FollowerFailure> open(Database& database,
                                                                            RunOptions options);

    using Use = std::function<void(std::uint32_t hour, const UsageName&, const UsageSums&)>;
    /// Calls `use` with all that was used, as of `consumed`: in no order, and often more than once
    /// for one hour and name.
    std::expected<void, JournalError> read(const UsageRange& range, const Use& use) const;

protected:
    void gather(std::span<const FollowedEvent> events) override;
    std::size_t open_entries() const override;
    void close_run(Seq to) override;
    bool write_entries(RunWriter& writer, std::size_t entries) override;
    void drop_closing() override;

private:
    enum class Kind : std::uint8_t { consumed, waived, refunded, refused };
    /// One event, as the open run keeps it: texts are numbers in its own table.
    struct Record {
        AccountNo account{};
        std::uint32_t hour = 0;
        std::uint32_t feature = 0;
        std::uint32_t user = 0;
        std::uint32_t model = 0;
        Kind kind{};
        Credits amount{};
    };
    struct Run {
        std::vector<Record> records;
        std::vector<const std::string*> texts;
        std::unordered_map<std::string, std::uint32_t> numbers;

        std::uint32_t number_of(std::string_view text);
        UsageName name_of(const Record& record) const;
    };

    UsageIndex(Database& database, RunOptions options);
    static std::optional<Record> record_of(const FollowedEvent& event);
    static UsageSums sums_of(const Record& record);
    static void scan(const Run& run, const UsageRange& range, const Use& use);
    std::expected<void, JournalError> read_stored(const UsageRange& range, Seq stored_to,
                                                  const Use& use) const;
    /// Adds the entry of the account and hour at `next_`, and moves on.
    void write_hour(RunWriter& writer);

    mutable std::mutex mutex_;
    Run open_;
    Run closing_;
    /// Runs up to here are in the family and nowhere else.
    Seq stored_to_{};
    // Of the closing run; follower thread only.
    Seq closing_to_{};
    std::vector<std::uint32_t> order_;
    std::size_t next_ = 0;
    std::string key_;
    std::string value_;
};

}  // namespace creditd::replay::followers
