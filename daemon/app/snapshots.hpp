// When a snapshot is taken: after so many events, or when asked for. The walk runs on the ledger
// thread in pieces of about a millisecond, between groups of commands.
#pragma once

#include <atomic>

#include "daemon/basics/config.hpp"
#include "daemon/engine/engine.hpp"
#include "replay/snapshot_walk.hpp"

namespace creditd::daemon {

class Snapshots final : public LedgerBackground {
public:
    /// Told, on the writer's thread, of each snapshot that stands.
    using Written = std::function<void(Seq, const Hash256& state)>;

    /// `newest`: position of the snapshot that the start was made from, or 0.
    Snapshots(const SnapshotConfig& config, std::filesystem::path folder, Seq newest,
              std::function<Seq()> durable, Written written);

    bool step(State& state, const replay::ChainTip& tip) override;
    /// Takes one soon, whatever has happened since the last. Any thread.
    void request() { requested_.store(true, std::memory_order_relaxed); }
    Seq newest() const { return Seq{newest_.load(std::memory_order_relaxed)}; }

private:
    bool is_due(Seq now) const;
    replay::SnapshotWriterOptions writer_options(const SnapshotConfig& config,
                                                 std::filesystem::path folder,
                                                 std::function<Seq()> durable, Written written);

    const std::uint64_t every_events_;
    std::atomic<std::uint64_t> newest_;
    std::atomic<bool> requested_{false};
    Seq begun_{};  // position of the last one that was begun
    replay::SnapshotWriter writer_;
    replay::SnapshotWalk walk_;
};

}  // namespace creditd::daemon
