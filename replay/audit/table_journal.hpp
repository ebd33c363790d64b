// The journal as the disk has it: its tables are opened anew and read past the caches of RocksDB
// and, where the file system can, of the kernel. What is not yet in a table (RocksDB's memory and
// write-ahead log) comes from the database, so that the chain is whole. Only to be read; the
// database may be written meanwhile. One thread.
#pragma once

#include "replay/database.hpp"
#include "replay/journal.hpp"

namespace creditd::replay::audit {

class TableJournal final : public Journal {
public:
    /// The database outlives it.
    explicit TableJournal(const Database& database);

protected:
    std::expected<std::optional<LastBlock>, JournalError> load_last() override;
    AppendOutcome store(const ChainTip& previous, std::span<const SealedBlock> blocks,
                        std::span<const PersonalRow> rows, std::string& failure) override;
    std::expected<void, JournalError> visit(Seq from, Seq last,
                                            const BlockVisitor& visitor) const override;
    std::expected<std::vector<std::optional<std::string>>, JournalError> load_personal(
        std::span<const Seq> seqs) const override;

private:
    const Database& database_;
};

}  // namespace creditd::replay::audit
