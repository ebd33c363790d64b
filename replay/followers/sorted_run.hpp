// Sorted runs: how a follower's entries get into its family. They are gathered in memory (the open
// run); when there are enough the run is closed and written, in key order and in small steps, as
// one table file that is ingested: no write-ahead log, no memtable, a tenth of their cost. The
// cursor is the first entry of the same file, hence exact. What an entry is, and how the open and
// the closing run are searched, is the follower's (RunFollower's heirs).
// Follower thread only, except for the two positions.
#pragma once

#include <atomic>
#include <filesystem>
#include <memory>
#include <optional>

#include "replay/followers/follower.hpp"

namespace rocksdb {
class ColumnFamilyHandle;
class DB;
}  // namespace rocksdb

namespace creditd::replay::followers {

struct RunOptions {
    /// Where table files are written before they are ingested: a folder of its own on the file
    /// system of the database, made where it is missing, emptied when a follower is opened.
    std::filesystem::path folder;
    /// A run is closed with this many entries...
    std::size_t entries = 1'000'000;
    /// ...or after this many events, so that a new start never has much to read again.
    std::uint64_t events = 2'000'000;
    /// Entries that are written in one step.
    std::size_t step_entries = 4'096;
};

/// Where a family keeps its cursor, as {u8 format, u64 big-endian seq}. Sorts before all other keys
/// of a family: keys are longer, or begin with another byte.
inline constexpr std::string_view cursor_key{"\0", 1};

/// One table file in the making.
class RunWriter {
public:
    /// Makes the file with the cursor in it.
    static std::expected<std::unique_ptr<RunWriter>, FollowerFailure> begin(
        rocksdb::DB& db, rocksdb::ColumnFamilyHandle* family, const std::filesystem::path& file,
        Seq cursor);
    ~RunWriter();

    /// Keys must ascend. The first failure is kept and comes out of `finish`.
    void put(std::string_view key, std::string_view value);
    /// Completes and syncs the file.
    std::expected<void, FollowerFailure> finish();
    /// Makes it part of the family, all or nothing, durable on return.
    std::expected<void, FollowerFailure> ingest();

private:
    struct Parts;
    explicit RunWriter(std::unique_ptr<Parts> parts);
    std::unique_ptr<Parts> parts_;
};

/// The cursor of a family; zero in an empty one.
std::expected<Seq, FollowerFailure> read_cursor(rocksdb::DB& db,
                                                rocksdb::ColumnFamilyHandle* family);

/// A follower that seals sorted runs. The heir keeps two runs, the open one and the closing one,
/// and answers the protected calls about them.
class RunFollower : public Follower {
public:
    std::string_view name() const final { return name_; }
    Seq cursor() const final { return cursor_.load(std::memory_order_acquire); }
    Seq consumed() const final { return consumed_.load(std::memory_order_acquire); }
    std::expected<void, FollowerFailure> consume(std::span<const FollowedEvent> events) final;
    std::expected<bool, FollowerFailure> work() final;
    void request_seal() final { is_seal_requested_ = true; }

protected:
    /// `family` is open in `db`; both outlive the follower.
    RunFollower(rocksdb::DB& db, rocksdb::ColumnFamilyHandle* family, RunOptions options);

    rocksdb::DB& db() const { return db_; }
    rocksdb::ColumnFamilyHandle* family() const { return family_; }
    const RunOptions& run_options() const { return options_; }

    /// Reads the cursor and clears what a crash left behind. Once, before all else.
    std::expected<Seq, FollowerFailure> restore();

    /// Adds the entries of new events to the open run.
    virtual void gather(std::span<const FollowedEvent> events) = 0;
    /// At most one for each event gathered: what the bound on a run's entries is about.
    virtual std::size_t open_entries() const = 0;
    /// The open run becomes the closing run, which is searched until `drop_closing`, and is sorted;
    /// the new open run begins after `to`. There is no closing run at this time.
    virtual void close_run(Seq to) = 0;
    /// Writes the next entries of the closing run in key order; returns whether there are more.
    virtual bool write_entries(RunWriter& writer, std::size_t entries) = 0;
    /// The closing run is about to be ingested: last chance for what must be ready before
    /// `cursor` says so.
    virtual void before_ingest() {}
    /// Everything in the closing run is in the family now.
    virtual void drop_closing() = 0;

private:
    enum class Stage : std::uint8_t { idle, begin, write, finish, ingest };

    std::size_t room() const;
    void begin_closing();
    std::expected<bool, FollowerFailure> step();
    std::filesystem::path file() const;

    rocksdb::DB& db_;
    rocksdb::ColumnFamilyHandle* family_;
    const RunOptions options_;
    const std::string name_;
    Stage stage_ = Stage::idle;
    Seq closing_to_{};
    std::unique_ptr<RunWriter> writer_;
    bool is_seal_requested_ = false;
    std::atomic<Seq> cursor_{};
    std::atomic<Seq> consumed_{};
};

}  // namespace creditd::replay::followers
