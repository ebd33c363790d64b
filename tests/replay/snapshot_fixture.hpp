// Writes snapshots of a LedgerWorld into a folder of their own, for the tests of the writer and of
// the reader. One thread.
#pragma once

#include <gtest/gtest.h>

#include "replay/sha256.hpp"
#include "replay/snapshot_walk.hpp"
#include "tests/support/ledger_world.hpp"
#include "tests/support/temporary_folder.hpp"

namespace creditd::tests {

/// The chain's end as the world has it; its hash is made up, since snapshots only carry it.
inline replay::ChainTip tip_of(const LedgerWorld& world) {
    const LedgerHead& head = world.state().head;
    return {world.chain(), head.epoch, head.seq, replay::sha256(std::to_string(head.seq.value)),
            head.time};
}

class SnapshotTest : public testing::Test {
protected:
    replay::SnapshotWriterOptions options(std::size_t keep = 10) {
        replay::SnapshotWriterOptions made;
        made.folder = folder_.path() / "snapshots";
        made.keep = keep;
        return made;
    }
    /// A snapshot of the world as it is.
    replay::SnapshotResult write(LedgerWorld& world, replay::SnapshotWriter& writer) {
        replay::SnapshotWalk walk(writer);
        EXPECT_TRUE(walk.begin(world.state(), tip_of(world)));
        while (walk.step(std::chrono::seconds(1)).is_running) std::this_thread::yield();
        writer.wait();
        return writer.last_result().value();
    }
    std::filesystem::path path_of(Seq seq) { return replay::snapshot_path(options().folder, seq); }

    TemporaryFolder folder_;
};

}  // namespace creditd::tests
