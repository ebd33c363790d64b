#include "daemon/app/snapshots.hpp"

#include "daemon/basics/log.hpp"
#include "replay/sha256.hpp"

namespace creditd::daemon {
namespace {

constexpr std::chrono::microseconds step_budget{1'000};

}  // namespace

Snapshots::Snapshots(const SnapshotConfig& config, std::filesystem::path folder, Seq newest,
                     std::function<Seq()> durable, Written written)
    : every_events_(config.every_events),
      newest_(newest.value),
      begun_(newest),
      writer_(writer_options(config, std::move(folder), std::move(durable), std::move(written))),
      walk_(writer_) {}

replay::SnapshotWriterOptions Snapshots::writer_options(const SnapshotConfig& config,
                                                        std::filesystem::path folder,
                                                        std::function<Seq()> durable,
                                                        Written written) {
    replay::SnapshotWriterOptions options;
    options.folder = std::move(folder);
    options.keep = config.keep;
    options.durable = std::move(durable);
    options.done = [this, written = std::move(written)](const replay::SnapshotResult& result) {
        if (!result.is_good()) {
            log_error("snapshot_failed", {{"seq", result.seq}, {"reason", result.failure}});
            return;
        }
        written(result.seq, result.state_hash);
        newest_.store(result.seq.value, std::memory_order_relaxed);
        log_info("snapshot_written", {{"seq", result.seq},
                                      {"bytes", result.bytes},
                                      {"state_hash", replay::to_hex(result.state_hash.bytes)}});
    };
    return options;
}

bool Snapshots::is_due(Seq now) const {
    // One that is asked for is written even if nothing has happened since the last.
    return requested_.load(std::memory_order_relaxed) || now.value - begun_.value >= every_events_;
}

bool Snapshots::step(State& state, const replay::ChainTip& tip) {
    if (!walk_.is_running()) {
        if (writer_.is_busy() || !is_due(tip.seq) || !walk_.begin(state, tip)) return false;
        requested_.store(false, std::memory_order_relaxed);
        begun_ = tip.seq;
    }
    const auto progress = walk_.step(step_budget);
    return progress.is_running && !progress.may_wait;
}

}  // namespace creditd::daemon
