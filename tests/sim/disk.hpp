// The simulated disk under the journal, and the journal on it. The disk outlives the journals that
// are opened on it, keeps synced bytes apart from those that a crash may lose, and can be damaged.
// The rules of the chain are replay::Journal's, the real ones. One thread.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <utility>

#include "replay/journal.hpp"
#include "tests/sim/crash.hpp"
#include "tests/sim/rng.hpp"

namespace creditd::sim {

/// What becomes of the next write, if it does not succeed.
enum class WriteFault : std::uint8_t { none, sync_fails, no_space };

/// What a crash leaves of the bytes that were not synced. RocksDB leaves all or none of a write;
/// the others are what a worse store would do, and creditd must notice.
enum class Leftover : std::uint8_t { all, none, prefix, torn, gap };

class SimDisk {
public:
    using Rows = std::map<Seq, std::string>;

    void fail_next(WriteFault fault) { next_ = fault; }
    /// Has a write met its fault since this was asked last?
    bool take_met_fault() { return std::exchange(met_fault_, false); }
    /// What other threads do while a write is on its way to the disk.
    void set_meanwhile(std::function<void()> meanwhile) { meanwhile_ = std::move(meanwhile); }
    /// Power off.
    void lose_power(Leftover leftover, Rng& rng);
    /// May a start find what it must refuse?
    bool is_unsound() const { return is_unsound_; }
    /// The last event that would survive a crash now.
    Seq durable() const;
    bool is_synced() const { return unsynced_.empty(); }
    /// What RocksDB's recovery does, or an operator: what was never acknowledged and is not sound
    /// goes.
    void drop_unsound_end();
    /// A start has taken the end for what it is.
    void accept_end() { is_unsound_ = false; }

    // Damage at rest, and its repair.
    const Rows& blocks() const { return blocks_; }
    const Rows& personal() const { return personal_; }
    void flip_bit(Seq first_seq, std::size_t bit);
    void spoil_personal(Seq seq) { personal_.at(seq) = "spoilt"; }
    void cut_after(Seq last);
    struct Copy {
        Rows blocks;
        Rows personal;
    };
    Copy copy() const { return {blocks_, personal_}; }
    void restore(Copy copy);

private:
    friend class SimJournal;

    void keep(std::span<const replay::SealedBlock> blocks,
              std::span<const replay::PersonalRow> rows);
    void sync() { unsynced_.clear(); }

    Rows blocks_;
    Rows personal_;
    std::vector<Seq> unsynced_;  // blocks that a crash may lose
    Seq unsound_from_{};         // first block that a crash spoilt
    bool is_unsound_ = false;
    WriteFault next_ = WriteFault::none;
    bool met_fault_ = false;
    std::function<void()> meanwhile_;
};

class SimJournal final : public replay::Journal {
public:
    SimJournal(SimDisk& disk, CrashTimer& timer) : disk_(disk), timer_(timer) {}

    /// Reader threads remember the journal that they read last by its address: none is used twice.
    static void operator delete(void* memory) noexcept;

    std::expected<void, replay::JournalError> erase_personal(std::span<const Seq> seqs) override;

protected:
    std::expected<std::optional<LastBlock>, replay::JournalError> load_last() override;
    replay::AppendOutcome store(const replay::ChainTip& previous,
                                std::span<const replay::SealedBlock> blocks,
                                std::span<const replay::PersonalRow> rows,
                                std::string& failure) override;
    std::expected<void, replay::JournalError> visit(
        Seq from, Seq last, const replay::BlockVisitor& visitor) const override;
    std::expected<std::vector<std::optional<std::string>>, replay::JournalError> load_personal(
        std::span<const Seq> seqs) const override;

private:
    SimDisk& disk_;
    CrashTimer& timer_;
};

}  // namespace creditd::sim
