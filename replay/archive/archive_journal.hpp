// The journal of an archive: what was written by archive_writer.hpp, to be read and verified like
// any other journal. Holds no personal parts, and is never written to. Reads one segment at a time.
// Opened by one thread; read by any.
#pragma once

#include <memory>

#include "replay/archive/manifest.hpp"
#include "replay/journal.hpp"

namespace creditd::replay::archive {

class ArchiveJournal final : public Journal {
public:
    /// Reads the manifest; `Journal::open` comes after it.
    static std::expected<std::unique_ptr<ArchiveJournal>, JournalError> of(
        const std::filesystem::path& folder);

    const Manifest& manifest() const { return manifest_; }
    const Layout& layout() const { return layout_; }
    /// Where its end cannot be read: the first block that is damaged, or `otherwise`.
    JournalError first_damage(const JournalError& otherwise) const;

protected:
    std::expected<std::optional<LastBlock>, JournalError> load_last() override;
    AppendOutcome store(const ChainTip& previous, std::span<const SealedBlock> blocks,
                        std::span<const PersonalRow> rows, std::string& failure) override;
    std::expected<void, JournalError> visit(Seq from, Seq last,
                                            const BlockVisitor& visitor) const override;
    std::expected<std::vector<std::optional<std::string>>, JournalError> load_personal(
        std::span<const Seq> seqs) const override;

private:
    ArchiveJournal(Layout layout, Manifest manifest)
        : layout_(std::move(layout)), manifest_(std::move(manifest)) {}
    std::expected<std::string, JournalError> read_segment(const Segment& segment) const;

    Layout layout_;
    Manifest manifest_;
};

/// Is there an archive, whole or not?
bool is_archive(const std::filesystem::path& folder);

}  // namespace creditd::replay::archive
