// A disk in memory for RocksDB that can lose its power: it keeps apart what has been synced and
// what has not, for the bytes of each file and for the names in each folder. After an operation
// chosen beforehand nothing works any more; `restore` then decides, by a seed, what of the unsynced
// is still there: all, nothing, a part from the front, or a torn part, each file for itself. Names
// come back in the order in which they were made, as a journaling file system has it. Thread-safe.
#pragma once

#include <rocksdb/env.h>
#include <rocksdb/file_system.h>

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <random>
#include <string>
#include <vector>

namespace creditd::tests {

/// What became of unsynced bytes at cuts; for the test's own report.
struct CutCounts {
    std::uint64_t bytes_lost = 0;
    std::uint64_t bytes_torn = 0;
    std::uint64_t names_lost = 0;
};

class PowerCutDisk {
public:
    struct File {
        std::string bytes;
        std::size_t synced = 0;  // from the front
    };
    using FilePtr = std::shared_ptr<File>;

    /// What a cut may leave of an unsynced tail that should be `torn`: sectors that were never
    /// written between others that were, or only bytes from the front.
    explicit PowerCutDisk(bool tears) : tears_(tears) {}

    // --- power ---
    /// The power fails in the n-th changing operation from now, n >= 1.
    void cut_in(std::uint64_t operations);
    void cut();
    bool has_power() const;
    std::uint64_t operations() const;
    /// After a cut, with every file closed: what is still there.
    void restore(std::mt19937_64& random);
    const CutCounts& counts() const { return counts_; }

    // --- what the file system does; false: there is no power ---
    FilePtr find(const std::string& name) const;
    bool create(const std::string& name, FilePtr& file);
    bool append(File& file, std::string_view bytes);
    bool truncate(File& file, std::size_t bytes);
    bool sync(File& file);
    bool rename(const std::string& from, const std::string& to);
    bool link(const std::string& from, const std::string& to);
    bool remove(const std::string& name);
    bool sync_folder(const std::string& folder);
    std::size_t size(const File& file) const;
    /// Copies at most `count` bytes from `offset` on; returns how many.
    std::size_t read(const File& file, std::size_t offset, std::size_t count, char* to) const;
    std::vector<std::string> names_in(const std::string& folder) const;

private:
    using Names = std::map<std::string, FilePtr>;
    /// A change of a folder that its next sync makes durable. No file: the name goes.
    struct Change {
        std::string folder;
        std::vector<std::pair<std::string, FilePtr>> names;
    };

    /// Counts an operation; false when it finds no power. Call with the lock held.
    bool take_power();
    void change(Change change);
    static void apply(Names& names, const Change& change);
    void restore_names(std::mt19937_64& random);
    void restore_bytes(File& file, std::mt19937_64& random);

    const bool tears_;
    mutable std::mutex mutex_;
    Names names_;
    Names durable_names_;
    std::vector<Change> unsynced_changes_;
    bool has_power_ = true;
    std::uint64_t operations_ = 0;
    std::uint64_t cut_at_ = UINT64_MAX;
    CutCounts counts_;
};

/// The disk as RocksDB wants it. Log messages go nowhere, folders always exist, nobody sleeps.
std::unique_ptr<rocksdb::Env> power_cut_env(std::shared_ptr<PowerCutDisk> disk);

}  // namespace creditd::tests
