#include "replay/database.hpp"

#include <fcntl.h>
#include <rocksdb/db.h>
#include <rocksdb/env.h>
#include <rocksdb/sst_file_reader.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <set>
#include <system_error>

#include "core/assert.hpp"
#include "replay/database_options.hpp"
#include "replay/files.hpp"
#include "replay/sound_manifest.hpp"

#ifdef __SANITIZE_THREAD__
extern "C" void __tsan_ignore_thread_begin();
extern "C" void __tsan_ignore_thread_end();
#endif

namespace creditd::replay {
namespace {

JournalError from_status(const rocksdb::Status& status, const std::filesystem::path& folder) {
    return {status.IsCorruption() ? JournalFault::damaged : JournalFault::io,
            "the database in " + folder.string() + ": " + status.ToString()};
}

/// Folders that this process has open for writing. POSIX locks cannot be asked about one's own:
/// worse, closing any descriptor of the lock file would drop them.
class OpenFolders {
public:
    static OpenFolders& instance() {
        static OpenFolders one;
        return one;
    }
    bool contains(const std::filesystem::path& folder) {
        const std::scoped_lock lock(mutex_);
        return folders_.contains(canonical(folder));
    }
    void insert(const std::filesystem::path& folder) {
        const std::scoped_lock lock(mutex_);
        folders_.insert(canonical(folder));
    }
    void erase(const std::filesystem::path& folder) {
        const std::scoped_lock lock(mutex_);
        folders_.erase(canonical(folder));
    }

private:
    static std::filesystem::path canonical(const std::filesystem::path& folder) {
        std::error_code error;
        const auto found = std::filesystem::weakly_canonical(folder, error);
        return error ? folder : found;
    }

