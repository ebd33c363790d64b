// Single events, read back from the journal with their personal parts: for answers given again, for
// single transactions and pages, for evidence. One lookup per thread (it remembers the last block
// that it read); reads durable events only, beside the writer.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "core/event.hpp"
#include "replay/journal.hpp"

namespace creditd::replay {

/// An event, and its personal part if it has one that has not been forgotten.
struct StoredEvent {
    Event event;
    std::optional<std::string> personal;
};

class EventLookup {
public:
    /// `journal` has been opened and outlives this.
    explicit EventLookup(const Journal& journal) : journal_(journal) {}

    /// Nothing where there is no such event, or none that is durable.
    std::expected<std::optional<Event>, JournalError> event(Seq seq);
    /// The events in the order asked for; those that are not there are left out. Cheapest where
    /// neighbours in the list are neighbours in the journal.
    std::expected<std::vector<StoredEvent>, JournalError> events(std::span<const Seq> seqs);
    /// Every event from `first` to `last`, both included, as far as they are durable.
    std::expected<std::vector<StoredEvent>, JournalError> range(Seq first, Seq last);

    /// All events of the command whose last one is `last`, its answer: empty if `last` is not
    /// durable, or is not the last event of a command.
    std::expected<std::vector<StoredEvent>, JournalError> read_answer(Seq last);

    /// The first event that is not earlier than `time`; the one after the last if all are earlier.
    std::expected<Seq, JournalError> seq_at(Timestamp time);

private:
    std::expected<bool, JournalError> load_block(Seq seq);
    std::expected<std::optional<std::string_view>, JournalError> bytes_of(Seq seq);
    std::expected<void, JournalError> add_personal(std::vector<StoredEvent>& events);

    const Journal& journal_;
    std::string block_;  // the last one that was read, verified
    Seq first_{};        // its events; zero: none yet
    Seq last_{};
    Timestamp time_{};                    // of its last event
    std::vector<std::uint32_t> offsets_;  // where each of its events begins
    std::uint32_t events_end_ = 0;
};

}  // namespace creditd::replay
