// The real file system under RocksDB, except that the next append to, or sync of, its write-ahead
// log can be made to fail.
#pragma once

#include <rocksdb/env.h>
#include <rocksdb/file_system.h>

#include <atomic>
#include <memory>
#include <string>

namespace creditd::tests {

enum class LogFault { none, append, sync };

class FaultyLogFile final : public rocksdb::FSWritableFileOwnerWrapper {
public:
    FaultyLogFile(std::unique_ptr<rocksdb::FSWritableFile> file, std::atomic<LogFault>& next)
        : FSWritableFileOwnerWrapper(std::move(file)), next_(next) {}

    using FSWritableFileOwnerWrapper::Append;
    rocksdb::IOStatus Append(const rocksdb::Slice& data, const rocksdb::IOOptions& options,
                             rocksdb::IODebugContext* context) override {
        if (take(LogFault::append)) return rocksdb::IOStatus::IOError("append failed to order");
        return FSWritableFileOwnerWrapper::Append(data, options, context);
    }
    rocksdb::IOStatus Sync(const rocksdb::IOOptions& options,
                           rocksdb::IODebugContext* context) override {
        if (take(LogFault::sync)) return rocksdb::IOStatus::IOError("sync failed to order");
        return FSWritableFileOwnerWrapper::Sync(options, context);
    }

private:
    bool take(LogFault fault) { return next_.compare_exchange_strong(fault, LogFault::none); }
    std::atomic<LogFault>& next_;
};

class FaultyFileSystem final : public rocksdb::FileSystemWrapper {
public:
    FaultyFileSystem() : FileSystemWrapper(rocksdb::FileSystem::Default()) {}
    const char* Name() const override { return "FaultyFileSystem"; }

    rocksdb::IOStatus NewWritableFile(const std::string& name, const rocksdb::FileOptions& options,
                                      std::unique_ptr<rocksdb::FSWritableFile>* file,
                                      rocksdb::IODebugContext* context) override {
        auto status = FileSystemWrapper::NewWritableFile(name, options, file, context);
        if (status.ok() && name.ends_with(".log")) {
            *file = std::make_unique<FaultyLogFile>(std::move(*file), next_);
        }
        return status;
    }
    void fail_next(LogFault fault) { next_ = fault; }

private:
    std::atomic<LogFault> next_{LogFault::none};
};

}  // namespace creditd::tests
