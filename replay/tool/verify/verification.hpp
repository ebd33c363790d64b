// Verifies a log from its first event: every block and every hash, every event applied, every
// balance conserved, personal parts, snapshots, the head file, and that it is the log which was
// signed and which receipts are of. Of a data folder or of an archive. One thread calls it.
#pragma once

#include <expected>
#include <map>
#include <optional>
#include <string>

#include "replay/head_file.hpp"
#include "replay/recovery.hpp"
#include "replay/snapshot_store.hpp"
#include "replay/tool/verify/log_evidence.hpp"
#include "replay/tool/verify/personal_check.hpp"

namespace creditd::replay::tool {

/// What vouches for the journal of a data folder. Taken before the journal is opened: none of it is
/// ever ahead of what is durable, so on a live folder too the journal must have all that it names.
struct Vouchers {
    std::expected<std::optional<Head>, JournalError> head;
    std::vector<SnapshotFile> snapshots;

    static Vouchers of(const std::filesystem::path& root);
};

struct Findings {
    ChainTip tip{};
    std::uint64_t blocks = 0;
    std::optional<Head> head;
    std::uint64_t accounts = 0;
    std::uint64_t personal = 0;
    std::uint64_t forgotten = 0;   // personal parts that are gone, as an event says
    std::uint64_t lost_parts = 0;  // and those of which none does
    std::size_t snapshots = 0;
    /// Events up to here were hashed, and not applied again: the state is a snapshot's.
    Seq applied_after{};
    Hash256 state_hash{};
    double seconds = 0;
};

class Verification {
public:
    /// Everything outlives this. `vouchers`: null for an archive or a backup, which have none.
    Verification(const Journal& journal, const std::filesystem::path& snapshots,
                 const Vouchers* vouchers, LogEvidence& evidence, bool has_personal_parts)
        : journal_(journal),
          snapshots_(snapshots),
          vouchers_(vouchers),
          evidence_(evidence),
          has_personal_parts_(has_personal_parts),
          personal_(journal) {}

    /// In the order in which damage is found earliest in the log.
    std::expected<Findings, JournalError> run(std::atomic<std::uint64_t>& position);
    /// Set where everything is as it was written, and yet wrong.
    const std::optional<Contradiction>& contradiction() const { return contradiction_; }

private:
    using Done = std::expected<void, JournalError>;

    Done check_snapshot_files();
    Done hash_what_was_verified();
    Done replay_all(std::atomic<std::uint64_t>& position);
    Done check_event(const State& state, const Event& event);
    bool take_batch(const EventBatch& batch);
    Done check_head_file();
    void check_conservation(const State& state);

    const Journal& journal_;
    const std::filesystem::path& snapshots_;
    const Vouchers* vouchers_;
    LogEvidence& evidence_;
    const bool has_personal_parts_;  // an archive has none
    PersonalCheck personal_;
    Findings findings_;
    std::map<Seq, Hash256> expected_;  // state hashes that the snapshots name
    std::optional<JournalError> found_;
    std::optional<Contradiction> contradiction_;
};

}  // namespace creditd::replay::tool
