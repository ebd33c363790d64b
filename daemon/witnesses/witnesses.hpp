// Witnesses of a running daemon: the keeper on a thread of its own, between the log's signer, the
// tree and the client that makes the calls.
// Owned by the daemon, which ends the client before this goes; any thread.
#pragma once

#include <condition_variable>
#include <mutex>
#include <thread>

#include "daemon/witnesses/witness_keeper.hpp"
#include "replay/followers/merkle_index.hpp"

namespace creditd::daemon {

class Witnesses {
public:
    using Send = std::function<void(HttpRequest, HttpClient::Done)>;

    /// Of a configuration without errors. `signer` and `tree` outlive this.
    Witnesses(const ProofConfig& config, const std::filesystem::path& folder,
              replay::LogSigner& signer, const replay::followers::MerkleIndex& tree, Send send);
    ~Witnesses();

    void start();
    /// No request is sent any more. Whoever still waits is told no more.
    void stop();

    CosignedHeads& heads() { return heads_; }
    const std::deque<WitnessStats>& stats() const { return keeper_.stats(); }

private:
    /// So late may a head be noticed that nobody has asked for.
    static constexpr std::chrono::milliseconds beat{100};

    Witnesses(std::vector<Witness> witnesses, const ProofConfig& config,
              const std::filesystem::path& folder, replay::LogSigner& signer,
              const replay::followers::MerkleIndex& tree, Send send);
    void run(const std::stop_token& stop);
    void wake();

    CosignedHeads heads_;
    WitnessKeeper keeper_;
    std::mutex mutex_;
    std::condition_variable_any something_;
    bool is_woken_ = false;
    std::jthread thread_;
};

}  // namespace creditd::daemon
