// What an explanation is made of: the event of a transaction, and the older events that it names,
// read from the log. What is said of them is explain.hpp's. For reader threads and the auditor's
// tool: gathering reads the disk.
#pragma once

#include <optional>
#include <vector>

#include "core/command.hpp"
#include "replay/event_lookup.hpp"
#include "schemas/personal.hpp"

namespace creditd::replay {

struct Explanation {
    Event event;
    schemas::PersonalPart personal;
    std::vector<GrantFact> grants;  // that the event names, as they were made; some may be missing
    std::optional<Event> about;     // the deduction of a refund; the placing of a hold
    Credits refunded{};             // of a deduction or capture, so far: the caller's to fill in
    unsigned decimals = limits::decimals_max;

    const GrantFact* grant(GrantId id) const;
};

/// The grants that an event burned, in burn order; none for most kinds.
const std::vector<GrantPart>& burned_parts(const EventBody& body);

/// Nothing: there is no such event, or it is no transaction.
std::expected<std::optional<Explanation>, JournalError> read_explanation(EventLookup& lookup,
                                                                         Seq seq,
                                                                         unsigned decimals);

}  // namespace creditd::replay
