// The journal on RocksDB: family `journal` holds the blocks (key: first sequence number, 8 bytes
// big-endian), family `personal` the personal parts (key: sequence number, likewise).
// Does not own the database, which must outlive it. Threads as for Journal.
#pragma once

#include "replay/database.hpp"
#include "replay/journal.hpp"

namespace rocksdb {
class Status;
}

namespace creditd::replay {

class RocksDbJournal final : public Journal {
public:
    explicit RocksDbJournal(Database& database);

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
    /// The end cannot be read: reads from the beginning to name the first block that cannot.
    JournalError find_damage(const rocksdb::Status& status) const;

    Database& database_;
    rocksdb::ColumnFamilyHandle* journal_;
    rocksdb::ColumnFamilyHandle* personal_;
};

}  // namespace creditd::replay
