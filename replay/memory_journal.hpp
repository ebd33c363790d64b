// A journal in memory, with faults to order: for tests and the simulator, never for money.
// MemoryStore plays the disk: it outlives the journals opened on it, keeps apart what is synced,
// and can be damaged. Several journals on one store are several writers. Thread-safe.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "replay/journal.hpp"

namespace creditd::replay {

/// What becomes of the next write.
enum class MemoryFault : std::uint8_t {
    none,
    unknown_kept,      // reported as unknown, but on disk
    unknown_dropped,   // reported as unknown, and nowhere
    unknown_unsynced,  // reported as unknown; a crash loses it, a new start keeps it
    unknown_torn,      // reported as unknown; only the first half of the blocks was kept
    deposed,           // another writer has been first
};

class MemoryStore {
public:
    /// The next write, of whichever journal, meets this fault.
    void fail_next(MemoryFault fault);
    /// Power off: what was not synced is gone. Journals on the store are to be thrown away.
    void crash();

    // Damage at rest. `first_seq` is the number of an existing block's first event.
    void flip_bit(Seq first_seq, std::size_t bit);
    void cut_block(Seq first_seq, std::size_t bytes_left);
    void remove_block(Seq first_seq);
    /// Removes every block that begins after `last`, as if the log had been cut there.
    void cut_after(Seq last);

private:
    friend class MemoryJournal;

    void keep(std::span<const SealedBlock> blocks, std::span<const PersonalRow> rows);
    bool ends_at(const ChainTip& tip) const;

    mutable std::mutex mutex_;
    std::map<Seq, std::string> blocks_;
    std::map<Seq, std::string> personal_;
    /// Blocks from here on are not synced; events before it are.
    Seq unsynced_from_ = Seq{UINT64_MAX};
    MemoryFault next_ = MemoryFault::none;
};

class MemoryJournal final : public Journal {
public:
    explicit MemoryJournal(std::shared_ptr<MemoryStore> store) : store_(std::move(store)) {}

    std::expected<void, JournalError> erase_personal(std::span<const Seq> seqs) override;

protected:
    std::expected<std::optional<LastBlock>, JournalError> load_last() override;
    AppendOutcome store(const ChainTip& previous, std::span<const SealedBlock> blocks,
                        std::span<const PersonalRow> rows, std::string& failure) override;
    std::expected<void, JournalError> visit(Seq from, Seq last,
                                            const BlockVisitor& visitor) const override;
    std::expected<std::vector<std::optional<std::string>>, JournalError> load_personal(
        std::span<const Seq> seqs) const override;

private:
    std::shared_ptr<MemoryStore> store_;
};

}  // namespace creditd::replay
