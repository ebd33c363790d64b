// The folder of snapshots: which there are, and the removal of old ones. Looks at names only; what
// is in a file is snapshot_reader.hpp's affair. Any thread; nothing is kept between calls.
#pragma once

#include <cstdint>
#include <filesystem>
#include <vector>

#include "core/types.hpp"

namespace creditd::replay {

struct SnapshotFile {
    Seq seq{};
    std::filesystem::path path;
    std::uint64_t bytes = 0;
};

/// Finished snapshots, newest first. A folder that is missing or unreadable has none.
std::vector<SnapshotFile> list_snapshots(const std::filesystem::path& folder);

/// Removes all but the newest `keep`.
void remove_old_snapshots(const std::filesystem::path& folder, std::size_t keep);
/// Removes the snapshots that know more than the journal does up to `last`; returns how many.
std::size_t remove_snapshots_after(const std::filesystem::path& folder, Seq last);
/// Removes what an interrupted writer left behind.
void remove_unfinished_snapshots(const std::filesystem::path& folder);

}  // namespace creditd::replay
