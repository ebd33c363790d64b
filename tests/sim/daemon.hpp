// The daemon as the simulation runs it: production's parts in production's order (compare
// daemon/app/daemon.cpp), on the simulated journal, clocks and randomness, without a thread or a
// socket. Whoever owns it drives it by hand. World is what outlives it: the machine.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>

#include "daemon/api/payments.hpp"
#include "daemon/api/service.hpp"
#include "daemon/app/open_ledger.hpp"
#include "replay/snapshot_walk.hpp"
#include "tests/sim/disk.hpp"
#include "tests/sim/outside.hpp"

namespace creditd::sim {

inline constexpr std::string_view admin_secret = "planted-admin-secret-5d1f0c";

/// Of the followers' families alone; made where there is none.
std::shared_ptr<replay::Database> open_database(const replay::DataFolder& folder);

/// The machine: what a crash of the process leaves.
struct World {
    World(std::uint64_t seed, std::filesystem::path folder);

    CrashTimer timer;
    SimClock clock;
    SimRandom random;
    SimDisk disk;
    replay::DataFolder folder;
    /// A crash takes what the followers had in memory and leaves what was ingested, which is
    /// synced: so the database itself may stay open, and restarts stay cheap.
    std::shared_ptr<replay::Database> database;
    std::vector<std::unique_ptr<daemon::ApiKeyTable>> old_keys;  // see SimDaemon::~SimDaemon
    daemon::Config config;
    std::size_t window_generation_keys = 64;
    /// What the daemon asks payment providers, and what waits for the answer.
    struct ProviderAsk {
        daemon::HttpRequest request;
        daemon::HttpClient::Done done;
    };
    std::vector<ProviderAsk> provider_asks;
};

/// Snapshots when the simulation wants them, in the smallest steps.
class SimSnapshots final : public daemon::LedgerBackground {
public:
    SimSnapshots(World& world, std::function<Seq()> durable);

    void request() { is_wanted_ = true; }
    bool step(State& state, const replay::ChainTip& tip) override;
    void write_pending() { writer_.write_pending(); }
    bool is_busy() const { return writer_.is_busy(); }

private:
    bool is_wanted_ = false;
    replay::SnapshotWriter writer_;
    replay::SnapshotWalk walk_;
};

class SimDaemon {
public:
    /// Starts as the daemon does; an error is why it refuses. May throw Crash.
    static std::expected<std::unique_ptr<SimDaemon>, daemon::StartError> start(World& world);
    /// As after kill -9: nothing is finished, nothing is written.
    ~SimDaemon();

    daemon::Engine& engine() { return *engine_; }
    const State& state() const { return *state_; }
    const replay::Journal& journal() const { return *ledger_.journal; }
    const replay::followers::KeyIndex& key_index() const { return *ledger_.keys; }
    const replay::followers::MerkleIndex& merkle() const { return *ledger_.merkle; }
    daemon::ReaderPool& readers() { return *readers_; }
    replay::followers::FollowerThread& followers() { return *followers_; }
    SimSnapshots& snapshots() { return *snapshots_; }
    daemon::ApiService& service() { return *service_; }
    SimIoThread& io() { return io_; }

    /// As Maintenance does every second, and at a clean stop.
    void write_head(bool is_clean);

private:
    SimDaemon(World& world, daemon::OpenedLedger ledger);
    daemon::EngineHooks engine_hooks();
    void open_payments();

    World& world_;
    SimIoThread io_;
    daemon::OpenedLedger ledger_;
    State* state_;
    std::unique_ptr<replay::followers::FollowerThread> followers_;
    std::optional<replay::EvidenceReader> evidence_;
    std::unique_ptr<daemon::ApiKeyTable> keys_;
    std::unique_ptr<daemon::Engine> engine_;
    std::unique_ptr<SimSnapshots> snapshots_;
    std::unique_ptr<daemon::ReaderPool> readers_;
    std::optional<daemon::Payments> payments_;
    std::optional<daemon::Api> api_;
    std::unique_ptr<daemon::ApiService> service_;
};

}  // namespace creditd::sim
