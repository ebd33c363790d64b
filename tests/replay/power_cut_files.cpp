// The disk behind RocksDB's interfaces of files and file systems.
#include <rocksdb/env.h>
#include <rocksdb/system_clock.h>

#include "tests/replay/power_cut_disk.hpp"

namespace creditd::tests {
namespace {

using rocksdb::FileOptions;
using rocksdb::IODebugContext;
using rocksdb::IOOptions;
using rocksdb::IOStatus;
using rocksdb::Slice;

IOStatus outcome(bool has_power) {
    return has_power ? IOStatus::OK() : IOStatus::IOError("the power is off");
}

class Writable final : public rocksdb::FSWritableFile {
public:
    Writable(std::shared_ptr<PowerCutDisk> disk, PowerCutDisk::FilePtr file)
        : disk_(std::move(disk)), file_(std::move(file)) {}

    using FSWritableFile::Append;
    IOStatus Append(const Slice& data, const IOOptions&, IODebugContext*) override {
        return outcome(disk_->append(*file_, {data.data(), data.size()}));
    }
    IOStatus Truncate(std::uint64_t size, const IOOptions&, IODebugContext*) override {
        return outcome(disk_->truncate(*file_, size));
    }
    IOStatus Close(const IOOptions&, IODebugContext*) override { return IOStatus::OK(); }
    IOStatus Flush(const IOOptions&, IODebugContext*) override { return IOStatus::OK(); }
    IOStatus Sync(const IOOptions&, IODebugContext*) override {
        return outcome(disk_->sync(*file_));
    }
    bool IsSyncThreadSafe() const override { return true; }
    std::uint64_t GetFileSize(const IOOptions&, IODebugContext*) override {
        return disk_->size(*file_);
    }

private:
    std::shared_ptr<PowerCutDisk> disk_;
    PowerCutDisk::FilePtr file_;
};

class Sequential final : public rocksdb::FSSequentialFile {
public:
    Sequential(std::shared_ptr<PowerCutDisk> disk, PowerCutDisk::FilePtr file)
        : disk_(std::move(disk)), file_(std::move(file)) {}

    IOStatus Read(std::size_t count, const IOOptions&, Slice* result, char* scratch,
                  IODebugContext*) override {
        const std::size_t got = disk_->read(*file_, at_, count, scratch);
        at_ += got;
        *result = Slice(scratch, got);
        return IOStatus::OK();
    }
    IOStatus Skip(std::uint64_t count) override {
        at_ += count;
        return IOStatus::OK();
    }

private:
    std::shared_ptr<PowerCutDisk> disk_;
    PowerCutDisk::FilePtr file_;
    std::size_t at_ = 0;
};

class RandomAccess final : public rocksdb::FSRandomAccessFile {
public:
    RandomAccess(std::shared_ptr<PowerCutDisk> disk, PowerCutDisk::FilePtr file)
        : disk_(std::move(disk)), file_(std::move(file)) {}

    IOStatus Read(std::uint64_t offset, std::size_t count, const IOOptions&, Slice* result,
                  char* scratch, IODebugContext*) const override {
        *result = Slice(scratch, disk_->read(*file_, offset, count, scratch));
        return IOStatus::OK();
    }

private:
    std::shared_ptr<PowerCutDisk> disk_;
    PowerCutDisk::FilePtr file_;
};

class Folder final : public rocksdb::FSDirectory {
public:
    Folder(std::shared_ptr<PowerCutDisk> disk, std::string name)
        : disk_(std::move(disk)), name_(std::move(name)) {}
    IOStatus Fsync(const IOOptions&, IODebugContext*) override {
        return outcome(disk_->sync_folder(name_));
    }
    IOStatus Close(const IOOptions&, IODebugContext*) override { return IOStatus::OK(); }

private:
    std::shared_ptr<PowerCutDisk> disk_;
    std::string name_;
};

class Silence final : public rocksdb::Logger {
public:
    using Logger::Logv;
    void Logv(const char*, va_list) override {}
    std::size_t GetLogFileSize() const override { return 0; }
};

class Lock final : public rocksdb::FileLock {};

class PowerCutFileSystem final : public rocksdb::FileSystemWrapper {
public:
    explicit PowerCutFileSystem(std::shared_ptr<PowerCutDisk> disk)
        : FileSystemWrapper(rocksdb::FileSystem::Default()), disk_(std::move(disk)) {}
    const char* Name() const override { return "PowerCutFileSystem"; }

    // --- files ---
    IOStatus NewWritableFile(const std::string& name, const FileOptions&,
                             std::unique_ptr<rocksdb::FSWritableFile>* result,
                             IODebugContext*) override {
        PowerCutDisk::FilePtr file;
        const bool made = disk_->create(name, file);
        if (made) *result = std::make_unique<Writable>(disk_, file);
        return outcome(made);
    }
    IOStatus ReopenWritableFile(const std::string& name, const FileOptions& options,
                                std::unique_ptr<rocksdb::FSWritableFile>* result,
                                IODebugContext* context) override {
        const auto file = disk_->find(name);
        if (file == nullptr) return NewWritableFile(name, options, result, context);
        *result = std::make_unique<Writable>(disk_, file);
        return IOStatus::OK();
    }
    IOStatus ReuseWritableFile(const std::string& name, const std::string&,
                               const FileOptions& options,
                               std::unique_ptr<rocksdb::FSWritableFile>* result,
                               IODebugContext* context) override {
        return NewWritableFile(name, options, result, context);
    }
    IOStatus NewSequentialFile(const std::string& name, const FileOptions&,
                               std::unique_ptr<rocksdb::FSSequentialFile>* result,
                               IODebugContext*) override {
        return open<Sequential>(name, result);
    }
    IOStatus NewRandomAccessFile(const std::string& name, const FileOptions&,
                                 std::unique_ptr<rocksdb::FSRandomAccessFile>* result,
                                 IODebugContext*) override {
        return open<RandomAccess>(name, result);
    }
    IOStatus NewDirectory(const std::string& name, const IOOptions&,
                          std::unique_ptr<rocksdb::FSDirectory>* result, IODebugContext*) override {
        *result = std::make_unique<Folder>(disk_, name);
        return IOStatus::OK();
    }

