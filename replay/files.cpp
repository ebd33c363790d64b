#include "replay/files.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <system_error>
#include <utility>

namespace creditd::replay {
namespace {

FileError failed(const char* call, const std::filesystem::path& path) {
    const int code = errno;
    return {code,
            std::string(call) + " " + path.string() + ": " + std::generic_category().message(code)};
}

class Descriptor {
public:
    explicit Descriptor(int number) : number_(number) {}
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    ~Descriptor() {
        if (number_ >= 0) ::close(number_);
    }
    bool is_open() const { return number_ >= 0; }
    int number() const { return number_; }
    /// Closes now and says whether that worked: a delayed write may fail as late as this.
    bool close() { return ::close(std::exchange(number_, -1)) == 0; }

private:
    int number_;
};

bool write_all(int descriptor, std::string_view bytes) {
    while (!bytes.empty()) {
        const ssize_t written = ::write(descriptor, bytes.data(), bytes.size());
        if (written < 0 && errno == EINTR) continue;
        if (written < 0) return false;
        bytes.remove_prefix(static_cast<std::size_t>(written));
    }
    return true;
}

std::expected<void, FileError> write_synced(const std::filesystem::path& path,
                                            std::string_view bytes) {
    Descriptor file(::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
    if (!file.is_open()) return std::unexpected(failed("open", path));
    if (!write_all(file.number(), bytes)) return std::unexpected(failed("write", path));
    if (::fsync(file.number()) != 0) return std::unexpected(failed("fsync", path));
    if (!file.close()) return std::unexpected(failed("close", path));
    return {};
}

std::filesystem::path parent_of(const std::filesystem::path& path) {
    return path.has_parent_path() ? path.parent_path() : std::filesystem::path(".");
}

}  // namespace

std::expected<void, FileError> ensure_folder(const std::filesystem::path& folder) {
    std::error_code error;
    if (std::filesystem::is_directory(folder, error)) return {};
    if (folder.has_parent_path() && folder.parent_path() != folder) {
        if (auto parent = ensure_folder(folder.parent_path()); !parent) return parent;
    }
    if (::mkdir(folder.c_str(), 0700) != 0 && errno != EEXIST) {
        return std::unexpected(failed("mkdir", folder));
    }
    return sync_folder(parent_of(folder));
}

std::expected<void, FileError> sync_folder(const std::filesystem::path& folder) {
    const Descriptor opened(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!opened.is_open()) return std::unexpected(failed("open", folder));
    if (::fsync(opened.number()) != 0) return std::unexpected(failed("fsync", folder));
    return {};
}

std::expected<void, FileError> write_file_atomically(const std::filesystem::path& path,
                                                     std::string_view bytes) {
    std::filesystem::path temporary = path;
    temporary += ".tmp";
    if (auto written = write_synced(temporary, bytes); !written) return written;
    if (::rename(temporary.c_str(), path.c_str()) != 0) {
        return std::unexpected(failed("rename", temporary));
    }
    return sync_folder(parent_of(path));
}

std::expected<std::optional<std::string>, FileError> read_file(const std::filesystem::path& path,
                                                               std::size_t bytes_max) {
    const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (!file.is_open() && errno == ENOENT) return std::nullopt;
    if (!file.is_open()) return std::unexpected(failed("open", path));
    constexpr std::size_t first_bytes = 64 * 1024;
    std::string bytes;
    std::size_t filled = 0;
    while (filled <= bytes_max) {
        // One byte more than allowed shows that the file is too large.
        if (filled == bytes.size()) {
            bytes.resize(std::min(bytes_max + 1, std::max(first_bytes, 2 * filled)));
        }
        const ssize_t got = ::read(file.number(), bytes.data() + filled, bytes.size() - filled);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return std::unexpected(failed("read", path));
        if (got == 0) break;
        filled += static_cast<std::size_t>(got);
    }
    if (filled > bytes_max) {
        errno = EFBIG;
        return std::unexpected(failed("read", path));
    }
    bytes.resize(filled);
    return bytes;
}

std::expected<std::uint64_t, FileError> free_bytes(const std::filesystem::path& path) {
    struct statvfs status{};
    if (::statvfs(path.c_str(), &status) != 0) return std::unexpected(failed("statvfs", path));
    return static_cast<std::uint64_t>(status.f_bavail) * status.f_frsize;
}

}  // namespace creditd::replay
