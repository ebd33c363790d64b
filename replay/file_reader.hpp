// Reads a file from its beginning to its end, in pieces of any size, through a buffer. For files
// that are read once and whole, such as snapshots. One thread.
#pragma once

#include <cstdint>
#include <expected>
#include <filesystem>
#include <string>
#include <string_view>

#include "replay/journal.hpp"

namespace creditd::replay {

class FileReader {
public:
    FileReader() = default;
    ~FileReader();
    FileReader(const FileReader&) = delete;
    FileReader& operator=(const FileReader&) = delete;

    /// `what` it is, for errors ("snapshot").
    std::expected<void, JournalError> open(const std::filesystem::path& path,
                                           std::string_view what);
    std::uint64_t size() const { return size_; }
    std::uint64_t left() const { return size_ - consumed_; }
    /// Exactly `count` bytes; `damaged` if the file has fewer.
    std::expected<void, JournalError> read(char* out, std::size_t count);

private:
    std::unexpected<JournalError> failed() const;
    std::unexpected<JournalError> too_short() const;
    std::expected<void, JournalError> fill();

    std::filesystem::path path_;
    std::string_view what_;
    std::string buffer_;
    std::size_t at_ = 0;
    std::size_t end_ = 0;
    std::uint64_t size_ = 0;
    std::uint64_t consumed_ = 0;
    int descriptor_ = -1;
};

}  // namespace creditd::replay
