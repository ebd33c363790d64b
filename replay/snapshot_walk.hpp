// The ledger thread's half of a snapshot: copies the state as it was at `begin`, a few chunks at a
// time, while commands go on. An account that is about to change is copied just before, so the
// ledger never waits and never copies more than it must. The other half, which encodes, hashes and
// writes, is SnapshotWriter's thread (snapshot_writer.hpp). Everything here: ledger thread only.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include <boost/unordered/unordered_flat_map.hpp>

#include "core/state.hpp"
#include "replay/snapshot_writer.hpp"

namespace creditd::replay {

class SnapshotWalk final : public ChangeObserver {
public:
    /// The writer must outlive the walk, and serve no other. Chunks are handed over together, so
    /// many at a time that handing over costs next to nothing.
    explicit SnapshotWalk(SnapshotWriter& writer, std::size_t batch_chunks = 16)
        : writer_(writer), batch_chunks_(batch_chunks) {}
    ~SnapshotWalk() override;
    SnapshotWalk(const SnapshotWalk&) = delete;
    SnapshotWalk& operator=(const SnapshotWalk&) = delete;

    bool is_running() const { return state_ != nullptr; }

    /// Starts a snapshot of `state` as it is now. `tip` is where the chain ends with the state's
    /// last event, which must be the last of its block; it need not be durable yet. The state must
    /// outlive the walk. False: one is still being written.
    bool begin(State& state, const ChainTip& tip);

    /// Copies chunks for about `budget`, or less where the writer has fallen behind. Returns
    /// whether the walk goes on. `may_wait` in the answer: nothing more can be done at the moment.
    struct Progress {
        bool is_running = false;
        bool may_wait = false;
    };
    Progress step(std::chrono::microseconds budget);

    void before_change(AccountNo account) override;

private:
    /// Accounts of one chunk that changed before the walk came to it, as they were.
    struct Saved {
        std::uint64_t places = 0;  // bit i: account i of the chunk is in `accounts`
        std::vector<std::pair<std::uint32_t, Account>> accounts;
    };

    ChunkCopy copy_chunk(std::uint32_t chunk);
    void name_terms(ChunkCopy& copy);
    void drop();

    SnapshotWriter& writer_;
    const std::size_t batch_chunks_;
    State* state_ = nullptr;
    std::size_t accounts_ = 0;  // at `begin`; those added later are not part of it
    std::uint32_t chunks_ = 0;
    std::uint32_t next_ = 0;  // chunk that the walk comes to next
    std::vector<std::unique_ptr<Saved>> saved_;
    std::vector<ChunkCopy> batch_;
    boost::unordered_flat_map<std::uint32_t, std::uint32_t> terms_;  // scratch of name_terms
};

}  // namespace creditd::replay
