// The seam to whatever keeps the log: open, claim, append, read. The rules of leadership and of the
// chain are written once, here; a backend only stores and finds bytes (memory_journal.hpp,
// rocksdb_journal.hpp; one conformance suite runs on both). Events stay opaque.
// One thread opens, claims and appends; any thread may read and ask for the tip meanwhile.
#pragma once

#include <cstdint>
#include <expected>
#include <functional>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/types.hpp"
#include "replay/block.hpp"

namespace creditd::replay {

enum class JournalFault : std::uint8_t {
    io,         // the disk or the database failed; what is stored may be fine
    in_use,     // another process has the database open
    damaged,    // something stored is not what was written
    shortened,  // the end is missing: the head file, or a snapshot, knows of more
    no_head,    // there are events, but no head file to vouch for them
    foreign,    // belongs to another ledger or shard
    deposed,    // another writer has claimed or appended meanwhile
    shortage,   // no descriptors, memory or room just now: nothing was tried that may not be again
};

/// The outside world failed. `seq`: the first event that is bad or missing, where that is known.
struct JournalError {
    JournalFault fault = JournalFault::io;
    std::string detail;
    std::optional<Seq> seq{};
};

/// What is wrong with the event `seq`, or with the block that should hold it.
JournalError damaged_at(Seq seq, std::string_view what);

/// The personal part of the event `seq`, kept apart so that it can be forgotten.
struct PersonalRow {
    Seq seq{};
    std::string bytes;
};

/// A block as it is kept. `first_seq` is the key it was found under; the bytes are not verified.
struct StoredBlock {
    Seq first_seq{};
    std::string_view bytes;
};

enum class AppendOutcome : std::uint8_t {
    committed,  // durable, and from now on visible to readers
    deposed,    // nothing was written: another writer holds a higher epoch
    unknown,    // may or may not be durable; only `claim`, or a new start, can tell
};

/// Gives the event bytes of a CLAIM that has this epoch, number and time.
using ClaimEncoder = std::function<std::string(Epoch, Seq, Timestamp)>;
/// Returns whether to go on.
using BlockVisitor = std::function<bool(const StoredBlock&)>;

class Journal {
public:
    Journal() = default;
    Journal(const Journal&) = delete;
    Journal& operator=(const Journal&) = delete;
    virtual ~Journal() = default;

    /// Finds and verifies the last block, nothing else: the whole chain is verified by
    /// `verify_chain`. Returns the tip, all zero when the journal is empty. Comes before all else.
    std::expected<ChainTip, JournalError> open();

    /// The same for accept-loss and restore, where the end may be damaged or unwanted: verifies the
    /// chain from its beginning up to `last`, which must be the last event of a block, and behaves
    /// as if the journal ended there. Reads nothing beyond; `claim` and `append` are not legal.
    std::expected<ChainTip, JournalError> open_up_to(Seq last);

    /// Fills an open, empty journal with all of `source` up to its tip, personal parts included,
    /// verifying on the way. Durable on return. The leader to come raises the epoch by its claim.
    std::expected<ChainTip, JournalError> copy_from(const Journal& source);

    /// Becomes the leader: appends a CLAIM with the next epoch, durable on return. Its time is
    /// `now`, or just after the tip's if that is later. `chain` names a ledger that is still empty;
    /// on any other it must agree. Legal at any time after `open`.
    std::expected<ChainTip, JournalError> claim(const ChainId& chain, Timestamp now,
                                                const ClaimEncoder& encode);

    /// One synced write of whole blocks, which must continue the tip, with the personal parts of
    /// their events. All or nothing. Only for the leader; after `unknown` or `deposed` only `claim`
    /// is legal. An outside failure of any kind is `unknown`; `failure` says what it was.
    AppendOutcome append(std::span<const SealedBlock> blocks, std::span<const PersonalRow> rows);
    const std::string& failure() const { return failure_; }

    /// Where the durable log ends. Never ahead of what would survive a crash.
    ChainTip tip() const;

    /// Visits the stored blocks in order, beginning with the one that contains `from`, up to the
    /// tip at the time of the call. The bytes live only during the visit.
    std::expected<void, JournalError> read(Seq from, const BlockVisitor& visitor) const;
    /// The block that contains `seq`, its checksum verified; nothing beyond the tip.
    std::expected<std::optional<std::string>, JournalError> read_block(Seq seq) const;
    /// The personal part of an event; nothing if it has none, or has been forgotten.
    std::expected<std::optional<std::string>, JournalError> read_personal(Seq seq) const;
    /// The same for many, in the order asked for.
    std::expected<std::vector<std::optional<std::string>>, JournalError> read_personal(
        std::span<const Seq> seqs) const;
    /// Removes the personal parts of these events, where they have any: durable on return. Their
    /// bytes may stay in files until those are written anew. Any thread; for a journal that can be
    /// written to.
    virtual std::expected<void, JournalError> erase_personal(std::span<const Seq> seqs);

protected:
    /// A backend, asked by the thread that opens and claims: the last block in the store, which is
    /// the truth of what was kept, also after an append whose outcome was unknown.
    struct LastBlock {
        Seq first_seq{};
        std::string bytes;
    };
    virtual std::expected<std::optional<LastBlock>, JournalError> load_last() = 0;
    /// One synced write, if the store still ends at `previous`; `deposed` if it does not.
    /// On `unknown`, `failure` receives the reason.
    virtual AppendOutcome store(const ChainTip& previous, std::span<const SealedBlock> blocks,
                                std::span<const PersonalRow> rows, std::string& failure) = 0;
    /// Any thread: blocks in key order, from the last that begins at or before `from`, while they
    /// begin at or before `last` and the visitor goes on.
    virtual std::expected<void, JournalError> visit(Seq from, Seq last,
                                                    const BlockVisitor& visitor) const = 0;
    /// Any thread: personal parts, in the order asked for.
    virtual std::expected<std::vector<std::optional<std::string>>, JournalError> load_personal(
        std::span<const Seq> seqs) const = 0;

private:
    enum class Stage : std::uint8_t { closed, follower, partial, leader, uncertain, deposed };

    std::expected<ChainTip, JournalError> load_tip();
    std::expected<void, JournalError> store_copies(const Journal& source,
                                                   std::span<const SealedBlock> blocks);
    void set_tip(const ChainTip& tip);

    Stage stage_ = Stage::closed;
    std::string failure_;
    mutable std::mutex tip_mutex_;
    ChainTip tip_;
};

}  // namespace creditd::replay
