// The few POSIX file operations that RocksDB does not do for us, and the layout of the data folder.
// Durable means durable: whatever returns success here has been synced, directory included.
// Any thread; nothing is kept between calls.
#pragma once

#include <cstdint>
#include <expected>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace creditd::replay {

/// What stands where below DATA_DIR. The head lies beside the database, never inside it.
struct DataFolder {
    std::filesystem::path root;
    std::filesystem::path database() const { return root / "db"; }
    std::filesystem::path head() const { return root / "head"; }
    std::filesystem::path snapshots() const { return root / "snapshots"; }
};

/// A failed system call: its errno, and a sentence that names the call and the path.
struct FileError {
    int code = 0;
    std::string detail;
};

/// Makes the folder (one level or more, mode 0700) and syncs its parent. Existing: nothing to do.
std::expected<void, FileError> ensure_folder(const std::filesystem::path& folder);

/// Syncs the entries of a folder, so that files made, renamed or removed in it stay so.
std::expected<void, FileError> sync_folder(const std::filesystem::path& folder);

/// Replaces `path` by `bytes`, whole or not at all: temporary file, fsync, rename, folder fsync.
std::expected<void, FileError> write_file_atomically(const std::filesystem::path& path,
                                                     std::string_view bytes);

/// The whole file; nothing when it does not exist; an error (EFBIG) above `bytes_max`.
std::expected<std::optional<std::string>, FileError> read_file(const std::filesystem::path& path,
                                                               std::size_t bytes_max);

/// Bytes that an unprivileged process may still write on the file system of `path`.
std::expected<std::uint64_t, FileError> free_bytes(const std::filesystem::path& path);

}  // namespace creditd::replay