    std::mutex mutex_;
    std::set<std::filesystem::path> folders_;
};

/// One of several writers writes the batches of all, handed over under locks that TSan cannot see
/// in a library that was not built with it: what this thread touches meanwhile is not watched.
class Unwatched {
public:
#ifdef __SANITIZE_THREAD__
    Unwatched() { __tsan_ignore_thread_begin(); }
    ~Unwatched() { __tsan_ignore_thread_end(); }
#else
    Unwatched() = default;
    ~Unwatched() = default;
#endif
    Unwatched(const Unwatched&) = delete;
    Unwatched& operator=(const Unwatched&) = delete;
};

rocksdb::Status open_as(OpenMode mode, const rocksdb::DBOptions& options, const std::string& folder,
                        const std::vector<rocksdb::ColumnFamilyDescriptor>& families,
                        std::vector<rocksdb::ColumnFamilyHandle*>* handles, rocksdb::DB** db) {
    switch (mode) {
        case OpenMode::read_write: return rocksdb::DB::Open(options, folder, families, handles, db);
        case OpenMode::read_only:
        case OpenMode::salvage:
            return rocksdb::DB::OpenForReadOnly(options, folder, families, handles, db);
        case OpenMode::live:
            // The second folder would hold the log file, which is discarded: nothing is made there.
            return rocksdb::DB::OpenAsSecondary(options, folder, folder, families, handles, db);
    }
    return rocksdb::Status::InvalidArgument("open mode");
}

}  // namespace

std::expected<std::unique_ptr<Database>, JournalError> Database::open(DatabaseOptions wanted) {
    const std::filesystem::path folder = wanted.folder;
    const OpenMode mode = wanted.mode;
    const bool exists = is_database(folder);
    if (!exists && mode != OpenMode::read_write) {
        return std::unexpected(
            JournalError{JournalFault::io, "there is no database in " + folder.string()});
    }
    if (mode != OpenMode::live) {
        const auto used = is_in_use(folder);
        if (!used) return std::unexpected(used.error());
        if (*used) {
            return std::unexpected(JournalError{
                JournalFault::in_use, "another process has " + folder.string() + " open"});
        }
    }
    if (const auto made = ensure_folder(folder); !made) {
        return std::unexpected(JournalError{JournalFault::io, made.error().detail});
    }
    std::unique_ptr<rocksdb::Env> env;
    if (mode == OpenMode::salvage) {
        env = env_with_sound_manifest(wanted.env ? *wanted.env : *rocksdb::Env::Default());
        wanted.env = env.get();
    }
    const rocksdb::DBOptions options = rocksdb_options(wanted);
    std::vector<std::string> existing;
    if (exists) {
        const auto listed = rocksdb::DB::ListColumnFamilies(options, folder.string(), &existing);
        if (!listed.ok()) return std::unexpected(from_status(listed, folder));
    }
    auto database = std::unique_ptr<Database>(new Database(std::move(wanted)));
    database->own_env_ = std::move(env);
    rocksdb::DB* db = nullptr;
    const auto status =
        open_as(mode, options, folder.string(), describe_families(database->options_, existing),
                &database->families_, &db);
    if (!status.ok()) return std::unexpected(from_status(status, folder));
    database->db_.reset(db);
    if (writes(mode)) OpenFolders::instance().insert(folder);
    database->is_registered_ = writes(mode);
    if (!database->has_family("journal") || !database->has_family("personal")) {
        return std::unexpected(JournalError{
            JournalFault::damaged, "the database in " + folder.string() + " holds no journal"});
    }
    return database;
}

Database::Database(DatabaseOptions options) : options_(std::move(options)) {}

Database::~Database() {
    if (!db_) return;
    for (auto* handle : families_) db_->DestroyColumnFamilyHandle(handle).PermitUncheckedError();
    db_->Close().PermitUncheckedError();
    db_.reset();
    if (is_registered_) OpenFolders::instance().erase(options_.folder);
}

rocksdb::ColumnFamilyHandle* Database::family(std::string_view name) const {
    const auto found = std::ranges::find(families_, name, &rocksdb::ColumnFamilyHandle::GetName);
    CREDITD_ASSERT(found != families_.end());
    return *found;
}

bool Database::has_family(std::string_view name) const {
    return std::ranges::find(families_, name, &rocksdb::ColumnFamilyHandle::GetName) !=
           families_.end();
}

bool Database::is_writable() const { return writes(options_.mode); }

rocksdb::Status Database::write(const rocksdb::WriteOptions& options,
                                rocksdb::WriteBatch& batch) const {
    [[maybe_unused]] const Unwatched write_group;
    return db_->Write(options, &batch);
}

std::expected<void, JournalError> Database::flush() const {
    const auto status = db_->Flush(rocksdb::FlushOptions(), families_);
    if (!status.ok()) return std::unexpected(from_status(status, options_.folder));
    return {};
}

std::expected<void, JournalError> Database::check_tables(
    std::string_view name, const std::atomic<bool>& is_canceled) const {
    std::vector<rocksdb::LiveFileMetaData> files;
    db_->GetLiveFilesMetaData(&files);
    const rocksdb::Options options = db_->GetOptions(family(name));
    for (const rocksdb::LiveFileMetaData& file : files) {
        if (is_canceled) return {};
        if (file.column_family_name != name) continue;
        const std::string path = file.db_path + file.name;
        rocksdb::SstFileReader reader(options);
        rocksdb::Status status = reader.Open(path);
        if (status.ok()) status = reader.VerifyChecksum();
        // One that was merged meanwhile is no fault.
        if (!status.ok() && options.env->FileExists(path).ok()) {
            return std::unexpected(from_status(status, path));
        }
    }
    return {};
}

std::expected<void, JournalError> Database::rewrite(std::string_view name,
                                                    std::atomic<bool>& is_canceled) const {
    // A log file goes when every family has left it behind.
    if (auto flushed = flush(); !flushed) return flushed;
    // A damaged table would end the process while it is written anew, at each start.
    if (auto checked = check_tables(name, is_canceled); !checked) return checked;
    rocksdb::CompactRangeOptions options;
    options.bottommost_level_compaction = rocksdb::BottommostLevelCompaction::kForce;
    options.exclusive_manual_compaction = false;
    options.canceled = &is_canceled;
    const auto status = db_->CompactRange(options, family(name), nullptr, nullptr);
    if (!status.ok()) return std::unexpected(from_status(status, options_.folder));
    return {};
}

bool is_database(const std::filesystem::path& folder) {
    std::error_code error;
    return std::filesystem::exists(folder / "CURRENT", error);
}

std::expected<bool, JournalError> is_in_use(const std::filesystem::path& folder) {
    if (OpenFolders::instance().contains(folder)) return true;
    const std::filesystem::path path = folder / "LOCK";
    const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (descriptor < 0 && errno == ENOENT) return false;
    struct flock lock{};
    lock.l_type = F_WRLCK;
    lock.l_whence = SEEK_SET;
    const bool is_asked = descriptor >= 0 && ::fcntl(descriptor, F_GETLK, &lock) == 0;
    const int code = errno;
    if (descriptor >= 0) ::close(descriptor);
    if (!is_asked) {
        return std::unexpected(JournalError{
            JournalFault::io, path.string() + ": " + std::generic_category().message(code)});
    }
    return lock.l_type != F_UNLCK;
}

}  // namespace creditd::replay
