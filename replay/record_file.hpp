// Writes one snapshot file: header, records, footer (snapshot_format.hpp), under an unfinished name
// until it is complete and synced. Syncs as it goes, so that a large snapshot never makes the
// journal's next sync wait for gigabytes. One thread.
#pragma once

#include <expected>
#include <filesystem>
#include <string>
#include <string_view>

#include "replay/sha256.hpp"
#include "replay/snapshot_format.hpp"

namespace creditd::replay {

class RecordFile {
public:
    RecordFile(const std::filesystem::path& folder, Seq seq);
    /// Removes the file, unless it was finished.
    ~RecordFile();
    RecordFile(const RecordFile&) = delete;
    RecordFile& operator=(const RecordFile&) = delete;

    // In this order: open, record any number of times, finish. Errors are sentences.
    std::expected<void, std::string> open(const SnapshotHeader& header);
    std::expected<void, std::string> record(RecordKind kind, std::uint32_t index,
                                            std::string_view body);
    std::expected<void, std::string> finish(const Hash256& state_hash);

    /// Bytes written so far.
    std::uint64_t bytes() const { return bytes_; }

private:
    std::expected<void, std::string> put(std::string_view bytes);
    std::expected<void, std::string> drain();
    std::expected<void, std::string> sync();
    std::string failed(std::string_view call) const;

    std::filesystem::path path_;
    std::filesystem::path unfinished_;
    std::string buffer_;
    Sha256 hash_;
    std::uint64_t bytes_ = 0;
    std::uint64_t unsynced_bytes_ = 0;
    int descriptor_ = -1;
    bool is_finished_ = false;
};

}  // namespace creditd::replay
