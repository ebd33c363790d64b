// The journal of a backup, to be read and verified like any other, personal parts included, and
// never written to. Every file is compared with its hash in the manifest before it is looked at.
// Holds one segment in memory. Opened by one thread; read by any.
#pragma once

#include <memory>
#include <mutex>

#include "replay/backup/manifest.hpp"
#include "replay/backup/personal_rows.hpp"
#include "replay/backup/target.hpp"
#include "replay/journal.hpp"

namespace creditd::replay::backup {

/// The manifest of a target, or nothing where there is no backup.
std::expected<std::optional<Manifest>, JournalError> read_manifest(const Target& target);

/// How much of a backup is wanted: whole blocks that end here at the latest, both inclusive.
struct UpTo {
    Seq last = Seq{UINT64_MAX};
    Timestamp until = Timestamp::never();
};

class BackupJournal final : public Journal {
public:
    /// `target` outlives this. The journal ends with the last block within `up_to`; segments beyond
    /// are not read.
    BackupJournal(const Target& target, const Manifest& manifest, const UpTo& up_to = {});

protected:
    std::expected<std::optional<LastBlock>, JournalError> load_last() override;
    AppendOutcome store(const ChainTip& previous, std::span<const SealedBlock> blocks,
                        std::span<const PersonalRow> rows, std::string& failure) override;
    std::expected<void, JournalError> visit(Seq from, Seq last,
                                            const BlockVisitor& visitor) const override;
    std::expected<std::vector<std::optional<std::string>>, JournalError> load_personal(
        std::span<const Seq> seqs) const override;

private:
    using Bytes = std::shared_ptr<const std::string>;
    /// The personal parts of the segment that was asked for last.
    struct Personal {
        Seq first_seq{};
        Bytes bytes;
        std::vector<RowView> rows;
    };

    std::expected<std::string, JournalError> read(const std::string& name, const File& file,
                                                  Seq first_seq) const;
    std::expected<Bytes, JournalError> blocks_of(const Segment& segment) const;
    std::expected<std::shared_ptr<const Personal>, JournalError> personal_of(Seq seq) const;
    std::expected<std::optional<LastBlock>, JournalError> last_within(const Segment& segment) const;
    std::vector<Segment>::const_iterator segment_of(Seq seq) const;

    const Target& target_;
    std::vector<Segment> segments_;
    const UpTo up_to_;

    mutable std::mutex mutex_;
    mutable Seq kept_first_{};
    mutable Bytes kept_;
    mutable std::shared_ptr<const Personal> personal_;
};

}  // namespace creditd::replay::backup
