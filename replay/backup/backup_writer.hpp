// Adds blocks to a backup: gathers them in segments, puts those to the target, reads back from
// there all that was written, and puts the manifest last. Whatever goes wrong before, the backup is
// the one that it was. Holds one segment in memory. One thread.
#pragma once

#include "replay/backup/manifest.hpp"
#include "replay/backup/target.hpp"
#include "replay/chain.hpp"

namespace creditd::replay::backup {

/// What the log has signed, and the keys that it signs with.
struct SignedPart {
    std::uint64_t size = 0;  // events under `note`
    std::string note;        // empty: nothing
    std::vector<proof::VerifierKey> keys;
};

class BackupWriter {
public:
    using Done = std::expected<void, JournalError>;

    /// Everything outlives this. `before` is what the target has: without segments, nothing.
    /// `source` gives the personal parts.
    BackupWriter(Target& target, Manifest before, const Journal& source,
                 std::uint64_t segment_bytes = segment_bytes_target)
        : target_(target),
          source_(source),
          segment_bytes_(segment_bytes),
          before_(before),
          manifest_(std::move(before)) {}

    // In this order: each block that follows, verified by the caller; then finish.
    Done add(const BlockView& block, const ChainTip& tip);
    /// Durable and read back on return. Where `part` covers more than the blocks, what the backup
    /// has of this kind stays.
    Done finish(const SignedPart& part);

    const Manifest& manifest() const { return manifest_; }
    std::uint64_t events() const { return manifest_.tip.seq.value - before_.tip.seq.value; }
    std::uint64_t bytes() const { return bytes_; }
    std::uint64_t segments() const { return segments_; }

private:
    Done read_personal();
    Done close_segment();
    Done verify_written() const;

    Target& target_;
    const Journal& source_;
    const std::uint64_t segment_bytes_;  // other than the format's only in tests
    const Manifest before_;
    Manifest manifest_;
    Segment segment_;
    std::string blocks_;
    std::string personal_;
    std::vector<Seq> seqs_;  // whose personal parts have not been read yet
    std::uint64_t bytes_ = 0;
    std::uint64_t segments_ = 0;
};

}  // namespace creditd::replay::backup
