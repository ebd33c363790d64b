// Crashes, stops and starts, and what must be true after each start.
#include <algorithm>

#include "replay/proof/entry.hpp"
#include "replay/proof/merkle.hpp"
#include "replay/recovery.hpp"
#include "replay/snapshot_store.hpp"
#include "replay/state_hash.hpp"
#include "tests/replay/proof/trees.hpp"
#include "tests/sim/simulation.hpp"

namespace creditd::sim {
namespace {

constexpr unsigned starts_max = 50;
constexpr unsigned follower_turns_max = 20'000;

}  // namespace

void Simulation::crash(const Crash& crash) {
    note("crash: " + crash.where);
    ++report_.crashes;
    for (auto& waiting : in_flight_) {
        if (waiting) clients_.lose(std::move(*waiting));
    }
    is_full_ = false;
    connections_.clear();
    in_flight_.clear();
    daemon_.reset();
    lose_power();
    start();
}

void Simulation::lose_power() {
    world_.timer.arm(0);
    Leftover leftover = chaos_.chance(50) ? Leftover::all : Leftover::none;
    if (options_.swarm.has(Fault::unsound_leftover) && chaos_.chance(60)) {
        leftover = static_cast<Leftover>(2 + chaos_.below(3));
    }
    world_.disk.lose_power(leftover, chaos_);
}

void Simulation::stop_clean() {
    world_.timer.arm(0);
    drain();
    note("a clean stop");
    daemon_->engine().stop();
    daemon_->write_head(true);
    if (replay::hash_state(daemon_->state()) != shadow_.hash()) {
        throw Failure{"live state = replay from the first event", "at a clean stop"};
    }
    connections_.clear();
    daemon_.reset();
    start();
}

void Simulation::start() {
    if (!is_calm_ && shadow_.tip().seq.value > 0 && !world_.disk.is_unsound()) {
        if (auto damage = do_damage()) {
            note("damage: " + damage->what);
            // Else a start that must succeed could meet a failing write, and be refused for that.
            world_.disk.fail_next(WriteFault::none);
            const bool started = try_start();
            if (started && damage->expected == Damage::Expected::refusal) {
                throw Failure{"damage is refused", damage->what};
            }
            if (!started && damage->expected == Damage::Expected::start) {
                throw Failure{"a sound ledger starts", damage->what};
            }
            if (started) {
                check_started();
                probe_damaged();
            }
            connections_.clear();
            in_flight_.clear();
            daemon_.reset();
            damage->repair();
        }
    }
    for (unsigned tries = 0; tries < starts_max; ++tries) {
        if (options_.swarm.has(Fault::crash_at_start) && !is_calm_ && chaos_.chance(25)) {
            world_.timer.arm(static_cast<unsigned>(1 + chaos_.below(40)));
        }
        try {
            if (try_start()) {
                world_.disk.accept_end();
                check_started();
                return;
            }
            if (world_.disk.take_met_fault()) {
                lose_power();
                continue;
            }
            // What was never acknowledged may be unsound; the rest must start without it.
            if (!world_.disk.is_unsound()) throw Failure{"a sound ledger starts", "it was refused"};
            world_.disk.drop_unsound_end();
        } catch (const Crash& crash) {
            note("crash at the start: " + crash.where);
            ++report_.crashes;
            lose_power();
        }
    }
    throw Failure{"a sound ledger starts", "it did not in many tries"};
}

bool Simulation::try_start() {
    auto started = SimDaemon::start(world_);
    if (!started) {
        note("the start is refused");
        // Its words name the folder, which is another one each time.
        if (options_.tell) options_.tell("    " + started.error().message);
        check_secrets(started.error().message, "a refusal to start");
        return false;
    }
    daemon_ = std::move(*started);
    note("started");
    open_connections();
    return true;
}

void Simulation::check_started() {
    shadow_.check_kept(world_.disk);
    shadow_.follow(world_.disk);
    if (replay::hash_state(daemon_->state()) != shadow_.hash()) {
        throw Failure{"recovered state = replay from the first event",
                      "after a start at seq " + std::to_string(shadow_.tip().seq.value)};
    }
}

/// At the end: a receipt proves an event by the tree's root, which must be that of these events.
void Simulation::check_receipts() {
    const replay::followers::MerkleIndex& merkle = daemon_->merkle();
    for (unsigned i = 0; merkle.consumed() < shadow_.tip().seq; ++i) {
        if (i == follower_turns_max)
            throw Failure{"followers come to the end", "the tree does not"};
        daemon_->followers().turn();
    }
    std::vector<std::string> entries;
    for (const auto& [first_seq, bytes] : world_.disk.blocks()) {
        const auto block = replay::BlockView::parse(bytes);
        for (const std::string_view event : *block) {
            std::string scratch;
            entries.emplace_back(replay::proof::entry_of(event, scratch));
        }
    }
    const std::size_t index = schedule_.below(entries.size());
    // As it is, and as whoever has kept an older root knows it.
    for (const std::size_t size : {entries.size(), index + 1}) {
        const auto root = merkle.root(size);
        if (!root || *root != tests::slow_root(std::span(entries).first(size))) {
            throw Failure{"every receipt is valid",
                          root ? "another root of " + std::to_string(size) : root.error()};
        }
        const auto path = merkle.inclusion(index, size);
        if (!path || !replay::proof::verify_inclusion(replay::proof::leaf_hash(entries[index]),
                                                      index, size, *path, *root)) {
            throw Failure{"every receipt is valid", "event " + std::to_string(index + 1)};
        }
    }
}

/// At the end: from the first event and from each snapshot, the same state.
void Simulation::check_replays() {
    CrashTimer idle;
    SimJournal journal(world_.disk, idle);
    if (!journal.open()) throw Failure{"the journal opens", "at the end it does not"};
    const auto check = [&](const std::filesystem::path& snapshots, const std::string& from) {
        replay::RecoveryOptions options;
        options.threads = 0;
        const auto recovered = replay::recover(journal, snapshots, options);
        if (!recovered) throw Failure{"replay succeeds", recovered.error().detail};
        if (replay::hash_state(*recovered->state) != shadow_.hash()) {
            throw Failure{"one state from each snapshot", "another one from " + from};
        }
    };
    check(world_.folder.root / "no-snapshots", "the first event");
    const auto alone = world_.folder.root / "one-snapshot";
    for (const auto& snapshot : replay::list_snapshots(world_.folder.snapshots())) {
        std::filesystem::remove_all(alone);
        std::filesystem::create_directory(alone);
        std::filesystem::copy(snapshot.path, alone / snapshot.path.filename());
        check(alone, snapshot.path.filename().string());
    }
}

}  // namespace creditd::sim
