// Evidence: what a command must be told of the past before it may enter the ledger thread, which
// never reads the disk. `quick` answers on an io thread, from memory; `gather` on a reader thread,
// from the key index and the journal. Facts are read after `as_of`; the ledger adds what its window
// knows of (as_of, now], so that a fact may be newer than `as_of`, but never older.
// Any thread; a `gather` belongs to one call.
#pragma once

#include <expected>
#include <optional>

#include "core/command.hpp"
#include "replay/followers/key_index.hpp"
#include "replay/journal.hpp"

namespace creditd::replay {

class EventLookup;

/// The command's key has an outcome already: the event `seq` and the others of its command
/// (EventLookup::read_answer). The caller compares fingerprints.
struct OldKey {
    Seq seq{};
};

/// The grant `id`, if `event` made it.
std::optional<GrantFact> grant_made_by(const Event& event, GrantId id);

class EvidenceReader {
public:
    using Gathered = std::expected<std::optional<OldKey>, JournalError>;

    /// Both have been opened and outlive this.
    EvidenceReader(const Journal& journal, const followers::KeyIndex& index)
        : journal_(journal), index_(index) {}

    /// Completes the command's evidence without touching a disk, if that can be done: its key (and
    /// payment) is certainly new, and it names nothing else that may be old. A command on a hold
    /// passes too, because an open hold needs no evidence: when the ledger then knows no such hold
    /// (hold_not_found), it is to be gathered for and tried again.
    /// False: the command is unchanged and needs `gather`.
    bool quick(Command& command) const;
    bool quick(AtomicBatch& batch) const;

    /// Completes the evidence from disk, or finds that the key is old; then the evidence is not
    /// complete, for it is not needed.
    Gathered gather(Command& command) const;
    Gathered gather(AtomicBatch& batch) const;

private:
    using Result = std::expected<void, JournalError>;

    bool is_new_key(const CommandMeta& meta) const;
    bool is_quick(const CommandBody& body) const;
    Gathered find_key(const CommandMeta& meta) const;
    Result read_facts(Command& command, Seq as_of, EventLookup& lookup) const;

    const Journal& journal_;
    const followers::KeyIndex& index_;
};

}  // namespace creditd::replay
