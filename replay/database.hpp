// The one RocksDB of a ledger: which families it has, and the options on which "nothing
// acknowledged is ever lost" rests. What the families hold is their owners' affair: `journal` and
// `personal` belong to rocksdb_journal.hpp, each follower's to that follower.
// Opened once per process; thread-safe. A failing disk ends the process (see `on_fatal`).
#pragma once

#include <atomic>
#include <cstdint>
#include <expected>
#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "core/types.hpp"
#include "replay/journal.hpp"

namespace rocksdb {
class ColumnFamilyHandle;
class DB;
class Env;
class Status;
class WriteBatch;
struct ColumnFamilyOptions;
struct WriteOptions;
}  // namespace rocksdb

namespace creditd::replay {

/// RocksDB may hold about 256 MB: blocks, indexes and filters in one cache, and write buffers;
/// the rest is its open tables and scratch space.
inline constexpr std::size_t database_cache_bytes = 128u << 20;
inline constexpr std::size_t database_write_buffer_bytes = 96u << 20;

enum class OpenMode : std::uint8_t {
    read_write,  // the daemon; makes the database where there is none
    read_only,   // the tool on a folder at rest; changes nothing in it, not even a log file
    live,        // the tool on a folder in use: what was there at the time of opening
    salvage,     // accept-loss only: read_only of what stands before the damage in the logs
};

/// One follower's column family.
struct FollowerFamily {
    std::string name;
    /// Bits of Bloom filter a key, for families that are asked for keys they do not have; 0: none.
    int bloom_bits = 0;
    /// Last word on the options, after everything else has been set; may be empty.
    std::function<void(rocksdb::ColumnFamilyOptions&)> tune;
};

/// Every derived family; `keys` with 10 bits of Bloom filter.
std::vector<FollowerFamily> default_followers();

struct DatabaseOptions {
    std::filesystem::path folder;  // DataFolder::database()
    OpenMode mode = OpenMode::read_write;
    std::vector<FollowerFamily> followers = default_followers();
    /// Told of a background error after which nothing more can be written. Must not return in
    /// production: empty means one line on stderr and abort. Tests may look on.
    std::function<void(const std::string&)> on_fatal;
    /// For tests: another file system. Must outlive the database.
    rocksdb::Env* env = nullptr;
    /// For tests that open hundreds of databases: no LOG, and no threads that help to open tables,
    /// of which RocksDB begins fifteen for each family.
    bool is_frugal = false;
};

class Database {
public:
    /// Opens, and in mode read_write also makes durable whatever was recovered. Errors: `in_use`,
    /// `damaged` (the write-ahead log or a table is not what was written), `io`.
    static std::expected<std::unique_ptr<Database>, JournalError> open(DatabaseOptions options);
    ~Database();
    Database(const Database&) = delete;
    Database& operator=(const Database&) = delete;

    rocksdb::DB& db() const { return *db_; }
    /// A family by name; it must be one that was opened.
    rocksdb::ColumnFamilyHandle* family(std::string_view name) const;
    /// Followers' families that a read-only opening did not find are absent.
    bool has_family(std::string_view name) const;
    bool is_writable() const;

    /// As DB::Write(), and the one way to write while other threads may: ThreadSanitizer looks away
    /// from what RocksDB does with the batches of several writers.
    rocksdb::Status write(const rocksdb::WriteOptions& options, rocksdb::WriteBatch& batch) const;
    /// Writes all write buffers to tables, synced. Before a backup.
    std::expected<void, JournalError> flush() const;
    /// Writes all tables of a family anew, so that what was deleted is in no file any more, nor in
    /// the write-ahead log. Takes long; ends early, with an error, once `is_canceled`. Does nothing
    /// where one of them is damaged.
    std::expected<void, JournalError> rewrite(std::string_view family,
                                              std::atomic<bool>& is_canceled) const;

    /// Where the journal family ends, as of the last write. Writers of this process meet here; the
    /// database's lock file keeps those of other processes out.
    struct JournalEnd {
        std::mutex mutex;
        Epoch epoch{};
        Seq seq{};
        bool is_known = false;
    };
    JournalEnd& journal_end() { return journal_end_; }

private:
    std::expected<void, JournalError> check_tables(std::string_view family,
                                                   const std::atomic<bool>& is_canceled) const;
    explicit Database(DatabaseOptions options);

    DatabaseOptions options_;
    std::unique_ptr<rocksdb::Env> own_env_;  // to salvage
    std::unique_ptr<rocksdb::DB> db_;
    std::vector<rocksdb::ColumnFamilyHandle*> families_;
    JournalEnd journal_end_;
    bool is_registered_ = false;
};

/// Is there a database in the folder at all?
bool is_database(const std::filesystem::path& folder);

/// Does some process, this one included, have the database open for writing?
std::expected<bool, JournalError> is_in_use(const std::filesystem::path& folder);

}  // namespace creditd::replay
