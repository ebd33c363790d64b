// A journal with its followers on a disk that loses its power again and again: what was
// acknowledged, what was only tried, and the checks after each new start. One thread besides
// RocksDB's own.
#pragma once

#include <gtest/gtest.h>
#include <rocksdb/env.h>

#include <map>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "replay/rocksdb_journal.hpp"
#include "schemas/event_codec.hpp"
#include "tests/replay/power_cut_disk.hpp"
#include "tests/replay/power_cut_followers.hpp"
#include "tests/support/temporary_folder.hpp"

namespace creditd::tests {

struct PowerCutReport {
    std::uint64_t cuts = 0;
    std::uint64_t cuts_while_opening = 0;
    std::uint64_t refused = 0;       // starts that named damage instead of opening
    std::uint64_t salvaged = 0;      // of those: all that was acknowledged can be read all the same
    std::uint64_t appends = 0;       // acknowledged
    std::uint64_t brought_back = 0;  // appends that were not acknowledged, but are there
    std::uint64_t lost = 0;          // acknowledged, and not there, or not the same
    std::uint64_t doubled = 0;       // there, but neither acknowledged nor the one that was tried
    std::uint64_t behind = 0;        // followers that say what is not so
    CutCounts bytes;
};

class PowerCutWorld {
public:
    PowerCutWorld(std::uint64_t seed, bool tears);
    ~PowerCutWorld();

    /// One life: starts, checks, works until the power fails. False: the start was refused.
    bool live();
    const PowerCutReport& report();

private:
    struct Written {
        std::string block;
        std::map<Seq, std::string> personal;
    };
    using Blocks = std::map<Seq, Written>;

    std::size_t below(std::size_t bound) { return random_() % bound; }
    std::unique_ptr<replay::Database> open_database(replay::OpenMode mode);
    bool open_journal(replay::OpenMode mode);
    bool start();
    void salvage();
    void stop();
    bool open_followers();
    bool claim();
    bool append();
    void check_journal();
    void check_followers();
    std::vector<StoredPowerCutEvent> stored_events() const;

    std::mt19937_64 random_;
    PowerCutReport report_;
    std::string refusal_;
    std::shared_ptr<PowerCutDisk> disk_;
    std::unique_ptr<rocksdb::Env> env_;
    TemporaryFolder folder_;  // stays empty: Database makes it on the real disk
    std::unique_ptr<replay::Database> database_;
    std::unique_ptr<replay::RocksDbJournal> journal_;
    std::unique_ptr<PowerCutFollowers> followers_;
    Blocks kept_;   // acknowledged, or seen by a start
    Blocks tried_;  // the one write whose outcome is open
    schemas::EventEncoder encoder_;
};

}  // namespace creditd::tests
