// Which faults a seed meets, and which parts of the credit domain. Each seed has a random subset
// (swarm testing: Groce et al. 2012): a fault that is always on hides what only happens without it.
// Values only.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "tests/sim/rng.hpp"

namespace creditd::sim {

enum class Fault : std::uint8_t {
    crash,             // the process dies at an await point
    crash_at_start,    // also while it recovers
    unsound_leftover,  // of unsynced bytes a crash leaves what no sound store would
    sync_fails,        // once: the process must stop
    no_space,          // a write finds no room: the process must stop
    disk_full,         // the disk guard refuses writes
    bit_rot,           // a bit of an acknowledged block flips at rest
    cut,               // the log ends before what the head vouches for
    old_snapshot,      // the newest snapshots are gone, or an old one is back
    damaged_snapshot,  // a bit of one flips
    head_lost,         // the head file is gone, or damaged
    head_old,          // or an older one is back
    clock_jump,        // an hour forward or back
    clock_frozen,      // the wall clock stands still for a while
    long_pause,        // hours or days pass: much expires
    disconnect,        // clients go before they are answered
    key_reuse,         // clients reuse keys for something else
    key_revoked,       // API keys come and go
    slow_readers,      // reader tasks wait long, and overtake each other
    slow_followers,    // the indexes lag
    seal,              // the indexes are brought to disk often: the key window is short
    snapshot,          // snapshots are taken
    clean_stop,        // the process is stopped in good order
    small_queue,       // the engine's queue is tiny: it sheds
    many_accounts,     // enough for several chunks
    // No faults, but drawn alike: what of the credit domain this seed's clients know.
    rules,   // prices with rules, which change while they are used
    offers,  // packages, promotions, sign-up credits: a catalog
    // Of a stream of their own, so that seeds without them tell the stories that they always told.
    payments,       // orders, and what payment providers tell
    subscriptions,  // that the calendar renews
    budgets,
};
inline constexpr std::size_t faults_count = 30;
inline constexpr std::size_t first_faults_count = 27;  // without those of a stream of their own

std::string_view name_of(Fault fault);

struct Swarm {
    std::uint32_t faults = 0;

    bool has(Fault fault) const { return (faults >> static_cast<unsigned>(fault) & 1) != 0; }
    void drop(Fault fault) { faults &= ~(1U << static_cast<unsigned>(fault)); }

    static Swarm of(std::uint64_t seed);
};

}  // namespace creditd::sim
