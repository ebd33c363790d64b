// The journal as decoded events: reads and verifies blocks on one thread (chain.hpp), decodes them
// on another, and hands them out in order to the caller. The daemon's start and every command of
// the auditor's tool read the journal through this. Reads only; also beside a writer.
#pragma once

#include <expected>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/event.hpp"
#include "replay/chain.hpp"

namespace creditd::replay {

/// A block whose events are in the batch.
struct BatchBlock {
    BlockHeader header{};
    ChainTip tip{};  // where the chain ends with this block
    std::size_t first_event = 0;
};

/// Whole blocks, one after the other, with their events decoded. Reused: valid during the visit.
class EventBatch {
public:
    std::span<const Event> events() const { return std::span(events_).first(event_count_); }
    std::span<const BatchBlock> blocks() const { return blocks_; }
    /// The stored bytes of an event.
    std::string_view bytes_of(std::size_t event) const;
    const ChainTip& tip() const { return blocks_.back().tip; }
    /// The events' leaves in the log's tree (proof/entry.hpp); empty unless they were asked for.
    std::span<const Hash256> leaves() const { return leaves_; }

    // For the pipeline that fills it.
    void clear();
    void add(const BlockView& block, const ChainTip& tip);
    bool is_full() const;
    void decode();
    void hash_leaves();
    const std::optional<JournalError>& failure() const { return failure_; }

private:
    std::string bytes_;
    std::vector<std::pair<std::size_t, std::size_t>> places_;  // offset and size of each event
    std::vector<BatchBlock> blocks_;
    std::vector<Event> events_;
    std::vector<Hash256> leaves_;
    std::size_t event_count_ = 0;
    std::optional<JournalError> failure_;
};

/// Returns whether to go on.
using EventVisitor = std::function<bool(const EventBatch&)>;

struct ReadOptions {
    unsigned workers = 1;  // threads that decode and hash; 0: everything on the calling thread
    bool decode = true;
    bool hash_leaves = false;
};

/// Visits everything after `from` (all zero: from the first event), up to the journal's tip at the
/// time of the call, verified as by `verify_chain`. An error names the first event that is bad or
/// missing; every event before it has been visited.
std::expected<ChainReport, JournalError> read_events(const Journal& journal, const ChainTip& from,
                                                     const EventVisitor& visitor,
                                                     const ReadOptions& options = {});

/// Where the chain stands at or before `seq`, at the end of a block: the place to read from in
/// order to see everything after `seq`. All zero when the first block holds it.
std::expected<ChainTip, JournalError> tip_at_or_before(const Journal& journal, Seq seq);

}  // namespace creditd::replay
