// From what is on disk to a state: the newest good snapshot, then the tail of the journal, every
// hash of it verified. The daemon's start and the auditor's replay are this one function. The head
// file is checked apart from it, before anything is served (head_file.hpp).
// Owns nothing; uses threads of its own while it works; call it from one thread.
#pragma once

#include <atomic>
#include <cstdint>
#include <expected>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "core/state.hpp"
#include "replay/journal.hpp"

namespace creditd::replay {

class EventBatch;

struct RecoveryProgress {
    std::string_view stage;  // "snapshot" or "journal"
    std::uint64_t done = 0;  // bytes of the snapshot, events of the journal
    std::uint64_t total = 0;
    bool is_last = false;  // of its stage
};

struct RecoveryOptions {
    /// Up to here the indexes on disk are synced: recent facts after it go into the window. The
    /// default is for those who only look and decide nothing: they need no window.
    Seq index_synced = Seq{UINT64_MAX};
    bool use_snapshots = true;
    std::size_t window_generation_keys = limits::window_generation_keys;
    /// Stop after this event, or before the first event that is later than `until`.
    Seq last = Seq{UINT64_MAX};
    Timestamp until = Timestamp::never();
    unsigned threads = 2;   // 0: everything on the calling thread
    unsigned decoders = 1;  // of the threads, where there are many cores
    /// No snapshot after this event is taken.
    Seq snapshot_last = Seq{UINT64_MAX};
    /// Called twice a second while it takes longer than that.
    std::function<void(const RecoveryProgress&)> progress;
    /// Told of everything that is not as it should be, such as a damaged snapshot.
    std::function<void(const std::string&)> warn;
    /// Sees the state after every event that was applied; may be empty. Returns whether to go on.
    std::function<bool(const State&, const Event&)> after_event;
    /// Sees every batch after its events were applied, with their leaves; may be empty. Returns
    /// whether to go on.
    std::function<bool(const EventBatch&)> after_batch;
    /// Kept at the event that is being applied, for whoever must say where a bug struck.
    std::atomic<std::uint64_t>* position = nullptr;
};

struct RecoveryReport {
    Seq snapshot{};  // 0: from the first event
    std::vector<std::string> damaged_snapshots;
    Seq read_after{};                    // the journal was read from the event after this one
    std::uint64_t events_to_window = 0;  // read again for the window alone
    std::uint64_t events_applied = 0;
    std::uint64_t blocks = 0;
    double snapshot_seconds = 0;
    double journal_seconds = 0;
};

struct Recovered {
    std::unique_ptr<State> state;
    /// Where the chain ends; its seq is the state's, unless recovery was told to stop earlier.
    ChainTip tip{};
    RecoveryReport report;
};

/// The journal must be open. `snapshots` is the folder (DataFolder::snapshots()). An error names
/// the first event that is bad or missing.
std::expected<Recovered, JournalError> recover(const Journal& journal,
                                               const std::filesystem::path& snapshots,
                                               const RecoveryOptions& options = {});

}  // namespace creditd::replay
