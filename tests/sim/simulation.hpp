// One seed's world from its beginning to its end: clients that ask, a daemon that is driven by
// hand, faults, crashes and restarts, and the checks after each answer, write and start.
// Everything that happens is drawn from the seed. One thread; lives in a process of its own.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "core/canary.hpp"
#include "tests/sim/clients.hpp"
#include "tests/sim/connection.hpp"
#include "tests/sim/daemon.hpp"
#include "tests/sim/shadow.hpp"
#include "tests/sim/swarm.hpp"

namespace creditd::sim {

struct SimulationOptions {
    std::uint64_t seed = 1;
    unsigned operations = 2'000;
    Swarm swarm;
    /// Operations that are drawn and not sent: for the search of a shorter story.
    std::set<std::uint64_t> muted;
    /// Told of everything that happens, in words; may be empty.
    std::function<void(std::string_view)> tell;
    Canary canary = Canary::none;
    std::filesystem::path folder;
};

struct SimulationReport {
    std::uint64_t trace = 0;
    std::uint64_t operations = 0;
    std::uint64_t crashes = 0;
    std::uint64_t events = 0;
};

class Simulation {
public:
    explicit Simulation(const SimulationOptions& options);

    /// Throws Failure where a check fails.
    void run();
    /// `text` is something that got out of the daemon.
    void check_secrets(std::string_view text, const char* where) const;

    const SimulationReport& report() const { return report_; }

private:
    // --- what happens next (simulation.cpp) -----------------------------------------------------
    void step();
    void pass_time();
    void send();
    void turn();
    void run_background();
    void run_meanwhile();
    void answer_provider_ask();
    void stir_faults();
    void finish();
    void settle(Ask ask);
    void let_holds_end();
    void drain();
    void answered(std::size_t place, Answer answer);
    void open_connections();

    // --- crashes and starts (restart.cpp) -------------------------------------------------------
    void crash(const Crash& crash);
    void stop_clean();
    void start();
    bool try_start();
    void lose_power();
    void check_started();
    void check_replays();
    void check_receipts();

    // --- damage at rest (damage.cpp) ------------------------------------------------------------
    /// What was done to the files, what a start must make of it, and how to undo it.
    struct Damage {
        enum class Expected : std::uint8_t { start, refusal, either };
        std::string what;
        Expected expected = Expected::start;
        std::function<void()> repair;
    };
    std::optional<Damage> do_damage();
    std::optional<Damage> damage_journal();
    std::optional<Damage> damage_head();
    void damage_snapshots();
    void keep_copies();
    void probe_damaged();

    /// Into the trace, and into the story if it is told.
    void note(std::string_view what);

    const SimulationOptions options_;
    Rng schedule_;
    Rng chaos_;
    World world_;
    Shadow shadow_;
    Clients clients_;
    std::unique_ptr<SimDaemon> daemon_;
    std::vector<std::unique_ptr<Connection>> connections_;
    std::vector<std::optional<Ask>> in_flight_;  // by connection
    std::string old_head_;
    bool is_calm_ = false;  // faults have stopped
    bool is_full_ = false;  // the disk guard refuses writes
    unsigned frozen_steps_ = 0;
    unsigned full_steps_ = 0;
    SimulationReport report_;
};

}  // namespace creditd::sim
