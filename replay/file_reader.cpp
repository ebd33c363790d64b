#include "replay/file_reader.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <system_error>

namespace creditd::replay {

FileReader::~FileReader() {
    if (descriptor_ >= 0) ::close(descriptor_);
}

std::unexpected<JournalError> FileReader::failed() const {
    return std::unexpected(JournalError{
        JournalFault::io, path_.string() + ": " + std::generic_category().message(errno)});
}

std::unexpected<JournalError> FileReader::too_short() const {
    return std::unexpected(JournalError{
        JournalFault::damaged,
        "the " + std::string(what_) + " " + path_.string() + " is damaged: it ends too early"});
}

std::expected<void, JournalError> FileReader::open(const std::filesystem::path& path,
                                                   std::string_view what) {
    path_ = path;
    what_ = what;
    descriptor_ = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    struct stat status{};
    if (descriptor_ < 0 || ::fstat(descriptor_, &status) != 0) return failed();
    size_ = static_cast<std::uint64_t>(status.st_size);
    ::posix_fadvise(descriptor_, 0, 0, POSIX_FADV_SEQUENTIAL);
    constexpr std::uint64_t piece_bytes = 1u << 20;
    buffer_.resize(std::clamp<std::uint64_t>(size_, 1, piece_bytes));
    return {};
}

std::expected<void, JournalError> FileReader::fill() {
    ssize_t got = 0;
    do {
        got = ::read(descriptor_, buffer_.data(), buffer_.size());
    } while (got < 0 && errno == EINTR);
    if (got < 0) return failed();
    if (got == 0) return too_short();
    at_ = 0;
    end_ = static_cast<std::size_t>(got);
    return {};
}

std::expected<void, JournalError> FileReader::read(char* out, std::size_t count) {
    if (count > left()) return too_short();
    consumed_ += count;
    while (count > 0) {
        if (at_ == end_) {
            if (auto filled = fill(); !filled) return filled;
        }
        const std::size_t part = std::min(count, end_ - at_);
        std::memcpy(out, buffer_.data() + at_, part);
        at_ += part;
        out += part;
        count -= part;
    }
    return {};
}

}  // namespace creditd::replay
