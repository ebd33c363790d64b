#include "replay/backup/folder_target.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

#include "replay/backup/manifest.hpp"
#include "replay/files.hpp"

namespace creditd::replay::backup {
namespace {

namespace fs = std::filesystem;

std::unexpected<JournalError> io(std::string detail) {
    return std::unexpected(JournalError{JournalFault::io, std::move(detail)});
}

/// So that what is read next comes from the disk, and not from memory.
void forget_cached(const fs::path& path) {
    const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (descriptor < 0) return;
    ::posix_fadvise(descriptor, 0, 0, POSIX_FADV_DONTNEED);
    ::close(descriptor);
}

}  // namespace

FolderTarget::~FolderTarget() {
    if (lock_ >= 0) ::close(lock_);
}

std::expected<std::optional<std::string>, JournalError> FolderTarget::get(
    const std::string& name, std::uint64_t bytes_max) const {
    auto bytes = read_file(root_ / name, bytes_max);
    if (!bytes) return io(bytes.error().detail);
    return std::move(*bytes);
}

std::expected<std::map<std::string, std::uint64_t>, JournalError> FolderTarget::segments() const {
    std::map<std::string, std::uint64_t> found;
    std::error_code error;
    if (!fs::exists(root_ / segments_name, error)) return found;
    for (fs::directory_iterator at(root_ / segments_name, error), end; !error && at != end;
         at.increment(error)) {
        const std::uint64_t bytes = at->file_size(error);
        if (error) break;
        found[std::string(segments_name) + "/" + at->path().filename().string()] = bytes;
    }
    if (error) return io(where(segments_name) + ": " + error.message());
    return found;
}

/// Empty, a backup, or the beginning of one that was interrupted.
FolderTarget::Done FolderTarget::check_is_ours() const {
    std::error_code error;
    for (fs::directory_iterator at(root_, error), end; !error && at != end; at.increment(error)) {
        const std::string name = at->path().filename().string();
        if (name.starts_with(manifest_name) || name == segments_name) continue;
        return io(root_.string() + " holds something else than a backup: " + name);
    }
    if (error) return io(root_.string() + ": " + error.message());
    return {};
}

FolderTarget::Done FolderTarget::prepare() {
    if (const auto made = ensure_folder(root_); !made) return io(made.error().detail);
    if (auto checked = check_is_ours(); !checked) return checked;
    lock_ = ::open(root_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (lock_ < 0) return io(root_.string() + ": " + std::generic_category().message(errno));
    if (::flock(lock_, LOCK_EX | LOCK_NB) != 0) {
        return std::unexpected(JournalError{JournalFault::in_use,
                                            "another backup to " + root_.string() + " is running"});
    }
    if (const auto made = ensure_folder(root_ / segments_name); !made) {
        return io(made.error().detail);
    }
    return {};
}

FolderTarget::Done FolderTarget::put(const std::string& name, std::string_view bytes) {
    const fs::path path = root_ / name;
    const auto present = read_file(path, file_bytes_max);
    if (!present) return io(present.error().detail);
    if (*present && **present != bytes) {
        return std::unexpected(
            JournalError{JournalFault::damaged, path.string() + " is there already, and damaged"});
    }
    if (!*present) {
        const auto written = write_file_atomically(path, bytes);
        if (!written) return io(written.error().detail);
    }
    forget_cached(path);
    return {};
}

FolderTarget::Done FolderTarget::put_manifest(std::string_view bytes) {
    const auto written = write_file_atomically(root_ / manifest_name, bytes);
    if (!written) return io(written.error().detail);
    return {};
}

}  // namespace creditd::replay::backup