    // --- names ---
    IOStatus FileExists(const std::string& name, const IOOptions&, IODebugContext*) override {
        return disk_->find(name) != nullptr ? IOStatus::OK() : IOStatus::NotFound(name);
    }
    IOStatus GetChildren(const std::string& folder, const IOOptions&,
                         std::vector<std::string>* result, IODebugContext*) override {
        *result = disk_->names_in(folder);
        return IOStatus::OK();
    }
    IOStatus GetChildrenFileAttributes(const std::string& folder, const IOOptions&,
                                       std::vector<rocksdb::FileAttributes>* result,
                                       IODebugContext*) override {
        result->clear();
        for (const std::string& name : disk_->names_in(folder)) {
            const auto file = disk_->find(folder + '/' + name);
            if (file != nullptr) result->push_back({name, disk_->size(*file)});
        }
        return IOStatus::OK();
    }
    IOStatus DeleteFile(const std::string& name, const IOOptions&, IODebugContext*) override {
        if (disk_->find(name) == nullptr) return IOStatus::NotFound(name);
        return outcome(disk_->remove(name));
    }
    IOStatus RenameFile(const std::string& from, const std::string& to, const IOOptions&,
                        IODebugContext*) override {
        if (disk_->find(from) == nullptr) return IOStatus::NotFound(from);
        return outcome(disk_->rename(from, to));
    }
    IOStatus LinkFile(const std::string& from, const std::string& to, const IOOptions&,
                      IODebugContext*) override {
        if (disk_->find(from) == nullptr) return IOStatus::NotFound(from);
        return outcome(disk_->link(from, to));
    }
    IOStatus Truncate(const std::string& name, std::size_t size, const IOOptions&,
                      IODebugContext*) override {
        const auto file = disk_->find(name);
        return file == nullptr ? IOStatus::NotFound(name) : outcome(disk_->truncate(*file, size));
    }
    IOStatus GetFileSize(const std::string& name, const IOOptions&, std::uint64_t* size,
                         IODebugContext*) override {
        const auto file = disk_->find(name);
        if (file == nullptr) return IOStatus::NotFound(name);
        *size = disk_->size(*file);
        return IOStatus::OK();
    }
    IOStatus GetFileModificationTime(const std::string&, const IOOptions&, std::uint64_t* time,
                                     IODebugContext*) override {
        *time = 0;
        return IOStatus::OK();
    }

    // --- folders, locks, messages ---
    IOStatus CreateDir(const std::string&, const IOOptions&, IODebugContext*) override {
        return IOStatus::OK();
    }
    IOStatus CreateDirIfMissing(const std::string&, const IOOptions&, IODebugContext*) override {
        return IOStatus::OK();
    }
    IOStatus GetAbsolutePath(const std::string& path, const IOOptions&, std::string* result,
                             IODebugContext*) override {
        *result = path;
        return IOStatus::OK();
    }
    IOStatus LockFile(const std::string&, const IOOptions&, rocksdb::FileLock** lock,
                      IODebugContext*) override {
        *lock = new Lock;
        return IOStatus::OK();
    }
    IOStatus UnlockFile(rocksdb::FileLock* lock, const IOOptions&, IODebugContext*) override {
        delete lock;
        return IOStatus::OK();
    }
    IOStatus NewLogger(const std::string&, const IOOptions&,
                       std::shared_ptr<rocksdb::Logger>* result, IODebugContext*) override {
        *result = std::make_shared<Silence>();
        return IOStatus::OK();
    }

private:
    template <class File, class Base>
    IOStatus open(const std::string& name, std::unique_ptr<Base>* result) {
        auto file = disk_->find(name);
        if (file == nullptr) return IOStatus::NotFound(name);
        *result = std::make_unique<File>(disk_, std::move(file));
        return IOStatus::OK();
    }

    std::shared_ptr<PowerCutDisk> disk_;
};

/// Nobody sleeps: RocksDB would wait a second after each background error.
class SleeplessClock final : public rocksdb::SystemClockWrapper {
public:
    SleeplessClock() : SystemClockWrapper(rocksdb::SystemClock::Default()) {}
    const char* Name() const override { return "SleeplessClock"; }
    void SleepForMicroseconds(int) override {}
};

class PowerCutEnv final : public rocksdb::EnvWrapper {
public:
    explicit PowerCutEnv(std::shared_ptr<PowerCutDisk> disk)
        : EnvWrapper(
              rocksdb::NewCompositeEnv(std::make_shared<PowerCutFileSystem>(std::move(disk)))) {
        file_system_ = target()->GetFileSystem();
        system_clock_ = std::make_shared<SleeplessClock>();
    }
};

}  // namespace

std::unique_ptr<rocksdb::Env> power_cut_env(std::shared_ptr<PowerCutDisk> disk) {
    return std::make_unique<PowerCutEnv>(std::move(disk));
}

}  // namespace creditd::tests
