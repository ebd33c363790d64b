// Reads snapshot files (snapshot_format.hpp) and trusts nothing: every checksum, the hash of the
// file, and the hash of the state that came out of it. A file is good or it is not used.
// Uses threads of its own while it works; any thread may call.
#pragma once

#include <expected>
#include <filesystem>
#include <functional>
#include <memory>

#include "core/state.hpp"
#include "replay/journal.hpp"
#include "replay/snapshot_format.hpp"

namespace creditd::replay {

struct LoadedSnapshot {
    std::unique_ptr<State> state;
    ChainTip tip{};
    Hash256 state_hash{};
};

/// Told how many of how many bytes have been read, now and then.
using SnapshotProgress = std::function<void(std::uint64_t done, std::uint64_t total)>;

/// The header alone, its checksum verified: is the whole file worth loading?
std::expected<SnapshotHeader, JournalError> read_snapshot_header(const std::filesystem::path& path);

/// The state in the file, in a fresh State whose window begins at the snapshot. Errors: `damaged`
/// names the first thing that is wrong, `io`.
std::expected<LoadedSnapshot, JournalError> load_snapshot(const std::filesystem::path& path,
                                                          unsigned threads = 2,
                                                          const SnapshotProgress& progress = {});

/// Verifies everything that loading verifies, without keeping the state.
std::expected<LoadedSnapshot, JournalError> verify_snapshot(const std::filesystem::path& path,
                                                            unsigned threads = 2);

}  // namespace creditd::replay
