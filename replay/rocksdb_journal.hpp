// The journal on RocksDB: family `journal` holds the blocks (key: first sequence number, 8 bytes
// big-endian), family `personal` the personal parts (key: sequence number, likewise).
// Does not own the database, which must outlive it. Threads as for Journal.
#pragma once

#include "replay/database.hpp"
#include "replay/journal.hpp"

namespace creditd::replay {

class RocksDbJournal final : public Journal {
public:
    explicit RocksDbJournal(Database& database);

    /// For accept-loss, before `open`: gives up every event after `last`, which must be the last of
    /// its block (or 0), personal parts included. Synced. The caller claims next, which raises the
    /// epoch, and rebuilds all that was derived from the events given up.
    std::expected<void, JournalError> give_up_after(Seq last);

protected:
    std::expected<std::optional<LastBlock>, JournalError> load_last() override;
    AppendOutcome store(const ChainTip& previous, std::span<const SealedBlock> blocks,
                        std::span<const PersonalRow> rows, std::string& failure) override;
    std::expected<void, JournalError> visit(Seq from, Seq last,
                                            const BlockVisitor& visitor) const override;
    std::expected<std::vector<std::optional<std::string>>, JournalError> load_personal(
        std::span<const Seq> seqs) const override;

private:
    std::expected<void, JournalError> check_boundary(Seq last) const;

    Database& database_;
    rocksdb::ColumnFamilyHandle* journal_;
    rocksdb::ColumnFamilyHandle* personal_;
};

}  // namespace creditd::replay
