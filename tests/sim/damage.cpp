// Damage at rest, between a crash and the next start: what is done, and what the start must make of
// it. Damage inside what was acknowledged is refused, or it changes nothing that anybody can see.
#include <fstream>
#include <iterator>

#include "replay/head_file.hpp"
#include "replay/snapshot_store.hpp"
#include "tests/sim/simulation.hpp"

namespace creditd::sim {
namespace {

std::string read_whole(const std::filesystem::path& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

void write_whole(const std::filesystem::path& path, std::string_view bytes) {
    std::ofstream(path, std::ios::binary | std::ios::trunc)
        .write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
}

}  // namespace

void Simulation::keep_copies() {
    if (options_.swarm.has(Fault::head_old) && chaos_.one_in(400)) {
        old_head_ = read_whole(world_.folder.head());
    }
    if (options_.swarm.has(Fault::old_snapshot) && chaos_.one_in(400)) {
        const auto attic = world_.folder.root / "attic";
        std::filesystem::create_directory(attic);
        for (const auto& snapshot : replay::list_snapshots(world_.folder.snapshots())) {
            std::filesystem::copy(snapshot.path, attic / snapshot.path.filename(),
                                  std::filesystem::copy_options::overwrite_existing);
        }
    }
}

std::optional<Simulation::Damage> Simulation::do_damage() {
    damage_snapshots();
    if (chaos_.chance(70)) return std::nullopt;
    auto damage = chaos_.chance(60) ? damage_journal() : damage_head();
    return damage;
}

std::optional<Simulation::Damage> Simulation::damage_journal() {
    SimDisk& disk = world_.disk;
    if (options_.swarm.has(Fault::bit_rot) && chaos_.chance(60)) {
        auto block = disk.blocks().begin();
        std::advance(block, chaos_.below(disk.blocks().size()));
        if (block->first > shadow_.tip().seq) return std::nullopt;  // was never acknowledged
        const Seq first = block->first;
        const std::size_t bit = chaos_.below(block->second.size() * 8);
        disk.flip_bit(first, bit);
        return Damage{"a bit of the block at seq " + std::to_string(first.value) + " flips",
                      Damage::Expected::either, [&disk, first, bit] { disk.flip_bit(first, bit); }};
    }
    if (!options_.swarm.has(Fault::cut)) return std::nullopt;
    const auto head = replay::read_head(world_.folder.head());
    if (!head || !*head || (*head)->tip.seq < Seq{2}) return std::nullopt;
    const Seq last{chaos_.below((*head)->tip.seq.value)};
    auto copy = std::make_shared<SimDisk::Copy>(disk.copy());
    // The block that holds `last` stays whole: what is cut off begins behind it.
    const auto behind = disk.blocks().upper_bound(last);
    if (behind == disk.blocks().end() || behind->first > (*head)->tip.seq) return std::nullopt;
    disk.cut_after(last);
    return Damage{"the log is cut after seq " + std::to_string(last.value),
                  Damage::Expected::refusal, [&disk, copy] { disk.restore(std::move(*copy)); }};
}

std::optional<Simulation::Damage> Simulation::damage_head() {
    const auto path = world_.folder.head();
    const std::string bytes = read_whole(path);
    if (bytes.empty()) return std::nullopt;
    const auto put_back = [path, bytes] { write_whole(path, bytes); };
    if (options_.swarm.has(Fault::head_lost) && chaos_.chance(50)) {
        if (chaos_.chance(50)) {
            std::filesystem::remove(path);
            // Before anything has happened there is nothing that it could vouch for.
            const bool is_new = shadow_.state().accounts.count() == 0;
            return Damage{"the head file is lost",
                          is_new ? Damage::Expected::either : Damage::Expected::refusal, put_back};
        }
        std::string damaged = bytes;
        damaged[chaos_.below(damaged.size())] ^= static_cast<char>(1 << chaos_.below(8));
        write_whole(path, damaged);
        return Damage{"a bit of the head file flips", Damage::Expected::refusal, put_back};
    }
    if (!options_.swarm.has(Fault::head_old) || old_head_.empty()) return std::nullopt;
    write_whole(path, old_head_);
    return Damage{"an older head file is back", Damage::Expected::start, [] {}};
}

void Simulation::damage_snapshots() {
    const auto snapshots = replay::list_snapshots(world_.folder.snapshots());
    if (options_.swarm.has(Fault::damaged_snapshot) && chaos_.one_in(4)) {
        for (const auto& snapshot : snapshots) {
            if (snapshot.bytes == 0 || chaos_.chance(50)) continue;
            note("damage: a bit of the snapshot at seq " + std::to_string(snapshot.seq.value));
            std::string bytes = read_whole(snapshot.path);
            bytes[chaos_.below(bytes.size())] ^= static_cast<char>(1 << chaos_.below(8));
            write_whole(snapshot.path, bytes);
        }
    }
    const auto attic = world_.folder.root / "attic";
    if (!options_.swarm.has(Fault::old_snapshot) || !chaos_.one_in(4)) return;
    for (const auto& snapshot : snapshots) std::filesystem::remove(snapshot.path);
    for (const auto& old : replay::list_snapshots(attic)) {
        std::filesystem::copy(old.path, world_.folder.snapshots() / old.path.filename());
    }
    note("damage: the snapshots of an earlier time are back");
}

/// The daemon runs on a damaged journal: what it still tells must be true.
void Simulation::probe_damaged() {
    for (unsigned i = 0; i < 10; ++i) {
        auto ask = clients_.ask_again();
        if (!ask) return;
        clients_.stamp(*ask, world_.clock.wall());
        in_flight_[0] = std::move(*ask);
        connections_[0]->send(daemon_->service(), in_flight_[0]->request.bytes());
        drain();
    }
}

}  // namespace creditd::sim
