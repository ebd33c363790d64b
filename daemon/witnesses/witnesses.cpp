#include "daemon/witnesses/witnesses.hpp"

#include "core/assert.hpp"

namespace creditd::daemon {
namespace {

std::vector<Witness> witnesses_of(const ProofConfig& config) {
    auto witnesses = parse_witnesses(config.witnesses);
    CREDITD_ASSERT(witnesses.has_value());  // the configuration was checked
    return std::move(*witnesses);
}

std::vector<replay::proof::VerifierKey> keys_of(const std::vector<Witness>& witnesses) {
    std::vector<replay::proof::VerifierKey> keys;
    keys.reserve(witnesses.size());
    for (const Witness& witness : witnesses) keys.push_back(witness.key);
    return keys;
}

/// After a start the tree first has to become what was signed before.
std::expected<WitnessKeeper::Head, WitnessKeeper::Error> newest_head(
    replay::LogSigner& signer, const replay::followers::MerkleIndex& tree) {
    const std::uint64_t verified = tree.verified_size();
    if (verified == 0 || verified < signer.signed_size()) return nullptr;
    return signer.head(0);
}

}  // namespace

Witnesses::Witnesses(const ProofConfig& config, const std::filesystem::path& folder,
                     replay::LogSigner& signer, const replay::followers::MerkleIndex& tree,
                     Send send)
    : Witnesses(witnesses_of(config), config, folder, signer, tree, std::move(send)) {}

Witnesses::Witnesses(std::vector<Witness> witnesses, const ProofConfig& config,
                     const std::filesystem::path& folder, replay::LogSigner& signer,
                     const replay::followers::MerkleIndex& tree, Send send)
    : heads_(folder, keys_of(witnesses), config.witness_quorum, signer.keys(),
             signer.signed_size()),
      keeper_({.witnesses = std::move(witnesses),
               .heads = heads_,
               .newest_head = [&signer, &tree] { return newest_head(signer, tree); },
               .consistency = [&tree](std::uint64_t from,
                                      std::uint64_t to) { return tree.consistency(from, to); },
               .send = std::move(send),
               .wake = [this] { wake(); }}) {}

Witnesses::~Witnesses() { stop(); }

void Witnesses::start() {
    thread_ = std::jthread([this](const std::stop_token& stop) { run(stop); });
}

void Witnesses::stop() {
    if (!thread_.joinable()) return;
    thread_.request_stop();
    thread_.join();
}

void Witnesses::run(const std::stop_token& stop) {
    while (!stop.stop_requested()) {
        keeper_.look(WitnessKeeper::Clock::now());
        std::unique_lock lock(mutex_);
        something_.wait_for(lock, stop, beat, [this] { return is_woken_; });
        is_woken_ = false;
    }
}

void Witnesses::wake() {
    {
        const std::scoped_lock lock(mutex_);
        is_woken_ = true;
    }
    something_.notify_one();
}

}  // namespace creditd::daemon
